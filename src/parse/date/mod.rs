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

use chrono::Datelike;
use chrono_tz::Tz;

use self::civil::Offset;
use crate::model::Timestamp;

/// How the remark begins on a date that names no zone; the zone that was taken follows.
pub const NO_ZONE: &str = "a date names no zone and is read in";

/// No date of a feed is longer; what is longer is no date.
const LONGEST: usize = 200;

/// A date that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The instant.
    pub instant: Timestamp,
    /// What was missing or had to be guessed; begins with [`NO_ZONE`] for a date without a zone.
    pub remark: Option<String>,
}

/// Reads a date in any of the forms that are met in feeds; `None` for what is no date.
///
/// `zone` is where a date without a zone happened, `country` (ISO 3166) tells whose `IST` and whose 3/4/2026 it is.
/// Relative dates (`2 hours ago`) are not read: nothing here knows the time.
pub fn read(text: &str, zone: Tz, country: Option<&str>) -> Option<Found> {
    read_where(text, Some(zone), country)
}

/// As [`read`], for a source whose zone nobody has told: a date without a zone is read where its language is at home
/// (`2022년 10월 25일` in Seoul), else in UTC.
pub fn read_anywhere(text: &str, country: Option<&str>) -> Option<Found> {
    read_where(text, None, country)
}

fn read_where(text: &str, zone: Option<Tz>, country: Option<&str>) -> Option<Found> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST * 4 {
        return None;
    }
    if let Some(instant) = plain::epoch(text) {
        return Some(Found { instant, remark: None });
    }
    let civil = match plain::rfc822(text).or_else(|| plain::iso8601(text)) {
        Some(civil) => civil,
        None => settle::settle(&piece::pieces(&fold::fold(text)), zone.unwrap_or(Tz::UTC), country)?,
    };
    let local = civil.local()?;
    // A zone that is named, however oddly, is not that of the language.
    let home = civil.home.filter(|_| civil.remark.is_none());
    let (instant, missing) = match (civil.offset, zone.or(home)) {
        (Offset::Seconds(seconds), _) => (civil::at_offset(local, seconds)?, None),
        (Offset::Place(place), _) => (civil::at_place(local, place)?, None),
        (Offset::None, place) => {
            let place = place.unwrap_or(Tz::UTC);
            (civil::at_place(local, place)?, Some(format!("{NO_ZONE} `{place}`")))
        }
    };
    // A zone may carry the first and the last day out of the years that can be written.
    let writable = (civil::EARLIEST_YEAR..=9999).contains(&instant.year());
    writable.then_some(Found { instant, remark: civil.remark.or(missing) })
}

#[cfg(test)]
mod tests;
