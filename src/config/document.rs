//! The TOML of the user: its tables read one by one, so that each mistake is found and has its place.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::mistake::Mistake;
use super::{syntax, words};

/// A file that has been taken apart.
pub(super) struct Document<'t> {
    text: &'t str,
    root: DeTable<'t>,
    whole: bool,
}

/// One step down into the document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'s> {
    /// A key of a table.
    Key(&'s str),
    /// A member of a list, from 0.
    Index(usize),
}

impl<'s> From<&'s str> for Step<'s> {
    fn from(key: &'s str) -> Self {
        Step::Key(key)
    }
}

impl From<usize> for Step<'_> {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// What stands at the end of a path.
struct Found<'d, 't> {
    key: Option<Range<usize>>,
    value: &'d Spanned<DeValue<'t>>,
}

impl<'t> Document<'t> {
    /// Takes a text apart, as far as it goes; what is no TOML is in the mistakes.
    pub fn read(text: &'t str) -> (Self, Vec<Mistake>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        let document = Self { text, root: root.into_inner(), whole: errors.is_empty() };
        (document, syntax::mistakes(text, &errors))
    }

    /// True when the text is TOML without any mistake, so that nothing in it is misread.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The keys of the table at `path` with their places, in the order of the file. Empty when there is no table.
    pub fn keys(&self, path: &[Step]) -> Vec<(String, Range<usize>)> {
        let table = match path {
            [] => Some(&self.root),
            _ => self.find(path).and_then(|found| found.value.get_ref().as_table()),
        };
        let mut keys: Vec<(String, Range<usize>)> =
            table.into_iter().flatten().map(|(key, _)| (key.get_ref().to_string(), key.span())).collect();
        keys.sort_by_key(|(_, span)| span.start);
        keys
    }

    /// True when a table stands at `path`.
    pub fn is_table(&self, path: &[Step]) -> bool {
        self.find(path).is_some_and(|found| found.value.get_ref().is_table())
    }

    /// True when something stands at `path`.
    pub fn has(&self, path: &[Step]) -> bool {
        self.find(path).is_some()
    }

    /// Where the value at `path` stands; where there is none, its nearest parent.
    pub fn place(&self, path: &[Step]) -> Range<usize> {
        match self.find(path) {
            Some(found) => found.value.span(),
            None => path.split_last().map_or(0..0, |(_, parent)| self.place(parent)),
        }
    }

    /// Where the key at the end of `path` stands; for a member of a list, the member.
    pub fn key_place(&self, path: &[Step]) -> Range<usize> {
        self.find(path).and_then(|found| found.key).unwrap_or_else(|| self.place(path))
    }

    /// The text value at `path`.
    pub fn text(&self, path: &[Step]) -> Option<&str> {
        self.find(path)?.value.get_ref().as_str()
    }

    /// Reads the value at `path`. Every mistake in it is noted; what is left without the faulty parts is returned, if
    /// that can be read.
    pub fn take<T: DeserializeOwned>(&self, path: &[Step], mistakes: &mut Vec<Mistake>) -> Option<T> {
        let mut value = self.find(path)?.value.clone();
        let mut seen: Vec<Range<usize>> = Vec::new();
        let mut taken: Vec<String> = Vec::new();
        loop {
            let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(read) => return Some(read),
                Err(error) => error,
            };
            let span = error.span().unwrap_or_else(|| value.span());
            let follows = seen.iter().any(|seen| span.start <= seen.start && seen.end <= span.end)
                || taken.iter().any(|key| error.message() == format!("missing field `{key}`"));
            if !follows {
                mistakes.push(self.mistake(span.clone(), error.message()));
            }
            seen.push(span.clone());
            if !cut(&mut value, &span, &mut taken) {
                return None;
            }
        }
    }

    fn mistake(&self, span: Range<usize>, message: &str) -> Mistake {
        let flaw = words::plain(message);
        Mistake::of_value(narrow(self.text, span, flaw.at.clone()), flaw)
    }

    fn find(&self, path: &[Step]) -> Option<Found<'_, 't>> {
        let (first, rest) = path.split_first()?;
        let Step::Key(key) = first else { return None };
        let (key, value) = self.root.get_key_value(*key)?;
        let mut found = Found { key: Some(key.span()), value };
        for step in rest {
            found = match (step, found.value.get_ref()) {
                (Step::Key(key), DeValue::Table(table)) => {
                    let (key, value) = table.get_key_value(*key)?;
                    Found { key: Some(key.span()), value }
                }
                (Step::Index(index), DeValue::Array(array)) => Found { key: None, value: array.get(*index)? },
                _ => return None,
            };
        }
        Some(found)
    }
}

/// Takes the innermost part out that holds `span`: a key or a member of a list. False when `value` itself is at fault.
fn cut(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>, taken: &mut Vec<String>) -> bool {
    let holds = |outer: &Range<usize>| outer.start <= span.start && span.end <= outer.end;
    match value.get_mut() {
        DeValue::Table(table) => {
            let name = table
                .iter()
                .find(|(key, value)| holds(&key.span()) || reach(value).is_some_and(|r| holds(&r)));
            let Some(name) = name.map(|(key, _)| key.get_ref().clone()) else { return false };
            let inner = table.get_mut(name.as_ref()).is_some_and(|inner| cut(inner, span, taken));
            if !inner {
                table.remove(name.as_ref());
                taken.push(name.into_owned());
            }
            true
        }
        DeValue::Array(array) => {
            let Some(index) = array.iter().position(|member| reach(member).is_some_and(|r| holds(&r))) else {
                return false;
            };
            let inner = array.get_mut(index).is_some_and(|member| cut(member, span, taken));
            if !inner {
                *array = array
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != index)
                    .map(|(_, member)| member.clone())
                    .collect();
            }
            true
        }
        _ => false,
    }
}

/// From where to where a value reaches. The span of a table under a header is the header only.
fn reach(value: &Spanned<DeValue<'_>>) -> Option<Range<usize>> {
    let own = value.span();
    let parts: Vec<Range<usize>> = match value.get_ref() {
        DeValue::Table(table) => {
            table.iter().flat_map(|(key, value)| [Some(key.span()), reach(value)]).flatten().collect()
        }
        DeValue::Array(array) => array.iter().filter_map(reach).collect(),
        _ => Vec::new(),
    };
    parts.into_iter().chain([own]).reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
}

/// The place of some bytes of a text value, when it stands in the file letter for letter.
fn narrow(text: &str, span: Range<usize>, bytes: Option<Range<usize>>) -> Range<usize> {
    let Some((bytes, written)) = bytes.zip(text.get(span.clone())) else { return span };
    let quote =
        ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| written.starts_with(quote)).unwrap_or_default();
    let skip = quote.len() + usize::from(quote.len() == 3 && written[quote.len()..].starts_with('\n'));
    let escapes = quote.starts_with('"') && written.contains('\\');
    let narrow = span.start + skip + bytes.start..span.start + skip + bytes.end;
    if escapes || narrow.end > span.end { span } else { narrow }
}
