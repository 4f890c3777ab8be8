//! Pictures and formulas in the middle of HTML: one SVG or MathML element with all it holds, written anew by the allow-list.
//!
//! It is written apart and joined to the rest when it is whole. Nothing in it can be taken for HTML by a parser: elements
//! that hold text hold nothing else where a parser would switch to HTML, names that end foreign content are not in it, and
//! no element is one whose text is not text (the ways of mutation XSS).

use ::url::Url;

use super::attribute;
use super::element;
use super::graphic::{self, Holds, Language, Part};
use super::reference::{self, Place};
use super::token::Tokens;
use crate::normalize::text;

/// A picture or a formula in the making.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    out: String,
    /// Text that is not yet written: more may join it.
    pending: String,
    open: Vec<&'static Part>,
    /// It shows something.
    shows: bool,
    /// How many bytes its addresses may still become longer.
    room: usize,
}

/// What became of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is part of the picture, or left out.
    Taken,
    /// The picture ends with it.
    Ended,
    /// The picture ended before it: it is HTML.
    Before,
}

impl Foreign {
    /// Begins at the tag of the root, whose attributes were read.
    pub fn begin(root: &'static Part, attributes: &[(&str, &str)], base: Option<&Url>, room: usize) -> Self {
        let mut foreign = Self { room, ..Self::default() };
        foreign.push(root, attributes, base);
        foreign
    }

    /// Closes everything; the whole as markup, `None` when it shows nothing, and the room that is left.
    pub fn finish(mut self) -> (Option<String>, usize) {
        self.close_to(0);
        (self.shows.then_some(self.out), self.room)
    }

    pub fn text(&mut self, raw: &str) {
        let blank = || raw.chars().all(char::is_whitespace);
        let Some(parent) = self.open.last() else { return };
        // White space between the parts of a formula says nothing.
        if matches!(parent.holds, Holds::Mixed | Holds::Text)
            && !(is_formula(parent) && self.pending.is_empty() && blank())
        {
            let decoded = reference::decode(raw, Place::Text);
            self.pending.push_str(&text::legal(&decoded));
        }
    }

    /// A start tag; its name in lower case.
    pub fn start(
        &mut self,
        name: &str,
        closed: bool,
        tokens: &mut Tokens<'_>,
        base: Option<&Url>,
        room: usize,
    ) -> Outcome {
        let Some(parent) = self.open.last() else { return Outcome::Before };
        if parent.holds == Holds::Text {
            return self.leave_out(name, closed, tokens);
        }
        if graphic::breaks_out(name) {
            return Outcome::Before;
        }
        let Some(part) = graphic::find(parent.language, name).filter(|part| part.name != "math") else {
            return self.leave_out(name, closed, tokens);
        };
        if self.open.len() >= room {
            return Outcome::Taken;
        }
        self.push(part, &tokens.attributes, base);
        if closed {
            self.close_to(self.open.len() - 1);
        }
        Outcome::Taken
    }

    /// Leaves the tag out, and what it holds where that is no text.
    fn leave_out(&mut self, name: &str, closed: bool, tokens: &mut Tokens<'_>) -> Outcome {
        if !closed && graphic::is_swallowed(name) && tokens.ends_behind(name) {
            tokens.skip_past_end_of(name);
        }
        Outcome::Taken
    }

    /// An end tag; `closes_html` = an element of HTML of that name is open around the picture.
    pub fn end(&mut self, name: &str, closes_html: impl Fn() -> bool) -> Outcome {
        match self.open.iter().rposition(|part| part.name.eq_ignore_ascii_case(name)) {
            Some(at) => {
                self.close_to(at);
                if at == 0 { Outcome::Ended } else { Outcome::Taken }
            }
            None if matches!(name, "p" | "br") || element::find(name).is_some() && closes_html() => {
                Outcome::Before
            }
            None => Outcome::Taken,
        }
    }

    fn push(&mut self, part: &'static Part, attributes: &[(&str, &str)], base: Option<&Url>) {
        self.flush();
        self.out.push('<');
        self.out.push_str(part.name);
        if self.open.is_empty() {
            self.out.push_str(" xmlns=\"");
            self.out.push_str(part.language.namespace());
            self.out.push('"');
        }
        self.shows |=
            part.holds == Holds::Shape || part.language == Language::MathMl && !self.open.is_empty();
        let mut kept = attribute::read_part(part, attributes, base);
        match self.room.checked_sub(kept.growth(attributes)) {
            Some(left) => self.room = left,
            None => kept.drop_addresses(),
        }
        kept.write_to(&mut self.out);
        self.out.push('>');
        self.open.push(part);
    }

