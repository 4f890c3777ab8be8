//! Which entries make a feed, and what is told about it: the tables `[feed.ID]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::dedup::{self, Mode, Scope};
use crate::model::{FeedId, SourceId};
use crate::render::Format;
use crate::rules::{self, Rule};
use crate::value::tag;
use crate::value::web::{self, WebUrl};
use crate::value::{Author, Language, Size};

/// One feed, everything settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Stem of its documents' paths.
    pub id: FeedId,
    /// Title; the id where none is written.
    pub title: String,
    /// Subtitle.
    pub subtitle: Option<String>,
    /// Its language, where configured.
    pub language: Option<Language>,
    /// Sources by name. With `tags` empty too: every source.
    pub sources: Vec<SourceId>,
    /// Entries with any of these tags.
    pub tags: Vec<String>,
    /// But with none of these.
    pub not_tags: Vec<String>,
    /// Rules of the feed, after those of the sources; names resolved.
    pub rules: Vec<Rule>,
    /// What it is written as; never empty.
    pub formats: Vec<Format>,
    /// What comes first.
    pub order: Order,
    /// How much stays.
    pub keep: Keep,
    /// At most so many entries of one source.
    pub per_source: Option<usize>,
    /// At most so many bytes in a document, the oldest entries left out.
    pub max_bytes: Option<u64>,
    /// How much of each entry is shown.
    pub content: Content,
    /// Length of an excerpt in grapheme clusters.
    pub summary_length: usize,
    /// Who publishes, where the feed says otherwise than the site.
    pub author: Option<Author>,
    /// Rights, where the feed says otherwise than the site.
    pub rights: Option<String>,
    /// Icon, where the feed says otherwise than the site.
    pub icon_url: Option<Url>,
    /// Minutes that readers may keep it.
    pub ttl_minutes: Option<u32>,
    /// Hubs, where the feed says otherwise than the site.
    pub hubs: Vec<Url>,
    /// Whether everything that was ever in it stays readable, and in what pieces.
    pub archive: Option<Archive>,
    /// Publish it although it has become empty; where neither this nor `[publish]` says so, the last good document stays.
    pub allow_empty: bool,
    /// By what its entries are taken for the same article, as far as their sources allow it.
    pub dedup: Mode,
    /// Whose entries may be of one story.
    pub scope: Scope,
    /// Whose text a story shows.
    pub lend: dedup::Content,
}

/// The table `[feed.ID]` as it stands in the configuration.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Feed")]
pub struct Written {
    /// Title; the id where none is written.
    pub title: Option<String>,
    /// One line about the feed.
    pub subtitle: Option<String>,
    /// Language of the feed; without it that of `[site]`, else that of most of its entries.
    pub language: Option<Language>,
    /// Ids of sources whose entries are taken. Without `sources` and `tags`: every source.
    pub sources: Vec<String>,
    /// Entries with any of these tags are taken too.
    #[serde(deserialize_with = "tag::many")]
    pub tags: Vec<String>,
    /// Entries with any of these tags are left out.
    #[serde(deserialize_with = "tag::many")]
    pub not_tags: Vec<String>,
    /// Rules of this feed, after those of the sources.
    pub rules: Vec<rules::Written>,
    /// What the feed is written as.
    pub formats: Vec<Format>,
    /// What comes first.
    pub order: Order,
    /// How much stays in the feed.
    pub keep: Keep,
    /// At most so many entries of one source.
    #[schemars(range(min = 1))]
    pub per_source: Option<usize>,
    /// At most so many bytes in a document; the oldest entries are left out. Some readers refuse more than 512 KiB.
    pub max_bytes: Option<Size>,
    /// How much of each entry is shown.
    pub content: Content,
    /// Length of an excerpt, in letters as a reader counts them (grapheme clusters).
    #[schemars(range(min = 1))]
    pub summary_length: usize,
    /// Who publishes; without it the author of `[site]`.
    pub author: Option<Author>,
    /// Rights of the collection; without it those of `[site]`.
    pub rights: Option<String>,
    /// A small square picture; without it that of `[site]`.
    #[serde(deserialize_with = "web::one")]
    #[schemars(with = "Option<WebUrl>")]
    pub icon_url: Option<Url>,
    /// Minutes that readers may keep the feed before they ask again.
    pub ttl_minutes: Option<u32>,
    /// WebSub hubs that are told; without them those of `[site]`.
    #[serde(deserialize_with = "web::many")]
    #[schemars(with = "Vec<WebUrl>")]
    pub hubs: Vec<Url>,
    /// Keeps everything that was ever in the feed readable, in documents by the month of first sight:
    /// `city/archive/2026-10.atom` and so on, linked from one to the next (RFC 5005). Needs `base_url`.
    pub archive: Option<Archive>,
    /// Publish the feed although it has become empty; without it as `[publish]` says.
    pub allow_empty: Option<bool>,
    /// By what entries are taken for the same article and shown once: `near` (by address and text), `url` (by address), or `off`;
    /// no more than their sources say. `near` by default.
    pub dedup: Mode,
}

