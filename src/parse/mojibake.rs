//! UTF-8 that somebody read as Latin-1 or windows-1252 and wrote again, once or more often: recognised and mended.

use super::xml::windows_1252;

/// Read wrongly so often at most.
const MOST: usize = 3;

/// The text as it was meant; `None` when it is not surely double-encoded.
///
/// Sure is: every character that is not ASCII is a byte of windows-1252 (or Latin-1), all those bytes together are valid
/// UTF-8, and there is more than one such sequence, or one that no language writes by accident.
pub(super) fn mend(text: &str) -> Option<String> {
    // Every first byte of UTF-8 read so is one of U+00C2 to U+00F4, which UTF-8 writes with 0xC3.
    memchr::memchr(0xC3, text.as_bytes())?;
    let mut mended = mend_once(text)?;
    for _ in 1..MOST {
        match mend_once(&mended) {
            Some(again) => mended = again,
            None => break,
        }
    }
    Some(mended)
}

fn mend_once(text: &str) -> Option<String> {
    // Honest text fails at its first letter that is not ASCII: the room for the bytes is not asked for before that.
    let mut bytes = Vec::new();
    let (mut sequences, mut sure) = (0, false);
    let mut expected = 0;
    for (at, c) in text.char_indices() {
        if c.is_ascii() {
            if expected > 0 {
                return None;
            }
            if !bytes.is_empty() {
                bytes.push(c as u8);
            }
            continue;
        }
        let byte = byte_of(c)?;
        if expected > 0 {
            if !(0x80..0xC0).contains(&byte) {
                return None;
            }
            expected -= 1;
        } else {
            expected = match byte {
                0xC2..=0xDF => 1,
                0xE0..=0xEF => 2,
                0xF0..=0xF4 => 3,
                _ => return None,
            };
            sequences += 1;
            sure |= expected > 1 || byte <= 0xC3;
        }
        if bytes.is_empty() {
            bytes.reserve(text.len());
            bytes.extend_from_slice(&text.as_bytes()[..at]);
        }
        bytes.push(byte);
    }
    if expected > 0 || sequences == 0 || !(sure || sequences > 1) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// The byte that windows-1252 (or Latin-1, where that has none) writes for the character.
fn byte_of(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ 0x80..=0xFF => u8::try_from(code).ok(),
        _ => (0x80..=0x9F).find(|byte| windows_1252(*byte) == c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(mend(text).as_deref(), expected, "{text}");
    }

    fn latin(text: &str) -> String {
        text.bytes().map(char::from).collect()
    }

    fn windows(text: &str) -> String {
        text.bytes().map(windows_1252).collect()
    }

    #[test]
    fn double_encoded_text_is_mended() {
        check(&latin("খবর: বৃষ্টি"), Some("খবর: বৃষ্টি"));
        check(&latin(&latin("খবর")), Some("খবর"));
        check(&windows("café – naïve"), Some("café – naïve"));
        check("cafÃ©", Some("café"));
    }

    #[test]
    fn honest_text_is_left_alone() {
        check("খবর", None);
        check("café naïve", None);
        check("CAFÉ»", None);
        check("« CAFÉ »", None);
        check("São Paulo", None);
        check("Ã", None);
    }
}
