//! The allow-list of SVG and MathML: still pictures and formulas, of which no part loads, runs, moves or calls in HTML.
//!
//! Left out although harmless alone: `use` and `symbol` (copies of copies of copies), `image`, `filter`, `mask`, `pattern`,
//! `marker`; `maction`, `mglyph`; `annotation`, which says the formula again in another language; and all that lets HTML
//! back in (`foreignObject`, `annotation-xml`) or takes its text for anything else than text (`style`, `script`).

use super::element::Value;
use crate::parse::words::Words;

/// Which of the two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Svg,
    MathMl,
}

impl Language {
    /// The address that stands in `xmlns`.
    pub fn namespace(self) -> &'static str {
        match self {
            Language::Svg => "http://www.w3.org/2000/svg",
            Language::MathMl => "http://www.w3.org/1998/Math/MathML",
        }
    }

    fn attributes(self) -> &'static [(&'static str, Value)] {
        match self {
            Language::Svg => SVG_ATTRIBUTES,
            Language::MathMl => MATHML_ATTRIBUTES,
        }
    }
}

/// What an element of these languages holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Other elements.
    Parts,
    /// The same, and is something to see itself.
    Shape,
    /// Text and other elements.
    Mixed,
    /// Text only: HTML would be read as HTML in it, so there is none.
    Text,
}

/// An element of a picture or a formula.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// As it is written.
    pub name: &'static str,
    pub holds: Holds,
    pub language: Language,
}

impl Part {
    /// How the attribute of this name (in lower case) is written, and what its value must be; `None` = it is not allowed.
    pub fn attribute(&self, name: &str) -> Option<(&'static str, Value)> {
        let link = if self.name == "a" && self.language == Language::Svg { LINKS } else { &[] };
        let allowed = EVERYWHERE.iter().chain(link).chain(self.language.attributes());
        allowed.into_iter().find(|(allowed, _)| allowed.eq_ignore_ascii_case(name)).copied()
    }

    /// The names of all attributes that it may have, without prefixes, as a browser has them in its tree.
    pub fn attributes(&self) -> impl Iterator<Item = &'static str> {
        let all = EVERYWHERE.iter().chain(LINKS).chain(self.language.attributes());
        all.map(|(name, _)| name.rsplit(':').next().unwrap_or(name)).chain(["xmlns", "xlink"])
    }
}

macro_rules! parts {
    ($($lower:literal $name:literal $language:ident $holds:ident;)*) => {
        static ALL: &[Part] = &[$(Part { name: $name, holds: Holds::$holds, language: Language::$language }),*];

        static NAMES: Words<{ [$($lower),*].len() }, 256> = Words::new([$($lower),*]);
    };
}

/// The element of this name, in lower case, in that language.
pub fn find(language: Language, name: &str) -> Option<&'static Part> {
    ALL.get(NAMES.position(name)?).filter(|part| part.language == language)
}

/// The picture or the formula itself.
pub fn root(name: &str) -> Option<&'static Part> {
    let language = match name {
        "svg" => Language::Svg,
        "math" => Language::MathMl,
        _ => return None,
    };
    find(language, name)
}

/// Every allowed element.
pub fn all() -> impl Iterator<Item = &'static Part> {
    ALL.iter()
}

/// True for elements that are left out with all they hold.
pub fn is_swallowed(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "foreignobject"
            | "annotation"
            | "annotation-xml"
            | "metadata"
            | "symbol"
            | "filter"
            | "mask"
            | "pattern"
            | "marker"
            | "handler"
            | "iframe"
            | "object"
            | "template"
            | "textarea"
            | "noscript"
    )
}

/// True for elements of HTML that end a picture or a formula in which they stand (HTML Standard, 13.2.6.5).
pub fn breaks_out(name: &str) -> bool {
    BREAKING.contains(name)
}

static BREAKING: Words<44, 128> = Words::new([
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tt",
    "ul",
    "var",
]);

