//! The attributes of one start tag: allowed ones only, addresses resolved, lazy pictures mended.

use std::borrow::Cow;

use ::url::Url;
use memchr::memchr;

use super::element::{Element, Value};
use super::graphic::{Part, is_drawn};
use super::reference::{self, Place};
use super::style;
use crate::normalize::{text, url};

/// What is kept of the attributes of a tag, in the order found.
#[derive(Debug, Default)]
pub struct Attributes<'a> {
    kept: Vec<(&'static str, Cow<'a, str>)>,
    /// True when the address of a lazy picture was put where readers look for it.
    pub mended: bool,
}

/// Where pages keep the address of a picture that a program of theirs loads later; the first that is there counts.
const LAZY: [&str; 6] =
    ["data-src", "data-lazy-src", "data-original", "data-lazy", "data-actualsrc", "data-hi-res-src"];

/// The same for several sizes of one picture.
const LAZY_SETS: [&str; 2] = ["data-srcset", "data-lazy-srcset"];

/// Reads the raw attributes of an element; `None` when the whole is a picture that nobody can see:
/// without address and words, or one point high and wide (a tracking pixel).
pub fn read<'a>(element: &Element, raw: &[(&'a str, &'a str)], base: Option<&Url>) -> Option<Attributes<'a>> {
    let mut attributes = Attributes::default();
    for (name, value) in raw {
        let name = match name.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(*name),
        };
        attributes.take(element, if name == "xml:lang" { "lang" } else { &name }, value, base);
    }
    match element.name {
        "img" => {
            attributes.mend(element, raw, base);
            if attributes.is_invisible() {
                return None;
            }
        }
        "source" => attributes.mend(element, raw, base),
        "audio" | "video" if attributes.value("controls").is_none() => {
            attributes.kept.push(("controls", Cow::Borrowed("")));
        }
        _ => {}
    }
    Some(attributes)
}

/// Reads the raw attributes of an element of a picture or a formula.
pub fn read_part<'a>(part: &Part, raw: &[(&'a str, &'a str)], base: Option<&Url>) -> Attributes<'a> {
    let mut attributes = Attributes::default();
    for (name, value) in raw {
        let name = name.to_ascii_lowercase();
        let name = if name == "xml:lang" { "lang" } else { &name };
        attributes.keep(part.attribute(name), value, base);
        if name == "xlink:href" && attributes.value("xlink:href").is_some() {
            attributes.set("xmlns:xlink", "http://www.w3.org/1999/xlink".to_owned());
        }
    }
    attributes
}

impl<'a> Attributes<'a> {
    /// One attribute that we make ourselves.
    pub fn of(name: &'static str, value: String) -> Self {
        Self { kept: vec![(name, Cow::Owned(value))], mended: false }
    }

    /// The value that was kept of an attribute.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.kept.iter().find(|(kept, _)| *kept == name).map(|(_, value)| &**value)
    }

    /// How many bytes longer they are than they came: what resolving addresses has added.
    pub fn growth(&self, raw: &[(&str, &str)]) -> usize {
        let kept: usize = self.kept.iter().map(|(_, value)| value.len()).sum();
        kept.saturating_sub(raw.iter().map(|(_, value)| value.len()).sum())
    }

    /// Drops what [`Attributes::growth`] counts.
    pub fn drop_addresses(&mut self) {
        self.kept.retain(|(name, _)| {
            !matches!(*name, "href" | "src" | "srcset" | "cite" | "poster" | "xlink:href")
        });
    }

    /// Writes them as they stand in a start tag.
    pub fn write_to(&self, out: &mut String) {
        for (name, value) in &self.kept {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            reference::escape(value, Place::Attribute, out);
            out.push('"');
        }
    }

    /// Keeps an attribute if it is allowed, good, and the first of its name.
    fn take(&mut self, element: &Element, name: &str, raw: &'a str, base: Option<&Url>) {
        self.keep(element.attribute(name), raw, base);
    }

    fn keep(&mut self, allowed: Option<(&'static str, Value)>, raw: &'a str, base: Option<&Url>) {
        let Some((name, kind)) = allowed else { return };
        if self.value(name).is_some() {
            return;
        }
        if let Some(value) = good_value(kind, raw, base) {
            self.kept.push((name, value));
        }
    }

    fn set(&mut self, name: &'static str, value: String) {
        match self.kept.iter_mut().find(|(kept, _)| *kept == name) {
            Some(found) => found.1 = Cow::Owned(value),
            None => self.kept.push((name, Cow::Owned(value))),
        }
    }

    fn mend(&mut self, element: &Element, raw: &[(&str, &str)], base: Option<&Url>) {
        let find = |names: &[&str], kind| {
            let values =
                names.iter().filter_map(|name| raw.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)));
            values
                .filter(|(_, value)| !value.trim().is_empty())
                .find_map(|(_, value)| good_value(kind, value, base))
        };
        if element.name == "img"
            && let Some(address) = find(&LAZY, Value::Picture)
        {
            self.set("src", address.into_owned());
            self.mended = true;
        }
        if let Some(addresses) = find(&LAZY_SETS, Value::Pictures) {
            self.set("srcset", addresses.into_owned());
            self.mended = true;
        }
        if self.mended && self.value("src").is_some_and(url::is_inline_picture) {
            // What is left in `src` only held the place.
            self.kept.retain(|(name, _)| *name != "src");
        }
    }

    fn is_invisible(&self) -> bool {
        let tiny = |name| {
            let number =
                self.value(name).map(|value| value.trim().trim_end_matches("px").trim_end().parse::<f64>());
            matches!(number, Some(Ok(size)) if size <= 1.0)
        };
        let shows = |name| self.value(name).is_some_and(|value| !value.trim().is_empty());
        (tiny("width") && tiny("height")) || !(shows("src") || shows("srcset") || shows("alt"))
    }
}

