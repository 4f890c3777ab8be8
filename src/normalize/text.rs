//! Text as readers get it: NFC with joiners kept, nothing that XML cannot carry, titles in one line.

use std::borrow::Cow;

use ::url::Url;
use memchr::memchr;
use unicode_normalization::UnicodeNormalization;

use super::html;
use super::html::reference;
use crate::model::{Raw, RawHtml};
use crate::value::composed::is_composed;

/// A title, a name, rights: one line of plain text; `None` when nothing is left. Tags are gone, references decoded.
pub fn line(raw: &Raw) -> Option<String> {
    match raw {
        Raw::Text(text) => plain_line(&decode_again(beginning(text))),
        Raw::Html(raw) => {
            let html = beginning(&raw.html);
            if !html.contains(['<', '&']) {
                plain_line(html)
            } else if html::has_known_tag(html) {
                plain_line(&cleaned(html))
            } else {
                plain_line(&reference::decode(html, reference::Place::Text))
            }
        }
    }
}

/// As much of a text as a line can hold that anybody reads.
fn beginning(text: &str) -> &str {
    const LONGEST: usize = 64 * 1024;
    &text[..text.floor_char_boundary(LONGEST)]
}

fn cleaned(html: &str) -> String {
    html::clean(RawHtml { html: html.to_owned(), base: None }, None::<&Url>).text()
}

/// A name as found in a field that should hold no markup but may: one line of plain text.
pub fn name(text: &str) -> Option<String> {
    let text = beginning(text);
    if text.contains('<') && html::has_known_tag(text) {
        return plain_line(&cleaned(text));
    }
    plain_line(&decode_again(text))
}

/// One line of plain text: white space folded, controls out, NFC; `None` when nothing is left.
pub fn plain_line(text: &str) -> Option<String> {
    let legal = legal(text);
    let level = without_overrides(&legal);
    let folded = match is_folded(&level) {
        true => level,
        false => Cow::Owned(level.split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    let line = compose(&folded).into_owned();
    (!line.is_empty()).then_some(line)
}

fn is_folded(text: &str) -> bool {
    let bytes = text.as_bytes();
    // All white space beyond ASCII begins with one of these bytes.
    if bytes.iter().fold(false, |any, b| any | matches!(b, 0xc2 | 0xe1..=0xe3)) {
        let mut before = ' ';
        let single = text.chars().all(|c| {
            let fine = !c.is_whitespace() || (c == ' ' && before != ' ');
            before = c;
            fine
        });
        return single && before != ' ';
    }
    let edges = [bytes.first(), bytes.last()];
    edges.iter().all(|b| b.is_some_and(|b| *b != b' '))
        && !bytes.iter().fold(false, |any, b| any | matches!(b, b'\t'..=b'\r'))
        && !bytes.windows(2).any(|pair| pair == b"  ")
}

/// NFC. Joiners (U+200C, U+200D) stay: they choose letter shapes.
pub fn compose(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_composed(text) {
        return Cow::Borrowed(text);
    }
    // A run of more marks than any letter has gets a joiner (UAX #15, section 13): the whole run is held to be ordered.
    Cow::Owned(text.chars().stream_safe().nfc().collect())
}

/// Text without the characters that XML 1.0 cannot carry (section 2.2, Char); line ends become `\n`.
pub fn legal(text: &str) -> Cow<'_, str> {
    if is_legal(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut before = '\0';
    for c in text.chars() {
        match c {
            '\r' => out.push('\n'),
            '\n' if before == '\r' => {}
            c if is_illegal(c) => {}
            c => out.push(c),
        }
        before = c;
    }
    Cow::Owned(out)
}

/// True when there is nothing for [`legal`] to do. Looks at many bytes at once.
fn is_legal(text: &str) -> bool {
    let odd = |b: &u8| (*b < 0x20 && !matches!(b, b'\t' | b'\n')) | (*b == 0xef);
    let mut all = text.as_bytes().chunks(64);
    // U+FFFE and U+FFFF begin with 0xEF, as do the wide forms of Chinese, which are fine.
    !all.any(|chunk| chunk.iter().fold(false, |any, b| any | odd(b)))
        || !text.contains(|c| c == '\r' || is_illegal(c))
}

fn is_illegal(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// References that were escaped once too often decode again: the title of an article is text, and nobody writes
/// `&#8217;` in it. Where a bare `<` stands beside, the writer knows how to escape and meant what he wrote.
fn decode_again(text: &str) -> Cow<'_, str> {
    if !text.contains('&') || !text.contains(';') || text.contains('<') {
        return Cow::Borrowed(text);
    }
    // As in attributes: a bare `&copy` without its semicolon is no reference here.
    reference::decode(text, reference::Place::Attribute)
}

/// Takes out what turns the direction of everything behind it (U+202A to U+202E), and isolates without a partner.
fn without_overrides(text: &str) -> Cow<'_, str> {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if memchr(0xe2, text.as_bytes()).is_none() || !text.contains(turns) {
        return Cow::Borrowed(text);
    }
    let mut open = 0usize;
    let mut out: String = text
        .chars()
        .filter(|c| match c {
            '\u{202a}'..='\u{202e}' => false,
            '\u{2066}'..='\u{2068}' => {
                open += 1;
                true
            }
            '\u{2069}' => {
                let closes = open > 0;
                open = open.saturating_sub(1);
                closes
            }
            _ => true,
        })
        .collect();
    out.extend(std::iter::repeat_n('\u{2069}', open));
    Cow::Owned(out)
}