parts! {
    "a" "a" Svg Mixed;
    "circle" "circle" Svg Shape;
    "clippath" "clipPath" Svg Parts;
    "defs" "defs" Svg Parts;
    "desc" "desc" Svg Text;
    "ellipse" "ellipse" Svg Shape;
    "g" "g" Svg Parts;
    "line" "line" Svg Shape;
    "lineargradient" "linearGradient" Svg Parts;
    "path" "path" Svg Shape;
    "polygon" "polygon" Svg Shape;
    "polyline" "polyline" Svg Shape;
    "radialgradient" "radialGradient" Svg Parts;
    "rect" "rect" Svg Shape;
    "stop" "stop" Svg Parts;
    "svg" "svg" Svg Parts;
    "switch" "switch" Svg Parts;
    "text" "text" Svg Mixed;
    "title" "title" Svg Text;
    "tspan" "tspan" Svg Mixed;

    "math" "math" MathMl Mixed;
    "menclose" "menclose" MathMl Mixed;
    "merror" "merror" MathMl Mixed;
    "mfenced" "mfenced" MathMl Mixed;
    "mfrac" "mfrac" MathMl Mixed;
    "mi" "mi" MathMl Text;
    "mmultiscripts" "mmultiscripts" MathMl Mixed;
    "mn" "mn" MathMl Text;
    "mo" "mo" MathMl Text;
    "mover" "mover" MathMl Mixed;
    "mpadded" "mpadded" MathMl Mixed;
    "mphantom" "mphantom" MathMl Mixed;
    "mprescripts" "mprescripts" MathMl Parts;
    "mroot" "mroot" MathMl Mixed;
    "mrow" "mrow" MathMl Mixed;
    "ms" "ms" MathMl Text;
    "mspace" "mspace" MathMl Parts;
    "msqrt" "msqrt" MathMl Mixed;
    "mstyle" "mstyle" MathMl Mixed;
    "msub" "msub" MathMl Mixed;
    "msubsup" "msubsup" MathMl Mixed;
    "msup" "msup" MathMl Mixed;
    "mtable" "mtable" MathMl Parts;
    "mtd" "mtd" MathMl Mixed;
    "mtext" "mtext" MathMl Text;
    "mtr" "mtr" MathMl Parts;
    "munder" "munder" MathMl Mixed;
    "munderover" "munderover" MathMl Mixed;
    "none" "none" MathMl Parts;
    "semantics" "semantics" MathMl Mixed;
}

const EVERYWHERE: &[(&str, Value)] = &[("class", Value::Text), ("id", Value::Text), ("lang", Value::Text)];

const LINKS: &[(&str, Value)] = &[("href", Value::Link), ("xlink:href", Value::Link)];

macro_rules! drawn {
    ($($name:literal)*) => {
        &[$(($name, Value::Drawn)),*, ("aria-label", Value::Text)]
    };
}

const SVG_ATTRIBUTES: &[(&str, Value)] = drawn!(
    "aria-hidden" "baseProfile" "clip-path" "clip-rule" "clipPathUnits" "color" "cx" "cy" "d" "dominant-baseline" "dx" "dy"
    "fill" "fill-opacity" "fill-rule" "focusable" "font-size" "font-style" "font-weight" "fx" "fy" "gradientTransform"
    "gradientUnits" "height" "lengthAdjust" "letter-spacing" "offset" "opacity" "pathLength" "points"
    "preserveAspectRatio" "r" "role" "rotate" "rx" "ry" "shape-rendering" "spreadMethod" "stop-color" "stop-opacity"
    "stroke" "stroke-dasharray" "stroke-dashoffset" "stroke-linecap" "stroke-linejoin" "stroke-miterlimit"
    "stroke-opacity" "stroke-width" "text-anchor" "text-decoration" "textLength" "transform" "vector-effect" "version"
    "viewBox" "width" "x" "x1" "x2" "y" "y1" "y2"
);

