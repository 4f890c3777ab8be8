//! What one answer of a source held, as read: nothing promised yet.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Raw, Remark};

/// The format a document was read as; the names are those of `harkara parse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Format {
    /// RSS 0.90 (RDF, Netscape).
    #[serde(rename = "rss-0.90")]
    Rss090,
    /// RSS 0.91, and an `<rss>` that tells no version but looks older than 2.0.
    #[serde(rename = "rss-0.91")]
    Rss091,
    /// RSS 0.92 to 0.94.
    #[serde(rename = "rss-0.92")]
    Rss092,
    /// RSS 1.0 (RDF).
    #[serde(rename = "rss-1.0")]
    Rss10,
    /// RSS 2.0, and an `<rss>` without a version.
    #[serde(rename = "rss-2.0")]
    Rss20,
    /// Atom 0.3.
    #[serde(rename = "atom-0.3")]
    Atom03,
    /// Atom 1.0 (RFC 4287).
    #[serde(rename = "atom-1.0")]
    Atom10,
    /// JSON Feed 1.0.
    #[serde(rename = "json-feed-1.0")]
    JsonFeed10,
    /// JSON Feed 1.1.
    #[serde(rename = "json-feed-1.1")]
    JsonFeed11,
    /// No feed that we know.
    #[default]
    #[serde(rename = "unknown")]
    Unknown,
}

/// One answer of a source, read as far as it goes. Reading never fails: what was odd is in `remarks`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// What the document turned out to be.
    pub format: Format,
    /// True when something had to be repaired that a strict reader refuses.
    pub malformed: bool,
    /// What a [`RawUrl`] or [`RawHtml`](super::RawHtml) without a base of its own resolves against:
    /// in Atom and JSON Feed the document's address; in RSS the channel's absolute link, else the document's address.
    pub base: Option<Url>,
    /// What the document says of itself.
    pub channel: ChannelDraft,
    /// Its items, in document order.
    pub drafts: Vec<Draft>,
    /// What was odd, in the order found. Repeated remarks are counted, not repeated.
    pub remarks: Vec<Remark>,
    /// Feeds that a page announces (`<link rel="alternate">`), comment feeds left out, best first. Filled for HTML only.
    pub announced: Vec<Url>,
}

/// An address as found: white space trimmed, not yet resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawUrl {
    /// The text of it.
    pub value: String,
    /// The `xml:base` in force where it stood, absolute; `None` = the base of the reading.
    pub base: Option<Arc<Url>>,
}

/// A person as found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawPerson {
    /// The name, or the whole string where parts could not be told apart.
    pub name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Home page.
    pub url: Option<RawUrl>,
}

/// A category as found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawCategory {
    /// The term.
    pub term: String,
    /// Its vocabulary (`scheme` of Atom, `domain` of RSS).
    pub scheme: Option<String>,
    /// What people should read instead of the term.
    pub label: Option<String>,
}

/// An enclosure, a media:content, an attachment, as found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawAttachment {
    /// Where it is.
    pub url: RawUrl,
    /// Its media type, as told.
    pub media_type: Option<String>,
    /// Its size as told; not always a number.
    pub size: Option<String>,
    /// Its duration as told: seconds, `mm:ss` or `hh:mm:ss`.
    pub duration: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

/// Where an item says that it came from (`atom:source`, RSS `source`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawOrigin {
    /// The title of the feed it came from.
    pub title: Option<Raw>,
    /// The home page.
    pub url: Option<RawUrl>,
    /// The address of the feed.
    pub feed_url: Option<RawUrl>,
}

/// What a document says of itself, as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChannelDraft {
    /// Title.
    pub title: Option<Raw>,
    /// Subtitle, description, tagline.
    pub subtitle: Option<Raw>,
    /// Home page.
    pub home_url: Option<RawUrl>,
    /// `rel=self`, `feed_url`.
    pub self_url: Option<RawUrl>,
    /// WebSub hubs.
    pub hub_urls: Vec<RawUrl>,
    /// Language tag as told.
    pub language: Option<String>,
    /// A small square picture.
    pub icon_url: Option<RawUrl>,
    /// A wide picture (Atom `logo`).
    pub logo_url: Option<RawUrl>,
    /// RSS `image`, `itunes:image`.
    pub image_url: Option<RawUrl>,
    /// Date strings as found.
    pub updated: Option<String>,
    /// Date string as found.
    pub published: Option<String>,
    /// Authors.
    pub authors: Vec<RawPerson>,
    /// Contributors.
    pub contributors: Vec<RawPerson>,
    /// Categories.
    pub categories: Vec<RawCategory>,
    /// Rights, licence, copyright.
    pub rights: Option<Raw>,
    /// The program that made it.
    pub generator: Option<String>,
    /// How long it may be kept, in minutes, as told (`ttl`, or from `sy:updatePeriod`).
    pub ttl_minutes: Option<u32>,
    /// A moment from which that is counted (`sy:updateBase`), as told.
    pub update_base: Option<String>,
    /// Hours of the day (0 to 23, GMT) in which nobody need ask.
    pub skip_hours: Vec<u8>,
    /// English names of the days on which nobody need ask.
    pub skip_days: Vec<String>,
}

/// One item as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// The id as told, trimmed, never resolved.
    pub id: Option<String>,
    /// The page of the article: first candidate first. A `guid` that is a permalink comes after every link.
    pub urls: Vec<RawUrl>,
    /// Title.
    pub title: Option<Raw>,
    /// Excerpt.
    pub summary: Option<Raw>,
    /// Body.
    pub content: Option<Raw>,
    /// Language tag as told (`xml:lang` in force, `dc:language`, `language`).
    pub language: Option<String>,
    /// Date string as found.
    pub published: Option<String>,
    /// Date string as found.
    pub updated: Option<String>,
    /// Authors.
    pub authors: Vec<RawPerson>,
    /// Contributors.
    pub contributors: Vec<RawPerson>,
    /// Categories.
    pub categories: Vec<RawCategory>,
    /// Enclosures and media.
    pub attachments: Vec<RawAttachment>,
    /// Lead picture.
    pub image_url: Option<RawUrl>,
    /// Page of the discussion.
    pub comments_url: Option<RawUrl>,
    /// Where it came from.
    pub origin: Option<RawOrigin>,
    /// Rights of this item.
    pub rights: Option<Raw>,
    /// What it answers (`thr:in-reply-to`): the id or address.
    pub in_reply_to: Option<String>,
}
