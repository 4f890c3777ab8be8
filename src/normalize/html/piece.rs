//! Large fragments piece by piece, so that what is at work on them takes little memory beside the fragment itself.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

/// So many bytes are worked on at once.
pub(super) const PIECE: usize = 16 * 1024;

/// Raw text in pieces of about [`PIECE`] bytes: none ends in a reference or a line end, so each can be decoded for itself.
pub(super) fn of_raw(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || next(&mut rest, |c| matches!(c, ' ' | '&')))
}

/// Text in pieces of about [`PIECE`] bytes: nothing of one can compose with the letter before it.
pub(in crate::normalize) fn of_text(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || next(&mut rest, begins_alone))
}

/// True for a character that joins nothing before it: no character of ASCII does (UAX #15, section 9.1).
pub(super) fn begins_alone(first: char) -> bool {
    first.is_ascii()
        || canonical_combining_class(first) == 0 && is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes
}

fn next<'t>(rest: &mut &'t str, begins: impl Fn(char) -> bool) -> Option<&'t str> {
    if rest.is_empty() {
        return None;
    }
    let from = rest.floor_char_boundary(PIECE);
    let behind = rest[from..].char_indices().find(|(_, c)| begins(*c));
    let (piece, left) = rest.split_at(behind.map_or(rest.len(), |(at, _)| from + at));
    *rest = left;
    Some(piece)
}

/// A place in clean markup where it can be cut in two, each of which is markup.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where.
    pub at: usize,
    /// Which elements are open there, outermost first.
    pub open: Vec<&'static str>,
}

/// True when each piece between the cuts pleases the judge: he gives it back as it is. What is open around a piece is
/// written round it.
pub(super) fn all_please(markup: &str, cuts: &[Cut], judge: impl Fn(&str) -> String) -> bool {
    let ends = cuts.iter().map(|cut| (cut.at, cut.open.as_slice())).chain([(markup.len(), &[][..])]);
    let (mut from, mut around): (usize, &[&str]) = (0, &[]);
    let mut piece = String::new();
    for (to, open) in ends {
        piece.clear();
        piece.extend(around.iter().flat_map(|name| ["<", name, ">"]));
        let Some(between) = markup.get(from..to) else { return false };
        piece.push_str(between);
        piece.extend(open.iter().rev().flat_map(|name| ["</", name, ">"]));
        if judge(&piece) != piece {
            return false;
        }
        (from, around) = (to, open);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_where_nothing_joins() {
        for text in ["&amp;", "ক", "a\u{301}", " \r\n", "a"] {
            let text = text.repeat(PIECE);
            assert_eq!(of_raw(&text).collect::<String>(), text);
            assert_eq!(of_text(&text).collect::<String>(), text);
            assert!(of_raw(&text).skip(1).all(|piece| piece.starts_with(['&', ' '])));
            assert!(of_text(&text).skip(1).all(|piece| !piece.starts_with('\u{301}')));
        }
        assert_eq!(of_text(&"a".repeat(3 * PIECE)).count(), 3);
    }

    #[test]
    fn each_piece_is_judged_with_what_is_around_it() {
        let markup = "<b>a<i>c</i></b>d";
        let cut = |at, open: &[&'static str]| Cut { at, open: open.to_vec() };
        let cuts = [cut(4, &["b"]), cut(8, &["b", "i"])];
        let seen = std::cell::RefCell::new(Vec::new());
        let record = |piece: &str| {
            seen.borrow_mut().push(piece.to_owned());
            piece.to_owned()
        };
        assert!(all_please(markup, &cuts, record));
        assert_eq!(seen.into_inner(), ["<b>a</b>", "<b><i>c</i></b>", "<b><i></i></b>d"]);
        assert!(!all_please(markup, &cuts, |piece| piece.replace('c', "")));
    }
}
