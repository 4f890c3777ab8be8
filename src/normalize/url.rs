//! Addresses: resolved, checked for harmless schemes, ASCII. Never NFC: the server needs its own bytes.

use std::borrow::Cow;

use ::url::{ParseError, Url};

use super::address::is_canonical;
use crate::model::RawUrl;

/// Schemes that a link may have: following it shows, plays, writes or calls something, and runs nothing here.
pub(super) const SCHEMES: [&str; 31] = [
    "acct", "callto", "dat", "facetime", "feed", "ftp", "ftps", "gemini", "geo", "gopher", "http", "https",
    "im", "ipfs", "ipns", "irc", "ircs", "magnet", "mailto", "matrix", "mms", "news", "nntp", "rtsp", "sftp",
    "sip", "sms", "tel", "webcal", "xmpp", "youtube",
];

/// Pictures that may stand in an address themselves. SVG is a program, not only a picture.
const PICTURES: [&str; 7] = [
    "data:image/png",
    "data:image/gif",
    "data:image/jpeg",
    "data:image/jpg",
    "data:image/webp",
    "data:image/avif",
    "data:image/bmp",
];

/// Resolves an address against `base`; white space round it and line breaks in it are no part of it.
/// `None`: empty, no address, or relative without a base. Any scheme.
pub fn resolve(value: &str, base: Option<&Url>) -> Option<Url> {
    let value = trim(value);
    if value.is_empty() {
        return None;
    }
    match base {
        Some(base) => base.join(value).ok(),
        None if value.starts_with("//") => Url::parse(&format!("https:{value}")).ok(),
        None => Url::parse(value).ok(),
    }
}

/// Resolves an address as found, against its own base, else that of the reading. Harmless schemes only.
pub fn link(raw: &RawUrl, base: Option<&Url>) -> Option<Url> {
    resolve(&raw.value, raw.base.as_deref().or(base)).filter(is_harmless)
}

/// The value of `href`, `cite`, or of `src` of a player. Relative ones stay as they are where there is no base.
pub fn link_in_html<'v>(value: &'v str, base: Option<&Url>) -> Option<Cow<'v, str>> {
    if is_canonical(value) {
        return Some(Cow::Borrowed(value));
    }
    match resolve(value, base) {
        Some(url) => is_harmless(&url).then(|| Cow::Owned(url.into())),
        None => relative(value, base),
    }
}

/// The value of `src` of a picture: as [`link_in_html`], and pictures that stand in the address themselves.
pub fn picture_in_html<'v>(value: &'v str, base: Option<&Url>) -> Option<Cow<'v, str>> {
    let value = trim(value);
    if is_inline_picture(value) {
        let shown = |c: &char| c.is_ascii() && !c.is_ascii_whitespace() && !c.is_ascii_control();
        return Some(match value.chars().all(|c| shown(&c)) {
            true => Cow::Borrowed(value),
            false => Cow::Owned(value.chars().filter(shown).collect()),
        });
    }
    link_in_html(value, base)
}

/// The value of `srcset`: every picture of it resolved, its width or density kept (HTML Standard, 4.8.4.2.1).
pub fn pictures_in_html(value: &str, base: Option<&Url>) -> Option<String> {
    let mut kept = String::new();
    let mut rest = value;
    for _ in 0..MOST_PICTURES {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (address, tail) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        let (size, tail) =
            if bare.len() < address.len() { ("", tail) } else { tail.split_once(',').unwrap_or((tail, "")) };
        rest = tail;
        let Some(url) = picture_in_html(bare, base) else { continue };
        kept.push_str(if kept.is_empty() { "" } else { ", " });
        match url.contains(',') {
            true => kept.push_str(&url.replace(',', "%2C")),
            false => kept.push_str(&url),
        }
        for size in size.split_ascii_whitespace().filter(|size| is_size(size)).take(2) {
            kept.push(' ');
            kept.push_str(size);
        }
    }
    (!kept.is_empty()).then_some(kept)
}

/// So many sizes of one picture are kept: each may become as long as the base.
const MOST_PICTURES: usize = 64;

/// `300w`, `2x`, `1.5x`, `200h`.
fn is_size(text: &str) -> bool {
    let Some(number) = text.strip_suffix(['w', 'x', 'h']) else { return false };
    number.parse::<f64>().is_ok_and(|n| n.is_finite() && n >= 0.0)
}

/// True when following the address can do no harm.
pub fn is_harmless(url: &Url) -> bool {
    SCHEMES.binary_search(&url.scheme()).is_ok()
}

