//! Text in its states: raw as it came, HTML that nobody has cleaned, HTML that is clean.

use serde::{Deserialize, Serialize};
use url::Url;

/// HTML as a source gave it: anything may be in it, nobody may show it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawHtml {
    /// The markup, entities of the surrounding format already decoded exactly once.
    pub html: String,
    /// The `xml:base` in force where it stood, absolute; `None` = the base of the reading.
    pub base: Option<Url>,
}

/// A text construct before normalization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Plain text: `<` and `&` mean themselves.
    Text(String),
    /// Markup.
    Html(RawHtml),
}

/// HTML that passed the cleaner: nothing active, absolute URLs, balanced, NFC.
///
/// Only `normalize::html` makes one from raw markup, and the store may read back what it was given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Wraps markup that the cleaner has just made. Called in `normalize::html` only (`tests/architecture.rs`).
    pub(crate) fn from_cleaner(markup: String) -> Self {
        Self(markup)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when there is no markup at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
