//! The rule `tag`: a tag is given to an entry, by which feeds can choose it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::When;
use crate::model::{Item, SourceId};
use crate::value::tag;

/// Gives a tag, by which feeds can choose the entry.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// The tag to give.
    #[serde(deserialize_with = "tag::one")]
    pub add: String,
    /// Which entries get it; without this every one.
    pub when: Option<When>,
}

impl Tag {
    pub(super) fn apply(&self, item: &Item, tags: &mut Vec<String>, source: &SourceId) {
        let wanted = self.when.as_ref().is_none_or(|when| when.matches(item, source));
        if wanted && !tags.contains(&self.add) {
            tags.push(self.add.clone());
        }
    }
}
