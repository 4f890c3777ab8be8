//! The folding of text for matching and keys: what looks the same to a reader becomes the same bytes. Never published.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::composed::{CASED, FOLDS, JOINS, Kinds, Survey, behind_ascii, is_composed, survey};

/// Folds `text`: NFC, zero-width joiners and other invisible characters dropped, the decimal digits of every script
/// as ASCII, curly quotes straightened, no-break spaces as spaces. Case is kept. Folding twice is folding once.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    folded(text, &survey(text))
}

/// Folded and in lower case: what is compared without regard to case.
pub fn fold_case(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return lower_ascii(Cow::Borrowed(text));
    }
    let survey = survey(text);
    if !survey.is_composed() {
        return Cow::Owned(folded(text, &survey).to_lowercase());
    }
    // Text of scripts without case is not looked at again.
    if survey.seen & (FOLDS | CASED) == 0 {
        return lower_ascii(Cow::Borrowed(text));
    }
    Cow::Owned(lowered(text).unwrap_or_else(|| folded(text, &survey).to_lowercase()))
}

/// NFC text folded and in lower case in one pass. `None` where a character hangs on others: a sigma is another one at the end
/// of a word, and what stood on both sides of a dropped character may join.
fn lowered(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut kinds = Kinds::default();
    let mut has_dropped = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii() {
            let behind = behind_ascii(rest);
            let from = out.len();
            out.push_str(&rest[..rest.len() - behind.len()]);
            out[from..].make_ascii_lowercase();
            (rest, has_dropped) = (behind, false);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let kind = kinds.of(c);
        if kind & FOLDS != 0 && is_invisible(c) {
            has_dropped = true;
            continue;
        }
        if c == 'Σ' || (has_dropped && kind & JOINS != 0) {
            return None;
        }
        has_dropped = false;
        match kind & (FOLDS | CASED) {
            0 => out.push(c),
            CASED => out.extend(c.to_lowercase()),
            _ => out.push(plain(c)),
        }
    }
    Some(out)
}

fn folded<'a>(text: &'a str, survey: &Survey<'_>) -> Cow<'a, str> {
    if survey.seen & FOLDS == 0 {
        return if survey.is_composed() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) };
    }
    let seen: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    // Composing makes no character that has a plain form, and takes none away.
    let is_composed = is_composed(&seen);
    Cow::Owned(if is_composed { seen.chars().map(plain).collect() } else { seen.nfc().map(plain).collect() })
}

fn lower_ascii(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return text;
    }
    let mut text = text.into_owned();
    text.make_ascii_lowercase();
    Cow::Owned(text)
}

/// A character without look of its own that writers put in or leave out at will.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' // among them ZWNJ and ZWJ
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// The plain form of one character of NFC text: ASCII digit, straight quote, space; else itself.
pub(crate) fn plain(c: char) -> char {
    match c {
        '\0'..='\x7f' => c,
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2bc}' | '\u{ff07}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' => '"',
        '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
        _ => digit(c).unwrap_or(c),
    }
}

/// The ASCII digit with the value of a decimal digit (general category Nd) of any script.
pub fn digit(c: char) -> Option<char> {
    let at = ZEROS.partition_point(|zero| *zero <= c);
    let zero = ZEROS.get(at.checked_sub(1)?)?;
    char::from_digit((c as u32).checked_sub(*zero as u32).filter(|value| *value < 10)?, 10)
}

