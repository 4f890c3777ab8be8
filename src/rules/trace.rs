//! What each rule did to an item, told one by one.

use super::{Rule, Verdict};
use crate::model::{Item, SourceId};

/// What a rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the list, from 1 on.
    pub place: usize,
    /// What it did, in words.
    pub did: String,
}

/// Applies `rules` as [`apply`](super::apply) does, and tells of those that did something; after one that drops the item none
/// comes.
pub fn trace(
    rules: &[Rule],
    item: &mut Item,
    tags: &mut Vec<String>,
    source: &SourceId,
) -> (Vec<Step>, Verdict) {
    let mut steps = Vec::new();
    for (place, rule) in (1..).zip(rules) {
        let (before, tagged) = (item.clone(), tags.len());
        let verdict = rule.apply(item, tags, source);
        let did = match (rule, &verdict) {
            (_, Verdict::Drop(reason)) => Some(format!("drops it: {reason}")),
            (Rule::Strip(strip), _) if before != *item => {
                Some(format!("`strip` took out `{}`", strip.0.as_str()))
            }
            (Rule::Replace(replace), _) if before != *item => {
                Some(format!("`replace` found {}", replace.told()))
            }
            (Rule::Tag(tag), _) if tagged != tags.len() => Some(format!("`tag` gave `{}`", tag.add)),
            _ => None,
        };
        steps.extend(did.map(|did| Step { place, did }));
        if let Verdict::Drop(_) = verdict {
            return (steps, verdict);
        }
    }
    (steps, Verdict::Keep)
}