/// No longer value is kept, but for what is drawn or a picture in its own address. Other checks copy it at each step.
const LONGEST: usize = 64 * 1024;

fn good_value<'a>(kind: Value, raw: &'a str, base: Option<&Url>) -> Option<Cow<'a, str>> {
    if raw.len() > LONGEST {
        let large = kind == Value::Drawn || kind == Value::Picture && url::is_inline_picture(raw);
        let large = large && memchr(b'&', raw.as_bytes()).is_none();
        return large.then(|| checked(kind, raw, base)).flatten();
    }
    match reference::decode(raw, Place::Attribute) {
        Cow::Borrowed(value) => checked(kind, value, base),
        Cow::Owned(value) => checked(kind, &value, base).map(|value| Cow::Owned(value.into_owned())),
    }
}

/// The value as it is written, references decoded.
fn checked<'v>(kind: Value, value: &'v str, base: Option<&Url>) -> Option<Cow<'v, str>> {
    match kind {
        Value::Text => Some(tidy_text(value)),
        Value::Direction => {
            let value = value.trim().to_ascii_lowercase();
            matches!(value.as_str(), "ltr" | "rtl" | "auto").then_some(Cow::Owned(value))
        }
        Value::Link => url::link_in_html(value, base),
        Value::Picture => url::picture_in_html(value, base),
        Value::Pictures => url::pictures_in_html(value, base).map(Cow::Owned),
        Value::Style => style::harmless(value).map(Cow::Owned),
        Value::Drawn => is_drawn(value).then_some(Cow::Borrowed(value)),
    }
}

fn tidy_text(value: &str) -> Cow<'_, str> {
    match text::legal(value) {
        Cow::Borrowed(value) => text::compose(value),
        Cow::Owned(value) => Cow::Owned(text::compose(&value).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::element;
    use super::*;

    fn check(name: &str, raw: &[(&str, &str)], expected: Option<&str>) {
        let base = Url::parse("https://n.example/").ok();
        let mut out = String::new();
        let found = element::find(name).and_then(|element| read(element, raw, base.as_ref()));
        if let Some(attributes) = &found {
            attributes.write_to(&mut out);
        }
        assert_eq!(found.map(|_| out.trim()), expected, "{name} {raw:?}");
    }

    #[test]
    fn only_allowed_attributes_stay_the_first_of_a_name_counts() {
        check(
            "a",
            &[("HREF", "x?a=1&amp;b=2"), ("href", "y"), ("onclick", "z")],
            Some("href=\"https://n.example/x?a=1&amp;b=2\""),
        );
        check("p", &[("dir", "RTL"), ("xml:lang", "bn"), ("style", "x")], Some("dir=\"rtl\" lang=\"bn\""));
        check("p", &[("style", "color:red;TEXT-ALIGN:&#99;enter")], Some("style=\"text-align: center\""));
        check("p", &[("dir", "up"), ("title", "<\"")], Some("title=\"&lt;&quot;\""));
        check("a", &[("href", "javascript:x")], Some(""));
        check("video", &[("src", "v")], Some("src=\"https://n.example/v\" controls=\"\""));
    }

    #[test]
    fn lazy_pictures_are_mended() {
        check(
            "img",
            &[("src", "data:image/gif;base64,R0"), ("data-src", "a.jpg"), ("data-srcset", "b.jpg 2x")],
            Some("src=\"https://n.example/a.jpg\" srcset=\"https://n.example/b.jpg 2x\""),
        );
        check(
            "img",
            &[("src", "data:image/gif;base64,R0"), ("data-srcset", "b.jpg 2x")],
            Some("srcset=\"https://n.example/b.jpg 2x\""),
        );
    }

    #[test]
    fn what_nobody_can_see_is_gone() {
        check("img", &[("src", "t.gif"), ("width", "1"), ("height", "1px")], None);
        check("img", &[("alt", " ")], None);
        check("img", &[("alt", "x")], Some("alt=\"x\""));
        check(
            "img",
            &[("src", "t.gif"), ("width", "1")],
            Some("src=\"https://n.example/t.gif\" width=\"1\""),
        );
    }
}
