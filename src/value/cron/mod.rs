//! When something is due, written as in a crontab, with crontab(5)'s meaning, reckoned on the clock of a place.
//!
//! The crate `cron` walks the calendar; it counts weekdays from 1, wants both days to hold, and loses its way where clocks
//! are put forward or back, so all three are settled here.

mod fields;

use std::str::FromStr;

use chrono::{Duration, LocalResult, NaiveDateTime, Offset, SubsecRound, TimeZone};
use chrono_tz::{GapInfo, Tz};
use cron::Schedule;
use schemars::JsonSchema;
use serde::Deserialize;

use self::fields::Fields;
use super::Flaw;
use crate::model::Timestamp;

/// A line of crontab: `*/20 * * * *` (minute, hour, day of month, month, day of week), with a second in front when six
/// fields are given, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. 0 and 7 are Sunday; names (`mon`, `jan`)
/// are read; when both days are restricted, either may hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Cron {
    written: String,
    /// Boxed: few of many sources have one.
    fields: Box<Fields>,
    /// One calendar, or two of which either may hold.
    calendars: Vec<Schedule>,
}

impl TryFrom<String> for Cron {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        let fields = Box::new(fields::read(&written)?);
        let calendars =
            calendars(&fields).map_err(|error| Flaw::new(format!("`{written}` is no schedule: {error}")))?;
        let cron = Self { written, fields, calendars };
        // 31 February: read, but never due.
        let start = NaiveDateTime::default();
        match cron.next_civil(start) {
            Some(_) => Ok(cron),
            None => Err(Flaw::new(format!("`{}` names a day that never comes", cron.written))
                .help("no such day is in that month")),
        }
    }
}

impl Cron {
    /// The line as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The first time after `after`, by the clocks of `zone`; `None` when there is none before the year 2100.
    ///
    /// A line that holds in every hour follows the hours as they pass: through an autumn night it is due in both of the
    /// doubled hours. Any other line follows the clock on the wall: a time that a spring night leaves out is due once, just
    /// after the gap, and a time that an autumn night brings twice is due the first time only.
    pub fn next(&self, after: Timestamp, zone: Tz) -> Option<Timestamp> {
        let after = after.trunc_subsecs(0);
        if self.fields.hour.len() == 24 {
            self.next_hourly(after, zone)
        } else {
            self.next_daily(after, zone)
        }
    }

    fn next_hourly(&self, after: Timestamp, zone: Tz) -> Option<Timestamp> {
        // `from` is where the offset is taken, `after` what the answer must be later than.
        let (mut from, mut after) = (after, after);
        loop {
            let offset = offset(from, zone);
            let due = from_civil(self.next_civil(to_civil(after, offset)?)?, offset)?;
            match first_change(from, due, zone) {
                None => return Some(due),
                // From the change on the clocks tell another time: look again, in their terms.
                Some(change) => (from, after) = (change, change - Duration::seconds(1)),
            }
        }
    }

    fn next_daily(&self, after: Timestamp, zone: Tz) -> Option<Timestamp> {
        let mut civil = after.with_timezone(&zone).naive_local();
        loop {
            civil = self.next_civil(civil)?;
            let due = match zone.from_local_datetime(&civil) {
                LocalResult::Single(due) | LocalResult::Ambiguous(due, _) => due,
                LocalResult::None => GapInfo::new(&civil, &zone)?.end?,
            };
            if due > after {
                return Some(due.to_utc());
            }
        }
    }

