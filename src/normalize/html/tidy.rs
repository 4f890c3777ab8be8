//! One linear pass from any markup to clean markup: allowed elements only, properly nested, text escaped.
//!
//! What comes out holds no raw text element, no comment and no foreign content, so a browser's tokenizer never
//! leaves its data state in it: the tags it sees are the tags written here. The nesting follows the tree
//! construction of the HTML Standard (13.2.6) far enough that its parser finds nothing to move.

use ::url::Url;
use memchr::memchr_iter;

use super::attribute::{self, Attributes};
use super::element::{self, Element, Kind};
use super::foreign::{Foreign, Outcome};
use super::graphic;
use super::nest::is_implied;
use super::piece::{self, Cut, PIECE};
use super::player;
use super::reference::{self, Place};
use super::token::{Token, Tokens};
use crate::normalize::text;

/// How deep elements may nest; deeper ones lose their tags and keep their text.
pub(super) const DEPTH: usize = 256;

/// So many bytes may be added to a fragment of any size by resolving its addresses; a long base is not multiplied.
const ROOM: usize = 64 * 1024;

/// How often a place is kept where the markup can be cut.
const CUT: usize = 64 * 1024;

/// What one pass gave.
#[derive(Debug, Default)]
pub struct Tidied {
    /// Clean markup.
    pub markup: String,
    /// True when the input was of the common kind: nothing in it had to be moved, swallowed or guessed.
    pub plain: bool,
    /// How many elements are in it.
    pub elements: usize,
    /// Where it can be cut.
    pub cuts: Vec<Cut>,
}

/// Cleans a fragment in one pass. Time and memory are linear in its length.
pub fn tidy(html: &str, base: Option<&Url>) -> Tidied {
    tidy_some(html, base, usize::MAX)
}

/// The same for so many elements; further ones lose their tags and keep their text.
pub fn tidy_some(html: &str, base: Option<&Url>, most: usize) -> Tidied {
    let mut tokens = Tokens::new(html);
    let mut tree = Tree {
        base,
        out: String::with_capacity(html.len()),
        pending: String::new(),
        open: Vec::new(),
        fresh_pre: false,
        plain: true,
        unended: Vec::new(),
        lazy: None,
        picture: None,
        room: ROOM + html.len() / 2 * 3,
        longest: ROOM + html.len() * 2,
        cuts: Vec::new(),
        elements: 0,
        most,
    };
    let mut name_space = String::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) if text.len() <= PIECE => tree.text(text),
            Token::Text(text) => piece::of_raw(text).for_each(|text| tree.text(text)),
            Token::Start { name, closed } => {
                let name = lower(name, &mut name_space);
                if !tree.takes_start(name, closed, &mut tokens) {
                    tree.start(name, closed, &mut tokens);
                }
            }
            Token::End(name) => {
                let name = lower(name, &mut name_space);
                if !tree.takes_end(name) {
                    tree.end(name);
                }
            }
            Token::Nothing => tree.plain = false,
        }
    }
    tree.end_picture();
    tree.close_to(0);
    tree.flush();
    let end = tree.out.trim_end_matches(is_space).len();
    tree.out.truncate(end);
    if end > CUT {
        tree.out.shrink_to_fit();
    }
    tree.cuts.retain(|cut| cut.at <= end);
    Tidied { markup: tree.out, plain: tree.plain, elements: tree.elements, cuts: tree.cuts }
}

fn lower<'n>(name: &'n str, space: &'n mut String) -> &'n str {
    if !name.bytes().any(|b| b.is_ascii_uppercase()) {
        return name;
    }
    space.clear();
    space.push_str(name);
    space.make_ascii_lowercase();
    space
}

