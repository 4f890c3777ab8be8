//! Why an entry is not in a feed.

use std::fmt;

use super::{Settings, belongs};
use crate::model::SourceId;

/// Why an entry is not in a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A source that is configured no more has given it.
    Unconfigured,
    /// A rule, in its own words.
    Rule(String),
    /// The feed asks for others.
    Elsewhere,
    /// The view asks for others.
    View,
    /// So many of that source are in already.
    Cap(SourceId),
    /// So many newer ones are in, and `keep` wants no more.
    Old(usize),
    /// It is held back, for this reason.
    Held(String),
}

impl Reason {
    /// One word, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unconfigured => "unconfigured",
            Self::Rule(_) => "rule",
            Self::Elsewhere => "elsewhere",
            Self::View => "view",
            Self::Cap(_) => "per_source",
            Self::Old(_) => "old",
            Self::Held(_) => "held",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unconfigured => f.write_str("its source is not configured any more"),
            Self::Rule(said) => f.write_str(said),
            Self::Elsewhere => f.write_str("the feed asks for other sources or tags"),
            Self::View => f.write_str("the view asks for something else"),
            Self::Cap(source) => write!(f, "`per_source` is reached for `{source}`"),
            Self::Old(newer) => write!(f, "too old for `keep`: {newer} newer ones are in"),
            Self::Held(why) => write!(f, "held back: {why}"),
        }
    }
}

/// Whether a feed takes entries with these tags of that source, before its own rules, and why, in words.
pub fn belonging(settings: &Settings, source: &SourceId, tags: &[String]) -> (bool, String) {
    let among = |wanted: &[String]| tags.iter().find(|tag| wanted.contains(tag)).cloned();
    let belongs = belongs(settings, source, tags);
    let said = match (among(&settings.not_tags), among(&settings.tags)) {
        (Some(tag), _) => format!("it has the tag `{tag}`, which the feed leaves out"),
        (None, _) if settings.sources.contains(source) => format!("the feed names `{source}`"),
        (None, Some(tag)) => format!("it has the tag `{tag}`"),
        (None, None) if belongs => "the feed takes every source".to_owned(),
        (None, None) if settings.tags.is_empty() => format!("the feed does not name `{source}`"),
        (None, None) if settings.sources.is_empty() => "it has no tag that the feed asks for".to_owned(),
        (None, None) => {
            format!("the feed does not name `{source}`, and it has no tag that the feed asks for")
        }
    };
    (belongs, said)
}
