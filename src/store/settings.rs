//! Where harkara remembers: the table `[store]`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::value::Size;

/// Where harkara remembers what it has seen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Store")]
pub struct Settings {
    /// The file of the database; beside it SQLite keeps files of its own. Relative to the configuration.
    pub path: PathBuf,
    /// The last answer of each source is kept as it came, up to this size, in a file beside the database (`harkara.answers.db`, which may
    /// be deleted at any time): when harkara learns to read better, it reads that again and does not ask anew. Less than any
    /// answer has, like `1B`, keeps none; 256KiB by default.
    pub answers: Size,
}

impl Default for Settings {
    fn default() -> Self {
        Self { path: "state/harkara.db".into(), answers: Size::kibibytes(256) }
    }
}
