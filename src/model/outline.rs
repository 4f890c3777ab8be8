//! A subscription as OPML tells it: what `import` reads and `export` and `sources.opml` write.

use serde::{Deserialize, Serialize};

/// One `<outline>` that names a feed (OPML 2.0, "subscription lists").
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    /// What people call it: `title`, else `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The address of the feed (`xmlUrl`), as written.
    pub feed_url: String,
    /// The home page (`htmlUrl`), as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_url: Option<String>,
    /// The folders it lies in, outermost first, then its `category`; no tag twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}
