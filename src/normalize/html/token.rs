//! Tags and text of an HTML fragment, told apart in one pass as a browser does (HTML Standard, 13.2.5 Tokenization).

use memchr::{memchr, memmem};

/// A piece of a fragment.
#[derive(Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text, character references not yet decoded.
    Text(&'a str),
    /// A start tag; its attributes stand in [`Tokens::attributes`] until the next token.
    Start {
        /// The name as written.
        name: &'a str,
        /// True for `<name/>`.
        closed: bool,
    },
    /// An end tag, with its name as written.
    End(&'a str),
    /// A comment, declaration, instruction or broken tag: nothing of it is shown.
    Nothing,
}

/// How often a tag that never ends is read again up to its first `>`; after that quotes no longer count.
/// Keeps the whole linear.
const SECOND_LOOKS: u32 = 16;

/// So many attributes of one tag are read.
const MOST_ATTRIBUTES: usize = 256;

/// Reads a fragment from front to back, each byte a bounded number of times.
pub struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// Names as written and raw values of the start tag that was read last.
    pub attributes: Vec<(&'a str, &'a str)>,
    second_looks: u32,
    /// Whether a further `-->`, `--!>`, `]]>` can be found: each is looked for in vain once only.
    ends: [bool; 3],
    section: Option<usize>,
    /// Where the last end tag of a name stands.
    last_ends: Vec<(String, Option<usize>)>,
}

impl<'a> Tokens<'a> {
    /// A reader at the start of `html`.
    pub fn new(html: &'a str) -> Self {
        Self {
            html,
            at: 0,
            attributes: Vec::new(),
            second_looks: 0,
            ends: [true; 3],
            section: None,
            last_ends: Vec::new(),
        }
    }

