//! The time of day and its zone, found among the pieces of a date.

use super::plain;
use super::settle::{Token, What};
use super::words::{Sense, Unit};

/// A time of day as found; twelve-hour clocks are already told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// Hour, 0 to 24.
    pub hour: u32,
    /// Minute.
    pub minute: u32,
    /// Second.
    pub second: u32,
    /// Where it stood: tokens before it are no names of zones.
    pub at: usize,
}

/// Takes the offset (`+0530`, `GMT-07:00`) out of the tokens. `Err`: something stands there that is no offset.
pub fn take_offset(tokens: &mut [Token]) -> Result<Option<i32>, ()> {
    for at in 0..tokens.len() {
        let sign = match tokens[at].what {
            What::Sign('+') => 1,
            What::Sign('-') => -1,
            _ => continue,
        };
        let Some(next) = tokens.get(at + 1).filter(|next| next.glued) else { continue };
        let behind_utc = at > 0 && tokens[at - 1].is_zone(&["gmt", "utc", "ut", "z"]);
        let behind_clock = (0..at).any(|n| is_clock(tokens, n));
        // A minus may stand between the parts of a date; before a clock it does.
        if !behind_utc && !behind_clock {
            continue;
        }
        let What::Number { value, digits } = next.what else {
            // `+zz:00`: what should be an offset is none.
            return if sign == 1 && matches!(next.what, What::Word(_)) { Err(()) } else { continue };
        };
        let minutes = match (tokens.get(at + 2), tokens.get(at + 3)) {
            (Some(colon), Some(minutes)) if colon.is_sign(':') && digits <= 2 => minutes.number(2),
            _ => None,
        };
        let (hours, minutes, length) = match (digits, minutes) {
            (1 | 2, Some(minutes)) => (value, minutes, 4),
            (1 | 2, None) => (value, 0, 2),
            (3 | 4, _) => (value / 100, value % 100, 2),
            _ => continue,
        };
        let Some(seconds) = plain::seconds(sign, hours, minutes) else { return Err(()) };
        tokens[at..at + length].iter_mut().for_each(|token| token.used = true);
        return Ok(Some(seconds));
    }
    Ok(None)
}

/// Takes the time of day out of the tokens. `Err`: something stands there that is no time.
pub fn take_clock(tokens: &mut [Token]) -> Result<Option<Clock>, ()> {
    let Some(mut clock) = colons(tokens)?.or_else(|| units(tokens)).or_else(|| bare(tokens)) else {
        return Ok(None);
    };
    if let Some(before) = clock.at.checked_sub(1)
        && let Some(Sense::Fraction(minutes)) =
            tokens[before].sense(|sense| matches!(sense, Sense::Fraction(_)))
    {
        let total = (clock.hour * 60 + clock.minute) as i32 + minutes;
        (clock.hour, clock.minute) = (total.max(0) as u32 / 60, total.max(0) as u32 % 60);
    }
    clock.hour = half_of_day(tokens, clock.hour);
    let good = clock.hour <= 24 && clock.minute <= 59 && clock.second <= 60;
    if good { Ok(Some(clock)) } else { Err(()) }
}

/// `11:20`, `11:20:31.5`
fn colons(tokens: &mut [Token]) -> Result<Option<Clock>, ()> {
    for at in 0..tokens.len() {
        if tokens[at].is_sign(':') && !tokens[at].used && at > 0 {
            let numbers = [tokens[at - 1].number(2), tokens.get(at + 1).and_then(|next| next.number(2))];
            match numbers {
                [Some(_), None] if tokens.get(at + 1).is_some_and(|next| next.glued && next.is_word()) => {
                    return Err(());
                }
                [None, Some(_)]
                    if tokens[at].glued && tokens[at + 1].glued && tokens[at - 1].is_unknown() =>
                {
                    return Err(());
                }
                _ => {}
            }
        }
        if !is_clock(tokens, at) {
            continue;
        }
        let [Some(hour), Some(minute)] = [tokens[at].number(2), tokens[at + 2].number(2)] else { continue };
        let mut end = at + 3;
        let mut second = 0;
        if tokens.get(end).is_some_and(|it| it.is_sign(':') && it.glued) {
            second = tokens.get(end + 1).and_then(|it| it.number(2)).ok_or(())?;
            end += 2;
            let fraction = tokens.get(end).is_some_and(|it| it.glued && (it.is_sign('.') || it.is_sign(',')));
            if fraction
                && tokens.get(end + 1).is_some_and(|it| it.glued && matches!(it.what, What::Number { .. }))
            {
                end += 2;
            }
        }
        tokens[at..end].iter_mut().for_each(|token| token.used = true);
        return Ok(Some(Clock { hour, minute, second, at }));
    }
    Ok(None)
}

