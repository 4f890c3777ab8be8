//! Text to tokens, forgiving: what is no markup is text, every search is bounded, and nothing is copied.
//!
//! This is our own and not quick-xml's reader because recovery needs to know where a broken construct began, and to stay
//! linear on it: restarting quick-xml after each error costs a scan to the end of the input per error.

use std::sync::LazyLock;

use memchr::{memchr, memchr2, memmem};

use super::scan::{begins_markup, doctype_end, name_end, own_end};
use crate::parse::notes::Notes;

/// Made once: making one costs more than a short search.
static CDATA_BEGIN: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("<![CDATA["));
static CDATA_END: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("]]>"));

/// One token; slices of the input, references not yet resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Character data.
    Text(&'a str),
    /// What stands in a CDATA section.
    Cdata(&'a str),
    /// A start tag, or an empty-element tag.
    Start {
        /// Its name with the prefix.
        name: &'a str,
        /// What stands between the name and `>` or `/>`.
        attributes: &'a str,
        /// `<a/>`.
        empty: bool,
    },
    /// An end tag, by its name.
    End(&'a str),
    /// `<?xml … ?>` at any place.
    Declaration,
    /// `<!DOCTYPE …>`: what stands after the word.
    Doctype(&'a str),
    /// A comment or a processing instruction.
    Skipped,
}

/// Reads tokens from a text.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Searches that have failed once need not be made again: this is what keeps broken input linear.
    cdata_end: Option<Option<usize>>,
    no_comment_end: bool,
    no_instruction_end: bool,
    no_doctype_end: bool,
    no_quote: [bool; 2],
}

enum TagEnd {
    Closed(usize),
    /// Another `<` came first.
    Open,
    /// The text ended first.
    Cut,
}

impl<'a> Tokens<'a> {
    /// Tokens of the text.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            cdata_end: None,
            no_comment_end: false,
            no_instruction_end: false,
            no_doctype_end: false,
            no_quote: [false; 2],
        }
    }

    /// Where the next token begins, in bytes.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The next token; `open` is the name of the element that is open, for a CDATA section that nobody closed.
    pub fn next(&mut self, open: &str, notes: &mut Notes) -> Option<Token<'a>> {
        let text = self.text;
        let bytes = text.as_bytes();
        if self.at >= bytes.len() {
            return None;
        }
        if bytes[self.at] == b'<'
            && let Some(token) = self.markup(open, notes)
        {
            return Some(token);
        }
        // Text up to the next `<` that can begin markup; bare ones on the way are part of it.
        let start = self.at;
        let mut from = if bytes[start] == b'<' { start + 1 } else { start };
        loop {
            match memchr(b'<', &bytes[from..]) {
                Some(found) if begins_markup(bytes, from + found) => {
                    self.at = from + found;
                    break;
                }
                Some(found) => {
                    notes.repaired("a bare `<` is taken as text");
                    from += found + 1;
                }
                None => {
                    self.at = bytes.len();
                    break;
                }
            }
        }
        Some(Token::Text(&text[start..self.at]))
    }

    /// The token at a `<`; `None` = it begins nothing, take it as text.
    fn markup(&mut self, open: &str, notes: &mut Notes) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        if !begins_markup(bytes, self.at) {
            notes.repaired("a bare `<` is taken as text");
            return None;
        }
        match bytes[self.at + 1] {
            b'/' => self.end_tag(notes),
            b'!' => Some(self.bang(open, notes)),
            b'?' => Some(self.instruction(notes)),
            _ => self.start_tag(notes),
        }
    }

    fn start_tag(&mut self, notes: &mut Notes) -> Option<Token<'a>> {
        let text = self.text;
        let name_end = name_end(text.as_bytes(), self.at + 1);
        match self.tag_end(name_end, notes) {
            TagEnd::Closed(end) => {
                let name = &text[self.at + 1..name_end];
                let mut attributes = &text[name_end..end];
                let empty = attributes.ends_with('/');
                if empty {
                    attributes = &attributes[..attributes.len() - 1];
                }
                self.at = end + 1;
                Some(Token::Start { name, attributes, empty })
            }
            TagEnd::Open => {
                notes.repaired("a tag without `>` is taken as text");
                None
            }
            TagEnd::Cut => {
                notes.repaired("the document ends inside a tag");
                self.at = text.len();
                Some(Token::Skipped)
            }
        }
    }

    /// Where the tag ends whose attributes begin at `from`; `>` and `<` inside quotes do not count.
    fn tag_end(&mut self, from: usize, notes: &mut Notes) -> TagEnd {
        let bytes = self.text.as_bytes();
        let mut i = from;
        let mut before = 0;
        while let Some(&b) = bytes.get(i) {
            match b {
                b'>' => return TagEnd::Closed(i),
                b'<' => return TagEnd::Open,
                b'"' | b'\'' if before == b'=' => match self.quote_end(i) {
                    Some(end) => {
                        before = b;
                        i = end + 1;
                    }
                    None => {
                        notes.repaired("a quote of an attribute is not closed");
                        return match memchr2(b'>', b'<', &bytes[i..]) {
                            Some(at) if bytes[i + at] == b'>' => TagEnd::Closed(i + at),
                            Some(_) => TagEnd::Open,
                            None => TagEnd::Cut,
                        };
                    }
                },
                b' ' | b'\t' | b'\r' | b'\n' => i += 1,
                _ => {
                    before = b;
                    i += 1;
                }
            }
        }
        TagEnd::Cut
    }

    /// Where the quote at `open` is closed; `None` when it is not, or only by the quote of a later tag.
    fn quote_end(&mut self, open: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let quote = bytes[open];
        let known = &mut self.no_quote[usize::from(quote == b'\'')];
        if *known {
            return None;
        }
        let Some(length) = memchr(quote, &bytes[open + 1..]) else {
            *known = true;
            return None;
        };
        let close = open + 1 + length;
        let proper =
            matches!(bytes.get(close + 1), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'?'));
        (proper || memchr2(b'<', b'>', &bytes[open..close]).is_none()).then_some(close)
    }

    fn end_tag(&mut self, notes: &mut Notes) -> Option<Token<'a>> {
        let text = self.text;
        let start = self.at + 2;
        let end = name_end(text.as_bytes(), start);
        let name = &text[start..end];
        match memchr2(b'>', b'<', &text.as_bytes()[end..]) {
            Some(at) if text.as_bytes()[end + at] == b'>' => {
                if !text[end..end + at].trim_ascii().is_empty() {
                    notes.repaired("an end tag with attributes");
                }
                self.at = end + at + 1;
            }
            Some(at) => {
                notes.repaired("an end tag without `>`");
                self.at = end + at;
            }
            None => {
                notes.repaired("the document ends inside a tag");
                self.at = text.len();
                return Some(Token::Skipped);
            }
        }
        Some(Token::End(name))
    }

    fn bang(&mut self, open: &str, notes: &mut Notes) -> Token<'a> {
        let rest = &self.text[self.at..];
        if rest.starts_with("<!--") {
            return self.comment(notes);
        }
        if rest.starts_with("<![CDATA[") {
            return self.cdata(open, notes);
        }
        let bytes = rest.as_bytes();
        let doctype = bytes.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case(b"DOCTYPE"));
        let whole = if doctype && !self.no_doctype_end { doctype_end(bytes) } else { None };
        self.no_doctype_end |= doctype && whole.is_none();
        let end = whole.or_else(|| memchr(b'>', bytes));
        if !doctype {
            notes.repaired("an unknown `<!` declaration is left out");
        }
        let Some(end) = end else {
            notes.repaired("the document ends inside a declaration");
            self.at = self.text.len();
            return Token::Skipped;
        };
        self.at += end + 1;
        if doctype { Token::Doctype(&rest[9..end]) } else { Token::Skipped }
    }

    fn comment(&mut self, notes: &mut Notes) -> Token<'a> {
        let start = self.at + 4;
        let rest = &self.text.as_bytes()[start..];
        let end = if self.no_comment_end { None } else { memmem::find(rest, b"-->") };
        match end {
            Some(end) => {
                if memmem::find(&rest[..end], b"--").is_some() || rest[..end].ends_with(b"-") {
                    notes.repaired("a comment with `--` in it");
                }
                self.at = start + end + 3;
            }
            None => {
                self.no_comment_end = true;
                notes.repaired("a comment that is not closed ends at the next `>`");
                self.at = memchr(b'>', rest).map_or(self.text.len(), |at| start + at + 1);
            }
        }
        Token::Skipped
    }

    fn instruction(&mut self, notes: &mut Notes) -> Token<'a> {
        let rest = &self.text[self.at..];
        let end = if self.no_instruction_end { None } else { memmem::find(rest.as_bytes(), b"?>") };
        let declaration = rest.starts_with("<?xml") && !rest[5..].starts_with(|c: char| !c.is_whitespace());
        match end {
            Some(end) => self.at += end + 2,
            None => {
                self.no_instruction_end = true;
                notes.repaired("a processing instruction that is not closed ends at the next `>`");
                self.at = memchr(b'>', rest.as_bytes()).map_or(self.text.len(), |at| self.at + at + 1);
            }
        }
        if declaration { Token::Declaration } else { Token::Skipped }
    }

    /// A CDATA section. One that nobody closed ends at the end tag of its element: either there is no `]]>` at all, or
    /// the one found belongs to a section that was opened after that end tag.
    fn cdata(&mut self, open: &str, notes: &mut Notes) -> Token<'a> {
        let start = self.at + 9;
        let rest = &self.text[start..];
        let section = self.next_cdata_end(start).map(|end| &self.text[start..end]);
        let nested = section.and_then(|section| CDATA_BEGIN.find(section.as_bytes()));
        if let (Some(section), None) = (section, nested) {
            self.at = start + section.len() + 3;
            return Token::Cdata(section);
        }
        let within = nested.map_or(rest, |at| &rest[..at]);
        match (section, own_end(within, open)) {
            (Some(section), None) => {
                self.at = start + section.len() + 3;
                Token::Cdata(section)
            }
            (_, Some(end)) => {
                notes.repaired("a CDATA section that is not closed ends with its element");
                self.at = start + end;
                Token::Cdata(&rest[..end])
            }
            (None, None) => {
                notes.repaired("a CDATA section that is not closed ends with the document");
                self.at = self.text.len();
                Token::Cdata(rest)
            }
        }
    }

    /// Where the next `]]>` at or behind `from` stands; searched for once, however often it is asked for.
    fn next_cdata_end(&mut self, from: usize) -> Option<usize> {
        match self.cdata_end {
            Some(None) => None,
            Some(Some(at)) if at >= from => Some(at),
            _ => {
                let found = CDATA_END.find(&self.text.as_bytes()[from..]).map(|at| from + at);
                self.cdata_end = Some(found);
                found
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens in a short form: `(a|x=1)`, `(a/)`, `)a`, text as it is, `[cdata]`.
    fn check(text: &str, expected: &str, malformed: bool) {
        let mut notes = Notes::default();
        let mut tokens = Tokens::new(text);
        let mut out = String::new();
        let mut open = "";
        while let Some(token) = tokens.next(open, &mut notes) {
            match token {
                Token::Text(text) => out.push_str(text),
                Token::Cdata(text) => out.push_str(&format!("[{text}]")),
                Token::Start { name, attributes, empty } => {
                    open = name;
                    out.push_str(&format!("({name}"));
                    if !attributes.trim().is_empty() {
                        out.push_str(&format!("|{}", attributes.trim()));
                    }
                    out.push_str(if empty { "/)" } else { ")" });
                }
                Token::End(name) => out.push_str(&format!("){name} ")),
                Token::Doctype(_) => out.push('D'),
                Token::Declaration => out.push('X'),
                Token::Skipped => out.push('~'),
            }
        }
        assert_eq!((out.as_str(), notes.malformed), (expected, malformed), "{text}");
    }

    #[test]
    fn well_formed_markup_is_read_exactly() {
        check("<?xml version='1.0'?><a x=\"1>2\"><b/>t</a>", "X(a|x=\"1>2\")(b/)t)a ", false);
        check("<a><![CDATA[<b>]] >]]><!-- < --></a >", "(a)[<b>]] >]~)a ", false);
        check("<!DOCTYPE rss [<!ENTITY x \"]>\">]><a></a>", "D(a))a ", false);
        check("<a><![CDATA[ <![CDATA[ ]]>x</a>", "(a)[ <![CDATA[ ]x)a ", false);
    }

    #[test]
    fn what_is_no_markup_is_text() {
        check("<a>1 < 2 <3 </ b></a>", "(a)1 < 2 <3 </ b>)a ", true);
        check("<a>x <b y</a>", "(a)x <b y)a ", true);
        check("<a>x<", "(a)x<", true);
    }

    #[test]
    fn broken_constructs_end_where_they_can() {
        check("<a href=\"x>t</a><b c=\"d\">", "(a|href=\"x)t)a (b|c=\"d\")", true);
        check("<d><![CDATA[t</d><d><![CDATA[u]]></d>", "(d)[t])d (d)[u])d ", true);
        check("<d><![CDATA[t</d><e/>", "(d)[t])d (e/)", true);
        check("<d><![CDATA[t", "(d)[t]", true);
        check("<d><!-- x > y</d>", "(d)~ y)d ", true);
        check("<d>x</d", "(d)x~", true);
    }
}