    /// The next time on the calendar, without any zone.
    fn next_civil(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let next = |calendar: &Schedule| calendar.after(&after.and_utc()).next();
        Some(self.calendars.iter().filter_map(next).min()?.naive_utc())
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

fn calendars(fields: &Fields) -> Result<Vec<Schedule>, cron::error::Error> {
    let list = |set: &std::collections::BTreeSet<u8>| {
        set.iter().map(|number| number.to_string()).collect::<Vec<_>>().join(",")
    };
    let (seconds, minutes, hours) = (list(&fields.second), list(&fields.minute), list(&fields.hour));
    let (days, months) = (list(&fields.day), list(&fields.month));
    let weekdays = list(&fields.weekday.iter().map(|day| day + 1).collect());
    let calendar = |days: &str, weekdays: &str| {
        Schedule::from_str(&format!("{seconds} {minutes} {hours} {days} {months} {weekdays}"))
    };
    if fields.either_day {
        return Ok(vec![calendar(&days, "*")?, calendar("*", &weekdays)?]);
    }
    Ok(vec![calendar(&days, &weekdays)?])
}

fn offset(at: Timestamp, zone: Tz) -> Duration {
    Duration::seconds(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into())
}

fn to_civil(at: Timestamp, offset: Duration) -> Option<NaiveDateTime> {
    at.naive_utc().checked_add_signed(offset)
}

fn from_civil(civil: NaiveDateTime, offset: Duration) -> Option<Timestamp> {
    Some(civil.checked_sub_signed(offset)?.and_utc())
}

/// The first instant after `start`, up to `end`, when clocks tell another offset than at `start`; found by halving, so two
/// changes that undo one another between the two are not seen.
fn first_change(start: Timestamp, end: Timestamp, zone: Tz) -> Option<Timestamp> {
    let before = offset(start, zone);
    if offset(end, zone) == before {
        return None;
    }
    let (mut same, mut other) = (start.timestamp(), end.timestamp());
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        match Timestamp::from_timestamp(middle, 0) {
            Some(at) if offset(at, zone) == before => same = middle,
            _ => other = middle,
        }
    }
    Timestamp::from_timestamp(other, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(line: &str) -> Cron {
        Cron::try_from(line.to_owned()).unwrap()
    }

    /// The first times after `after`, in the clocks of `zone`.
    fn check(line: &str, zone: Tz, after: &str, expected: &[&str]) {
        let cron = cron(line);
        let mut at: Timestamp = after.parse().unwrap();
        let mut found = Vec::new();
        for _ in expected {
            at = cron.next(at, zone).unwrap();
            found.push(at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string());
        }
        assert_eq!(found, expected, "{line} in {zone} after {after}");
    }

    #[test]
    fn five_fields_as_in_a_crontab() {
        let utc = |line, expected| check(line, Tz::UTC, "2026-11-23T12:00:00Z", expected);
        utc(
            "*/20 * * * *",
            &["2026-11-23T12:20:00+00:00", "2026-11-23T12:40:00+00:00", "2026-11-23T13:00:00+00:00"],
        );
        utc("30 4 * * *", &["2026-11-24T04:30:00+00:00", "2026-11-25T04:30:00+00:00"]);
        utc("0 0 1 jan *", &["2027-01-01T00:00:00+00:00"]);
        utc("0 0 29 2 *", &["2028-02-29T00:00:00+00:00"]);
        utc("5/15 12 * * *", &["2026-11-23T12:05:00+00:00", "2026-11-23T12:20:00+00:00"]);
        utc(
            "0 9-17/4 * * *",
            &["2026-11-23T13:00:00+00:00", "2026-11-23T17:00:00+00:00", "2026-11-24T09:00:00+00:00"],
        );
    }

    #[test]
    fn six_fields_have_the_second_first() {
        check("30 0 12 * * *", Tz::UTC, "2026-11-23T12:00:00Z", &["2026-11-23T12:00:30+00:00"]);
        check(
            "*/20 * * * * *",
            Tz::UTC,
            "2026-11-23T12:00:10.5Z",
            &["2026-11-23T12:00:20+00:00", "2026-11-23T12:00:40+00:00"],
        );
    }

    #[test]
    fn sunday_is_0_and_7() {
        // 2026-11-23 is a Monday.
        let utc = |line, expected| check(line, Tz::UTC, "2026-11-23T12:00:00Z", expected);
        for sunday in ["0 0 * * 0", "0 0 * * 7", "0 0 * * sun", "0 0 * * SUN", "@weekly"] {
            utc(sunday, &["2026-11-29T00:00:00+00:00"]);
        }
        utc("0 0 * * 1", &["2026-11-30T00:00:00+00:00"]);
        utc("0 0 * * mon-fri", &["2026-11-24T00:00:00+00:00"]);
        utc(
            "0 0 * * 5-7",
            &["2026-11-27T00:00:00+00:00", "2026-11-28T00:00:00+00:00", "2026-11-29T00:00:00+00:00"],
        );
        utc(
            "0 0 * * fri-sun",
            &["2026-11-27T00:00:00+00:00", "2026-11-28T00:00:00+00:00", "2026-11-29T00:00:00+00:00"],
        );
        utc(
            "0 0 * * 2/2",
            &["2026-11-24T00:00:00+00:00", "2026-11-26T00:00:00+00:00", "2026-11-28T00:00:00+00:00"],
        );
    }

    #[test]
    fn either_day_holds_when_both_are_restricted() {
        let utc = |line, expected| check(line, Tz::UTC, "2026-11-23T12:00:00Z", expected);
        utc(
            "0 0 13 * FRI",
            &[
                "2026-11-27T00:00:00+00:00",
                "2026-12-04T00:00:00+00:00",
                "2026-12-11T00:00:00+00:00",
                "2026-12-13T00:00:00+00:00",
            ],
        );
        // A field that begins with `*` is not restricted (crontab(5)): every second day, if it is a Friday.
        utc("0 0 */2 * FRI", &["2026-11-27T00:00:00+00:00", "2026-12-11T00:00:00+00:00"]);
        utc("0 0 ? * MON", &["2026-11-30T00:00:00+00:00"]);
    }

    #[test]
    fn words_stand_for_lines() {
        for (word, line) in [
            ("@hourly", "0 * * * *"),
            ("@daily", "0 0 * * *"),
            ("@Monthly", "0 0 1 * *"),
            ("@yearly", "0 0 1 1 *"),
        ] {
            assert_eq!(cron(word), cron(line));
        }
    }

    #[test]
    fn the_zone_is_the_place_where_the_clock_hangs() {
        check("0 6 * * *", Tz::Asia__Kolkata, "2026-11-23T00:00:00Z", &["2026-11-23T06:00:00+05:30"]);
        check("0 6 * * *", Tz::Asia__Kolkata, "2026-11-23T00:30:00Z", &["2026-11-24T06:00:00+05:30"]);
        check("30 * * * *", Tz::Asia__Kathmandu, "2026-11-23T00:00:00Z", &["2026-11-23T06:30:00+05:45"]);
    }

    #[test]
    fn a_time_in_a_spring_gap_is_due_once_just_after_it() {
        let york = Tz::America__New_York;
        check(
            "30 2 * * *",
            york,
            "2026-03-07T12:00:00Z",
            &["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"],
        );
        check(
            "0,30 2 * * *",
            york,
            "2026-03-08T06:59:59Z",
            &["2026-03-08T03:00:00-04:00", "2026-03-09T02:00:00-04:00"],
        );
        check(
            "0 3 * * *",
            york,
            "2026-03-07T12:00:00Z",
            &["2026-03-08T03:00:00-04:00", "2026-03-09T03:00:00-04:00"],
        );
        // The same in half an hour, and where the gap is at midnight.
        check("15 2 * * *", Tz::Australia__Lord_Howe, "2026-10-03T12:00:00Z", &["2026-10-04T02:30:00+11:00"]);
        check(
            "0 0 * * *",
            Tz::Asia__Beirut,
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"],
        );
    }

    #[test]
    fn a_time_that_autumn_brings_twice_is_due_once() {
        let york = Tz::America__New_York;
        check(
            "30 1 * * *",
            york,
            "2026-10-31T12:00:00Z",
            &["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"],
        );
        // Asked between the two.
        check("30 1 * * *", york, "2026-11-01T06:10:00Z", &["2026-11-02T01:30:00-05:00"]);
    }

    #[test]
    fn what_holds_in_every_hour_follows_the_hours_as_they_pass() {
        let york = Tz::America__New_York;
        check(
            "*/30 * * * *",
            york,
            "2026-11-01T04:30:00Z",
            &[
                "2026-11-01T01:00:00-04:00",
                "2026-11-01T01:30:00-04:00",
                "2026-11-01T01:00:00-05:00",
                "2026-11-01T01:30:00-05:00",
                "2026-11-01T02:00:00-05:00",
            ],
        );
        check(
            "*/30 * * * *",
            york,
            "2026-03-08T06:00:00Z",
            &["2026-03-08T01:30:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T03:30:00-04:00"],
        );
        check(
            "45 * * * *",
            york,
            "2026-11-01T05:50:00Z",
            &["2026-11-01T01:45:00-05:00", "2026-11-01T02:45:00-05:00"],
        );
    }

    #[test]
    fn a_bad_line_says_where() {
        let bad = |line: &str, part: &str, at: Option<std::ops::Range<usize>>| {
            let flaw = Cron::try_from(line.to_owned()).unwrap_err();
            assert!(flaw.to_string().contains(part), "{flaw}");
            assert_eq!(flaw.at, at, "{line}");
        };
        bad("", "0 fields", None);
        bad("* * * *", "4 fields", None);
        bad("* * * * * * *", "7 fields", None);
        bad("0 75 * * *", "`75` is out of range for the hour", Some(2..4));
        bad("0,61 * * * *", "`61` is out of range for the minute", Some(2..4));
        bad("* * * foo *", "`foo` is no month", Some(6..9));
        bad("*/0 * * * *", "`0` is no step", Some(0..3));
        bad("0 22-6 * * *", "22-23,0-6", Some(2..6));
        bad("0 0 0 * *", "`0` is out of range for the day of month", Some(4..5));
        bad("০ * * * *", "`০` is no minute", Some(0..3));
        bad("0 0 31 2 *", "never comes", None);
        bad("@reboot", "@hourly", None);
    }

    proptest::proptest! {
        #[test]
        fn time_only_goes_on(minute in 0u8..60, hour in 0u8..24, start in 1_700_000_000i64..1_900_000_000) {
            for line in [format!("{minute} {hour} * * *"), format!("{minute} * * * *"), format!("*/7 {hour}-23 * * 1-5")] {
                let cron = cron(&line);
                let mut at = Timestamp::from_timestamp(start, 0).unwrap();
                for _ in 0..20 {
                    let next = cron.next(at, Tz::America__New_York).unwrap();
                    proptest::prop_assert!(next > at, "{line} after {at}: {next}");
                    at = next;
                }
            }
        }
    }
}
