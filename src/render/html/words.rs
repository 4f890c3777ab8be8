//! What the pages say in a language, and how it writes dates: from `config/pages/*.toml`, names from `config/languages/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use serde::Deserialize;

use super::direction::{Direction, direction};
use crate::model::Timestamp;
use crate::render::fence;

/// A language that pages are written in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Its tag.
    pub(super) language: String,
    /// The digits from zero to nine, where they are not those of ASCII.
    #[serde(default)]
    digits: String,
    /// A day, with `{weekday}`, `{day}`, `{month}`, `{year}`.
    day: String,
    /// The same without the weekday.
    date: String,
    /// A date with its time of day: `{date}`, `{time}`.
    moment: String,
    /// What the pages say, by name.
    pub(super) words: BTreeMap<String, String>,
    #[serde(skip)]
    names: Names,
}

/// The names in `config/languages/`: of each, the first spelling is the usual one.
#[derive(Debug, Default, Deserialize)]
struct Names {
    months: Vec<Vec<String>>,
    weekdays: Vec<Vec<String>>,
}

macro_rules! languages {
    ($($name:literal)*) => {
        const FILES: &[(&str, &str)] = &[$((
            include_str!(concat!("../../../config/pages/", $name, ".toml")),
            include_str!(concat!("../../../config/languages/", $name, ".toml")),
        )),*];
    };
}

// English first: it stands in for languages that are not here.
languages! { "en" "ar" "bn" "de" "es" "fr" "hi" }

fn all() -> &'static [Words] {
    static WORDS: OnceLock<Vec<Words>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let read = |(words, names): &(&str, &str)| {
            // A file that cannot be read is a mistake of ours that the test below finds.
            let words: Words = toml::from_str(words).ok()?;
            Some(Words { names: toml::from_str(names).unwrap_or_default(), ..words })
        };
        FILES.iter().filter_map(read).collect()
    })
}

/// The words of the first of these languages (BCP 47 tags) that pages are written in; else English.
pub(super) fn words<'t>(wanted: impl IntoIterator<Item = Option<&'t str>>) -> &'static Words {
    static NONE: OnceLock<Words> = OnceLock::new();
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let find = |tag: &str| all().iter().find(|words| words.language == primary(tag));
    wanted.into_iter().flatten().find_map(find).or_else(|| all().first()).unwrap_or_else(|| {
        NONE.get_or_init(|| Words {
            language: "en".to_owned(),
            digits: String::new(),
            day: "{year}-{month}-{day}".to_owned(),
            date: "{year}-{month}-{day}".to_owned(),
            moment: "{date} {time}".to_owned(),
            words: BTreeMap::new(),
            names: Names::default(),
        })
    })
}

impl Words {
    /// Where lines of the language begin.
    pub(super) fn direction(&self) -> Direction {
        direction(Some(&self.language))
    }

    /// A word by its name; the name itself where there is none.
    pub(super) fn say<'w>(&'w self, name: &'w str) -> &'w str {
        self.words.get(name).map_or(name, String::as_str)
    }

    /// The day of an instant, with its weekday.
    pub(super) fn day(&self, at: Timestamp, zone: Tz) -> String {
        self.fill(&self.day, at, zone)
    }

    /// Day and time of day.
    pub(super) fn moment(&self, at: Timestamp, zone: Tz) -> String {
        let date = self.fill(&self.date, at, zone);
        self.moment.replace("{date}", &date).replace("{time}", &self.clock(at, zone))
    }

    /// The time of day.
    pub(super) fn clock(&self, at: Timestamp, zone: Tz) -> String {
        let at = local(at, zone);
        self.digits(&format!("{:02}:{:02}", at.hour(), at.minute()))
    }

    /// A whole number.
    pub(super) fn number(&self, number: usize) -> String {
        self.digits(&number.to_string())
    }

    fn fill(&self, pattern: &str, at: Timestamp, zone: Tz) -> String {
        let at = local(at, zone);
        let name = |names: &[Vec<String>], index: u32| {
            names.get(index as usize).and_then(|names| names.first()).cloned()
        };
        let month = name(&self.names.months, at.month0()).unwrap_or_else(|| at.month().to_string());
        let weekday = name(&self.names.weekdays, at.weekday().num_days_from_monday()).unwrap_or_default();
        let (day, year) = (self.digits(&at.day().to_string()), self.digits(&at.year().to_string()));
        pattern
            .replace("{weekday}", &weekday)
            .replace("{month}", &month)
            .replace("{day}", &day)
            .replace("{year}", &year)
    }

    fn digits(&self, ascii: &str) -> String {
        let own = |c: char| c.to_digit(10).and_then(|value| self.digits.chars().nth(value as usize));
        ascii.chars().map(|c| own(c).unwrap_or(c)).collect()
    }
}

fn local(at: Timestamp, zone: Tz) -> chrono::DateTime<Tz> {
    fence::instant(at).with_timezone(&zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything() {
        let english = &all()[0].words;
        assert_eq!(all().len(), FILES.len());
        for words in all() {
            let (own, wanted): (Vec<_>, Vec<_>) = (words.words.keys().collect(), english.keys().collect());
            assert_eq!(own, wanted, "{}", words.language);
            assert!(words.words.values().all(|word| !word.trim().is_empty()), "{}", words.language);
            assert_eq!((words.names.months.len(), words.names.weekdays.len()), (12, 7));
            assert!(matches!(words.digits.chars().count(), 0 | 10), "{}", words.language);
        }
    }

    #[test]
    fn dates_are_written_as_the_language_does() {
        let at = "2026-11-07T20:45:00Z".parse().expect("a date");
        let (dhaka, utc) = (Tz::Asia__Dhaka, Tz::UTC);
        for (tag, zone, day, moment) in [
            ("en-GB", utc, "Saturday, 7 November 2026", "7 November 2026, 20:45"),
            ("bn-IN", dhaka, "রবিবার, ৮ নভেম্বর ২০২৬", "৮ নভেম্বর ২০২৬, ০২:৪৫"),
            ("de", utc, "Samstag, 7. November 2026", "7. November 2026, 20:45"),
            ("es", utc, "sábado, 7 de noviembre de 2026", "7 de noviembre de 2026, 20:45"),
            ("ar", utc, "السبت، 7 نوفمبر 2026", "7 نوفمبر 2026، 20:45"),
            ("ta", utc, "Saturday, 7 November 2026", "7 November 2026, 20:45"),
        ] {
            let words = words([None, Some(tag)]);
            assert_eq!(
                (words.day(at, zone).as_str(), words.moment(at, zone).as_str()),
                (day, moment),
                "{tag}"
            );
        }
        assert_eq!(words([Some("ta"), Some("fr")]).language, "fr");
    }
}
