//! Dates as feeds write them: RFC 822 and ISO 8601 in all their bends, and the date lines of some fifty languages.
//!
//! ```text
//! text ─plain (the two standards, no table needed)→ instant
//!      ╰fold, piece (numbers, words, signs)→ sense (tables of words by language)→ settle→ civil ─zone→ instant
//! ```

mod civil;
mod clock;
mod fold;
mod numbers;
mod piece;
mod plain;
mod settle;
mod words;
mod zone;

use chrono_tz::Tz;

use self::civil::{Civil, Offset};
use crate::model::Timestamp;

/// What is remarked when a date names no zone.
pub const NO_ZONE: &str = "a date names no zone";

/// No date of a feed is longer; what is longer is no date.
const LONGEST: usize = 200;

/// A date that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The instant.
    pub instant: Timestamp,
    /// What was missing or had to be guessed; [`NO_ZONE`] for a date without a zone.
    pub remark: Option<String>,
}

/// Reads a date in any of the forms that are met in feeds; `None` for what is no date.
///
/// `zone` is where a date without a zone happened, `country` (ISO 3166) tells whose `IST` and whose 3/4/2026 it is.
/// Relative dates (`2 hours ago`) are not read: nothing here knows the time.
pub fn read(text: &str, zone: Tz, country: Option<&str>) -> Option<Found> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST * 4 {
        return None;
    }
    if let Some(instant) = plain::epoch(text) {
        return Some(Found { instant, remark: None });
    }
    let civil = match plain::rfc822(text).or_else(|| plain::iso8601(text)) {
        Some(civil) => civil,
        None => settle::settle(&piece::pieces(&fold::fold(text)), zone, country)?,
    };
    found(civil, zone)
}

fn found(civil: Civil, zone: Tz) -> Option<Found> {
    let local = civil.local()?;
    let (instant, missing) = match civil.offset {
        Offset::Seconds(seconds) => (civil::at_offset(local, seconds)?, None),
        Offset::Place(place) => (civil::at_place(local, place)?, None),
        Offset::None => (civil::at_place(local, zone)?, Some(NO_ZONE.to_owned())),
    };
    Some(Found { instant, remark: civil.remark.or(missing) })
}

#[cfg(test)]
mod tests;
