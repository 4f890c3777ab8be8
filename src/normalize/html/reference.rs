//! Character references of HTML to characters and characters to references (HTML Standard, 13.2.5.72 and 13.3).

use std::borrow::Cow;

use memchr::memchr;

use crate::parse::entity::named;

/// Names that work without a semicolon in text (HTML 4's Latin-1 names and the four of the markup).
const BARE: [&str; 106] = [
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil", "ETH",
    "Eacute", "Ecirc", "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT", "Ntilde", "Oacute",
    "Ocirc", "Ograve", "Oslash", "Otilde", "Ouml", "QUOT", "REG", "THORN", "Uacute", "Ucirc", "Ugrave",
    "Uuml", "Yacute", "aacute", "acirc", "acute", "aelig", "agrave", "amp", "aring", "atilde", "auml",
    "brvbar", "ccedil", "cedil", "cent", "copy", "curren", "deg", "divide", "eacute", "ecirc", "egrave",
    "eth", "euml", "frac12", "frac14", "frac34", "gt", "iacute", "icirc", "iexcl", "igrave", "iquest",
    "iuml", "laquo", "lt", "macr", "micro", "middot", "nbsp", "not", "ntilde", "oacute", "ocirc", "ograve",
    "ordf", "ordm", "oslash", "otilde", "ouml", "para", "plusmn", "pound", "quot", "raquo", "reg", "sect",
    "shy", "sup1", "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc", "ugrave", "uml", "uuml",
    "yacute", "yen", "yuml",
];

/// Where a reference stands: a bare name means less in the value of an attribute (`?a=1&copy=2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In text.
    Text,
    /// In the value of an attribute.
    Attribute,
}

/// Decodes every reference exactly once. What is no reference stays as it is.
pub fn decode(text: &str, place: Place) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = Some(first);
    while let Some(at) = next {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest, place) {
            Some((length, characters)) => {
                characters.push_to(&mut out);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
        next = memchr(b'&', rest.as_bytes());
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What a reference stands for.
enum Characters {
    One(char),
    Named(&'static str),
}

impl Characters {
    fn push_to(&self, out: &mut String) {
        match self {
            Characters::One(c) => out.push(*c),
            Characters::Named(s) => out.push_str(s),
        }
    }
}

/// The reference that `text` begins with, and its length.
fn reference(text: &str, place: Place) -> Option<(usize, Characters)> {
    let body = &text.as_bytes()[1..];
    if body.first() == Some(&b'#') {
        return number(text);
    }
    let length = body.iter().take(40).position(|b| !b.is_ascii_alphanumeric()).unwrap_or(body.len().min(40));
    let name = &text[1..=length];
    if body.get(length) == Some(&b';')
        && let Some(found) = named(name)
    {
        return Some((length + 2, Characters::Named(found)));
    }
    if place == Place::Attribute && (length < body.len() && body[length] == b'=' || name.is_empty()) {
        return None;
    }
    let bare = match place {
        Place::Attribute => BARE.binary_search(&name).is_ok().then_some(name),
        Place::Text => (2..=length.min(6)).rev().map(|n| &name[..n]).find(|n| BARE.binary_search(n).is_ok()),
    }?;
    Some((bare.len() + 1, Characters::Named(named(bare)?)))
}

/// `&#2453;`, `&#x995;`, also without the semicolon.
fn number(text: &str) -> Option<(usize, Characters)> {
    let (radix, digits_at) = match text.as_bytes().get(2)? {
        b'x' | b'X' => (16, 3),
        _ => (10, 2),
    };
    let digits = &text[digits_at..];
    let length = digits.bytes().position(|b| !char::from(b).is_digit(radix)).unwrap_or(digits.len());
    if length == 0 {
        return None;
    }
    // More digits than any character needs saturate: the result is no character.
    let code = digits[..length]
        .chars()
        .fold(0u32, |n, c| n.saturating_mul(radix).saturating_add(c.to_digit(radix).unwrap_or(0)));
    let end = digits_at + length + usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some((end, Characters::One(character(code))))
}

/// The character of a number; numbers of Windows-1252's extra signs mean those signs.
fn character(code: u32) -> char {
    const WINDOWS_1252: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match code {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9f => WINDOWS_1252[code as usize - 0x80],
        _ => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// Writes text as the serializer of HTML does (HTML Standard, 13.3): the five characters that mean markup or
/// look like a space stand as references. Looks at many bytes at once: most hold nothing to escape.
pub fn escape(text: &str, place: Place, out: &mut String) {
    const MANY: usize = 32;
    // In text a quote is nothing special; a character that is stands in for it.
    let quote = if place == Place::Attribute { b'"' } else { b'&' };
    // U+00A0 is C2 A0.
    let special = |b: u8| (b == b'&') | (b == b'<') | (b == b'>') | (b == 0xc2) | (b == quote);
    let bytes = text.as_bytes();
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        let chunk = &bytes[at..bytes.len().min(at + MANY)];
        if !chunk.iter().fold(false, |any, b| any | special(*b)) {
            at += chunk.len();
            continue;
        }
        at += chunk.iter().position(|b| special(*b)).unwrap_or(0);
        let (reference, length) = match bytes[at] {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' => ("&quot;", 1),
            _ if bytes.get(at + 1) == Some(&0xa0) => ("&nbsp;", 2),
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_str(&text[done..at]);
        out.push_str(reference);
        at += length;
        done = at;
    }
    out.push_str(&text[done..]);
}

/// Writes a text without what [`escape`] makes longer: for texts that would become far too long.
pub fn push_without_signs(text: &str, out: &mut String) {
    out.extend(text.split(['&', '<', '>', '"', '\u{a0}']));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, in_text: &str, in_attribute: &str) {
        assert_eq!(decode(text, Place::Text), in_text);
        assert_eq!(decode(text, Place::Attribute), in_attribute);
    }

    #[test]
    fn references_are_decoded_once() {
        check("a &amp;amp; b &lt;", "a &amp; b <", "a &amp; b <");
        check("&#2453;&#x995;&#X995", "ককক", "ককক");
        check("&rsquo;&NotEqualTilde;", "’\u{2242}\u{338}", "’\u{2242}\u{338}");
        check("&#150;&#0;&#99999999;", "–\u{fffd}\u{fffd}", "–\u{fffd}\u{fffd}");
    }

    #[test]
    fn bare_names_mean_less_in_attributes() {
        check("?a&copy=2", "?a©=2", "?a&copy=2");
        check("&ampx &notit;", "&x ¬it;", "&ampx &notit;");
        check("&copy &amp", "© &", "© &");
    }

    #[test]
    fn what_is_no_reference_stays() {
        check(
            "A&B & C &; &nosuchname; &# &#x;",
            "A&B & C &; &nosuchname; &# &#x;",
            "A&B & C &; &nosuchname; &# &#x;",
        );
    }

    #[test]
    fn every_bare_name_is_in_order_and_known() {
        assert!(BARE.is_sorted());
        assert!(BARE.iter().all(|name| named(name).is_some()));
    }

    #[test]
    fn escaped_text_decodes_to_itself() {
        for place in [Place::Text, Place::Attribute] {
            let mut out = String::new();
            escape("a<b>&\"c\u{a0}&amp;", place, &mut out);
            assert_eq!(decode(&out, place), "a<b>&\"c\u{a0}&amp;");
        }
    }
}
