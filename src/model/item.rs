//! What a source gave, normalized: absolute URLs, clean HTML, NFC text, instants. Still in the source's own ids and dates.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Html, Timestamp};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Person {
    /// Plain text name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Home page, absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Category {
    /// The term, plain text.
    pub term: String,
    /// Its vocabulary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// What people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A file that belongs to an item: sound, film, picture, document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where it is, absolute.
    pub url: Url,
    /// Media type, lower case; guessed from the path where the source gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Duration in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Where an item says that it came from, before the source that gave it to us.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// Title of the feed it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed_url: Option<Url>,
}

/// One item of a source, normalized. The field order is that of `harkara parse`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The id that the source gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The page of the article, absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// Further pages of the same article.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternate_urls: Vec<Url>,
    /// Plain text, one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Excerpt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Html>,
    /// Body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Html>,
    /// BCP 47, told by script where the source says nonsense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When the source says that it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When the source says that it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// Authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Person>,
    /// Contributors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributors: Vec<Person>,
    /// Categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// Enclosures and media.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Lead picture, absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<Url>,
    /// Page of the discussion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments_url: Option<Url>,
    /// Where it came from, as the item says.
    #[serde(rename = "source", skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// What it answers: an id or an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
}

/// What a source says of itself, normalized. The field order is that of `harkara parse`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// Home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_url: Option<Url>,
    /// What it calls its own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_url: Option<Url>,
    /// WebSub hubs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hub_urls: Vec<Url>,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// A small square picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<Url>,
    /// A wide picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<Url>,
    /// RSS `image`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<Url>,
    /// When it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// Authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Person>,
    /// Contributors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributors: Vec<Person>,
    /// Categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// The program that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<String>,
    /// How long it may be kept, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_minutes: Option<u32>,
    /// A moment from which that is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_base: Option<Timestamp>,
    /// Hours (0 to 23, GMT) in which nobody need ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_hours: Vec<u8>,
    /// English names of days on which nobody need ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_days: Vec<String>,
}
