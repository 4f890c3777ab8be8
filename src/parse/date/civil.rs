//! A date as a calendar and a clock show it, and the instant that it means.

use chrono::{Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use crate::model::Timestamp;

/// What stands at the end of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Offset {
    /// Nothing, or nothing known.
    #[default]
    None,
    /// Seconds east of Greenwich.
    Seconds(i32),
    /// A place with its own rules of summer time.
    Place(Tz),
}

/// A date and a time of day as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Civil {
    /// Year, month and day of month.
    pub date: NaiveDate,
    /// Hour, 0 to 24.
    pub hour: u32,
    /// Minute, 0 to 59.
    pub minute: u32,
    /// Second, 0 to 60.
    pub second: u32,
    /// The zone.
    pub offset: Offset,
    /// Where the language of the date is at home.
    pub home: Option<Tz>,
    /// What had to be guessed.
    pub remark: Option<String>,
}

impl Civil {
    /// Midnight of a date; `None` when there is no such day.
    pub fn day(year: i32, month: u32, day: u32) -> Option<Self> {
        Some(Self { date: NaiveDate::from_ymd_opt(year, month, day)?, ..Self::default() })
    }

    /// Sets the time of day; `None` when there is no such time. 24:00 and second 60 are the beginning of what follows.
    pub fn at(mut self, hour: u32, minute: u32, second: u32) -> Option<Self> {
        let good = hour <= 24 && minute <= 59 && second <= 60 && (hour < 24 || (minute == 0 && second == 0));
        (self.hour, self.minute, self.second) = (hour, minute, second);
        good.then_some(self)
    }

    /// The same with a zone.
    pub fn with(mut self, offset: Offset) -> Self {
        self.offset = offset;
        self
    }

    /// Date and time as one.
    pub fn local(&self) -> Option<NaiveDateTime> {
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        self.date.and_hms_opt(0, 0, 0)?.checked_add_signed(Duration::seconds(seconds))
    }
}

/// The year before is what programs write that know no date (`0001-01-01`).
pub const EARLIEST_YEAR: i32 = 2;

/// The year of two or three digits (RFC 2822, section 4.3); longer ones are themselves.
pub fn full_year(value: u32, digits: usize) -> Option<i32> {
    let year = i32::try_from(value).ok()?;
    Some(match digits {
        0 | 1 => return None,
        2 if year < 50 => 2000 + year,
        2 | 3 => 1900 + year,
        4 => year,
        _ => return None,
    })
    .filter(|year| (EARLIEST_YEAR..=9999).contains(year))
}

/// The instant of a local time at an offset.
pub fn at_offset(local: NaiveDateTime, seconds: i32) -> Option<Timestamp> {
    let zone = FixedOffset::east_opt(seconds)?;
    Some(zone.from_local_datetime(&local).single()?.to_utc())
}

/// The instant of a local time at a place: of two the first; of none (clocks go forward) the time an hour later.
pub fn at_place(local: NaiveDateTime, place: Tz) -> Option<Timestamp> {
    match place.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Some(instant.to_utc()),
        LocalResult::None => {
            let later = local.checked_add_signed(Duration::hours(1))?;
            Some(place.from_local_datetime(&later).earliest()?.to_utc())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(digits: &str, expected: Option<i32>) {
        assert_eq!(full_year(digits.parse().unwrap_or(0), digits.len()), expected, "{digits}");
    }

    #[test]
    fn short_years_are_full_ones() {
        check("04", Some(2004));
        check("49", Some(2049));
        check("50", Some(1950));
        check("109", Some(2009));
        check("0100", Some(100));
        check("0000", None);
        check("12345", None);
        check("4", None);
    }

    #[test]
    fn midnight_at_the_end_of_a_day_is_the_next_day() {
        let civil = Civil::day(2026, 2, 28).and_then(|day| day.at(24, 0, 0)).and_then(|civil| civil.local());
        assert_eq!(civil.map(|it| it.to_string()).as_deref(), Some("2026-03-01 00:00:00"));
        assert!(Civil::day(2026, 2, 28).and_then(|day| day.at(24, 1, 0)).is_none());
    }
}
