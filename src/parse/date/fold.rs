//! Dates are compared without what writers leave out or add: accents, vowel signs of Arabic and Hebrew, joiners,
//! letter case, the script of digits.

use unicode_normalization::UnicodeNormalization;

use crate::value::fold::digit;

/// Folds a date or a word of a table.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare: String = text.nfkd().filter(|c| !is_dropped(*c)).map(alike).nfc().collect();
    bare.to_lowercase().chars().filter(|c| !is_dropped(*c)).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'   // accents
        | '\u{ad}'              // soft hyphen
        | '\u{591}'..='\u{5bd}' // points of Hebrew
        | '\u{5bf}'..='\u{5c7}'
        | '\u{61c}'
        | '\u{640}'             // tatweel
        | '\u{64b}'..='\u{655}' // vowel signs of Arabic
        | '\u{670}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
    )
}

/// One of several characters that mean the same in a date.
fn alike(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' => '-',
        '\u{2044}' => '/',
        '،' | '、' | '，' | '；' | '؛' => ',',
        '。' => '.',
        'ی' | 'ى' => 'ي',
        'ک' => 'ك',
        'ھ' | 'ہ' | 'ة' | 'ۃ' => 'ه',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '׳' => '\'',
        c => digit(c).unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text), expected);
        assert_eq!(fold(&fold(text)), expected, "folding twice is folding once");
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        check("২৫ ٢٥ ۲۵ २५ ๒๕ ２５", "25 25 25 25 25 25");
    }

    #[test]
    fn accents_case_and_joiners_do_not_count() {
        check("Février ΑΥΓΟΎΣΤΟΥ", "fevrier αυγουστου");
        check("র\u{200d}্য \u{9df} \u{9af}\u{9bc}", "র্য \u{9af}\u{9bc} \u{9af}\u{9bc}");
        check("صباحًا یکشنبه", "صباحا يكشنبه");
        check("25–10−2022", "25-10-2022");
        check("İstanbul", "istanbul");
    }
}
