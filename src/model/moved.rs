//! A permanent redirect that was seen, until it has proved itself.

use serde::{Deserialize, Serialize};
use url::Url;

use super::Timestamp;

/// Where a source says that it lives now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The new address.
    pub to: Url,
    /// When it was told first.
    pub since: Timestamp,
    /// At how many visits.
    pub times: u32,
    /// When it took the place of the old address: from then on it is asked directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Timestamp>,
}