/// True for http and https.
pub fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A picture of a harmless type inside its own address.
pub fn is_inline_picture(value: &str) -> bool {
    if !value.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return false;
    }
    let head: String = value.chars().take(24).flat_map(char::to_lowercase).collect();
    PICTURES.iter().any(|picture| head.strip_prefix(picture).is_some_and(|tail| tail.starts_with([';', ','])))
}

/// An address that cannot be resolved for want of a base: kept when it is really relative.
fn relative<'v>(value: &'v str, base: Option<&Url>) -> Option<Cow<'v, str>> {
    // No more than a parser of URLs would write: it drops line breaks, and encodes other controls.
    let strange = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    let value: Cow<'v, str> = match trim(value) {
        value if value.contains(strange) => value.replace(strange, "").into(),
        value => value.into(),
    };
    if base.is_some() || value.is_empty() {
        return None;
    }
    // It may be absolute when what no address holds is out of it.
    match Url::parse(&value) {
        Ok(url) => return is_harmless(&url).then(|| Cow::Owned(url.into())),
        Err(ParseError::RelativeUrlWithoutBase) => {}
        // It has a scheme, and is no address.
        Err(_) => return None,
    }
    // With a base of no real scheme only a relative address resolves below it.
    let probe = Url::parse("https://relative.invalid/").ok()?;
    let resolved = probe.join(&value).ok()?;
    (resolved.host_str() == probe.host_str() && resolved.scheme() == "https").then_some(value)
}

fn trim(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Option<Url> {
        Url::parse("https://news.example/a/b.html").ok()
    }

    fn check(value: &str, expected: Option<&str>) {
        assert_eq!(link_in_html(value, base().as_ref()).as_deref(), expected, "{value}");
    }

    #[test]
    fn links_become_absolute_and_ascii() {
        check(" c.html\n", Some("https://news.example/a/c.html"));
        check("//cdn.example/x", Some("https://cdn.example/x"));
        check("#top", Some("https://news.example/a/b.html#top"));
        check("/খবর?q=ক", Some("https://news.example/%E0%A6%96%E0%A6%AC%E0%A6%B0?q=%E0%A6%95"));
        check("mailto:a@b.example", Some("mailto:a@b.example"));
    }

    #[test]
    fn an_address_is_never_composed() {
        check("/\u{9af}\u{9bc}", Some("https://news.example/%E0%A6%AF%E0%A6%BC"));
        check("/\u{9df}", Some("https://news.example/%E0%A7%9F"));
    }

    #[test]
    fn what_acts_is_no_link() {
        for bad in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " JaVaScRiPt:x",
            "data:text/html,x",
            "vbscript:x",
            "",
            " ",
        ] {
            check(bad, None);
            assert_eq!(link_in_html(bad, None), None, "{bad}");
        }
    }

    #[test]
    fn without_a_base_relative_links_stay() {
        assert_eq!(link_in_html("c.html", None).as_deref(), Some("c.html"));
        assert_eq!(link_in_html("//h.example/c", None).as_deref(), Some("https://h.example/c"));
        assert_eq!(link_in_html("http://", None), None);
        assert_eq!(link_in_html("a\0b\u{8}c\nd\u{ffff}", None).as_deref(), Some("abcd"));
        assert_eq!(link_in_html("https\0:h.example/a", None).as_deref(), Some("https://h.example/a"));
        assert_eq!(link_in_html("java\0script:x", None), None);
        assert_eq!(link_in_html("https:/%h.example/a", None), None);
    }

    #[test]
    fn pictures_of_a_set_are_resolved_one_by_one() {
        let set = |value: &str| pictures_in_html(value, base().as_ref());
        assert_eq!(
            set("s.jpg 300w, /l.jpg 1.5x,javascript:x 2x").as_deref(),
            Some("https://news.example/a/s.jpg 300w, https://news.example/l.jpg 1.5x")
        );
        assert_eq!(
            set("a,b.jpg, c.jpg").as_deref(),
            Some("https://news.example/a/a%2Cb.jpg, https://news.example/a/c.jpg")
        );
        assert_eq!(set(" , "), None);
    }

    #[test]
    fn inline_pictures_are_pictures_only() {
        let picture = |value: &'static str| picture_in_html(value, None);
        assert_eq!(picture("data:image/png;base64,AA==").as_deref(), Some("data:image/png;base64,AA=="));
        assert_eq!(picture("data:image/svg+xml,<svg/>"), None);
        assert_eq!(picture("data:text/plain,x"), None);
    }

    #[test]
    fn schemes_are_in_order() {
        assert!(SCHEMES.is_sorted());
    }
}
