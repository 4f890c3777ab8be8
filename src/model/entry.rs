//! An item that harkara has taken in: with a permanent id and dates that never drift.

use url::Url;

use super::{EntryId, Item, SourceId, Timestamp};

/// One article as harkara keeps and publishes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Public, permanent.
    pub id: EntryId,
    /// The source that gave it.
    pub source: SourceId,
    /// Fixed at first sight: the source's date, or the time of first sight; never in the future of it.
    pub published: Timestamp,
    /// Moves only when the text really changed.
    pub updated: Timestamp,
    /// When harkara saw it first.
    pub first_seen: Timestamp,
    /// How often its text has changed since.
    pub revision: u32,
    /// Tags: of its source, and those that rules gave.
    pub tags: Vec<String>,
    /// What the source gave, as last read. Its `id`, `published` and `updated` are the source's words, not ours.
    pub item: Item,
    /// The source, as readers should see it.
    pub provenance: Provenance,
    /// The same article elsewhere: pages of other sources of the story, with the name of the source.
    pub related: Vec<(String, Url)>,
}

/// Who gave an entry: what goes into `atom:source`, RSS `source` and `_harkara` (RFC 4287 section 4.2.11).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// Absolute URI: the source's self link, else its address; for a file source a `urn:`.
    pub id: String,
    /// The configured title, else the channel's, else the id of the source.
    pub title: String,
    /// Home page.
    pub home_url: Option<Url>,
    /// The address of the feed, http(s) only.
    pub feed_url: Option<Url>,
    /// When the newest entry of it was updated.
    pub updated: Option<Timestamp>,
    /// Rights of the channel.
    pub rights: Option<String>,
}
