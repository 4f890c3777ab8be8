//! The allow-list: which elements and attributes of HTML a reader may show, and how an element nests.

use crate::parse::words::Words;

/// How an element behaves among others (HTML Standard, 13.2.6 Tree construction).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Has no content and no end tag.
    Void,
    /// Part of a line.
    Inline,
    /// A link: links do not nest.
    Anchor,
    /// `rt`, `rp`, `rb`, `rtc`: ends its sibling.
    Ruby,
    /// Ends an open paragraph.
    Block,
    /// `p`.
    Paragraph,
    /// `pre`: line breaks directly behind its start tag are not shown.
    Preformatted,
    /// `h1` to `h6`: does not stand directly in another one.
    Heading,
    /// `li`.
    Item,
    /// `dt`, `dd`.
    Term,
    /// `table`.
    Table,
    /// `caption`.
    Caption,
    /// `colgroup`.
    Columns,
    /// `col`: void, in `colgroup` only.
    Column,
    /// `thead`, `tbody`, `tfoot`.
    Section,
    /// `tr`.
    Row,
    /// `td`, `th`.
    Cell,
}

/// What the value of an attribute must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Any text.
    Text,
    /// `ltr`, `rtl` or `auto`.
    Direction,
    /// An address that a person may follow or a player may load.
    Link,
    /// The address of a picture; small pictures may stand in it themselves (`data:image/…`).
    Picture,
    /// Several pictures: `srcset`.
    Pictures,
    /// An inline style.
    Style,
    /// Numbers, words and colours of SVG and MathML.
    Drawn,
}

/// An element that readers may show.
#[derive(Debug)]
pub struct Element {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it nests.
    pub kind: Kind,
    attributes: &'static [(&'static str, Value)],
}

const EVERYWHERE: &[(&str, Value)] = &[
    ("class", Value::Text),
    ("dir", Value::Direction),
    ("id", Value::Text),
    ("lang", Value::Text),
    ("style", Value::Style),
    ("title", Value::Text),
];

impl Element {
    /// What the value of this attribute must be; `None` = the attribute is not allowed. `name` in lower case.
    pub fn attribute(&self, name: &str) -> Option<(&'static str, Value)> {
        EVERYWHERE.iter().chain(self.attributes).find(|(allowed, _)| *allowed == name).copied()
    }

    /// The names of all attributes that it may have.
    pub fn attributes(&self) -> impl Iterator<Item = &'static str> {
        EVERYWHERE.iter().chain(self.attributes).map(|(name, _)| *name)
    }

    /// True for elements that the parser of HTML calls special, apart from `address`, `div` and `p`:
    /// they hide an open list item from the next one.
    pub fn hides_items(&self) -> bool {
        !matches!(self.kind, Kind::Inline | Kind::Anchor | Kind::Ruby | Kind::Paragraph)
            && !matches!(self.name, "address" | "div")
    }
}

macro_rules! elements {
    ($($name:literal $kind:ident $([$($attribute:literal $value:ident),*])?;)*) => {
        static ALL: &[Element] = &[$(Element {
            name: $name,
            kind: Kind::$kind,
            attributes: &[$($(($attribute, Value::$value)),*)?],
        }),*];

        static NAMES: Words<{ [$($name),*].len() }, 512> = Words::new([$($name),*]);
    };
}

/// The element of this name, in lower case; `None` = it is not shown, its content may be.
pub fn find(name: &str) -> Option<&'static Element> {
    ALL.get(NAMES.position(name)?)
}

/// Every allowed element.
pub fn all() -> impl Iterator<Item = &'static Element> {
    ALL.iter()
}