/// Plain text as markup: escaped; an empty line ends a paragraph, other line ends are kept where the writer meant them.
///
/// It grows by half at most: of a text that is nothing but signs and line ends the rest goes without.
pub fn to_markup(text: &str) -> String {
    let text = legal(text.trim());
    let mut out = Growing { out: String::with_capacity(text.len()), most: ROOM };
    let mut paragraphs = paragraphs(&text).peekable();
    let mut single = true;
    while let Some(lines) = paragraphs.next() {
        single &= paragraphs.peek().is_none();
        let (before, begin, end) = match (single, out.out.is_empty()) {
            (true, _) => ("", "", ""),
            (false, true) => ("", "<p>", "</p>"),
            (false, false) => ("\n", "<p>", "</p>"),
        };
        out.out.push_str(before);
        // Both tags or none.
        let (begin, end) = if out.has_room() { (begin, end) } else { ("", "") };
        out.out.push_str(begin);
        push_lines(lines, &mut out);
        out.out.push_str(end);
    }
    out.out
}

/// So many bytes a text of any size may grow by when it becomes markup.
const ROOM: usize = 64 * 1024;

/// Markup in the making, and how long it may be by now.
struct Growing {
    out: String,
    most: usize,
}

impl Growing {
    fn has_room(&self) -> bool {
        self.out.len() <= self.most
    }

    fn text(&mut self, text: &str) {
        for piece in html::pieces(text) {
            self.most += piece.len() / 2 * 3;
            if self.has_room() {
                reference::escape(piece, reference::Place::Text, &mut self.out);
            } else {
                reference::push_without_signs(piece, &mut self.out);
            }
        }
    }
}

/// The lines of a paragraph. Lines that are all indented were broken by the program that wrote the feed, not by the writer.
fn push_lines(paragraph: &str, out: &mut Growing) {
    let wrapped = paragraph.lines().skip(1).all(|line| line.starts_with([' ', '\t']));
    for (n, line) in paragraph.lines().enumerate() {
        if n > 0 {
            out.out.push_str(if wrapped || !out.has_room() { "\n" } else { "<br>\n" });
        }
        out.text(line.trim());
    }
}

/// What stands between empty lines.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let blank = |line: &&str| line.trim().is_empty();
        let before: usize = rest.split_inclusive('\n').take_while(blank).map(str::len).sum();
        rest = &rest[before..];
        let length: usize = rest.split_inclusive('\n').take_while(|line| !blank(line)).map(str::len).sum();
        let (paragraph, behind) = rest.split_at(length);
        rest = behind;
        (!paragraph.is_empty()).then_some(paragraph)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &Raw, expected: &str) {
        assert_eq!(line(raw).unwrap_or_default(), expected, "{raw:?}");
    }

    fn html(html: &str) -> Raw {
        Raw::Html(RawHtml { html: html.to_owned(), base: None })
    }

    fn plain(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn a_title_is_one_line_without_tags() {
        check(&html(" a <b>bold</b>\n  move &amp; more "), "a bold move & more");
        check(&html("x<br>y"), "x y");
        check(&plain("a <b> c"), "a <b> c");
        check(&html("Vec<u8> explained"), "Vec<u8> explained");
        check(&html("a<script>b</script>c"), "ac");
        check(&html(" \u{b} "), "");
    }

    #[test]
    fn references_of_a_title_are_decoded_once_and_double_ones_once_more() {
        check(&html("‘ক’ &#8216;খ&#8217; &amp; গ"), "‘ক’ ‘খ’ & গ");
        check(&plain("‘ক’ &#8216;খ&#8217; &amp; গ"), "‘ক’ ‘খ’ & গ");
        check(&plain("the &lt;p> tag & Q&A; x"), "the <p> tag & Q&A; x");
        check(&plain("the <p> tag is &lt;p>"), "the <p> tag is &lt;p>");
        check(&html("&amp;lt;b&amp;gt;"), "&lt;b&gt;");
    }

    #[test]
    fn letters_are_composed_and_joiners_stay() {
        check(&plain("\u{9df}"), "\u{9af}\u{9bc}");
        check(&plain("ক\u{9c7}\u{9be}"), "ক\u{9cb}");
        check(&plain("র\u{200d}\u{9cd}যাব হ\u{200c}্যা"), "র\u{200d}\u{9cd}যাব হ\u{200c}্যা");
    }

    #[test]
    fn titles_do_not_turn_the_text_behind_them() {
        check(&plain("a\u{202e}b\u{202c}c"), "abc");
        check(&plain("\u{2067}א"), "\u{2067}א\u{2069}");
        check(&plain("a\u{2069}b"), "ab");
    }

    #[test]
    fn plain_text_keeps_its_lines_and_paragraphs() {
        assert_eq!(to_markup(" a < b \n"), "a &lt; b");
        assert_eq!(to_markup("a\nb"), "a<br>\nb");
        assert_eq!(to_markup("a\n   b\n   c"), "a\nb\nc");
        assert_eq!(to_markup("a\n\nb\n \nc"), "<p>a</p>\n<p>b</p>\n<p>c</p>");
        for shape in ["a\n\n", "a\n", "&", "<&\n"] {
            let text = shape.repeat(1_000_000 / shape.len());
            assert!(to_markup(&text).len() <= ROOM + 1_600_000, "{shape}");
        }
    }

    proptest::proptest! {
        #[test]
        fn folded_is_what_folding_leaves_alone(text in "[a ক\u{a0}\u{85}\u{2003}\u{3000}\t\n\u{c}]{0,8}") {
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            proptest::prop_assert_eq!(is_folded(&text), folded == text && !text.is_empty());
        }

        #[test]
        fn a_line_stays_as_it_is(text in "[\\PC\u{9}\u{b}\u{a0}\u{202e}\u{2066}\u{2069}&;<]{0,30}") {
            if let Some(once) = plain_line(&text) {
                proptest::prop_assert_eq!(plain_line(&once), Some(once.clone()));
            }
        }
    }
}