    fn flush(&mut self) {
        let composed = text::compose(&self.pending);
        let mut text: &str = &composed;
        if self.open.last().is_some_and(|part| is_formula(part)) {
            text = text.trim();
        }
        // Whoever composes the markup once more would join this one to the tag: `>` + U+0338 = `≯`.
        let text = text.trim_start_matches('\u{338}');
        if !text.is_empty() {
            reference::escape(text, Place::Text, &mut self.out);
            // The title of a picture is only shown beside it.
            let title = |part: &Part| part.holds == Holds::Text && part.language == Language::Svg;
            self.shows |= !text.trim().is_empty() && !self.open.last().is_some_and(|part| title(part));
        }
        self.pending.clear();
    }

    fn close_to(&mut self, left: usize) {
        while self.open.len() > left {
            self.flush();
            if let Some(part) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(part.name);
                self.out.push('>');
            }
        }
    }
}

/// Part of a formula that holds others, and text only by mistake.
fn is_formula(part: &Part) -> bool {
    part.holds == Holds::Mixed && part.language == Language::MathMl
}

#[cfg(test)]
mod tests {
    use super::super::tidy::tidy;

    fn check(html: &str, expected: &str) {
        assert_eq!(tidy(html, None).markup, expected, "{html}");
        assert_eq!(tidy(expected, None).markup, expected, "once more: {html}");
    }

    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"";
    const MATH: &str = "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"";

    #[test]
    fn pictures_stay_as_they_are_drawn() {
        check(
            "a<svg viewbox='0 0 1 1' onload=x><g><path d='M0 0'/><circle r=1 fill=url(#g) /></g></svg>b",
            &format!(
                "a{SVG} viewBox=\"0 0 1 1\"><g><path d=\"M0 0\"></path><circle r=\"1\" fill=\"url(#g)\"></circle></g></svg>b"
            ),
        );
        check(
            "<svg><title>t &lt;b&gt;</title><text x=1>Hello <tspan>w</tspan> <a xlink:href='https://a.example/'>l</a></text> stray</svg>",
            &format!(
                "{SVG}><title>t &lt;b&gt;</title><text x=\"1\">Hello <tspan>w</tspan> \
                 <a xlink:href=\"https://a.example/\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">l</a></text></svg>"
            ),
        );
        check(
            "<svg><linearGRADIENT id=g><stop offset='0%' stop-color=red /></linearGradient><path/></svg>",
            &format!(
                "{SVG}><linearGradient id=\"g\"><stop offset=\"0%\" stop-color=\"red\"></stop></linearGradient><path></path></svg>"
            ),
        );
    }

    #[test]
    fn formulas_stay() {
        check(
            "x <math display=block><mrow> <mi>a</mi><mo>&lt;</mo> <mn>1</mn></mrow></math> y",
            &format!("x {MATH} display=\"block\"><mrow><mi>a</mi><mo>&lt;</mo><mn>1</mn></mrow></math> y"),
        );
        check(
            "<math><semantics><mi>a</mi><annotation encoding=tex>a</annotation></semantics></math>",
            &format!("{MATH}><semantics><mi>a</mi></semantics></math>"),
        );
        check("<math>a + b</math>", &format!("{MATH}>a + b</math>"));
    }

    #[test]
    fn what_acts_or_loads_is_gone_and_an_empty_picture_too() {
        check("a<svg><script>x</script></svg>b", "ab");
        check("a<svg><title>t</title><g><a href=x></a></g></svg>b", "ab");
        check("a<svg><use href=#x /><image href=y /><foreignObject><p>x</p></foreignObject></svg>b", "ab");
        check(
            "<svg><a href='javascript:x'><animate attributeName=href to='javascript:x'/><text>t</text></a></svg>",
            &format!("{SVG}><a><text>t</text></a></svg>"),
        );
        check(
            "<svg><rect style='fill:url(x)' fill='url(//x)' /></svg>",
            &format!("{SVG}><rect></rect></svg>"),
        );
    }

    #[test]
    fn html_ends_a_picture_and_one_without_end_is_none() {
        check("<p><svg><rect><p>x</svg>y", &format!("<p>{SVG}><rect></rect></svg></p><p>xy</p>"));
        check("<div><svg><rect></div>x</svg>", &format!("<div>{SVG}><rect></rect></svg></div>x"));
        check("a<svg><rect>b", "ab");
        check("a<math><mi>b", "ab");
        check("<math><mi><img src=x><b>i</b></mi></math>", &format!("{MATH}><mi>i</mi></math>"));
        check(
            "<table><svg><rect/></svg></table>",
            &format!("<table><tbody><tr><td>{SVG}><rect></rect></svg></td></tr></tbody></table>"),
        );
    }
}
