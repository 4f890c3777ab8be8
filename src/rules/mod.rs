//! What the owner wants of an item: keep or drop with the reason; strip, replace, tag. Pure.
//!
//! ```text
//! Item, tags ─rules in order→ Verdict; the item changed, tags added
//! ```
//!
//! A new rule is a new file here, a variant of [`Rule`], a word of [`Kind`] and an arm in each `match` below.

mod drop;
mod keep;
mod replace;
mod strip;
mod tag;
mod when;
mod written;

use schemars::JsonSchema;

pub use self::drop::Drop;
pub use keep::Keep;
pub use replace::{Field, Replace};
pub use strip::Strip;
pub use tag::Tag;
pub use when::When;
pub use written::Written;

use crate::model::{Item, SourceId};

/// One rule: a table with one key, which says what is done.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Rule {
    /// What matches is not published.
    Drop(Drop),
    /// What does not match is not published.
    Keep(Keep),
    /// A CSS selector; what it selects is taken out of summary and content.
    Strip(Strip),
    /// Exchanges text in one field.
    Replace(Replace),
    /// Gives a tag, by which feeds can choose the entry.
    Tag(Tag),
}

/// What the rules say of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Keep,
    /// It goes, for this reason.
    Drop(String),
}

/// Applies `rules` in order until one drops the item. `tags` are those of the entry so far; `source` is its source.
pub fn apply(rules: &[Rule], item: &mut Item, tags: &mut Vec<String>, source: &SourceId) -> Verdict {
    for rule in rules {
        let verdict = match rule {
            Rule::Drop(drop) => drop.apply(item, source),
            Rule::Keep(keep) => keep.apply(item, source),
            Rule::Strip(strip) => {
                strip.apply(item);
                Verdict::Keep
            }
            Rule::Replace(replace) => {
                replace.apply(item);
                Verdict::Keep
            }
            Rule::Tag(tag) => {
                tag.apply(item, tags, source);
                Verdict::Keep
            }
        };
        if let Verdict::Drop(_) = verdict {
            return verdict;
        }
    }
    Verdict::Keep
}

impl Rule {
    /// The tag that this rule may give.
    pub fn adds_tag(&self) -> Option<&str> {
        match self {
            Rule::Tag(tag) => Some(&tag.add),
            Rule::Drop(_) | Rule::Keep(_) | Rule::Strip(_) | Rule::Replace(_) => None,
        }
    }

    /// True when this rule may give one of `tags`.
    pub fn adds_tag_of(&self, tags: &[String]) -> bool {
        self.adds_tag().is_some_and(|tag| tags.iter().any(|wanted| wanted == tag))
    }
}
