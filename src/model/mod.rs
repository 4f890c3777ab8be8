//! The words everything else speaks: what is read, what is kept, what is published. Knows no other room.
//!
//! ```text
//! bytes ─parse→ Reading { ChannelDraft, Draft… } ─normalize→ Channel, Item… ─dedup, store→ Entry… ─select→ Feed
//! ```
//!
//! | our field | Atom (RFC 4287) | RSS 2.0 | RSS 1.0 + DC | JSON Feed 1.1 |
//! | --- | --- | --- | --- | --- |
//! | `id` | `id` | `guid` | `rdf:about` | `id` |
//! | `url` | `link rel=alternate` | `link` | `link` | `url` |
//! | `title` (plain text) | `title` | `title` | `title` | `title` |
//! | `summary` (clean HTML) | `summary` | `description` | `description` | `summary` |
//! | `content` (clean HTML) | `content` | `content:encoded` | `content:encoded` | `content_html` |
//! | `published` | `published` | `pubDate` | `dc:date` | `date_published` |
//! | `updated` | `updated` | none | `dc:date` | `date_modified` |
//! | `authors` | `author` | `author`, `dc:creator` | `dc:creator` | `authors` |
//! | `categories` | `category` | `category` | `dc:subject` | `tags` |
//! | `attachments` | `link rel=enclosure` | `enclosure` | `enc:enclosure` | `attachments` |
//! | `image_url` | `media:thumbnail` | `media:thumbnail` | none | `image` |
//! | `language` | `xml:lang` | channel `language` | `dc:language` | `language` |
//! | `origin` | `source` | `source` | none | `_harkara` |

mod draft;
mod entry;
mod feed;
mod host;
mod id;
mod item;
mod moved;
mod outline;
mod stage;
mod text;

pub use draft::{
    ChannelDraft, Draft, Format, RawAttachment, RawCategory, RawOrigin, RawPerson, RawUrl, Reading,
};
pub use entry::{Entry, Provenance};
pub use feed::{Feed, History, View};
pub use host::Host;
pub use id::{EntryId, FeedId, SlugError, SourceId, urn};
pub use item::{Attachment, Category, Channel, Item, Origin, Person};
pub use moved::Move;
pub use outline::Outline;
pub use stage::{Remark, Stage};
pub use text::{Html, Raw, RawHtml};

/// An instant in UTC; what a source said in its own zone is converted once, in `normalize`.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