    /// The next piece; `None` at the end.
    pub fn next(&mut self) -> Option<Token<'a>> {
        match self.section {
            Some(end) if end == self.at => {
                self.at += "]]>".len();
                self.section = None;
            }
            // A tag or comment reached past it.
            Some(end) if end < self.at => self.section = None,
            _ => {}
        }
        let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
        let bytes = rest.as_bytes();
        if bytes[0] != b'<' {
            return Some(self.text(0));
        }
        Some(match (bytes.get(1), bytes.get(2)) {
            (Some(b), _) if b.is_ascii_alphabetic() => self.tag(1),
            (Some(b'/'), Some(b)) if b.is_ascii_alphabetic() => self.tag(2),
            (Some(b'/'), Some(_)) | (Some(b'?'), _) => self.declaration(),
            (Some(b'!'), _) if rest.starts_with("<!--") => self.comment(rest),
            (Some(b'!'), _) if rest.starts_with("<![CDATA[") => self.section(rest),
            (Some(b'!'), Some(b)) if b.is_ascii_alphabetic() || matches!(b, b'-' | b'[' | b'>') => {
                self.declaration()
            }
            _ => self.text(1),
        })
    }

    /// Skips everything up to and including the end tag of `name`. Says whether there was one.
    pub fn skip_past_end_of(&mut self, name: &str) -> bool {
        let rest = &self.html[self.at..];
        let end = rest.match_indices("</").find(|(at, _)| {
            let tail = &rest.as_bytes()[at + 2..];
            tail.len() >= name.len()
                && tail[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && tail.get(name.len()).is_none_or(|b| ends_name(*b))
        });
        let Some((at, _)) = end else { return false };
        self.at += rest[at..].find('>').map_or(rest.len(), |close| at + close + 1);
        true
    }

    /// True when an end tag of that name stands somewhere behind. Searched for once, however often it is asked for.
    pub fn ends_behind(&mut self, name: &str) -> bool {
        let known = self.last_ends.iter().find(|(it, _)| it == name);
        let last = match known {
            Some((_, last)) => *last,
            None => {
                let bytes = self.html.as_bytes();
                let ends = memmem::rfind_iter(bytes, b"</").find(|at| {
                    let tail = &bytes[at + 2..];
                    tail.len() >= name.len()
                        && tail[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                        && tail.get(name.len()).is_some_and(|b| ends_name(*b))
                });
                self.last_ends.push((name.to_owned(), ends));
                ends
            }
        };
        last.is_some_and(|last| last >= self.at)
    }

    /// Skips the rest.
    pub fn skip_all(&mut self) {
        self.at = self.html.len();
    }

    /// Text up to the next `<` that stands `skip` bytes or more from here.
    fn text(&mut self, skip: usize) -> Token<'a> {
        let rest = &self.html[self.at..];
        let mut end = memchr(b'<', &rest.as_bytes()[skip..]).map_or(rest.len(), |at| skip + at);
        if let Some(section) = self.section {
            end = end.min(section - self.at);
        }
        self.at += end;
        Token::Text(&rest[..end])
    }

    fn comment(&mut self, rest: &'a str) -> Token<'a> {
        let body = &rest["<!--".len()..];
        let short = ["->", ">"].iter().find(|end| body.starts_with(**end));
        let end = match short {
            Some(end) => Some(end.len()),
            None => self.end(0, body).or_else(|| self.end(1, body)),
        };
        match end {
            Some(end) => {
                self.at += "<!--".len() + end;
                Token::Nothing
            }
            // A comment that never ends would hide the rest: it ends at its first `>`.
            None => self.declaration(),
        }
    }

    /// `<![CDATA[`: markers of the surrounding format that came through; their content is what was meant.
    fn section(&mut self, rest: &'a str) -> Token<'a> {
        self.section = self.end(2, rest).map(|end| self.at + end - "]]>".len());
        self.at += "<![CDATA[".len();
        Token::Nothing
    }

    /// Where the first of these ends behind itself; not looked for again once it was not found.
    fn end(&mut self, which: usize, body: &str) -> Option<usize> {
        const ENDS: [&str; 3] = ["-->", "--!>", "]]>"];
        let found = if self.ends[which] { body.find(ENDS[which]) } else { None };
        self.ends[which] = found.is_some();
        found.map(|at| at + ENDS[which].len())
    }

    /// Everything up to `>`; where there is none the rest is text.
    fn declaration(&mut self) -> Token<'a> {
        let rest = &self.html[self.at..];
        match rest.find('>') {
            Some(end) => {
                self.at += end + 1;
                Token::Nothing
            }
            None => {
                self.at = self.html.len();
                Token::Text(rest)
            }
        }
    }

    fn tag(&mut self, name_at: usize) -> Token<'a> {
        let rest = &self.html[self.at..];
        let bytes = rest.as_bytes();
        self.attributes.clear();
        let name_end = name_at + bytes[name_at..].iter().position(|b| ends_name(*b)).unwrap_or(0);
        let name = &rest[name_at..name_end];
        if name.is_empty() {
            // The fragment ends inside the name.
            self.at = self.html.len();
            return Token::Nothing;
        }
        let (end, closed) = match self.attributes_of(rest, name_end) {
            Some(end) => end,
            None => {
                self.attributes.clear();
                self.second_looks += 1;
                match rest.find('>') {
                    Some(end) => (end + 1, false),
                    None => (rest.len(), false),
                }
            }
        };
        self.at += end;
        if name_at == 2 { Token::End(name) } else { Token::Start { name, closed } }
    }

    /// Reads attributes from `at` up to `>`; tells where the tag ends and whether it closes itself.
    fn attributes_of(&mut self, rest: &'a str, mut at: usize) -> Option<(usize, bool)> {
        if self.second_looks >= SECOND_LOOKS {
            return None;
        }
        let bytes = rest.as_bytes();
        loop {
            // A slash behind a bare value belongs to the value; only one that stands apart closes the tag.
            let apart = at;
            while bytes.get(at).is_some_and(|b| is_space(*b) || *b == b'/') {
                at += 1;
            }
            if *bytes.get(at)? == b'>' {
                return Some((at + 1, at > apart && bytes[at - 1] == b'/'));
            }
            let name_at = at;
            at += 1;
            while bytes.get(at).is_some_and(|b| !ends_name(*b) && *b != b'=') {
                at += 1;
            }
            let name = &rest[name_at..at];
            while bytes.get(at).is_some_and(|b| is_space(*b)) {
                at += 1;
            }
            if *bytes.get(at)? != b'=' {
                self.keep(name, "");
                continue;
            }
            at += 1;
            while bytes.get(at).is_some_and(|b| is_space(*b)) {
                at += 1;
            }
            let value = match *bytes.get(at)? {
                quote @ (b'"' | b'\'') => {
                    let length = memchr(quote, &bytes[at + 1..])?;
                    let value = &rest[at + 1..at + 1 + length];
                    at += length + 2;
                    value
                }
                _ => {
                    let length = bytes[at..].iter().position(|b| is_space(*b) || *b == b'>')?;
                    let value = &rest[at..at + length];
                    at += length;
                    value
                }
            };
            self.keep(name, value);
        }
    }

    fn keep(&mut self, name: &'a str, value: &'a str) {
        if self.attributes.len() < MOST_ATTRIBUTES {
            self.attributes.push((name, value));
        }
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

fn ends_name(b: u8) -> bool {
    is_space(b) || matches!(b, b'/' | b'>')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        let mut tokens = Tokens::new(html);
        let mut shown = Vec::new();
        while let Some(token) = tokens.next() {
            shown.push(match token {
                Token::Text(text) => format!("'{text}'"),
                Token::Start { name, closed } => {
                    let attributes: String =
                        tokens.attributes.iter().map(|(n, v)| format!(" {n}={v}")).collect();
                    format!("<{name}{attributes}{}>", if closed { "/" } else { "" })
                }
                Token::End(name) => format!("</{name}>"),
                Token::Nothing => "-".to_owned(),
            });
        }
        assert_eq!(shown.join(" "), expected, "{html}");
    }

    #[test]
    fn tags_text_and_attributes_are_told_apart_as_in_a_browser() {
        check("a <b>c</b>", "'a ' <b> 'c' </b>");
        check("<a href=x title='y z' Q=\"1\" d>", "<a href=x title=y z Q=1 d=>");
        check("<a href=x/>t<br/><b c />", "<a href=x/> 't' <br/> <b c=/>");
        check("1 < 2 <3", "'1 ' '< 2 ' '<3'");
        check("<img alt=\">\">", "<img alt=>>");
        check("<a title=\"x\"href=y>", "<a title=x href=y>");
    }

    #[test]
    fn what_is_never_shown_is_nothing() {
        check("a<!-- <b> -->c", "'a' - 'c'");
        check("a<!-->b<!--->c", "'a' - 'b' - 'c'");
        check("<?php x ?>b<!DOCTYPE html>c</ x>d", "- 'b' - 'c' - 'd'");
        check("<![CDATA[<b>x</b>]]>y", "- <b> 'x' </b> 'y'");
        check("<![CDATA[<!--]]>ক", "- - 'ক'");
    }

    #[test]
    fn what_never_ends_does_not_hide_the_rest() {
        check("a<!-- b>c", "'a' - 'c'");
        check("a<!DOCTYPE ~", "'a' '<!DOCTYPE ~'");
        check("<a href=\"x>y</a>", "<a> 'y' </a>");
        check("x<b", "'x' -");
        check("<!' <a>", "'<!\' ' <a>");
    }

    #[test]
    fn hostile_input_takes_linear_time() {
        for piece in ["<a \">\" ", "<!-- ", "<!-- --!>", "<", "<a '", "<![CDATA[", "<a b=", "</", "<!"] {
            let html = piece.repeat(200_000);
            let mut tokens = Tokens::new(&html);
            let mut count = 0usize;
            while tokens.next().is_some() {
                count += 1;
            }
            assert!(count <= html.len());
        }
    }
}