/// In what pieces the history of a feed is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Archive {
    /// A document for each month in which entries came.
    Monthly,
}

/// What comes first in a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The newest article.
    #[default]
    Published,
    /// The latest change.
    Updated,
    /// What harkara saw last.
    FirstSeen,
}

/// How much of each entry is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// All that the source gave.
    #[default]
    Full,
    /// An excerpt.
    Summary,
}

/// How much stays in a feed: at least so many entries, and everything younger than so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "FeedKeep")]
pub struct Keep {
    /// At least so many entries.
    #[schemars(range(min = 1))]
    pub entries: usize,
    /// And everything younger than so many hours, so that no reader misses any between two visits.
    pub hours: Option<u32>,
}

impl Default for Keep {
    fn default() -> Self {
        Self { entries: 60, hours: Some(48) }
    }
}

impl Default for Written {
    fn default() -> Self {
        Self {
            title: None,
            subtitle: None,
            language: None,
            sources: Vec::new(),
            tags: Vec::new(),
            not_tags: Vec::new(),
            rules: Vec::new(),
            formats: Format::FEEDS.to_vec(),
            order: Order::default(),
            keep: Keep::default(),
            per_source: None,
            max_bytes: None,
            content: Content::default(),
            summary_length: 400,
            author: None,
            rights: None,
            icon_url: None,
            ttl_minutes: None,
            hubs: Vec::new(),
            archive: None,
            allow_empty: None,
            dedup: Mode::Near,
        }
    }
}

impl Settings {
    /// Settles a table. `sources` and `rules` are those that it names, checked and resolved; `allow_empty` and
    /// `dedup` are what holds where the feed is silent.
    pub fn new(
        id: FeedId,
        written: Written,
        sources: Vec<SourceId>,
        rules: Vec<Rule>,
        allow_empty: bool,
        dedup: &dedup::Settings,
    ) -> Self {
        Self {
            title: written.title.unwrap_or_else(|| id.to_string()),
            id,
            subtitle: written.subtitle,
            language: written.language,
            sources,
            tags: written.tags,
            not_tags: written.not_tags,
            rules,
            formats: written.formats,
            order: written.order,
            keep: written.keep,
            per_source: written.per_source,
            max_bytes: written.max_bytes.map(Size::bytes),
            content: written.content,
            summary_length: written.summary_length,
            author: written.author,
            rights: written.rights,
            icon_url: written.icon_url,
            ttl_minutes: written.ttl_minutes,
            hubs: written.hubs,
            archive: written.archive,
            allow_empty: written.allow_empty.unwrap_or(allow_empty),
            dedup: written.dedup,
            scope: dedup.scope,
            lend: dedup.content,
        }
    }
}
