//! Whether text is in NFC already, told exactly enough in one fast pass: most text is, and need not be composed again.

use std::sync::OnceLock;

use unicode_normalization::IsNormalized::{Maybe, No, Yes};
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};
use unicode_normalization::is_nfc_quick;

use super::fold::{is_invisible, plain};

/// Characters below this one neither combine nor decompose into what NFC would not put together again.
const FIRST_COMBINING: char = '\u{300}';

/// The blocks of 256 characters whose signs join signs of the same block only (held by a test).
const INDIC: std::ops::Range<u32> = 0x09..0x11;

/// It combines, and never joins what stands before it.
const MARK: u8 = 1;
/// It joins a [`FIRST`] of its own block.
const SECOND: u8 = 2;
/// It may be joined by a [`SECOND`], or is composed itself.
const FIRST: u8 = 4;
/// It has to be looked at with what stands before it.
const LOOK: u8 = 8;

/// Folding changes it or drops it.
pub(crate) const FOLDS: u8 = 16;
/// It has a lower case that is another.
pub(crate) const CASED: u8 = 32;

/// It may join, or move before, what stands in front of it.
pub(crate) const JOINS: u8 = MARK | SECOND | LOOK;

/// What each character of a block of 256 is in NFC, and to folding.
type Block = [u8; 256];

/// The blocks of the basic plane, each made when it is first met.
static BLOCKS: [OnceLock<Block>; 256] = [const { OnceLock::new() }; 256];

/// True when the text is surely in NFC; false when it has to be composed to know.
///
/// Unlike the quick check of the standard (UAX #15, section 9) it looks at what stands before a character that may combine:
/// vowel signs that could join another sign are in every word of Bengali or Tamil, and seldom do.
pub(crate) fn is_composed(text: &str) -> bool {
    survey(text).is_composed()
}

/// What one pass over a text tells.
pub(crate) struct Survey<'a> {
    text: &'a str,
    /// Nothing has to be looked at again: it is in NFC.
    surely_composed: bool,
    /// What there is among its characters beyond ASCII: [`FOLDS`], [`CASED`].
    pub(crate) seen: u8,
}

impl Survey<'_> {
    /// See [`is_composed`].
    pub(crate) fn is_composed(&self) -> bool {
        self.surely_composed || is_composed_looked_at(self.text)
    }
}

/// The fast pass: nothing in it hangs on what the text says, so that the processor need not guess.
pub(crate) fn survey(text: &str) -> Survey<'_> {
    let (mut before, mut doubt, mut seen) = (0, 0, 0);
    let mut kinds = Kinds::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii() {
            before = 0;
            rest = behind_ascii(rest);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let kind = kinds.of(c);
        before |= if kinds.has_moved { FIRST } else { 0 };
        seen |= kind;
        doubt |= (kind & LOOK) | (kind & before & MARK) | (kind & SECOND & before >> 1);
        // Behind a mark the starter is no longer known; a letter of Latin may be joined by any mark.
        before = if c < FIRST_COMBINING { FIRST } else { kind | (kind & MARK) << 2 };
    }
    Survey { text, surely_composed: doubt == 0, seen }
}

/// What stands behind the ASCII that `text` begins with.
pub(crate) fn behind_ascii(text: &str) -> &str {
    let bytes = text.as_bytes();
    let words = bytes.chunks_exact(8).take_while(|word| word.is_ascii()).count() * 8;
    let at = words + bytes[words..].iter().take_while(|byte| byte.is_ascii()).count();
    &text[at..]
}

