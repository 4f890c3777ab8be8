//! The rule `drop`: what matches is not published.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verdict, When};
use crate::model::{Item, SourceId};

/// What matches is not published.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Drop(pub When);

impl Drop {
    pub(super) fn apply(&self, item: &Item, source: &SourceId) -> Verdict {
        match self.0.matches(item, source) {
            true => Verdict::Drop(format!("rule `drop`: {}", self.0.told())),
            false => Verdict::Keep,
        }
    }
}
