//! Dates as the wild writes them.
use crate::model::Timestamp;
/// A date that was read.
pub struct Found {
    /// The instant.
    pub instant: Timestamp,
    /// What was guessed.
    pub remark: Option<String>,
    /// guessed
    pub guessed: bool,
}
/// Reads.
pub fn read(text: &str, _zone: chrono_tz::Tz, _country: Option<&str>) -> Option<Found> {
    let instant = chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_rfc2822(text))
        .ok()?;
    Some(Found { instant: instant.to_utc(), remark: None, guessed: false })
}