/// The zero of every run of ten decimal digits in Unicode 17; a test holds it against the property tables of `regex`.
const ZEROS: [char; 77] = [
    '\u{30}',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{10d40}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{116d0}',
    '\u{116da}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11bf0}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11de0}',
    '\u{11f50}',
    '\u{16130}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{16d70}',
    '\u{1ccf0}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e5f1}',
    '\u{1e950}',
    '\u{1fbf0}',
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, folded: &str) {
        assert_eq!(fold(text), folded, "{}", text.escape_unicode());
        assert_eq!(fold(folded), folded, "folding twice");
    }

    #[test]
    fn case_is_that_of_the_standard_library() {
        for text in ["ABC খবর", "খবর", "ΟΔΟΣ Σ", "İstanbul", "Ⴀ", "\u{1e900}", "İ"] {
            assert_eq!(fold_case(text), fold(text).to_lowercase(), "{text}");
        }
    }

    #[test]
    fn no_character_has_both_a_plain_form_and_a_lower_case() {
        for c in '\u{80}'..=char::MAX {
            assert!(plain(c) == c || plain(c).to_lowercase().eq([plain(c)]), "{c:?}");
        }
    }

    #[test]
    fn composing_neither_makes_nor_takes_a_plain_form() {
        for c in '\u{80}'..=char::MAX {
            let composed: String = std::iter::once(c).nfc().collect();
            if composed.chars().ne([c]) {
                assert!(plain(c) == c && composed.chars().all(|c| plain(c) == c), "{c:?}");
            }
        }
    }

    proptest::proptest! {
        /// What folding meant before it was made fast.
        #[test]
        fn folding_is_what_it_says(text in "[a-zA-ZÄÉΣéİ\u{300}\u{301}\u{9c7}\u{9be}\u{9af}\u{9bc}\u{9df}\u{200d}\u{200c}০-৯“”\u{a0}Ж\u{915}\u{93c}\u{fe0f}]{0,12}|\\PC{0,12}") {
            let told: String = text.chars().filter(|c| !is_invisible(*c)).nfc().map(plain).collect();
            proptest::prop_assert_eq!(fold(&text), told.as_str());
            proptest::prop_assert_eq!(fold_case(&text), told.to_lowercase());
        }
    }

    #[test]
    fn bengali_forms_become_one() {
        // U+09DF is excluded from composition, so NFC takes it apart; U+09CB is put together.
        check("সম\u{9df}", "সম\u{9af}\u{9bc}");
        check("সম\u{9af}\u{9bc}", "সম\u{9af}\u{9bc}");
        check("ক\u{9c7}\u{9be}", "ক\u{9cb}");
        check("র\u{200d}্যাব", "র্যাব");
        check("উই\u{200c}কেট", "উইকেট");
        // A joiner between a letter and its nukta must not keep them apart.
        check("\u{9ac}\u{200d}\u{9bc}", "\u{9ac}\u{9bc}");
    }

    #[test]
    fn digits_quotes_and_spaces_become_ascii() {
        check("১২৩ ४५६ ٧٨٩ ０", "123 456 789 0");
        check("“এক” ‘দুই’ don’t", "\"এক\" 'দুই' don't");
        check("a\u{a0}b\u{202f}c", "a b c");
    }

    #[test]
    fn text_that_is_folded_already_is_not_copied() {
        assert!(matches!(fold("plain"), Cow::Borrowed(_)));
        assert!(matches!(fold("খবর"), Cow::Borrowed(_)));
    }

    #[test]
    fn case_is_kept() {
        check("É A", "É A");
        check("E\u{301}", "É");
    }

    #[test]
    fn every_decimal_digit_has_its_value() {
        let decimal = regex::Regex::new(r"^\p{Nd}$").unwrap();
        let mut run = 0;
        for c in (0..=char::MAX as u32).filter_map(char::from_u32) {
            let is_decimal = decimal.is_match(c.encode_utf8(&mut [0; 4]));
            let value = if is_decimal { char::from_digit(run % 10, 10) } else { None };
            run = if is_decimal { run + 1 } else { 0 };
            // Newer digits than the tables of `regex` know are no fault.
            if is_decimal {
                assert_eq!(digit(c), value, "{}", c.escape_unicode());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,20}") {
            let once = fold(&text).into_owned();
            proptest::prop_assert_eq!(fold(&once), once.as_str());
        }
    }
}
