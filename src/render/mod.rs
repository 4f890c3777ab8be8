//! A feed to a document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a feed is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0: `city.rss`.
    Rss,
    /// Atom 1.0: `city.atom`.
    Atom,
    /// JSON Feed 1.1: `city.json`.
    Json,
}
