//! Text in its states: raw as it came, HTML that nobody has cleaned, HTML that is clean.

use serde::{Deserialize, Serialize};
use url::Url;

/// HTML as a source gave it: anything may be in it, nobody may show it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawHtml {
    /// The markup, entities of the surrounding format already decoded exactly once.
    pub html: String,
    /// The `xml:base` in force where it stood, absolute; `None` = the base of the reading.
    pub base: Option<Url>,
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
        let mut out = String::with_capacity((self.0.len() / 2).min(most));
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find('<') {
            push_text(&mut out, &rest[..open]);
            if out.len() >= most {
                return finish(out);
            }
            let tag = &rest[open..];
            let Some(close) = tag_end(tag) else { return finish(out) };
            if breaks_line(&tag[1..close]) {
                out.push('\n');
            }
            rest = &tag[close + 1..];
        }
        push_text(&mut out, rest);
        finish(out)
    }
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

fn push_text(out: &mut String, mut text: &str) {
    const ENTITIES: [(&str, char); 5] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", '\u{a0}')];
    while let Some(at) = text.find('&') {
        out.push_str(&text[..at]);
        text = &text[at..];
        match ENTITIES.iter().find(|(name, _)| text.starts_with(name)) {
            Some((name, c)) => {
                out.push(*c);
                text = &text[name.len()..];
            }
            None => {
                out.push('&');
                text = &text[1..];
            }
        }
    }
    out.push_str(text);
}

/// Folds white space inside lines and drops empty lines.
fn finish(text: String) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
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
    fn text_is_what_a_person_reads() {
        check("<p>এক <b>দুই</b></p><p>তিন</p>", "এক দুই\nতিন");
        check("a &amp;lt; b &lt;c&gt;&nbsp;d", "a &lt; b <c> d");
        check("<a title=\"x > y\">z</a>", "z");
        check("one<br>two <!-- > --> three", "one\ntwo three");
        check("", "");
        check("broken <p", "broken");
    }
}
