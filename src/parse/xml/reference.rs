//! Character and entity references to characters: XML's, HTML's, the simple ones a document declares, and the broken ones.

use std::borrow::Cow;

use memchr::memchr3;

use crate::parse::entity::named;
use crate::parse::notes::Notes;

/// The general entities that a document type declaration defines in plain text.
///
/// Only values without markup and without references are taken, they are short, and all of them together may add no more
/// than the size of the document: nothing can be blown up.
#[derive(Debug, Default)]
pub(crate) struct Entities<'a> {
    declared: Vec<(&'a str, &'a str)>,
    budget: usize,
    /// The declaration names an external subset, which may declare anything: HTML's names are then no fault.
    external: bool,
}

const MOST_DECLARED: usize = 300;
const LONGEST_VALUE: usize = 128;

impl<'a> Entities<'a> {
    /// Reads what stands between `<!DOCTYPE` and `>`. `budget`: how many bytes references may add in all.
    pub fn read(doctype: &'a str, budget: usize) -> Self {
        let (head, subset) = doctype.split_once('[').unwrap_or((doctype, ""));
        let external = head.contains("PUBLIC") || head.contains("SYSTEM");
        let mut declared = Vec::new();
        for declaration in subset.split("<!ENTITY").skip(1).take(MOST_DECLARED) {
            let Some((name, rest)) = declaration.trim_start().split_once([' ', '\t', '\n', '\r']) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| *c == '"' || *c == '\'') else { continue };
            let Some((value, _)) = rest[1..].split_once(quote) else { continue };
            if value.len() <= LONGEST_VALUE && !value.contains('<') && !value.contains('%') {
                declared.push((name, value));
            }
        }
        Self { declared, budget, external }
    }
}

/// Resolves references once, joins surrogate pairs, drops what XML forbids, makes every line end `\n`.
/// Borrowed where there is nothing to do. What is no reference stays as it is.
pub(crate) fn decode<'t>(raw: &'t str, entities: &mut Entities<'_>, notes: &mut Notes) -> Cow<'t, str> {
    let Some(first) = next_special(raw, 0, notes) else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    let (mut at, mut done) = (first, 0);
    loop {
        out.push_str(&raw[done..at]);
        done = if raw.as_bytes()[at] == b'\r' {
            if raw.as_bytes().get(at + 1) != Some(&b'\n') {
                out.push('\n');
            }
            at + 1
        } else {
            at + reference(&raw[at..], &mut out, entities, notes)
        };
        match next_special(raw, done, notes) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(&raw[done..]);
    Cow::Owned(out)
}

/// The next `&` or carriage return; `]]>`, which character data may not hold, is told on the way.
fn next_special(raw: &str, mut from: usize, notes: &mut Notes) -> Option<usize> {
    loop {
        let at = from + memchr3(b'&', b'\r', b']', &raw.as_bytes()[from..])?;
        if raw.as_bytes()[at] != b']' {
            return Some(at);
        }
        if raw[at..].starts_with("]]>") {
            notes.repaired("`]]>` outside a CDATA section");
        }
        from = at + 1;
    }
}

/// Writes what the reference at the beginning of `raw` stands for; gives how many bytes of `raw` it took.
fn reference(raw: &str, out: &mut String, entities: &mut Entities<'_>, notes: &mut Notes) -> usize {
    const LONGEST_NAME: usize = 40;
    if let Some((length, sign)) = unended(raw) {
        out.push(sign);
        notes.repaired("a reference without its `;` is read");
        return length;
    }
    let end = raw.bytes().take(LONGEST_NAME).position(|b| b == b';');
    let Some(end) = end else {
        out.push('&');
        notes.repaired("a bare `&` is taken as text");
        return 1;
    };
    let name = &raw[1..end];
    if let Some(digits) = name.strip_prefix('#') {
        return numeric(raw, digits, end, out, notes);
    }
    if let Some((_, value)) = entities.declared.iter().find(|(known, _)| *known == name) {
        if value.len() <= entities.budget {
            entities.budget -= value.len();
            let plain = &mut Entities::default();
            out.push_str(&decode(value, plain, notes));
        }
        return end + 1;
    }
    if let "amp" | "lt" | "gt" | "quot" | "apos" = name {
    } else if name.bytes().all(|b| b.is_ascii_alphanumeric()) && named(name).is_some() {
        if !entities.external {
            notes.repaired("an entity of HTML that the document does not declare");
        }
    } else {
        out.push('&');
        let looks_named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        notes.repaired(if looks_named {
            "an unknown entity is left as it is"
        } else {
            "a bare `&` is taken as text"
        });
        return 1;
    }
    out.push_str(named(name).unwrap_or_default());
    end + 1
}

/// One of the signs of markup whose `;` was forgotten, and how long its name is. What may be the name of a parameter
/// (`?a=1&lt=2`) or the beginning of a longer word is none.
fn unended(raw: &str) -> Option<(usize, char)> {
    const SIGNS: [(&str, char); 4] = [("&amp", '&'), ("&lt", '<'), ("&gt", '>'), ("&quot", '"')];
    let (name, sign) = SIGNS.into_iter().find(|(name, _)| raw.starts_with(name))?;
    let next = raw.as_bytes().get(name.len());
    let ends = next.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'&' | b'<'));
    ends.then_some((name.len(), sign))
}