elements! {
    "a" Anchor ["href" Link, "hreflang" Text, "name" Text, "type" Text];
    "abbr" Inline;
    "acronym" Inline;
    "address" Block;
    "article" Block;
    "aside" Block;
    "audio" Inline ["controls" Text, "loop" Text, "muted" Text, "preload" Text, "src" Link];
    "b" Inline;
    "bdi" Inline;
    "bdo" Inline;
    "big" Inline;
    "blockquote" Block ["cite" Link];
    "br" Void ["clear" Text];
    "caption" Caption ["align" Text];
    "center" Block;
    "cite" Inline;
    "code" Inline;
    "col" Column ["align" Text, "span" Text, "valign" Text, "width" Text];
    "colgroup" Columns ["align" Text, "span" Text, "valign" Text, "width" Text];
    "data" Inline ["value" Text];
    "dd" Term;
    "del" Inline ["cite" Link, "datetime" Text];
    "details" Block ["open" Text];
    "dfn" Inline;
    "dir" Block;
    "div" Block ["align" Text];
    "dl" Block ["compact" Text];
    "dt" Term;
    "em" Inline;
    "figcaption" Block;
    "figure" Block;
    "font" Inline ["color" Text, "face" Text, "size" Text];
    "footer" Block;
    "h1" Heading ["align" Text];
    "h2" Heading ["align" Text];
    "h3" Heading ["align" Text];
    "h4" Heading ["align" Text];
    "h5" Heading ["align" Text];
    "h6" Heading ["align" Text];
    "header" Block;
    "hgroup" Block;
    "hr" Void ["align" Text, "noshade" Text, "size" Text, "width" Text];
    "i" Inline;
    "img" Void ["align" Text, "alt" Text, "border" Text, "height" Text, "hspace" Text, "sizes" Text,
        "src" Picture, "srcset" Pictures, "vspace" Text, "width" Text];
    "ins" Inline ["cite" Link, "datetime" Text];
    "kbd" Inline;
    "li" Item ["type" Text, "value" Text];
    "main" Block;
    "mark" Inline;
    "menu" Block;
    "nav" Block;
    "ol" Block ["compact" Text, "reversed" Text, "start" Text, "type" Text];
    "p" Paragraph ["align" Text];
    "picture" Inline;
    "pre" Preformatted;
    "q" Inline ["cite" Link];
    "rb" Ruby;
    "rp" Ruby;
    "rt" Ruby;
    "rtc" Ruby;
    "ruby" Inline;
    "s" Inline;
    "samp" Inline;
    "section" Block;
    "small" Inline;
    "source" Void ["height" Text, "media" Text, "sizes" Text, "src" Link, "srcset" Pictures, "type" Text,
        "width" Text];
    "span" Inline;
    "strike" Inline;
    "strong" Inline;
    "sub" Inline;
    "summary" Block;
    "sup" Inline;
    "table" Table ["align" Text, "bgcolor" Text, "border" Text, "cellpadding" Text, "cellspacing" Text,
        "frame" Text, "rules" Text, "summary" Text, "width" Text];
    "tbody" Section ["align" Text, "valign" Text];
    "td" Cell ["abbr" Text, "align" Text, "bgcolor" Text, "colspan" Text, "headers" Text, "height" Text,
        "nowrap" Text, "rowspan" Text, "scope" Text, "valign" Text, "width" Text];
    "tfoot" Section ["align" Text, "valign" Text];
    "th" Cell ["abbr" Text, "align" Text, "bgcolor" Text, "colspan" Text, "headers" Text, "height" Text,
        "nowrap" Text, "rowspan" Text, "scope" Text, "valign" Text, "width" Text];
    "thead" Section ["align" Text, "valign" Text];
    "time" Inline ["datetime" Text];
    "tr" Row ["align" Text, "bgcolor" Text, "valign" Text];
    "track" Void ["default" Text, "kind" Text, "label" Text, "src" Link, "srclang" Text];
    "tt" Inline;
    "u" Inline;
    "ul" Block ["compact" Text, "type" Text];
    "var" Inline;
    "video" Inline ["controls" Text, "height" Text, "loop" Text, "muted" Text, "poster" Picture,
        "preload" Text, "src" Link, "width" Text];
    "wbr" Void;
}

/// True for the names of HTML, allowed or not; others may be text that happens to stand in angle brackets.
pub fn is_known(name: &str) -> bool {
    find(name).is_some()
        || is_swallowed(name)
        || matches!(
            name,
            "applet"
                | "area"
                | "base"
                | "basefont"
                | "bgsound"
                | "blink"
                | "body"
                | "button"
                | "canvas"
                | "datalist"
                | "dialog"
                | "embed"
                | "fieldset"
                | "form"
                | "frame"
                | "frameset"
                | "head"
                | "html"
                | "iframe"
                | "image"
                | "input"
                | "isindex"
                | "keygen"
                | "label"
                | "layer"
                | "legend"
                | "link"
                | "listing"
                | "map"
                | "marquee"
                | "math"
                | "meta"
                | "meter"
                | "multicol"
                | "nobr"
                | "noembed"
                | "noframes"
                | "noscript"
                | "object"
                | "optgroup"
                | "option"
                | "output"
                | "param"
                | "plaintext"
                | "progress"
                | "search"
                | "select"
                | "slot"
                | "spacer"
                | "textarea"
                | "title"
                | "xmp"
        )
}

/// True for elements whose content is never shown: it is program, style or drawing, not text. (Drawings that are whole
/// are read by `foreign`.)
pub fn is_swallowed(name: &str) -> bool {
    matches!(name, "script" | "style" | "svg" | "template" | "xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(element: &str, attribute: &str, expected: Option<Value>) {
        let found = find(element).and_then(|it| it.attribute(attribute)).map(|(_, value)| value);
        assert_eq!(found, expected, "{element} {attribute}");
    }

    #[test]
    fn what_readers_show_is_allowed_and_what_acts_is_not() {
        check("img", "srcset", Some(Value::Pictures));
        check("p", "dir", Some(Value::Direction));
        check("a", "href", Some(Value::Link));
        check("a", "onclick", None);
        check("p", "style", Some(Value::Style));
        check("iframe", "src", None);
    }

    #[test]
    fn no_allowed_attribute_can_act() {
        for element in all() {
            for (name, value) in EVERYWHERE.iter().chain(element.attributes) {
                assert!(!name.starts_with("on"), "{} {name}", element.name);
                assert_eq!(*name == "style", *value == Value::Style, "{} {name}", element.name);
                let address = matches!(*name, "href" | "src" | "cite" | "poster" | "srcset");
                let checked = matches!(value, Value::Link | Value::Picture | Value::Pictures);
                assert_eq!(address, checked, "{} {name}", element.name);
            }
            assert!(!is_swallowed(element.name));
        }
    }
}
