//! An entry as templates see it: every value fit to be shown, addresses only where a page may lead.

use serde::Serialize;
use url::Url;

use super::body::{body, first_picture};
use super::direction::direction;
use super::words::Words;
use super::{Depth, Site, story_path};
use crate::model::{Attachment, Entry, Html, Item, Timestamp};
use crate::render::{fence, shown};
use crate::value::cut::cut;

/// Letters of an excerpt, as a reader counts them.
const EXCERPT: usize = 300;

/// Bytes of text that surely hold so many letters.
const OPENING: usize = 6000;

/// An instant: for programs and for people.
#[derive(Debug, Clone, Serialize)]
pub(super) struct When {
    iso: String,
    text: String,
    clock: String,
}

impl When {
    pub(super) fn new(at: Timestamp, site: &Site, words: &Words) -> Self {
        let at = fence::instant(at);
        let whole = Timestamp::from_timestamp(at.timestamp(), 0).unwrap_or(at);
        Self {
            iso: fence::rfc3339(whole),
            text: words.moment(at, site.zone),
            clock: words.clock(at, site.zone),
        }
    }
}

/// Something with a name, and a page where there is one.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) url: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct File {
    name: String,
    url: String,
    kind: Option<String>,
    /// `audio`, `video` or nothing: what a page can play itself.
    plays: Option<&'static str>,
    size: Option<String>,
}

/// An entry in a page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shown {
    id: String,
    /// The page that has it alone, where there is one.
    story: Option<String>,
    /// The page of the article.
    url: Option<String>,
    title: String,
    lang: Option<String>,
    dir: &'static str,
    source: Named,
    via: Option<Named>,
    authors: Vec<Named>,
    published: When,
    updated: Option<When>,
    excerpt: Option<String>,
    picture: Option<String>,
    topics: Vec<String>,
    related: Vec<Named>,
    comments: Option<String>,
    files: Vec<File>,
    rights: Option<String>,
    /// Clean markup, fit for our pages; where the template asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

/// How much of an entry is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Title, excerpt, who and when.
    Card,
    /// Its text too, headings from this level on.
    Whole(u8),
}

/// Makes an entry fit to be shown in a page at `depth`.
pub(super) fn shown(entry: &Entry, site: &Site, words: &Words, depth: Depth, extent: Extent) -> Shown {
    // The dates and the id of an entry are ours; those of its item are the source's words.
    let Entry { id, source: _, published, updated, first_seen: _, revision, tags, item, provenance, related } =
        entry;
    let Item {
        id: _,
        url,
        alternate_urls: _,
        title: _,
        summary,
        content,
        language,
        published: _,
        updated: _,
        authors,
        contributors: _,
        categories,
        attachments,
        image_url,
        comments_url,
        origin,
        rights,
        in_reply_to: _,
    } = item;
    let from = shown::attribution(provenance, origin.as_ref());
    let title = shown::title(item, provenance);
    let lang = fence::language(language.as_deref());
    let text = content.as_ref().or(summary.as_ref());
    let content = match extent {
        Extent::Card => None,
        Extent::Whole(level) => text.map(|html| body(html.as_str(), level, words)),
    };
    let pictured = || text.and_then(|html| first_picture(html.as_str())).map(unescape);
    Shown {
        story: Some(format!("{}{}", depth.root(), story_path(id))),
        id: fence::uri(id.as_str()),
        url: url.as_ref().and_then(web),
        dir: direction(lang.as_deref()).name(),
        lang,
        source: Named { name: from.title, url: from.home_url.as_deref().and_then(web_text) },
        via: from.via.map(|(name, url)| Named { name, url: web_text(&url) }),
        authors: shown::people(authors)
            .into_iter()
            .map(|person| Named { name: person.name, url: person.url.as_deref().and_then(web_text) })
            .collect(),
        published: When::new(*published, site, words),
        updated: (*revision > 0 && updated > published).then(|| When::new(*updated, site, words)),
        excerpt: excerpt(summary.as_ref(), text, &title),
        picture: image_url.as_ref().and_then(web).or_else(pictured),
        topics: shown::categories(categories, tags).into_iter().map(shown::Term::shown).collect(),
        related: related.iter().map(|(name, url)| Named { name: fence::line(name), url: web(url) }).collect(),
        comments: comments_url.as_ref().and_then(web),
        files: attachments.iter().filter_map(file).collect(),
        rights: fence::some_line(rights.as_deref()),
        title,
        content,
    }
}

impl Shown {
    /// What it is about.
    pub(super) fn topics(&self) -> &[String] {
        &self.topics
    }

    /// The same where the entry has no page of its own.
    pub(super) fn without_story(self) -> Self {
        Self { story: None, ..self }
    }
}

/// The first words below the title; nothing where they would only say it again.
fn excerpt(summary: Option<&Html>, text: Option<&Html>, title: &str) -> Option<String> {
    let words = fence::some_line(Some(&summary.or(text)?.opening(OPENING)))?;
    let bare = |text: &str| text.trim_end_matches('…').trim().to_owned();
    let rest = match words.strip_prefix(&bare(title)) {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => words.as_str(),
    };
    (!rest.is_empty()).then(|| cut(rest, EXCERPT))
}

fn file(attachment: &Attachment) -> Option<File> {
    let Attachment { url, media_type, size_bytes, duration_seconds: _, title } = attachment;
    let kind = fence::media_type(media_type.as_deref());
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).filter(|part| !part.is_empty());
    let address = web(url)?;
    Some(File {
        name: fence::some_line(title.as_deref())
            .or_else(|| last.map(|part| fence::line(&unescape_percent(part))))
            .unwrap_or_else(|| address.clone()),
        plays: kind.as_deref().and_then(|kind| {
            ["audio", "video"].into_iter().find(|plays| kind.split('/').next() == Some(plays))
        }),
        url: address,
        kind,
        size: size_bytes
            .filter(|size| *size > 0)
            .map(|size| bytesize::ByteSize(size).display().iec().to_string()),
    })
}

/// An address that a page may lead to or load from.
pub(super) fn web(url: &Url) -> Option<String> {
    matches!(url.scheme(), "http" | "https").then(|| fence::url(url))
}

pub(super) fn web_text(address: &str) -> Option<String> {
    Url::parse(address).ok().as_ref().and_then(web)
}

/// A value as the cleaner escaped it, as it was.
fn unescape(value: &str) -> String {
    value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// A name out of an address, as people write it; as it stands where it is not UTF-8.
fn unescape_percent(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
}
