//! What is kept of a host between two runs: when it may be asked again, and whether it has had enough of us.

use super::{SourceId, Timestamp};

/// A host that was asked not long ago, or has asked to be left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    /// As in an address, without port.
    pub name: String,
    /// Before this no further question starts.
    pub free_at: Option<Timestamp>,
    /// When it said 429 or 503 last.
    pub refused_at: Option<Timestamp>,
    /// To which source.
    pub refused_by: Option<SourceId>,
    /// It said so to several sources: none of them is asked before this.
    pub closed_until: Option<Timestamp>,
    /// How often that happened without a good answer in between.
    pub closings: u32,
}
