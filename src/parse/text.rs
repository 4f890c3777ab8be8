//! Text constructs: whether what a source wrote is plain text or markup, in every way of saying so.

use std::sync::Arc;

use memchr::memchr;
use url::Url;

use super::notes::Notes;
use super::vocabulary::is_html;
use super::xml::{Element, decode_again};
use crate::model::{Raw, RawHtml, RawUrl};

/// Markup with the base in force.
pub(super) fn html(html: String, base: Option<Arc<Url>>) -> Option<Raw> {
    let blank = html.trim().is_empty();
    (!blank).then_some(Raw::Html(RawHtml { html, base }))
}

/// Markup of an element, with the base in force there if there can be an address in it.
fn html_of(element: Element<'_, '_>, markup: String) -> Option<Raw> {
    let addressed = memchr(b'=', markup.as_bytes()).is_some();
    let base = if addressed { element.base_for("").flatten() } else { None };
    html(markup, base)
}

/// Plain text; none where there is only white space.
pub(super) fn plain(text: String) -> Option<Raw> {
    let blank = text.trim().is_empty();
    (!blank).then_some(Raw::Text(text))
}

/// A text of RSS that is a title or a name: nobody says whether it is markup, so it is when it holds a tag of HTML.
pub(super) fn title(element: Element<'_, '_>, notes: &mut Notes) -> Option<Raw> {
    if element.has_elements() {
        return html_of(element, element.inner_html());
    }
    let text = element.text();
    if has_tag(&text) {
        return html_of(element, text.into_owned());
    }
    let again = decode_again(&text);
    if again != text {
        notes.odd("a title that was escaped twice is decoded twice");
    }
    plain(again.into_owned())
}

/// A text of RSS that is a body: markup, escaped or naked.
pub(super) fn body(element: Element<'_, '_>) -> Option<Raw> {
    let text = if element.has_elements() { element.inner_html() } else { element.text().into_owned() };
    html_of(element, text)
}

/// A text construct of Atom 1.0 (RFC 4287, sections 3.1 and 4.1.3) or 0.3 (`type` is a media type, and there is `mode`).
pub(super) fn construct(element: Element<'_, '_>) -> Option<Raw> {
    let kind = element.attribute("type").unwrap_or("text").to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let mode = element.attribute("mode").unwrap_or_default();
    if element.has_elements() {
        // The `div` around XHTML is no part of it (RFC 4287, section 3.1.1.3), but its base is in force.
        let div = element.only_element().filter(|inner| inner.name() == "div");
        let inner = div.filter(|div| div.attributes().is_empty()).unwrap_or(element);
        return html_of(div.unwrap_or(element), inner.inner_html());
    }
    let text = element.text();
    let encoded = mode.eq_ignore_ascii_case("base64") || mode.is_empty() && is_binary(kind);
    if encoded && let Some(decoded) = base64(&text).and_then(|bytes| String::from_utf8(bytes).ok()) {
        let markup = kind.contains("html") || is_binary(kind) && has_tag(&decoded);
        return if markup { html_of(element, decoded) } else { plain(decoded) };
    }
    let markup = match kind {
        "html" | "text/html" => true,
        // XHTML that was escaped by mistake, or on purpose in Atom 0.3.
        "xhtml" | "application/xhtml+xml" => mode.eq_ignore_ascii_case("escaped") || has_tag(&text),
        _ => false,
    };
    if markup { html_of(element, text.into_owned()) } else { plain(text.into_owned()) }
}

/// Neither text nor XML: base64 by RFC 4287, section 4.1.3.3.
fn is_binary(kind: &str) -> bool {
    kind.contains('/') && !kind.starts_with("text/") && !kind.ends_with("xml") && !kind.contains("html")
}

/// The address in an attribute or a text, with the base in force where it stood.
pub(super) fn address(value: &str, element: Element<'_, '_>) -> Option<RawUrl> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    Some(RawUrl { value: value.to_owned(), base: element.base_for(value)? })
}

/// The address that stands as text in the element.
pub(super) fn address_in(element: Element<'_, '_>) -> Option<RawUrl> {
    address(&element.text(), element)
}

/// True when the text holds a tag of HTML.
pub(super) fn has_tag(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        rest = &rest[at + 1..];
        let name = rest.strip_prefix('/').unwrap_or(rest);
        let end = name.bytes().take(12).position(|b| !b.is_ascii_alphanumeric()).unwrap_or_default();
        let closed = name[end..].starts_with(['>', '/', ' ', '\t', '\n', '\r']);
        if rest.starts_with("!--") || closed && is_html(&name[..end].to_ascii_lowercase()) {
            return rest.contains('>');
        }
    }
    false
}

/// Bytes of base64 text; white space is skipped, anything else strange gives none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    let mut padding = 0;
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_html_are_told_from_other_angles() {
        for text in ["<b>x</b>", "a</p>", "<br/>", "<A HREF='x'>y</a>", "x <!-- y -->"] {
            assert!(has_tag(text), "{text}");
        }
        for text in ["a < b", "</example>", "List<String>", "1 <b", "<", "</"] {
            assert!(!has_tag(text), "{text}");
        }
    }

    #[test]
    fn base64_gives_its_bytes_or_nothing() {
        assert_eq!(base64("RXhh\nbXBsZQ==").as_deref(), Some(&b"Example"[..]));
        assert_eq!(base64("not base64!"), None);
    }
}