/// A numeric reference. HTML reads 128 to 159 as windows-1252, and so do all who write them.
fn numeric(raw: &str, digits: &str, end: usize, out: &mut String, notes: &mut Notes) -> usize {
    let Some(code) = code_of(digits) else {
        out.push('&');
        notes.repaired("a bare `&` is taken as text");
        return 1;
    };
    if (0xD800..0xDC00).contains(&code) {
        let low = raw[end + 1..].strip_prefix("&#").and_then(|rest| {
            let length = rest.bytes().take(10).position(|b| b == b';')?;
            let low = code_of(&rest[..length]).filter(|low| (0xDC00..0xE000).contains(low))?;
            Some((low, length))
        });
        if let Some((low, length)) = low {
            let joined = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            out.extend(char::from_u32(joined));
            notes.repaired("two references to the halves of a character are joined");
            return end + 1 + 2 + length + 1;
        }
    }
    if (0x80..0xA0).contains(&code) {
        out.push(windows_1252(code as u8));
        notes.odd("a reference between 128 and 159 is read as windows-1252");
        return end + 1;
    }
    match char::from_u32(code).filter(|c| allowed(*c)) {
        Some(c) => out.push(c),
        None => notes.repaired("a reference to a character that text cannot hold is dropped"),
    }
    end + 1
}

fn code_of(digits: &str) -> Option<u32> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) if !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16)
        }
        Some(_) => return None,
        None if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse(),
        None => return None,
    };
    Some(code.unwrap_or(u32::MAX))
}

/// What XML 1.0 lets a document hold (section 2.2).
pub(crate) fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// A byte of windows-1252.
pub(crate) fn windows_1252(byte: u8) -> char {
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Resolves the references of a text that was escaped once too often; other names than those of markup end with `;`.
pub(crate) fn decode_again(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    decode(text, &mut Entities::default(), &mut Notes::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str, malformed: bool) {
        let mut notes = Notes::default();
        let doctype = " rss [ <!ENTITY mine \"my own\"> <!ENTITY bomb \"&mine;&mine;\"> ";
        let text = decode(raw, &mut Entities::read(doctype, 100), &mut notes).into_owned();
        assert_eq!((text.as_str(), notes.malformed), (expected, malformed), "{raw}");
    }

    #[test]
    fn references_are_resolved_once() {
        check("a &amp; b &lt;c&gt; &#65;&#x42;", "a & b <c> AB", false);
        check("&amp;lt;", "&lt;", false);
        check("&#2489;", "হ", false);
        check("a\r\nb\rc", "a\nb\nc", false);
    }

    #[test]
    fn names_of_html_and_declared_ones_are_known() {
        check("&nbsp;&raquo;", "\u{a0}»", true);
        check("&mine;!", "my own!", false);
        check("&bomb;", "&mine;&mine;", true);
        check("&unknown;", "&unknown;", true);
    }

    #[test]
    fn broken_references_stay_text() {
        check("a & b", "a & b", true);
        check("?a=1&b=2", "?a=1&b=2", true);
        check("?a=1&copy=2;", "?a=1&copy=2;", true);
        check("&#;&#x;&;", "&#;&#x;&;", true);
        check("a &amp b &lt", "a & b <", true);
        check("a&ampb &lt=c &quot-", "a&ampb &lt=c &quot-", true);
    }

    #[test]
    fn characters_that_cannot_be_are_joined_mended_or_dropped() {
        check("&#xD83D;&#xDE00;", "😀", true);
        check("a&#xD83D;b", "ab", true);
        check("a&#11;b&#0;&#x110000;&#99999999999;", "ab", true);
        check("&#150;", "–", false);
    }
}
