//! A feed to a document: RSS 2.0, Atom 1.0, JSON Feed 1.1, HTML, and the OPML list of sources; pure, the same feed gives
//! the same bytes.
//!
//! What the formats have no place for, and where it went:
//!
//! | our field | RSS 2.0 | Atom 1.0 | JSON Feed 1.1 |
//! | --- | --- | --- | --- |
//! | `title` (none: `shown::title`) | `title` | `title` | `title` |
//! | `summary` | `description` (none: the content's first words) | `summary` | `summary` (plain text) |
//! | `content` | `content:encoded` | `content` | `content_html` |
//! | `updated` | `atom:updated`, where it is not `pubDate` | `updated` | `date_modified` |
//! | `authors` (none: the name of the source) | `dc:creator`; `author` where mail is known and it is one | `author` | `authors` |
//! | `contributors` | `dc:contributor` | `contributor` | `_harkara` |
//! | `categories`, then `tags` | `category` | `category` | `tags` |
//! | `attachments` | `enclosure` (the first), `media:content` | `link rel=enclosure`, `media:content` | `attachments` |
//! | `image_url` | `media:thumbnail` | `media:thumbnail` | `image` |
//! | `language` | `dc:language` | `xml:lang` of the entry | `language` |
//! | `provenance`, `origin` (`shown::attribution`) | `source` | `source` | `_harkara` |
//! | `related`, `alternate_urls` | `atom:link rel=related` | `link rel=related` | `_harkara` |
//! | `comments_url` | `comments` | `link rel=replies` | `_harkara` |
//! | `in_reply_to` | `thr:in-reply-to` | `thr:in-reply-to` | `_harkara` |
//! | `rights` | `dc:rights` | `rights` | `_harkara` |
//! | `revision` | none | none | `_harkara` |

mod atom;
mod fence;
mod history;
pub mod html;
mod json;
mod media;
pub mod opensearch;
pub mod opml;
mod rss;
mod shown;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Feed;

pub use fence::writable;

/// A format that we publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0 (rssboard.org/rss-specification).
    Rss,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1 (jsonfeed.org/version/1.1).
    Json,
    /// A page for people. With the first feed that has one, the tree gets a front page, a page for each story, and style
    /// sheets.
    Html,
}

impl Format {
    /// The formats that feed readers read, in the order of the configuration's default.
    pub const FEEDS: [Format; 3] = [Format::Rss, Format::Atom, Format::Json];

    /// Every format.
    pub const ALL: [Format; 4] = [Format::Rss, Format::Atom, Format::Json, Format::Html];

    /// The ending of the document's path, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Rss => "rss",
            Format::Atom => "atom",
            Format::Json => "json",
            Format::Html => "html",
        }
    }

    /// The media type, without parameters. Every document is UTF-8.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Rss => "application/rss+xml",
            Format::Atom => "application/atom+xml",
            Format::Json => "application/feed+json",
            Format::Html => "text/html",
        }
    }
}

/// A feed written in one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Where it goes in the published tree, relative, with `/`: `city.rss`.
    pub path: String,
    /// Media type, without parameters.
    pub media_type: &'static str,
    /// How many entries (of OPML: subscriptions) it holds.
    pub entries: usize,
    /// The document, UTF-8.
    pub bytes: Vec<u8>,
}

/// Writes `feed` in one format.
///
/// Cannot fail: whatever a strict parser would refuse (characters outside XML 1.0, raw non-ASCII addresses, years
/// that have no four digits) is left out or encoded here. A page is written with the built-in templates, as if there were
/// no other feed; [`html::feed`] does it with those of a site.
pub fn render(feed: &Feed, format: Format) -> Document {
    let path = history::path(feed, format);
    let own_url = feed.base_url.as_ref().and_then(|base| base.join(&path).ok());
    let own_url = own_url.as_ref().map(fence::url);
    let bytes = match format {
        Format::Rss => rss::write(feed, own_url),
        Format::Atom => atom::write(feed, own_url),
        Format::Json => json::write(feed, own_url),
        // Built-in templates do not fail; were one to, the gate before the tree refuses the empty document.
        Format::Html => html::feed(html::Look::built_in(), &html::Site::of(feed), feed)
            .map_or_else(|_| Vec::new(), |document| document.bytes),
    };
    Document { path, media_type: format.media_type(), entries: feed.entries.len(), bytes }
}
