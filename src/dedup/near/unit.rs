//! The units that texts are compared by: words, or single characters of scripts that put no gaps between words, as numbers.
//!
//! Words end where UAX #29 ends them for letters, marks and digits; apostrophes and hyphens part them, and what stands between
//! the digits of a figure does not. Spellings that writers of one language use side by side become one.

use std::sync::OnceLock;

use unicode_normalization::char::is_combining_mark;

use crate::value::fold::is_invisible;
use crate::value::tokens::{bare, is_left_out, is_run_on};

/// A unit: a hash whose two lowest bits tell what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Unit(pub u32);

/// It holds a digit.
const FIGURE: u32 = 1;
/// It is one character of a script without gaps.
const RUN: u32 = 2;

impl Unit {
    pub fn is_figure(self) -> bool {
        self.0 & FIGURE != 0
    }

    pub fn is_run(self) -> bool {
        self.0 & RUN != 0
    }
}

/// What a character is to words: its plain form, and which of these it is.
type Class = u32;
const LETTER: Class = 1 << 24;
const RUN_ON: Class = 1 << 25;
const DROPPED: Class = 1 << 26;

type Block = [Class; 256];

/// The blocks of the basic plane, each made when it is first met.
static BLOCKS: [OnceLock<Block>; 256] = [const { OnceLock::new() }; 256];

/// Adds the units of a text, which is folded and in lower case.
pub(super) fn units(text: &str, out: &mut Vec<Unit>) {
    let mut word = Word::default();
    let mut block: Option<(u32, &Block)> = None;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                word.add(u32::from(c), u32::from(c.is_ascii_digit()));
            } else if !(matches!(c, '.' | ',') && is_between_digits(bytes, at)) {
                word.end(out);
            }
            continue;
        }
        let code = u32::from(c);
        let number = code >> 8;
        if block.is_none_or(|(known, _)| known != number) {
            let found = BLOCKS.get(number as usize);
            block = found.map(|block| (number, block.get_or_init(|| look(number))));
        }
        let class = block.map_or_else(|| class(c), |(_, block)| block[(code & 0xff) as usize]);
        let letter = class & 0xff_ffff;
        if class & LETTER != 0 {
            word.add(letter, 0);
        } else if class & RUN_ON != 0 {
            word.end(out);
            out.push(Unit(mixed(letter) & !3 | RUN));
        } else if class & DROPPED == 0 {
            word.end(out);
        }
    }
    word.end(out);
}

fn is_between_digits(bytes: &[u8], at: usize) -> bool {
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))
}

#[derive(Default)]
struct Word {
    hash: u32,
    figure: u32,
    length: u32,
}

impl Word {
    fn add(&mut self, letter: u32, figure: u32) {
        self.hash = (self.hash.rotate_left(5) ^ letter).wrapping_mul(0x9e37_79b1);
        self.figure |= figure;
        self.length += 1;
    }

    fn end(&mut self, out: &mut Vec<Unit>) {
        if self.length > 0 {
            out.push(Unit(mixed(self.hash ^ self.length) & !3 | self.figure));
            *self = Self::default();
        }
    }
}

/// Spreads what a small change did over all bits.
pub(super) fn mixed(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x7feb_352d);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x846c_a68b);
    hash ^ hash >> 16
}

fn look(number: u32) -> Block {
    let mut block = [0; 256];
    for (low, class_of) in block.iter_mut().enumerate() {
        *class_of = char::from_u32(number << 8 | low as u32).map_or(0, class);
    }
    block
}

fn class(c: char) -> Class {
    if is_invisible(c) || is_left_out(c) {
        return DROPPED;
    }
    let kind = match c {
        _ if is_run_on(c) => RUN_ON,
        _ if c.is_alphanumeric() || is_combining_mark(c) => LETTER,
        _ => return 0,
    };
    match plain(c) {
        Some(plain) => kind | u32::from(plain),
        None => DROPPED,
    }
}

/// One for all spellings of a letter that stand side by side; `None` for what is left out as often as not.
fn plain(c: char) -> Option<char> {
    Some(match c {
        // Bengali and Assamese: short and long vowels, the three sibilants and the two n's of loan words; nukta and chandrabindu.
        'ী' => 'ি',
        'ূ' => 'ু',
        'ঈ' => 'ই',
        'ঊ' => 'উ',
        'শ' | 'ষ' => 'স',
        'ণ' => 'ন',
        'ৎ' => 'ত',
        '\u{981}' | '\u{9bc}' => return None,
        // Devanagari.
        'ी' => 'ि',
        'ू' => 'ु',
        'ई' => 'इ',
        'ऊ' => 'उ',
        'ँ' => 'ं',
        '\u{93c}' => return None,
        // Of several letters the first: a ligature is told by it.
        _ => {
            let mut first = None;
            bare(c, &mut |part| first = first.or(Some(part)));
            return first;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::fold::fold_case;

    fn check(a: &str, b: &str) {
        let of = |text: &str| {
            let mut out = Vec::new();
            units(&fold_case(text), &mut out);
            out
        };
        assert_eq!(of(a), of(b), "{a} | {b}");
    }

    fn count(text: &str) -> (usize, usize, usize) {
        let mut out = Vec::new();
        units(&fold_case(text), &mut out);
        let figures = out.iter().filter(|unit| unit.is_figure()).count();
        (out.len(), figures, out.iter().filter(|unit| unit.is_run()).count())
    }

    #[test]
    fn spellings_side_by_side_are_one() {
        check("জানুয়ারি, সরকারি কি", "জানুয়ারী সরকারী কী");
        check("র\u{200d}্যাব পাঁচ ২,৫০০", "র্যাব পাচ 2,500");
        check("“Café” 1,575", "cafe 1575");
        check("الأخبار مُهمة", "الاخبار مهمه");
        check("हिंदी सड़क", "हिंदि सडक");
        check("新华社，北京。", "新华社北京");
    }

    #[test]
    fn words_figures_and_characters_are_told_apart() {
        assert_eq!(count("don't stop 3rd, 2.5 – and 4"), (7, 3, 0));
        assert_eq!(count("北京10月25日"), (6, 2, 4));
        assert_eq!(count("ข่าว"), (4, 0, 4));
        assert_eq!(count("… — ।"), (0, 0, 0));
    }
}