/// Markup in the making and what is open in it. How elements nest stands in `nest`.
pub(super) struct Tree<'b> {
    base: Option<&'b Url>,
    out: String,
    /// Text not yet written: composed only when nothing more can join it.
    pending: String,
    pub(super) open: Vec<&'static Element>,
    /// Nothing was written since `<pre>`: its first line breaks are not shown.
    fresh_pre: bool,
    pub(super) plain: bool,
    /// Swallowed elements whose end tag was looked for in vain.
    unended: Vec<String>,
    /// The picture that was mended last: a `noscript` behind it only repeats it.
    lazy: Option<String>,
    /// The drawing or formula that is open.
    picture: Option<Foreign>,
    /// How many bytes addresses may still become longer by being resolved.
    room: usize,
    /// When it is longer, no address may become longer by being resolved; signs are no longer escaped, but left out, at
    /// three quarters of this length already.
    longest: usize,
    cuts: Vec<Cut>,
    elements: usize,
    most: usize,
}

impl Tree<'_> {
    fn text(&mut self, raw: &str) {
        if let Some(picture) = &mut self.picture {
            return picture.text(raw);
        }
        let decoded = reference::decode(raw, Place::Text);
        let legal = text::legal(&decoded);
        let mut text: &str = &legal;
        if self.fresh_pre && self.pending.is_empty() {
            text = text.trim_start_matches('\n');
        }
        if text.is_empty() {
            return;
        }
        if self.pending.is_empty() && !text.chars().all(is_space) {
            self.enter_cell();
        } else if !self.pending.is_empty() && self.in_table() && !text.chars().all(is_space) {
            self.flush();
            self.enter_cell();
        }
        if text.len() <= PIECE && self.pending.len() <= PIECE {
            return self.pending.push_str(text);
        }
        for piece in piece::of_text(text) {
            if piece.starts_with(piece::begins_alone) {
                self.flush();
            }
            self.pending.push_str(piece);
        }
    }

    /// Writes the text that is waiting.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let composed = text::compose(&pending);
        let mut text: &str = &composed;
        if self.out.is_empty() {
            text = text.trim_start_matches(is_space);
        } else if self.out.ends_with('>') {
            // Whoever composes the markup once more would join this one to the tag: `>` + U+0338 = `≯`.
            text = text.trim_start_matches('\u{338}');
        }
        if self.fresh_pre {
            text = text.trim_start_matches('\n');
        }
        if !text.is_empty() {
            self.make_space();
            if self.is_far() && text.starts_with(piece::begins_alone) {
                self.may_cut();
            }
            if self.out.len() <= self.longest / 4 * 3 {
                reference::escape(text, Place::Text, &mut self.out);
            } else {
                reference::push_without_signs(text, &mut self.out);
            }
            self.fresh_pre = false;
        }
        self.pending = pending;
        self.pending.clear();
    }

    fn start(&mut self, name: &str, closed: bool, tokens: &mut Tokens<'_>) {
        if self.elements >= self.most {
            self.plain = false;
            return;
        }
        let Some(element) = element::find(name) else { return self.foreign(name, closed, tokens) };
        let Some(mut attributes) = attribute::read(element, &tokens.attributes, self.base) else {
            // A picture that nobody can see.
            return;
        };
        match self.room.checked_sub(attributes.growth(&tokens.attributes)) {
            Some(left) if self.out.len() <= self.longest => self.room = left,
            Some(_) if attributes.growth(&tokens.attributes) == 0 => {}
            _ => attributes.drop_addresses(),
        }
        if name == "img" {
            self.lazy = attributes.mended.then(|| attributes.value("src").unwrap_or_default().to_owned());
        }
        if !self.make_room(element) {
            return;
        }
        if element.kind == Kind::Void || element.kind == Kind::Column {
            return self.write_start(element, &attributes);
        }
        if self.open.len() >= DEPTH {
            self.plain = false;
            return;
        }
        self.write_start(element, &attributes);
        self.open.push(element);
        if closed {
            self.close_to(self.open.len() - 1);
        }
    }

    /// Gives a start tag to the picture that is open. False: it is one of HTML.
    fn takes_start(&mut self, name: &str, closed: bool, tokens: &mut Tokens<'_>) -> bool {
        let Some(picture) = &mut self.picture else { return false };
        let room = DEPTH - self.open.len();
        let outcome = picture.start(name, closed, tokens, self.base, room);
        self.after(outcome)
    }

    /// Gives an end tag to the picture that is open. False: it is one of HTML.
    fn takes_end(&mut self, name: &str) -> bool {
        let Some(picture) = &mut self.picture else { return false };
        let outcome = picture.end(name, || self.open.iter().any(|it| it.name == name));
        self.after(outcome)
    }

    fn after(&mut self, outcome: Outcome) -> bool {
        if outcome != Outcome::Taken {
            self.end_picture();
        }
        outcome != Outcome::Before
    }

    /// Writes the picture that is open, if it shows anything.
    fn end_picture(&mut self) {
        let Some(picture) = self.picture.take() else { return };
        let (markup, room) = picture.finish();
        self.room = room;
        // Every one of its tags is two.
        self.elements +=
            markup.as_deref().map_or(0, |markup| memchr_iter(b'<', markup.as_bytes()).count() / 2);
        let Some(markup) = markup else { return };
        self.flush();
        self.enter_cell();
        self.flush();
        self.out.push_str(&markup);
        self.fresh_pre = false;
    }

    /// A link to the film that a frame plays, where the player is known.
    fn film(&mut self, attributes: &[(&str, &str)]) {
        let source = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("src"));
        let page = source
            .and_then(|(_, value)| player::page(&reference::decode(value, Place::Attribute), self.base));
        let (Some(page), Some(anchor)) = (page, element::find("a")) else { return };
        if self.open.len() < DEPTH && self.make_room(anchor) {
            self.write_start(anchor, &Attributes::of("href", page.clone()));
            self.open.push(anchor);
            self.text(&page);
            self.close_to(self.open.len() - 1);
        }
    }

    /// An element that is not shown: its tags go, and what it holds where that is no text.
    fn foreign(&mut self, name: &str, closed: bool, tokens: &mut Tokens<'_>) {
        self.plain = false;
        if name == "iframe" {
            self.film(&tokens.attributes);
        }
        if let Some(root) = graphic::root(name).filter(|_| !closed && self.open.len() < DEPTH)
            && tokens.ends_behind(root.name)
        {
            self.picture = Some(Foreign::begin(root, &tokens.attributes, self.base, self.room));
            return;
        }
        let repeated = name == "noscript" && self.lazy.take().is_some();
        if closed || !(element::is_swallowed(name) || repeated) || self.unended.iter().any(|it| it == name) {
            return;
        }
        if !tokens.skip_past_end_of(name) {
            if matches!(name, "script" | "style") {
                tokens.skip_all();
            }
            self.unended.push(name.to_owned());
        }
    }

    fn end(&mut self, name: &str) {
        let Some(element) = element::find(name) else {
            self.plain = false;
            return;
        };
        let same = |it: &Element| match element.kind {
            Kind::Heading => it.kind == Kind::Heading,
            _ => it.name == element.name,
        };
        let at = match element.kind {
            Kind::Void if name == "br" => {
                self.enter_cell();
                return self.write_start(element, &Attributes::default());
            }
            Kind::Table => self.open.iter().rposition(|it| it.kind == Kind::Table),
            Kind::Caption | Kind::Columns | Kind::Section | Kind::Row | Kind::Cell => {
                let found = self.open.iter().rposition(|it| same(it) || it.kind == Kind::Table);
                found.filter(|at| same(self.open[*at]))
            }
            _ => self.in_cell(same),
        };
        match at {
            Some(at) => {
                self.plain &=
                    at + 1 == self.open.len() || self.open[at + 1..].iter().all(|it| is_implied(it));
                self.close_to(at);
            }
            None => self.plain = false,
        }
    }

    pub(super) fn write_start(&mut self, element: &Element, attributes: &Attributes<'_>) {
        self.flush();
        self.make_space();
        self.may_cut();
        self.elements += 1;
        self.out.push('<');
        self.out.push_str(element.name);
        attributes.write_to(&mut self.out);
        self.out.push('>');
        self.fresh_pre = element.kind == Kind::Preformatted;
    }

    /// Asks for all the room that a large fragment may ever need at once: growing by steps, it would be in memory twice at
    /// each. What it does not fill is never in memory.
    fn make_space(&mut self) {
        if self.out.len() > CUT && self.out.capacity() - self.out.len() < 2 * PIECE {
            self.out.reserve_exact((self.longest / 2 * 3).saturating_sub(self.out.len()));
        }
    }

    /// Whether the last place to cut at is far behind.
    fn is_far(&self) -> bool {
        self.out.len() - self.cuts.last().map_or(0, |cut| cut.at) >= CUT
    }

    /// Keeps this place as one to cut at, when the last is far behind. In preformatted text a piece may begin with a
    /// line break, which a parser would drop.
    fn may_cut(&mut self) {
        if self.is_far() && !self.open.iter().any(|it| it.kind == Kind::Preformatted) {
            let open = self.open.iter().map(|it| it.name).collect();
            self.cuts.push(Cut { at: self.out.len(), open });
        }
    }

    /// Closes open elements until so many are left.
    pub(super) fn close_to(&mut self, left: usize) {
        while self.open.len() > left {
            self.flush();
            if let Some(element) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(element.name);
                self.out.push('>');
                self.fresh_pre = false;
            }
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{c}' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(tidy(html, None).markup, expected, "{html}");
    }

    #[test]
    fn what_was_left_out_is_filled_in() {
        check("<p>a<p>b", "<p>a</p><p>b</p>");
        check("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c");
        check("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>");
        check(
            "<table><tr><td>a<td>b<tr><th>c</table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></tbody></table>",
        );
        check("<ruby>漢<rt>kan<rt>x</ruby>", "<ruby>漢<rt>kan</rt><rt>x</rt></ruby>");
        check("<b>a", "<b>a</b>");
    }

    #[test]
    fn what_crosses_is_nested() {
        check("<p><b>a</p>b</b>c", "<p><b>a</b></p>bc");
        check("<a href=x>a<a href=y>b</a>", "<a href=\"x\">a</a><a href=\"y\">b</a>");
        check("<p>a<div>b</div>c</p>", "<p>a</p><div>b</div>c");
        check("a</p></b></br>b", "a<br>b");
        check(
            "<table>x<tr><td>y</table>",
            "<table><tbody><tr><td>x</td></tr><tr><td>y</td></tr></tbody></table>",
        );
        check("<tr><td>x", "x");
    }

    #[test]
    fn a_closed_tag_of_xhtml_swallows_nothing() {
        check("a<iframe src=x />b", "ab");
        check(
            "a<iframe src=\"//www.youtube.com/embed/x\"></iframe>b",
            "a<a href=\"https://www.youtube.com/watch?v=x\">https://www.youtube.com/watch?v=x</a>b",
        );
        check("a<script src=\"x\"/>b<b/>c", "ab<b></b>c");
        check("a<iframe><b>b</b></iframe>c<iframe>d", "a<b>b</b>cd");
        check("a<br/>b<p/>c", "a<br>b<p></p>c");
    }

    #[test]
    fn preformatted_text_begins_with_text() {
        check("<pre>\n\n a\n</pre>", "<pre> a\n</pre>");
        check("<pre><!-- x -->\nb</pre>", "<pre>b</pre>");
    }

    #[test]
    fn letters_join_across_what_is_gone() {
        check("e<!-- -->\u{301}", "é");
        check("<b>a</b>\u{338}b", "<b>a</b>b");
        check("a &gt;\u{338} b", "a ≯ b");
    }

    #[test]
    fn depth_has_an_end_and_text_has_not() {
        let html = format!("{}x{}y", "<div>".repeat(100_000), "</div>".repeat(100_000));
        let tidied = tidy(&html, None).markup;
        assert_eq!(tidied.matches("<div>").count(), DEPTH);
        assert!(tidied.contains('x') && tidied.contains('y'));
    }
}