/// Looks characters up, the block of the last one at hand: text seldom changes its script.
#[derive(Default)]
pub(crate) struct Kinds {
    block: Option<(u32, &'static Block)>,
    /// The last character was of another block than the one before it.
    has_moved: bool,
}

impl Kinds {
    /// What a character beyond ASCII is: bits of [`FOLDS`], [`CASED`], [`JOINS`].
    pub(crate) fn of(&mut self, c: char) -> u8 {
        let code = u32::from(c);
        let number = code >> 8;
        self.has_moved = self.block.is_none_or(|(known, _)| known != number);
        if self.has_moved {
            let block = BLOCKS.get(number as usize);
            self.block = block.map(|block| (number, block.get_or_init(|| look(number))));
        }
        self.block.map_or_else(|| look_at(c), |(_, block)| block[(code & 0xff) as usize])
    }
}

/// A character beyond the basic plane.
fn look_at(c: char) -> u8 {
    LOOK | folding(c)
}

fn folding(c: char) -> u8 {
    let folds = is_invisible(c) || plain(c) != c;
    let cased = !c.to_lowercase().eq([c]);
    let when = |is, bit| if is { bit } else { 0 };
    when(folds, FOLDS) | when(cased, CASED)
}

/// The exact pass, for what the fast one doubts.
fn is_composed_looked_at(text: &str) -> bool {
    let mut starter = '\0';
    let mut class = 0;
    for c in text.chars() {
        let own = if c < FIRST_COMBINING { Some(0) } else { class_behind(starter, class, c) };
        let Some(own) = own else { return false };
        if own == 0 {
            starter = c;
        }
        class = own;
    }
    true
}

/// The combining class of a character that surely stays as it is behind that starter and a mark of that class.
fn class_behind(starter: char, class: u8, c: char) -> Option<u8> {
    let own = canonical_combining_class(c);
    let fits = match is_nfc_quick(std::iter::once(c)) {
        Yes => true,
        No => false,
        // A mark may move before the marks that are part of a composed starter; a starter moves nowhere.
        _ => compose(starter, c).is_none() && (own == 0 || is_whole(starter)),
    };
    (fits && (own == 0 || own >= class)).then_some(own)
}

/// True when the character is not composed of others.
fn is_whole(c: char) -> bool {
    let mut same = true;
    decompose_canonical(c, |part| same &= part == c);
    same
}

fn look(number: u32) -> Block {
    let mut block = [0; 256];
    let characters =
        || (0..256).filter_map(move |low| Some((low as usize, char::from_u32(number << 8 | low)?)));
    let quick = |c: char| is_nfc_quick(std::iter::once(c));
    for (low, c) in characters() {
        block[low] = match (quick(c), canonical_combining_class(c)) {
            (Yes, 0) => 0,
            (Yes, _) => MARK,
            (Maybe, class) if INDIC.contains(&number) => SECOND | if class == 0 { 0 } else { MARK },
            // Below the first mark nothing is in doubt.
            _ if c < FIRST_COMBINING => 0,
            _ => LOOK,
        } | folding(c);
    }
    for (second, c) in characters().filter(|(_, c)| INDIC.contains(&number) && quick(*c) == Maybe) {
        for (first, it) in characters() {
            block[first] |= if compose(it, c).is_some() || !is_whole(it) { FIRST } else { 0 };
        }
        debug_assert_eq!(block[second] & SECOND, SECOND);
    }
    block
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn is_sure(text: &str) -> bool {
        survey(text).surely_composed
    }

    fn check(text: &str, expected: bool) {
        assert_eq!(is_composed(text), expected, "{text:?}");
    }

    #[test]
    fn signs_of_india_join_those_of_their_own_block_only() {
        for composed in '\u{80}'..=char::MAX {
            let mut parts = Vec::new();
            decompose_canonical(composed, |part| parts.push(part));
            let Some((last, rest)) = parts.split_last().filter(|(_, rest)| !rest.is_empty()) else {
                continue;
            };
            if INDIC.contains(&(u32::from(*last) >> 8)) {
                for part in rest {
                    assert_eq!(u32::from(*part) >> 8, u32::from(*last) >> 8, "{composed}");
                }
            }
        }
    }

    #[test]
    fn signs_that_could_join_but_do_not_are_in_nfc() {
        assert!(is_sure("আনন্দবাজার পত্রিকার খবর: বৃষ্টি হলো – “ভালো”; ज़रूर, தமிழ் செய்திகள்; Ça va, 한국어 東京"));
        check("plain", true);
        check("আনন্দবাজার পত্রিকা", true);
        check("ক\u{9c7}\u{9be}", false);
        check("ক\u{9bc}\u{9cd}ক", true);
        check("ক\u{9cd}\u{9bc}", false);
        check("\u{9df}", false);
        check("ज\u{93c}", true);
        check("न\u{93c}", false);
        check("é\u{327}", false);
        check("e\u{301}", false);
        check("한국어", true);
        check("\u{1112}\u{1161}", false);
    }

    /// Characters that combine, the letters that they combine with, and letters made of both.
    fn character() -> impl Strategy<Value = char> {
        let marks = proptest::sample::select(vec![
            '\u{300}',
            '\u{301}',
            '\u{327}',
            '\u{328}',
            '\u{338}',
            '\u{345}',
            '\u{344}',
            '\u{9be}',
            '\u{9c7}',
            '\u{9cd}',
            '\u{9bc}',
            '\u{9d7}',
            '\u{93c}',
            '\u{94d}',
            '\u{bbe}',
            '\u{bc6}',
            '\u{dca}',
            '\u{dcf}',
            '\u{ddd}',
            '\u{1161}',
            '\u{11a8}',
            '\u{1100}',
            '가',
            '각',
            '\u{3099}',
            'か',
            'が',
            'é',
            'e',
            'ȩ',
            'ক',
            'न',
            '\u{929}',
            '\u{212b}',
            '\u{1d15e}',
            '\u{11131}',
            '\u{11127}',
            '\u{f71}',
            '\u{f72}',
            '\u{fb1d}',
            '>',
            '<',
            '=',
        ]);
        prop_oneof![3 => marks, 1 => any::<char>()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_called_composed_is(text in proptest::collection::vec(character(), 0..8)) {
            let text: String = text.into_iter().collect();
            for composed in [is_sure(&text), is_composed_looked_at(&text)] {
                if composed {
                    prop_assert_eq!(text.nfc().collect::<String>(), text.clone());
                }
            }
        }
    }
}