/// `3시 05분 10초`, `15h30`, `১২টা ৪৫ মিনিট`, `২.১৫টা`, `15.30 Uhr`, `3 pm`
fn units(tokens: &mut [Token]) -> Option<Clock> {
    let is_unit = |token: Option<&Token>, unit| {
        token.is_some_and(|it| it.sense(|sense| sense == Sense::After(unit)).is_some())
    };
    for at in 0..tokens.len() {
        let Some(hour) = tokens[at].number(2) else { continue };
        let dotted = tokens.get(at + 1).is_some_and(|it| it.glued && it.is_sign('.'))
            && tokens.get(at + 2).is_some_and(|it| it.glued && it.number(2).is_some());
        if dotted && (is_unit(tokens.get(at + 3), Unit::Hour) || is_half(tokens.get(at + 3))) {
            let minute = tokens[at + 2].number(2)?;
            tokens[at..at + 3].iter_mut().for_each(|token| token.used = true);
            return Some(Clock { hour, minute, second: 0, at });
        }
        if is_half(tokens.get(at + 1))
            && !is_unit(tokens.get(at + 1), Unit::Hour)
            && !follows_month(tokens, at)
        {
            tokens[at].used = true;
            return Some(Clock { hour, minute: 0, second: 0, at });
        }
        if !is_unit(tokens.get(at + 1), Unit::Hour) {
            continue;
        }
        let mut clock = Clock { hour, at, ..Clock::default() };
        let mut end = at + 2;
        if let Some(minute) = tokens.get(end).and_then(|it| it.number(2)) {
            let named = is_unit(tokens.get(end + 1), Unit::Minute);
            if named || tokens[end].glued {
                clock.minute = minute;
                end += 1 + usize::from(named);
            }
        }
        if let Some(second) = tokens.get(end).and_then(|it| it.number(2))
            && is_unit(tokens.get(end + 1), Unit::Second)
        {
            clock.second = second;
            end += 2;
        }
        tokens[at..end].iter_mut().for_each(|token| token.used = true);
        return Some(clock);
    }
    None
}

/// `kl 15.30` beside a month that has a name: two numbers with a dot that are no day and month.
fn bare(tokens: &mut [Token]) -> Option<Clock> {
    let month = tokens.iter().any(|it| it.sense(|sense| matches!(sense, Sense::Month(_))).is_some());
    let dot = |token: Option<&Token>| token.is_some_and(|it| it.glued && it.is_sign('.'));
    let at = (0..tokens.len()).rev().find(|&at| {
        month
            && dot(tokens.get(at + 1))
            && tokens[at].number(2).is_some_and(|hour| hour < 24)
            && tokens
                .get(at + 2)
                .is_some_and(|it| it.glued && it.digits() == Some(2) && it.number(2) < Some(60))
            && !dot(tokens.get(at + 3))
            && !(at > 0 && tokens[at].glued && tokens[at - 1].is_sign('.'))
    })?;
    let (hour, minute) = (tokens[at].number(2)?, tokens[at + 2].number(2)?);
    tokens[at..at + 3].iter_mut().for_each(|token| token.used = true);
    Some(Clock { hour, minute, second: 0, at })
}

/// True when a clock with colons begins at this token.
fn is_clock(tokens: &[Token], at: usize) -> bool {
    tokens[at].number(2).is_some()
        && tokens.get(at + 1).is_some_and(|it| it.is_sign(':') && !it.used)
        && tokens.get(at + 2).is_some_and(|it| it.number(2).is_some())
}

fn is_half(token: Option<&Token>) -> bool {
    token.is_some_and(|it| it.sense(|sense| matches!(sense, Sense::Am | Sense::Pm)).is_some())
}

/// `October 5 AM`: a day, not an hour.
fn follows_month(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].sense(|sense| matches!(sense, Sense::Month(_))).is_some()
}

/// The hour of a twelve-hour clock in the half or part of the day that the words tell.
fn half_of_day(tokens: &[Token], hour: u32) -> u32 {
    let told = |wanted: fn(Sense) -> bool| tokens.iter().find_map(|it| it.sense(wanted));
    match told(|sense| matches!(sense, Sense::Am | Sense::Pm)) {
        Some(Sense::Am) if hour == 12 => return 0,
        Some(Sense::Pm) if hour < 12 => return hour + 12,
        Some(_) => return hour,
        None => {}
    }
    match told(|sense| matches!(sense, Sense::Part(..))) {
        Some(Sense::Part(first, end)) if hour <= 12 => {
            let hours = [hour, hour + 12, hour + 24];
            hours.into_iter().find(|it| (first..end).contains(it)).map_or(hour, |it| it % 24)
        }
        _ => hour,
    }
}
