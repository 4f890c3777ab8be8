//! The two standards in their common shapes, read without any table: RFC 822 and ISO 8601; and seconds since 1970.

use chrono::{DateTime, NaiveDate, Weekday};

use super::civil::{Civil, Offset, full_year};
use crate::model::Timestamp;

/// Seconds or milliseconds since 1970, from 1973 on, to the second as all dates; shorter and longer numbers are no times.
pub fn epoch(text: &str) -> Option<Timestamp> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !digits.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) || fraction.is_empty() {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        9 | 10 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp(number / 1000, 0),
        _ => None,
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `Tue, 25 Oct 2022 11:20:31 +0000`, with or without weekday and seconds, in a zone that is a number or UTC.
pub fn rfc822(text: &str) -> Option<Civil> {
    let mut parts = text.split_ascii_whitespace();
    let mut part = parts.next()?;
    if part.ends_with(',') {
        part = parts.next()?;
    }
    let day = short(part, 1..=2)?;
    let month = parts.next().filter(|month| month.len() == 3)?.to_ascii_lowercase();
    let month = 1 + MONTHS.iter().position(|name| *name == month)? as u32;
    let year = parts.next()?;
    let year = full_year(short(year, 2..=4)?, year.len())?;
    let mut clock = parts.next()?.split(':');
    let hour = short(clock.next()?, 1..=2)?;
    let minute = short(clock.next()?, 2..=2)?;
    let second = clock.next().map_or(Some(0), |second| short(second, 2..=2))?;
    let offset = offset(parts.next()?)?;
    if clock.next().is_some() || parts.next().is_some() {
        return None;
    }
    Some(Civil::day(year, month, day)?.at(hour, minute, second)?.with(offset))
}

/// ISO 8601 and its profiles (RFC 3339, W3CDTF), whole or cut short: `2003-12-31T10:14:55.7+02:00`, `20031231`,
/// `2003-12`, `2003`, `03-12-31`, `-03-12`, `2003-335`, `2003-W52-3`.
pub fn iso8601(text: &str) -> Option<Civil> {
    if !text.is_ascii() {
        return None;
    }
    // Java adds the name of the zone: `2003-12-31T10:14:55+01:00[Europe/Berlin]`.
    let text = text.split_once('[').map_or(text, |(head, _)| head).trim_end();
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim())),
        None if matches!(text.len(), 12 | 14) => {
            // `20031231101455`: without any sign between.
            let (date, clock) = text.split_at_checked(8)?;
            (date, Some(clock))
        }
        None => (text, None),
    };
    let day = iso_date(date)?;
    let Some(clock) = clock else { return Some(day) };
    let zone_at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone_at);
    let (hour, minute, second) = iso_clock(clock.trim_end())?;
    let offset = if zone.is_empty() { Offset::None } else { offset(zone)? };
    Some(day.at(hour, minute, second)?.with(offset))
}

fn iso_date(text: &str) -> Option<Civil> {
    let year = |digits: &str| full_year(short(digits, 2..=4)?, digits.len());
    if let Some((before, week)) = text.split_once(['W', 'w']) {
        let week = week.replace('-', "");
        let (number, day) = week.split_at_checked(2)?;
        let before = before.strip_suffix('-').unwrap_or(before);
        let day = if day.is_empty() { 1 } else { short(day, 1..=1)? };
        let day = Weekday::try_from(u8::try_from(day).ok()?.checked_sub(1)?).ok()?;
        let date = NaiveDate::from_isoywd_opt(
            year(before).filter(|_| before.len() == 4)?,
            short(number, 2..=2)?,
            day,
        )?;
        return Some(Civil { date, ..Civil::default() });
    }
    let ordinal = |years: &str, days: &str| {
        Some(Civil { date: NaiveDate::from_yo_opt(year(years)?, short(days, 3..=3)?)?, ..Civil::default() })
    };
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    match (parts.as_slice(), lengths.as_slice()) {
        ([y, m, d], [4 | 2, 2, 2]) => Civil::day(year(y)?, short(m, 2..=2)?, short(d, 2..=2)?),
        ([y, d], [4, 3]) => ordinal(y, d),
        ([y, m], [4, 2]) => Civil::day(year(y)?, short(m, 2..=2)?, 1),
        ([y], [4]) => Civil::day(year(y)?, 1, 1),
        ([all], [8]) => Civil::day(year(&all[..4])?, short(&all[4..6], 2..=2)?, short(&all[6..], 2..=2)?),
        ([all], [7]) => ordinal(&all[..4], &all[4..]),
        ([all], [6]) => Civil::day(year(&all[..2])?, short(&all[2..4], 2..=2)?, short(&all[4..], 2..=2)?),
        ([all], [5]) => ordinal(&all[..2], &all[2..]),
        // ISO 8601:1988 let the century go: `-03-12` is December of 2003.
        (["", y, m], [0, 2, 2]) => Civil::day(year(y)?, short(m, 2..=2)?, 1),
        (["", all], [0, 4]) => Civil::day(year(&all[..2])?, short(&all[2..], 2..=2)?, 1),
        (["", y], [0, 2]) => Civil::day(year(y)?, 1, 1),
        _ => None,
    }
}

fn iso_clock(text: &str) -> Option<(u32, u32, u32)> {
    let text = text.split_once(['.', ',']).map_or(Some(text), |(whole, fraction)| {
        (!fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())).then_some(whole)
    })?;
    let two = |digits: &str| short(digits, 2..=2);
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        [h, m, s] => Some((short(h, 1..=2)?, two(m)?, two(s)?)),
        [h, m] => Some((short(h, 1..=2)?, two(m)?, 0)),
        [all] if all.len() == 6 => Some((two(&all[..2])?, two(&all[2..4])?, two(&all[4..])?)),
        [all] if all.len() == 4 => Some((two(&all[..2])?, two(&all[2..])?, 0)),
        [h] => Some((two(h)?, 0, 0)),
        _ => None,
    }
}

/// `Z`, `GMT`, `+0530`, `+05:30`, `-08`.
fn offset(text: &str) -> Option<Offset> {
    if ["z", "gmt", "utc", "ut"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(Offset::Seconds(0));
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "0"),
        4 => digits.split_at_checked(2)?,
        5 => digits.split_once(':').filter(|(hours, _)| hours.len() == 2)?,
        _ => return None,
    };
    seconds(sign, short(hours, 2..=2)?, short(minutes, 1..=2)?).map(Offset::Seconds)
}

/// Seconds east of Greenwich; `None` for what no place on earth has.
pub fn seconds(sign: i32, hours: u32, minutes: u32) -> Option<i32> {
    let good = hours <= 15 && minutes <= 59;
    good.then(|| sign * (hours as i32 * 3600 + minutes as i32 * 60))
}

/// A number of so many digits.
fn short(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let good = length.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if good { digits.parse().ok() } else { None }
}
