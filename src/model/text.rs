//! Text in its states: raw as it came, HTML that nobody has cleaned, HTML that is clean.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

/// HTML as a source gave it: anything may be in it, nobody may show it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawHtml {
    /// The markup, entities of the surrounding format already decoded exactly once.
    pub html: String,
    /// The `xml:base` in force where it stood, absolute; `None` = the base of the reading.
    pub base: Option<Arc<Url>>,
}

/// A text construct before normalization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Plain text: `<` and `&` mean themselves.
    Text(String),
    /// Markup.
    Html(RawHtml),
}

/// HTML that passed the cleaner: nothing active, absolute URLs, balanced, NFC.
///
/// Only `normalize::html` makes one from raw markup, and the store may read back what it was given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Wraps markup that the cleaner has just made. Called in `normalize::html` only (`tests/architecture.rs`).
    pub(crate) fn from_cleaner(markup: String) -> Self {
        Self(markup)
    }

    /// Plain text as markup: escaped, so it shows as it is.
    pub fn from_text(text: &str) -> Self {
        Self(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when there is no markup at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a person would read: tags gone, entities decoded, a line for each block, white space folded.
    ///
    /// Relies on what the cleaner's serializer promises: `<` begins a tag, attribute values are quoted with `"`,
    /// and only `&amp; &lt; &gt; &quot; &nbsp;` stand for characters.
    pub fn text(&self) -> String {
        self.text_to(usize::MAX)
    }

    /// The same, but only the first `most` bytes of it or a little more: for excerpts of long texts.
    pub fn opening(&self, most: usize) -> String {
        self.text_to(most)
    }

    fn text_to(&self, most: usize) -> String {
        let mut out = Lines { text: String::with_capacity(self.0.len().min(most)), gap: None };
        let mut rest = self.0.as_str();
        while let Some(open) = memchr::memchr(b'<', rest.as_bytes()) {
            out.markup(&rest[..open]);
            if out.text.len() >= most {
                return out.text;
            }
            let tag = &rest[open..];
            let Some(close) = tag_end(tag) else { return out.text };
            if breaks_line(&tag[1..close]) {
                out.gap = Some('\n');
            }
            rest = &tag[close + 1..];
        }
        out.markup(rest);
        out.text
    }
}

/// Text in lines: white space inside them folded, none of them empty.
struct Lines {
    text: String,
    /// What stands between the last word and the next one.
    gap: Option<char>,
}

impl Lines {
    /// Adds the text between two tags.
    fn markup(&mut self, mut text: &str) {
        const ENTITIES: [(&str, &str); 5] =
            [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", "\u{a0}")];
        while let Some(at) = memchr::memchr(b'&', text.as_bytes()) {
            self.words(&text[..at]);
            text = &text[at..];
            let (read, means) =
                ENTITIES.iter().find(|(name, _)| text.starts_with(name)).unwrap_or(&("&", "&"));
            self.words(means);
            text = &text[read.len()..];
        }
        self.words(text);
    }

    fn words(&mut self, mut text: &str) {
        loop {
            let (word, space, rest) = to_space(text);
            if !word.is_empty() {
                self.text.extend(self.gap.take().filter(|_| !self.text.is_empty()));
                self.text.push_str(word);
            }
            let Some(space) = space else { return };
            // A line break stays one, whatever stands beside it.
            self.gap = Some(if space == '\n' || self.gap == Some('\n') { '\n' } else { ' ' });
            text = rest;
        }
    }
}

/// What stands before the first white space that is not a single space between two letters, that, and what stands behind
/// it.
fn to_space(text: &str) -> (&str, Option<char>, &str) {
    // White space is one of these bytes, or begins with one of them: most letters of most scripts do not.
    let may_be_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ' | 0xc2 | 0xe1..=0xe3);
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| may_be_space(*byte)) {
        let at = from + at;
        // One space between two letters stays as it is: words need not be cut there.
        let is_plain =
            bytes[at] == b' ' && at > 0 && bytes.get(at + 1).is_some_and(|next| !may_be_space(*next));
        if is_plain {
            from = at + 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        let behind = &text[at + c.len_utf8()..];
        if c.is_whitespace() {
            return (&text[..at], Some(c), behind);
        }
        from = text.len() - behind.len();
    }
    (text, None, "")
}

/// Where the `>` of the tag stands that `tag` begins with, quoted values skipped.
fn tag_end(tag: &str) -> Option<usize> {
    if tag.starts_with("<!--") {
        return tag.find("-->").map(|at| at + 2);
    }
    let mut quoted = false;
    tag.bytes().position(|b| {
        quoted ^= b == b'"';
        b == b'>' && !quoted
    })
}

fn breaks_line(tag: &str) -> bool {
    let name = tag.trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or_default();
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "br"
            | "caption"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "td"
            | "th"
            | "tr"
            | "ul"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markup: &str, text: &str) {
        assert_eq!(Html::from_cleaner(markup.to_owned()).text(), text);
    }

    #[test]
    fn an_opening_is_where_the_text_begins() {
        let html = Html::from_cleaner("<p>এক <b>দুই</b> তিন</p><p>চার</p>".to_owned());
        assert_eq!(html.opening(1), "এক");
        assert_eq!(html.opening(100), html.text());
    }

    #[test]
    fn every_white_space_is_seen() {
        for c in (char::MIN..=char::MAX).filter(|c| c.is_whitespace()) {
            let text = format!("a{c}b");
            let expected = if c == ' ' { ("a b", None, "") } else { ("a", Some(c), "b") };
            assert_eq!(to_space(&text), expected, "{c:?}");
        }
    }

    #[test]
    fn text_is_what_a_person_reads() {
        check("<p>এক <b>দুই</b></p><p>তিন</p>", "এক দুই\nতিন");
        check("a &amp;lt; b &lt;c&gt;&nbsp;d", "a &lt; b <c> d");
        check("<a title=\"x > y\">z</a>", "z");
        check("one<br>two <!-- > --> three", "one\ntwo three");
        check("", "");
        check("broken <p", "broken");
        check(" <p> a\r\n b \n\n c</p>\n", "a\nb\nc");
        check("a<b> b</b>\u{2003}c\u{a0}d", "a b c d");
        check(" a b  c d \u{3000} e ", "a b c d e");
        check("<b>a </b> b", "a b");
        check("é\u{85}¢\u{1680}ᚠ\u{3000}、x", "é ¢ ᚠ 、x");
    }
}
