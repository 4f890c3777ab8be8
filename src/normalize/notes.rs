//! Remarks in the making: each kind is told once, with its first example and how often it was met.

use super::remark;
use crate::model::Remark;

/// Kinds of oddities, in the order first met.
#[derive(Debug, Default)]
pub struct Notes {
    item: Option<usize>,
    kinds: Vec<Kind>,
}

#[derive(Debug)]
struct Kind {
    text: String,
    example: String,
    item: Option<usize>,
    count: usize,
}

impl Notes {
    /// What follows is about the item at this index (from 0).
    pub fn about(&mut self, index: usize) {
        self.item = Some(index);
    }

    /// Notes an oddity: `text` is its kind, `example` what was met.
    pub fn note(&mut self, text: &str, example: &str) {
        match self.kinds.iter_mut().find(|kind| kind.text == text) {
            Some(kind) => kind.count += 1,
            None => self.kinds.push(Kind {
                text: text.to_owned(),
                example: example.to_owned(),
                item: self.item,
                count: 1,
            }),
        }
    }

    /// One remark for each kind.
    pub fn into_remarks(self) -> impl Iterator<Item = Remark> {
        self.kinds.into_iter().map(|kind| match kind.count {
            1 => remark(kind.item, format!("{}: {}", kind.text, kind.example)),
            many => remark(None, format!("{}: {} and {} more", kind.text, kind.example, many - 1)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_once_with_its_count() {
        let mut notes = Notes::default();
        notes.about(1);
        notes.note("no date", "`x`");
        notes.about(2);
        notes.note("no date", "`y`");
        notes.note("no link", "`z`");
        let told: Vec<String> = notes.into_remarks().map(|remark| remark.to_string()).collect();
        assert_eq!(told, ["no date: `x` and 1 more", "item 3: no link: `z`"]);
    }
}
