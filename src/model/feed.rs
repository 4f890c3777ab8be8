//! What is published: chosen entries in an order, with what readers are told about the whole.

use url::Url;

use super::{Entry, FeedId, Person, Timestamp};

/// A feed ready to be rendered. It holds no clock: the same entries give the same feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Stem of the documents' paths.
    pub id: FeedId,
    /// Absolute URI, permanent (RFC 4287 section 4.2.6): from `base_url` and the id.
    pub uri: String,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: Option<String>,
    /// Where the tree is served; documents' own addresses are joined to it. Ends in `/`. `None`: not configured.
    pub base_url: Option<Url>,
    /// The page that people should see; `base_url` where nothing else is configured.
    pub home_url: Option<Url>,
    /// WebSub hubs to announce.
    pub hub_urls: Vec<Url>,
    /// BCP 47; configured, else the language of most of its entries.
    pub language: Option<String>,
    /// The newest `updated` of its entries; the Unix epoch where there is none.
    pub updated: Timestamp,
    /// Who publishes the whole.
    pub authors: Vec<Person>,
    /// Rights of the collection.
    pub rights: Option<String>,
    /// Icon.
    pub icon_url: Option<Url>,
    /// Minutes that readers may keep it.
    pub ttl_minutes: Option<u32>,
    /// The style sheet that RSS and Atom name for browsers: its path from the top of the tree. `None`: they name none.
    pub style: Option<String>,
    /// Where the document stands among those that hold the history of the feed.
    pub history: History,
    /// What of the feed it shows, where somebody asked for less than the whole.
    pub view: Option<View>,
    /// The chosen entries, in order.
    pub entries: Vec<Entry>,
}

/// A part of a feed that was asked for: the same feed under a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// The query of its address, without `?`.
    pub query: String,
    /// The words that it was searched for, as they are typed.
    pub words: String,
}

/// The place of a document in the history of its feed (RFC 5005 section 4): names of archives, like `2026-10`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The archive that this document is; `None`: the feed itself.
    pub archive: Option<String>,
    /// The archive before it.
    pub prev: Option<String>,
    /// The archive after it.
    pub next: Option<String>,
}
