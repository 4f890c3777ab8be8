//! Which of the numbers that are left is the year, which the month, which the day.

use super::civil::{Civil, full_year};
use super::settle::{Token, What};
use super::words::{Sense, Unit};

/// Countries where the month stands before the day.
const MONTH_FIRST: [&str; 10] = ["AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "US", "VI"];

/// A number that may be part of a date, and where it stood.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
    at: usize,
}

impl Number {
    fn year(self) -> Option<i32> {
        full_year(self.value, self.digits)
    }

    fn is_long(self) -> bool {
        self.digits >= 3
    }
}

/// What is known beside the numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The source's country.
    pub country: Option<&'a str>,
    /// A twelve-hour clock of Latin letters stands beside.
    pub half_day: bool,
}

/// Reads the calendar date; `None` when the numbers are none. Tokens of the clock and the zone are already used.
pub fn day(tokens: &mut [Token], buddhist: bool, hints: Hints<'_>) -> Option<Civil> {
    drop_other_calendars(tokens);
    let mut year = named(tokens, Unit::Year, 4).map(|(value, digits)| full_year(value, digits.max(2)));
    let mut month = named(tokens, Unit::Month, 2).map(|(value, _)| value);
    let mut day = named(tokens, Unit::Day, 2).map(|(value, _)| value);
    if let Some(era) = era(tokens) {
        year = Some(Some(era));
    }
    let weekday = tokens.iter().find_map(|it| it.sense(|sense| matches!(sense, Sense::Weekday(_))));
    let named_month = month_word(tokens).ok()?;
    let numbers = |tokens: &[Token]| -> Vec<Number> {
        let left = tokens.iter().enumerate().filter(|(_, token)| !token.used);
        left.filter_map(|(at, token)| match token.what {
            What::Number { value, digits } => Some(Number { value, digits, at }),
            _ => None,
        })
        .collect()
    };
    if month.is_none()
        && let Some((at, value)) = named_month
    {
        month = Some(value);
        let left = numbers(tokens);
        let (found_day, found_year) = around(&left, at, day.is_some(), year.is_some());
        if day.is_none() {
            day = found_day.map(|it| it.value);
        }
        if year.is_none() {
            year = Some(found_year?.year());
        }
    }
    let adjusted = |year: i32| if buddhist && year > 2400 { year - 543 } else { year };
    if let (Some(year), Some(month)) = (year, month) {
        // `25 tháng 10 năm 2022`: month and year have their words, the day has none.
        let day = day.or_else(|| numbers(tokens).first().filter(|it| it.digits <= 2).map(|it| it.value));
        return Civil::day(adjusted(year?), month, day.unwrap_or(1));
    }
    if year.is_some() || month.is_some() || day.is_some() {
        return None;
    }
    let left = numbers(tokens);
    match left.as_slice() {
        [first, second, third, ..] => three(tokens, [*first, *second, *third], weekday, hints),
        // `10/2022`; any word beside it would make it something else.
        [_, _] if tokens.iter().any(Token::is_word) => None,
        [first, second] if first.digits == 4 => Civil::day(first.year()?, second.value, 1),
        [first, second] if second.digits == 4 => Civil::day(second.year()?, first.value, 1),
        _ => None,
    }
    .and_then(|civil| match buddhist {
        true => Some(Civil {
            date: chrono::Datelike::with_year(&civil.date, adjusted(chrono::Datelike::year(&civil.date)))?,
            ..civil
        }),
        false => Some(civil),
    })
}

/// The number that a word names (`2022년`, `tháng 10`), taken out.
fn named(tokens: &mut [Token], unit: Unit, most: usize) -> Option<(u32, usize)> {
    for at in 0..tokens.len() {
        let Some(value) = tokens[at].number(most) else { continue };
        let digits = tokens[at].digits()?;
        let after =
            tokens.get(at + 1).is_some_and(|it| it.sense(|sense| sense == Sense::After(unit)).is_some());
        let before = at > 0 && tokens[at - 1].sense(|sense| sense == Sense::Before(unit)).is_some();
        if after || before {
            tokens[at].used = true;
            return Some((value, digits));
        }
    }
    None
}

/// The year of an era (`令和4`, `พ.ศ. 2565`), its number taken out.
fn era(tokens: &mut [Token]) -> Option<i32> {
    for at in 0..tokens.len() {
        let Some(Sense::Era(years)) = tokens[at].sense(|sense| matches!(sense, Sense::Era(_))) else {
            continue;
        };
        let next = (at + 1..tokens.len()).find(|next| !matches!(tokens[*next].what, What::Sign('.')))?;
        if let What::Number { value, .. } = tokens[next].what {
            tokens[next].used = true;
            return i32::try_from(value).ok()?.checked_add(years).filter(|year| (1..=9999).contains(year));
        }
    }
    None
}

