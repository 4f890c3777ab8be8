//! Where harkara remembers: the table `[store]`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// Where harkara remembers what it has seen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Store")]
pub struct Settings {
    /// The file of the database; beside it SQLite keeps files of its own. Relative to the configuration.
    pub path: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self { path: "state/harkara.db".into() }
    }
}
