//! The fields of a crontab line: from text to sets of numbers (crontab(5)).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::value::Flaw;

/// What may stand in one field.
struct Kind {
    name: &'static str,
    range: RangeInclusive<u8>,
    /// Names, with the number of the first.
    names: &'static [&'static str],
}

const SECOND: Kind = Kind { name: "second", range: 0..=59, names: &[] };
const MINUTE: Kind = Kind { name: "minute", range: 0..=59, names: &[] };
const HOUR: Kind = Kind { name: "hour", range: 0..=23, names: &[] };
const DAY: Kind = Kind { name: "day of month", range: 1..=31, names: &[] };
const MONTH: Kind = Kind {
    name: "month",
    range: 1..=12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
/// 0 and 7 are Sunday.
const WEEKDAY: Kind =
    Kind { name: "day of week", range: 0..=7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// A line of crontab as sets of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    pub second: BTreeSet<u8>,
    pub minute: BTreeSet<u8>,
    pub hour: BTreeSet<u8>,
    pub day: BTreeSet<u8>,
    pub month: BTreeSet<u8>,
    /// 0 is Sunday, 6 is Saturday.
    pub weekday: BTreeSet<u8>,
    /// Both days are restricted, that is, neither begins with `*`: then either may hold (crontab(5), "Note").
    pub either_day: bool,
}

/// The words for common lines.
const WORDS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// Reads five fields (minute first) or six (second first), or a word like `@daily`.
pub(super) fn read(line: &str) -> Result<Fields, Flaw> {
    let trimmed = line.trim();
    if trimmed.starts_with('@') {
        return match WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(trimmed)) {
            Some((_, fields)) => read(fields),
            None => Err(Flaw::new(format!("unknown word `{trimmed}`"))
                .help("the words are `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`; for spans write `every = \"15m\"`")),
        };
    }
    let texts = split(line);
    let (second, fields) = match texts.as_slice() {
        [a, b, c, d, e] => (None, [*a, *b, *c, *d, *e]),
        [second, a, b, c, d, e] => (Some(*second), [*a, *b, *c, *d, *e]),
        _ => {
            return Err(Flaw::new(format!("`{line}` has {} fields", texts.len())).help(
                "write five: minute, hour, day of month, month, day of week; or six with the second first",
            ));
        }
    };
    let [minute, hour, day, month, weekday] = fields;
    let restricted = |field: (usize, &str)| !field.1.starts_with(['*', '?']);
    Ok(Fields {
        second: second.map_or(Ok(BTreeSet::from([0])), |field| numbers(field, &SECOND))?,
        minute: numbers(minute, &MINUTE)?,
        hour: numbers(hour, &HOUR)?,
        day: numbers(day, &DAY)?,
        month: numbers(month, &MONTH)?,
        weekday: numbers(weekday, &WEEKDAY)?.into_iter().map(|day| day % 7).collect(),
        either_day: restricted(day) && restricted(weekday),
    })
}

/// The words of a line with the byte where each begins.
fn split(line: &str) -> Vec<(usize, &str)> {
    let place = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
    line.split_whitespace().map(|word| (place(word), word)).collect()
}

fn numbers((start, field): (usize, &str), kind: &Kind) -> Result<BTreeSet<u8>, Flaw> {
    let mut set = BTreeSet::new();
    let mut at = start;
    for item in field.split(',') {
        let here = at..at + item.len();
        set.extend(item_numbers(item, kind).map_err(|flaw| flaw.at(here.clone()))?);
        at = here.end + 1;
    }
    Ok(set)
}

fn item_numbers(item: &str, kind: &Kind) -> Result<Vec<u8>, Flaw> {
    let (low, high) = (*kind.range.start(), *kind.range.end());
    let (span, step) = match item.split_once('/') {
        None => (item, None),
        Some((span, step)) => match step.parse::<u8>() {
            Ok(step) if step > 0 => (span, Some(step)),
            _ => {
                return Err(Flaw::new(format!("`{step}` is no step for the {}", kind.name))
                    .help("write for instance `*/15`"));
            }
        },
    };
    let (first, last) = match (span, span.split_once('-')) {
        ("*", _) => (low, if kind.names.len() == 7 { 6 } else { high }),
        ("?", _) if matches!(kind.name, "day of month" | "day of week") => {
            (low, high.min(if low == 0 { 6 } else { 31 }))
        }
        (_, Some((first, last))) => {
            let (first, last) = (number(first, kind)?, number(last, kind)?);
            // `fri-sun`: the name of Sunday is 0, but at the end of a week it is 7.
            (first, if last == 0 && first > 0 && kind.names.len() == 7 { 7 } else { last })
        }
        // `5/15`: from 5 on, as most readers of crontab take it.
        (_, None) if step.is_some() => (number(span, kind)?, if kind.names.len() == 7 { 6 } else { high }),
        (_, None) => (number(span, kind)?, number(span, kind)?),
    };
    if first > last {
        return Err(Flaw::new(format!("the {} goes backwards in `{item}`", kind.name))
            .help(format!("write two parts: `{first}-{high},{low}-{last}`")));
    }
    Ok((first..=last).step_by(step.unwrap_or(1).into()).collect())
}

fn number(text: &str, kind: &Kind) -> Result<u8, Flaw> {
    if let Some(index) = kind.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(*kind.range.start() + index as u8);
    }
    let flaw = match text.parse::<u8>() {
        Ok(number) if kind.range.contains(&number) => return Ok(number),
        Ok(_) => Flaw::new(format!("`{text}` is out of range for the {}", kind.name)),
        Err(_) => Flaw::new(format!("`{text}` is no {}", kind.name)),
    };
    let (low, high) = kind.range.clone().into_inner();
    Err(flaw.help(match kind.names {
        [] => format!(
            "the {} goes from {low} to {high}; lists `1,2`, spans `1-5` and steps `*/5` are read",
            kind.name
        ),
        names => format!("the {} goes from {low} to {high}, or by name: {}", kind.name, names.join(", ")),
    }))
}
