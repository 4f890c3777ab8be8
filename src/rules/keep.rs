//! The rule `keep`: what does not match is not published.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verdict, When};
use crate::model::{Item, SourceId};

/// What does not match is not published.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Keep(pub When);

impl Keep {
    pub(super) fn apply(&self, item: &Item, source: &SourceId) -> Verdict {
        match self.0.matches(item, source) {
            true => Verdict::Keep,
            false => Verdict::Drop(format!("rule `keep`: {}", self.0.told_missing(item, source))),
        }
    }
}
