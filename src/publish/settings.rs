//! Where the published tree goes: the table `[publish]`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the published tree goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The directory, made when it is missing. Relative to the configuration.
    pub dir: PathBuf,
    /// Compressed copies that are laid beside each file, for web servers that send them as they are.
    pub compress: Vec<Compression>,
    /// Publish a feed that has become empty; otherwise its last good documents stay. Feeds may say otherwise.
    pub allow_empty: bool,
}

/// A kind of compressed copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// `city.rss.gz`
    Gzip,
    /// `city.rss.br`
    Brotli,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dir: "public".into(),
            compress: vec![Compression::Gzip, Compression::Brotli],
            allow_empty: false,
        }
    }
}
