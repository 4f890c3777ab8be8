//! The fence around the writers: what every text, address and date passes before it goes into a document.

use url::Url;

use crate::model::Timestamp;

/// Whether `c` may stand in a document: a `Char` of XML 1.0 (section 2.2), the control characters U+007F to U+009F
/// left out, which XML discourages, feed validators refuse and no text means.
pub fn writable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// Text of any length: only writable characters, every line break as `\n` (an XML parser would make it so anyway).
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{85}' => out.push('\n'),
            c if writable(c) => out.push(c),
            _ => {}
        }
    }
    out
}

/// Text of one line, for titles, names and attributes: white space folded, ends trimmed.
pub(super) fn line(line: &str) -> String {
    // Not `split_whitespace`: a no-break space is part of the text.
    let folds = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{3000}');
    let clean = text(line);
    let folded = clean.split(folds).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    folded.trim().to_owned()
}

/// Whether a text has nothing that can be seen.
fn blank(text: &str) -> bool {
    let unseen = |c: char| {
        c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    text.chars().all(unseen)
}

/// A line, or nothing where nothing can be seen of it.
pub(super) fn some_line(text: Option<&str>) -> Option<String> {
    text.map(line).filter(|line| !blank(line))
}

/// Plain text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An attribute of an Atom extension element, which atom_syndication 0.12 writes without escaping.
pub(super) fn attribute(value: &str) -> String {
    escape(value).replace('"', "&quot;")
}

/// The instruction that names a style sheet to browsers (w3.org/TR/xml-stylesheet), as a line; nothing without a sheet.
pub(super) fn style(sheet: Option<&str>) -> String {
    sheet.map_or_else(String::new, |path| {
        format!("<?xml-stylesheet type=\"text/css\" href=\"{}\"?>\n", attribute(&uri(path)))
    })
}

/// An address as ASCII (RFC 3986): anything else percent-encoded, what is encoded left alone.
pub(super) fn uri(address: &str) -> String {
    let address = address.trim();
    // Brackets are for IPv6 hosts only.
    let scheme = address.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count();
    let after_scheme = if address[scheme..].starts_with("://") { scheme + 3 } else { 0 };
    let authority =
        address[after_scheme..].find(['/', '?', '#']).map_or(address.len(), |at| after_scheme + at);
    let bytes = address.as_bytes();
    let mut out = String::with_capacity(address.len());
    let mut fragment = false;
    for (at, &b) in bytes.iter().enumerate() {
        let keep = match b {
            b'%' => bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)),
            b'[' | b']' => after_scheme > 0 && at < authority,
            b'#' => !std::mem::replace(&mut fragment, true),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => true,
            _ => b"-._~:/?@!$&'()*+,;=".contains(&b),
        };
        if keep {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// The address of a [`Url`], see [`uri`].
pub(super) fn url(url: &Url) -> String {
    uri(url.as_str())
}

/// An absolute URI, or nothing.
pub(super) fn absolute(address: &str) -> Option<String> {
    let parsed = Url::parse(address.trim()).ok()?;
    let written = url(&parsed);
    written.split_once(':').is_some_and(|(_, rest)| !rest.is_empty()).then_some(written)
}

/// A mail address that may stand in a document (RFC 5322 `addr-spec` without quoting).
pub(super) fn mail(address: Option<&str>) -> Option<String> {
    let address = address?.trim();
    let (user, host) = address.split_once('@')?;
    let fits = |part: &str, more: &[u8]| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    (fits(user, b"._%+-'") && fits(host, b".-") && host.contains('.')).then(|| address.to_owned())
}

/// A language tag of which the letters are right (BCP 47); what it means was checked when it was read.
pub(super) fn language(tag: Option<&str>) -> Option<String> {
    let tag = tag?.trim();
    let mut parts = tag.split('-');
    let first = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let fits = first
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    fits.then(|| tag.to_owned())
}

/// A media type `a/b`, without parameters, or nothing.
pub(super) fn media_type(told: Option<&str>) -> Option<String> {
    let told = told?.split(';').next()?.trim();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let (kind, form) = told.split_once('/')?;
    (token(kind) && token(form)).then(|| told.to_owned())
}

/// The instant, moved into the years 1 to 9999, for which the date formats have digits; leap seconds become `:59`.
pub(super) fn instant(instant: Timestamp) -> Timestamp {
    const FIRST: i64 = -62_135_596_800;
    const LAST: i64 = 253_402_300_799;
    let nanos = instant.timestamp_subsec_nanos().min(999_999_999);
    Timestamp::from_timestamp(instant.timestamp().clamp(FIRST, LAST), nanos).unwrap_or_default()
}

/// The date of RSS (RFC 822, with the four digits of RFC 2822).
pub(super) fn rfc822(date: Timestamp) -> String {
    instant(date).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The date of JSON Feed (RFC 3339); fractions of a second only where there are some.
pub(super) fn rfc3339(date: Timestamp) -> String {
    instant(date).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_writable_characters_pass() {
        for (given, kept) in [
            ("ক্ষ\u{200d}য\u{200c}", "ক্ষ\u{200d}য\u{200c}"),
            ("a\u{b}b\u{0}c\u{fffe}d\u{7f}e\u{9f}", "abcde"),
            ("a\r\nb\rc\u{85}d", "a\nb\nc\nd"),
            ("👩\u{200d}👩 \u{fffd}", "👩\u{200d}👩 \u{fffd}"),
        ] {
            assert_eq!(text(given), kept);
        }
        assert_eq!(line(" a\n\tb\u{a0}c \u{b}"), "a b\u{a0}c");
        assert_eq!(some_line(Some("\u{a0}\u{200b} ")), None);
    }

    #[test]
    fn addresses_become_ascii_and_nothing_is_encoded_twice() {
        for (given, written) in [
            ("https://a.example/খবর", "https://a.example/%E0%A6%96%E0%A6%AC%E0%A6%B0"),
            ("https://a.example/%e0%a6?q=a|b[]#c#d", "https://a.example/%e0%a6?q=a%7Cb%5B%5D#c%23d"),
            ("http://[::1]:80/a[b", "http://[::1]:80/a%5Bb"),
            ("https://a.example/100%", "https://a.example/100%25"),
            ("urn:x:a b", "urn:x:a%20b"),
            ("magnet:?[://", "magnet:?%5B://"),
            ("https://খ.example/[", "https://%E0%A6%96.example/%5B"),
        ] {
            assert_eq!(uri(given), written);
        }
    }

    #[test]
    fn mail_is_mail_or_nothing() {
        assert_eq!(mail(Some(" a.b@c.example ")).as_deref(), Some("a.b@c.example"));
        for bad in ["a", "a@b", "a b@c.example", "@c.example", "a@b@c.example", "a@c.example (A)"] {
            assert_eq!(mail(Some(bad)), None, "{bad}");
        }
    }

    #[test]
    fn dates_have_four_digits_and_never_panic() {
        let date = |secs| Timestamp::from_timestamp(secs, 0).unwrap_or_default();
        assert_eq!(rfc822(date(1_666_656_900)), "Tue, 25 Oct 2022 00:15:00 GMT");
        assert_eq!(rfc3339(date(1_666_656_900)), "2022-10-25T00:15:00Z");
        assert_eq!(rfc822(Timestamp::MIN_UTC), "Mon, 01 Jan 0001 00:00:00 GMT");
        assert_eq!(rfc3339(Timestamp::MAX_UTC), "9999-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn media_types_and_languages_are_checked() {
        assert_eq!(media_type(Some("audio/mpeg; x=1")).as_deref(), Some("audio/mpeg"));
        assert_eq!(media_type(Some("audio")), None);
        assert_eq!(language(Some("bn-IN")).as_deref(), Some("bn-IN"));
        assert_eq!(language(Some("en_US")), None);
        assert_eq!(language(Some("")), None);
        assert_eq!(language(Some("0")), None);
    }
}