const MATHML_ATTRIBUTES: &[(&str, Value)] = &[
    ("accent", Value::Drawn),
    ("accentunder", Value::Drawn),
    ("align", Value::Drawn),
    ("alttext", Value::Text),
    ("bevelled", Value::Drawn),
    ("close", Value::Text),
    ("columnalign", Value::Drawn),
    ("columnlines", Value::Drawn),
    ("columnspacing", Value::Drawn),
    ("columnspan", Value::Drawn),
    ("depth", Value::Drawn),
    ("dir", Value::Direction),
    ("display", Value::Drawn),
    ("displaystyle", Value::Drawn),
    ("fence", Value::Drawn),
    ("form", Value::Drawn),
    ("frame", Value::Drawn),
    ("height", Value::Drawn),
    ("largeop", Value::Drawn),
    ("linethickness", Value::Drawn),
    ("lspace", Value::Drawn),
    ("mathvariant", Value::Drawn),
    ("maxsize", Value::Drawn),
    ("minsize", Value::Drawn),
    ("movablelimits", Value::Drawn),
    ("notation", Value::Drawn),
    ("open", Value::Text),
    ("rowalign", Value::Drawn),
    ("rowlines", Value::Drawn),
    ("rowspacing", Value::Drawn),
    ("rowspan", Value::Drawn),
    ("rspace", Value::Drawn),
    ("scriptlevel", Value::Drawn),
    ("separator", Value::Drawn),
    ("separators", Value::Text),
    ("stretchy", Value::Drawn),
    ("symmetric", Value::Drawn),
    ("voffset", Value::Drawn),
    ("width", Value::Drawn),
];

/// True for a value of these languages that says only numbers, words and colours: no address beyond `url(#name)`.
pub fn is_drawn(value: &str) -> bool {
    const FUNCTIONS: [&str; 10] =
        ["hsl", "hsla", "matrix", "rgb", "rgba", "rotate", "scale", "skewx", "skewy", "translate"];
    let fine = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(
                b,
                b' ' | b'\n'
                    | b'\t'
                    | b'.'
                    | b','
                    | b';'
                    | b'#'
                    | b'%'
                    | b'+'
                    | b'-'
                    | b'_'
                    | b'('
                    | b')'
                    | b'/'
            )
    };
    let mut calls = value.split('(');
    let mut before = calls.next().unwrap_or_default();
    value.bytes().all(fine)
        && calls.all(|inside| {
            let name = before
                .rsplit(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            before = inside;
            let local = name == "url" && inside.starts_with('#') && !inside.contains('/');
            local || FUNCTIONS.contains(&name.as_str())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_only_draw_are_told_from_those_that_load() {
        for value in [
            "M0 0 L10,10 z",
            "#ff0000",
            "rgb(1, 2, 3)",
            "translate(1,2) rotate(45)",
            "url(#grad)",
            "0 0 10 10",
            "5px",
            "none",
            "50%",
            "",
        ] {
            assert!(is_drawn(value), "{value}");
        }
        for value in [
            "url(http://x/)",
            "url(//x)",
            "url(#a/../x)",
            "expression(1)",
            "javascript:x",
            "x\\",
            "url('#a')",
            "a&b",
            "ক",
            "image-set(x)",
            "(x)",
        ] {
            assert!(!is_drawn(value), "{value}");
        }
    }

    #[test]
    fn nothing_that_acts_is_allowed() {
        for part in all() {
            assert!(
                !is_swallowed(&part.name.to_ascii_lowercase()) && !breaks_out(part.name),
                "{}",
                part.name
            );
            for (name, value) in EVERYWHERE.iter().chain(part.language.attributes()) {
                assert!(
                    !name.starts_with("on")
                        && !matches!(*name, "style" | "href" | "src" | "begin" | "attributeName")
                );
                assert_ne!(*value, Value::Link, "{name}");
            }
        }
        assert!(find(Language::Svg, "mi").is_none() && find(Language::MathMl, "a").is_none());
        assert_eq!(find(Language::Svg, "lineargradient").map(|it| it.name), Some("linearGradient"));
    }
}
