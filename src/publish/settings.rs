//! The table `[publish]` of the configuration.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Compression;

/// Where the documents go, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Publish")]
pub struct Settings {
    /// The directory that a web server shows, relative to the configuration file. Made when it is missing.
    pub dir: PathBuf,
    /// Compressed copies beside each document, for web servers that can send them as they are.
    pub compress: Vec<Compression>,
    /// Whether a feed that had entries may be replaced by an empty one. Otherwise the last full document stays.
    pub allow_empty: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { dir: PathBuf::from("public"), compress: Compression::ALL.to_vec(), allow_empty: false }
    }
}
