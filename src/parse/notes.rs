//! What was odd while a document was read: counted where it repeats, and whether a strict reader would have refused it.

use crate::model::{Remark, Stage};

/// The remarks of one document while it is read.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    list: Vec<Note>,
    /// True when something had to be repaired that a strict reader refuses.
    pub malformed: bool,
    /// The item that is being read, from 0; remarks are told of it.
    pub item: Option<usize>,
}

#[derive(Debug)]
struct Note {
    stage: Stage,
    text: String,
    item: Option<usize>,
    count: usize,
}

/// More kinds of remarks than this say nothing new to anybody.
const MOST: usize = 64;

impl Notes {
    /// Something that a strict XML or JSON parser refuses, and what was done about it.
    pub fn repaired(&mut self, text: &str) {
        self.malformed = true;
        self.add(Stage::Parse, text);
    }

    /// Something odd in what is read, of which no parser complains.
    pub fn odd(&mut self, text: &str) {
        self.add(Stage::Parse, text);
    }

    /// Something odd about the character set.
    pub fn decoding(&mut self, text: &str) {
        self.add(Stage::Decode, text);
    }

    fn add(&mut self, stage: Stage, text: &str) {
        if let Some(note) = self.list.iter_mut().find(|note| note.text == text) {
            note.count += 1;
            if note.item != self.item {
                note.item = None;
            }
        } else if self.list.len() < MOST {
            self.list.push(Note { stage, text: text.to_owned(), item: self.item, count: 1 });
        }
    }

    /// The remarks in the order found, each once.
    pub fn into_remarks(self) -> Vec<Remark> {
        let told = self.list.into_iter().map(|note| {
            let text = match note.count {
                1 => note.text,
                n => format!("{} ({n} times)", note.text),
            };
            match note.item {
                Some(index) => Remark::at(note.stage, index, text),
                None => Remark::of(note.stage, text),
            }
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_remark_is_counted_and_told_of_the_document_when_items_differ() {
        let mut notes = Notes { item: Some(0), ..Notes::default() };
        notes.repaired("a");
        notes.odd("b");
        notes.item = Some(1);
        notes.repaired("a");
        let told: Vec<String> = notes.into_remarks().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["a (2 times)", "item 1: b"]);
    }
}