/// Dates of other calendars that stand beside: their month and the numbers next to it are passed over.
fn drop_other_calendars(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        if tokens[at].sense(|sense| sense == Sense::Other).is_none() {
            continue;
        }
        let silent =
            |token: &Token| token.is_sign(',') || token.sense(|sense| sense == Sense::Skip).is_some();
        let before = (0..at).rev().find(|n| !silent(&tokens[*n]));
        let after = (at + 1..tokens.len()).find(|n| !silent(&tokens[*n]));
        for near in [before, after].into_iter().flatten() {
            if matches!(tokens[near].what, What::Number { .. }) {
                tokens[near].used = true;
            }
        }
    }
}

/// The word that names the month. A word that may also be a weekday is one where another word is the month.
/// `Err`: there are two months; then the language is another one (`mar. 25 oct.` is Tuesday).
fn month_word(tokens: &[Token]) -> Result<Option<(usize, u32)>, ()> {
    let months = tokens.iter().enumerate().filter(|(_, token)| !token.used).filter_map(|(at, token)| {
        match token.sense(|sense| matches!(sense, Sense::Month(_))) {
            Some(Sense::Month(month)) => Some((at, month, token.senses().len() > 1)),
            _ => None,
        }
    });
    let months: Vec<_> = months.collect();
    let sure = || months.iter().filter(|(_, _, ambiguous)| !ambiguous);
    let Some((at, month, _)) = sure().chain(&months).next() else { return Ok(None) };
    if sure().any(|(_, other, _)| other != month) { Err(()) } else { Ok(Some((*at, *month))) }
}

/// Day and year round the name of a month: the day is the short number next to it, the year the long one, else the
/// last short one.
fn around(
    numbers: &[Number],
    at: usize,
    day_known: bool,
    year_known: bool,
) -> (Option<Number>, Option<Number>) {
    let near = |wanted: &dyn Fn(&Number) -> bool| {
        numbers.iter().filter(|it| wanted(it)).min_by_key(|it| (it.at.abs_diff(at), it.at)).copied()
    };
    let long = near(&|it| it.is_long());
    if day_known || year_known {
        return (near(&|it| !it.is_long()), long.or_else(|| near(&|_| true)));
    }
    if long.is_some() {
        return (near(&|it| !it.is_long()), long);
    }
    let before = numbers.iter().rfind(|it| it.at < at).copied();
    let mut after = numbers.iter().filter(|it| it.at > at).copied();
    match before {
        // `25 Oct 22`
        Some(day) => (Some(day), after.next().filter(|it| it.digits == 2)),
        // `Oct 25 22`
        None => (after.next(), after.next().filter(|it| it.digits == 2)),
    }
}

/// Three numbers: the year is the long one, else the last; day and month by what can be, the weekday, the country.
fn three(tokens: &[Token], numbers: [Number; 3], weekday: Option<Sense>, hints: Hints<'_>) -> Option<Civil> {
    let [first, second, third] = numbers;
    if first.is_long() || (first.digits == 2 && first.value > 31 && !third.is_long()) {
        let year = first.year()?;
        return Civil::day(year, second.value, third.value);
    }
    if second.is_long() {
        return None;
    }
    let year = third.year()?;
    let day_first = Civil::day(year, second.value, first.value);
    let month_first = Civil::day(year, first.value, second.value);
    let (Some(day_first), Some(month_first)) = (day_first.clone(), month_first.clone()) else {
        return day_first.or(month_first);
    };
    if day_first == month_first {
        return Some(day_first);
    }
    let falls = |civil: &Civil| {
        let day = chrono::Datelike::weekday(&civil.date).num_days_from_monday();
        weekday == Some(Sense::Weekday(day))
    };
    match (falls(&day_first), falls(&month_first)) {
        (true, false) => return Some(day_first),
        (false, true) => return Some(month_first),
        _ => {}
    }
    let slash = tokens.get(first.at + 1).is_some_and(|it| it.is_sign('/'));
    let american = match hints.country {
        Some(country) => MONTH_FIRST.iter().any(|it| it.eq_ignore_ascii_case(country)),
        None => slash && hints.half_day,
    };
    let (taken, order) = if american { (month_first, "month first") } else { (day_first, "day first") };
    // A country has its order; without one it is a guess.
    let remark = hints.country.is_none() && slash;
    Some(Civil { remark: remark.then(|| format!("a date of numbers only is read {order}")), ..taken })
}
