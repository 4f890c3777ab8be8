//! Edits of letters: digits and quotes, forms of Unicode, spellings.

use unicode_normalization::UnicodeNormalization;

use super::articles::Words;
use super::chance::Chance;

/// Digits of the script become ASCII where there are any, else the other way; quotes become straight.
pub fn digits(text: &str, digits: &str) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let is_native = text.contains(digits.as_slice());
    let digit = |c: char| match (digits.iter().position(|digit| *digit == c), c.to_digit(10)) {
        (Some(value), _) => char::from_digit(value as u32, 10),
        (None, Some(value)) if !is_native => digits.get(value as usize).copied(),
        _ => None,
    };
    let plain = |c: char| match c {
        '“' | '”' | '«' | '»' => '"',
        '‘' | '’' => '\'',
        c => digit(c).unwrap_or(c),
    };
    text.chars().map(plain).collect()
}

/// Letters that NFC takes apart and keyboards put together: Bengali, Devanagari.
const PRECOMPOSED: [(&str, &str); 7] = [
    ("\u{9a1}\u{9bc}", "\u{9dc}"),
    ("\u{9a2}\u{9bc}", "\u{9dd}"),
    ("\u{9af}\u{9bc}", "\u{9df}"),
    ("\u{921}\u{93c}", "\u{95c}"),
    ("\u{922}\u{93c}", "\u{95d}"),
    ("\u{915}\u{93c}", "\u{958}"),
    ("\u{91c}\u{93c}", "\u{95b}"),
];

/// The same to the eye: other forms of Unicode, joiners in and out, spaces that do not break, a bar for the danda, signs of
/// another width.
pub fn unicode(text: &str, chance: &mut Chance) -> String {
    let mut text: String = if chance.once_in(2) { text.nfd().collect() } else { text.nfc().collect() };
    if chance.once_in(2) {
        for (apart, together) in PRECOMPOSED {
            text = text.replace(apart, together);
        }
    }
    let mut out = String::with_capacity(text.len() + 32);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\u{200c}' | '\u{200d}' => {}
            ' ' if chance.once_in(8) => out.push('\u{a0}'),
            '।' if chance.once_in(2) => out.push('|'),
            // Behind a virama, where a letter follows.
            '\u{9cd}' | '\u{94d}' => {
                out.push(c);
                if chance.once_in(6) {
                    out.push(if chance.once_in(2) { '\u{200c}' } else { '\u{200d}' });
                }
            }
            // Thai: sara am in two signs.
            '\u{e33}' if chance.once_in(2) => out.push_str("\u{e4d}\u{e32}"),
            // Before a vowel that begins a syllable a line may break.
            'เ' | 'แ' | 'โ' | 'ไ' | 'ใ' if chance.once_in(4) => out.extend(['\u{200b}', c]),
            // Arabic: a line that stretches words.
            '\u{627}'..='\u{64a}' if is_joining(before) && chance.once_in(20) => out.extend(['\u{640}', c]),
            // A soft hyphen in a Latin word.
            'a'..='z' if before.is_ascii_lowercase() && chance.once_in(60) => out.extend(['\u{ad}', c]),
            '，' if chance.once_in(2) => out.push(','),
            '：' if chance.once_in(2) => out.push(':'),
            '；' if chance.once_in(2) => out.push(';'),
            '（' => out.push('('),
            '）' => out.push(')'),
            '0'..='9' if is_chinese(before) || is_full(before) => {
                out.extend(char::from_u32(u32::from(c) - 0x30 + 0xff10));
            }
            c => out.push(c),
        }
        before = out.chars().next_back().unwrap_or(c);
    }
    out
}

fn is_joining(c: char) -> bool {
    matches!(c, 'ب' | 'ت' | 'س' | 'ع' | 'ف' | 'ق' | 'ك' | 'ل' | 'م' | 'ن' | 'ه' | 'ي')
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '，' | '。')
}

fn is_full(c: char) -> bool {
    matches!(c, '\u{ff10}'..='\u{ff19}')
}

/// Spellings that are used side by side: one word of `times` that has another, half as often a letter.
pub fn spelling(text: &str, words: &Words, times: usize, chance: &mut Chance) -> String {
    let mut out = text.to_owned();
    for [one, other] in &words.spelling {
        out = some_replaced(&out, one, other, times, chance);
    }
    for [one, other] in &words.letters {
        out = some_replaced(&out, one, other, 2 * times, chance);
    }
    out
}

fn some_replaced(text: &str, one: &str, other: &str, times: usize, chance: &mut Chance) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(one) {
        let (before, behind) = (&rest[..at], &rest[at + one.len()..]);
        out.push_str(before);
        out.push_str(if chance.once_in(times) { other } else { one });
        rest = behind;
    }
    out.push_str(rest);
    out
}
