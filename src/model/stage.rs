//! The stations of the road, by name: one list for errors, reports and remarks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A station of the road, in road order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Asking the source, over HTTP or from a file.
    Fetch,
    /// Bytes to text.
    Decode,
    /// Text to drafts.
    Parse,
    /// Drafts to items.
    Normalize,
    /// Which items are known.
    Dedup,
    /// Keep, drop, change.
    Rules,
    /// Writing down.
    Store,
    /// Which entries make a feed.
    Select,
    /// A feed to a document.
    Render,
    /// A document to its place.
    Publish,
}

impl Stage {
    /// The name, as in reports.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Fetch => "fetch",
            Stage::Decode => "decode",
            Stage::Parse => "parse",
            Stage::Normalize => "normalize",
            Stage::Dedup => "dedup",
            Stage::Rules => "rules",
            Stage::Store => "store",
            Stage::Select => "select",
            Stage::Render => "render",
            Stage::Publish => "publish",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something odd but readable: told to the owner, never an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Where it was noticed.
    pub stage: Stage,
    /// Which item it is about, counted from 1 in document order; `None` = the whole document.
    pub item: Option<usize>,
    /// What was odd and what was done about it, lower case, without a final full stop.
    pub text: String,
}

impl Remark {
    /// A remark about the whole document.
    pub fn of(stage: Stage, text: impl Into<String>) -> Self {
        Self { stage, item: None, text: text.into() }
    }

    /// A remark about the item at `index` (from 0).
    pub fn at(stage: Stage, index: usize, text: impl Into<String>) -> Self {
        Self { stage, item: Some(index + 1), text: text.into() }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            Some(n) => write!(f, "item {n}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}
