//! The conditions that rules share: which items a rule is about.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::model::{Html, Item, SourceId};
use crate::value::{Flaw, Pattern};

/// Regular expressions on parts of an item; every one that is given must match.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(try_from = "Written")]
#[schemars(into = "Written")]
pub struct When(Vec<(Part, Pattern)>);

/// Regular expressions on parts of an item; every one that is given must match. At least one must be given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "When")]
struct Written {
    /// On the title.
    title: Option<Pattern>,
    /// On what a person would read: title, summary and content without their markup.
    text: Option<Pattern>,
    /// On the name, mail address or home page of an author.
    author: Option<Pattern>,
    /// On the term or label of a category.
    category: Option<Pattern>,
    /// On the address of the article, as it is or with its percent signs decoded.
    url: Option<Pattern>,
    /// On the language tag of the item.
    language: Option<Pattern>,
    /// On the id of the source in this configuration.
    source: Option<Pattern>,
    /// On any of title, text, author, category and url.
    any: Option<Pattern>,
}

/// A part of an item that can be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Title,
    Text,
    Author,
    Category,
    Url,
    Language,
    Source,
    Any,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Title => "title",
            Part::Text => "text",
            Part::Author => "author",
            Part::Category => "category",
            Part::Url => "url",
            Part::Language => "language",
            Part::Source => "source",
            Part::Any => "any part",
        }
    }
}

impl TryFrom<Written> for When {
    type Error = Flaw;

    fn try_from(written: Written) -> Result<Self, Flaw> {
        let Written { title, text, author, category, url, language, source, any } = written;
        // The cheap ones first: `text` walks the whole article.
        let parts = [
            (Part::Source, source),
            (Part::Language, language),
            (Part::Title, title),
            (Part::Author, author),
            (Part::Category, category),
            (Part::Url, url),
            (Part::Text, text),
            (Part::Any, any),
        ];
        let given: Vec<_> = parts.into_iter().filter_map(|(part, pattern)| Some((part, pattern?))).collect();
        match given.is_empty() {
            true => Err(Flaw::new("the rule says nothing about the items that it is for")
                .help("give at least one of `title`, `text`, `author`, `category`, `url`, `language`, `source`, `any`")),
            false => Ok(Self(given)),
        }
    }
}

impl When {
    /// True when every pattern that is given matches.
    pub fn matches(&self, item: &Item, source: &SourceId) -> bool {
        self.0.iter().all(|(part, pattern)| part_matches(*part, pattern, item, source))
    }

    /// What was asked, for a reason: "title matches `^Ad`".
    pub fn told(&self) -> String {
        let parts =
            self.0.iter().map(|(part, pattern)| format!("{} matches `{}`", part.name(), pattern.as_str()));
        parts.collect::<Vec<_>>().join(" and ")
    }

    /// The same, for an item of which not everything held.
    pub fn told_missing(&self, item: &Item, source: &SourceId) -> String {
        let missing = self.0.iter().find(|(part, pattern)| !part_matches(*part, pattern, item, source));
        missing.map_or_else(String::new, |(part, pattern)| {
            format!("{} does not match `{}`", part.name(), pattern.as_str())
        })
    }
}

fn part_matches(part: Part, pattern: &Pattern, item: &Item, source: &SourceId) -> bool {
    let some = |text: &Option<String>| text.as_ref().is_some_and(|text| pattern.is_match(text));
    let html = |html: &Option<Html>| html.as_ref().is_some_and(|html| pattern.is_match(&html.text()));
    match part {
        Part::Title => some(&item.title),
        Part::Text => some(&item.title) || html(&item.summary) || html(&item.content),
        Part::Author => item.authors.iter().any(|author| {
            some(&author.name)
                || some(&author.email)
                || author.url.as_ref().is_some_and(|url| matches_url(pattern, url))
        }),
        Part::Category => {
            item.categories.iter().any(|category| pattern.is_match(&category.term) || some(&category.label))
        }
        Part::Url => item.url.as_ref().is_some_and(|url| matches_url(pattern, url)),
        Part::Language => some(&item.language),
        Part::Source => pattern.is_match(source.as_str()),
        Part::Any => [Part::Title, Part::Author, Part::Category, Part::Url, Part::Text]
            .into_iter()
            .any(|part| part_matches(part, pattern, item, source)),
    }
}

/// People write the words of an address as they read them: `খবর` finds `%E0%A6%96%E0%A6%AC%E0%A6%B0`.
fn matches_url(pattern: &Pattern, url: &Url) -> bool {
    pattern.is_match(url.as_str()) || pattern.is_match(&decoded(url.as_str()))
}

fn decoded(url: &str) -> Cow<'_, str> {
    if !url.contains('%') {
        return Cow::Borrowed(url);
    }
    let bytes = url.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}
