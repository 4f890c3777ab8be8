//! The words of dates by language, from `config/languages/*.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use chrono_tz::Tz;
use serde::Deserialize;

use super::fold::fold;
use super::piece::{Kind, pieces};

/// Parts of a date that a word behind (or before) a number can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Year.
    Year,
    /// Month.
    Month,
    /// Day of the month.
    Day,
    /// Hour.
    Hour,
    /// Minute.
    Minute,
    /// Second.
    Second,
}

/// What a word means in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// A month, 1 to 12.
    Month(u32),
    /// A day of the week, 0 = Monday.
    Weekday(u32),
    /// Before noon.
    Am,
    /// After noon.
    Pm,
    /// A part of the day: its first hour and the hour after its last, beyond 24 after midnight.
    Part(u32, u32),
    /// Minutes on top of the hour that follows.
    Fraction(i32),
    /// Names the number before it.
    After(Unit),
    /// Names the number behind it.
    Before(Unit),
    /// An era: so many years are added to the number behind it.
    Era(i32),
    /// A month of another calendar.
    Other,
    /// Says nothing.
    Skip,
}

/// One language's file. Unknown keys are mistakes of ours: a test reads every file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Language {
    language: String,
    zone: Option<String>,
    months: Vec<Vec<String>>,
    weekdays: Vec<Vec<String>>,
    am: Vec<String>,
    pm: Vec<String>,
    year: Vec<String>,
    month: Vec<String>,
    day: Vec<String>,
    hour: Vec<String>,
    minute: Vec<String>,
    second: Vec<String>,
    before_day: Vec<String>,
    before_month: Vec<String>,
    before_year: Vec<String>,
    skip: Vec<String>,
    other: Vec<String>,
    eras: BTreeMap<String, i32>,
    fractions: BTreeMap<String, i32>,
    dayparts: BTreeMap<String, [u32; 2]>,
    buddhist: bool,
}

macro_rules! languages {
    ($($name:literal)*) => {
        const FILES: &[&str] = &[$(include_str!(concat!("../../../config/languages/", $name, ".toml"))),*];
    };
}

// English first: its words are read beside those of every other language, and it wins where two know as much.
languages! {
    "en" "ar" "as" "az" "be" "bg" "bn" "ca" "cs" "da" "de" "el" "es" "et" "fa" "fi" "fr" "gu" "he" "hi" "hr" "hu" "hy"
    "id" "it" "ja" "ka" "kn" "ko" "lt" "lv" "mk" "ml" "mr" "ms" "nb" "ne" "nl" "or" "pa" "pl" "pt" "ro" "ru" "si" "sk"
    "sl" "sr" "sv" "ta" "te" "th" "tr" "uk" "ur" "vi" "zh"
}

/// The index of English among the languages.
pub const ENGLISH: usize = 0;

/// Words of more than so many parts are not looked for.
pub const LONGEST: usize = 3;

/// A word's meanings: the language and the sense in it.
pub type Senses = Vec<(usize, Sense)>;

/// The words of every language.
#[derive(Debug, Default)]
pub struct Words {
    senses: HashMap<String, Senses>,
    /// Names of months and weekdays long enough to be known by their beginning, sorted.
    names: BTreeMap<String, Senses>,
    /// Whether a language counts years of the Buddhist era.
    buddhist: Vec<bool>,
    /// Where nearly all who write a language live.
    zones: Vec<Option<Tz>>,
}

/// The table, made when first asked for.
pub fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = Words::default();
        for (index, file) in FILES.iter().enumerate() {
            // A file that cannot be read is a mistake that the test below finds.
            words.add(index, &toml::from_str(file).unwrap_or_default());
        }
        words
    })
}

impl Words {
    /// What a folded word (or several with single spaces) means.
    pub fn find(&self, word: &str) -> &[(usize, Sense)] {
        self.senses.get(word).map_or(&[], Vec::as_slice)
    }

    /// What a word means that is a name cut short (`septem`) or bent (`অক্টোবরের`): both need three letters or more,
    /// and must mean one thing in a language.
    pub fn guess(&self, word: &str) -> Senses {
        if word.chars().count() < 3 {
            return Vec::new();
        }
        let mut found: Senses = Vec::new();
        for (_, senses) in self.names.range(word.to_owned()..).take_while(|(name, _)| name.starts_with(word))
        {
            found.extend(senses);
        }
        for end in word.char_indices().map(|(at, _)| at).skip(4) {
            found.extend(self.names.get(&word[..end]).into_iter().flatten());
        }
        let ambiguous: Vec<usize> = found
            .iter()
            .filter(|(language, sense)| {
                found.iter().any(|(other, another)| other == language && another != sense)
            })
            .map(|(language, _)| *language)
            .collect();
        found.retain(|(language, _)| !ambiguous.contains(language));
        found
    }

    /// True when the language counts years of the Buddhist era.
    pub fn is_buddhist(&self, language: usize) -> bool {
        self.buddhist.get(language).copied().unwrap_or(false)
    }

    /// The zone in which nearly all who write the language live; `None` where there are several.
    pub fn zone(&self, language: usize) -> Option<Tz> {
        self.zones.get(language).copied().flatten()
    }

    fn add(&mut self, index: usize, language: &Language) {
        self.buddhist.push(language.buddhist);
        self.zones.push(language.zone.as_ref().and_then(|zone| zone.parse().ok()));
        for (month, names) in (1..).zip(&language.months) {
            self.add_names(index, names, Sense::Month(month));
        }
        for (day, names) in (0..).zip(&language.weekdays) {
            self.add_names(index, names, Sense::Weekday(day));
        }
        for (words, sense) in [
            (&language.am, Sense::Am),
            (&language.pm, Sense::Pm),
            (&language.year, Sense::After(Unit::Year)),
            (&language.month, Sense::After(Unit::Month)),
            (&language.day, Sense::After(Unit::Day)),
            (&language.hour, Sense::After(Unit::Hour)),
            (&language.minute, Sense::After(Unit::Minute)),
            (&language.second, Sense::After(Unit::Second)),
            (&language.before_day, Sense::Before(Unit::Day)),
            (&language.before_month, Sense::Before(Unit::Month)),
            (&language.before_year, Sense::Before(Unit::Year)),
            (&language.skip, Sense::Skip),
            (&language.other, Sense::Other),
        ] {
            for word in words {
                self.add_word(index, word, sense);
            }
        }
        for (word, years) in &language.eras {
            self.add_word(index, word, Sense::Era(*years));
        }
        for (word, minutes) in &language.fractions {
            self.add_word(index, word, Sense::Fraction(*minutes));
        }
        for (word, [first, end]) in &language.dayparts {
            self.add_word(index, word, Sense::Part(*first, *end));
        }
    }

    fn add_names(&mut self, index: usize, names: &[String], sense: Sense) {
        for name in names {
            let key = self.add_word(index, name, sense);
            if key.chars().count() >= 4 {
                self.names.entry(key).or_default().push((index, sense));
            }
        }
    }

    fn add_word(&mut self, index: usize, word: &str, sense: Sense) -> String {
        let key = key(word);
        let senses = self.senses.entry(key.clone()).or_default();
        if !senses.contains(&(index, sense)) {
            senses.push((index, sense));
        }
        key
    }
}

/// A word of a table as a date has it in its pieces.
fn key(word: &str) -> String {
    let words = pieces(&fold(word)).into_iter().filter_map(|piece| match piece.kind {
        Kind::Word(word) => Some(word),
        _ => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_can_be_read_and_is_whole() {
        for file in FILES {
            let language: Language = toml::from_str(file).unwrap_or_else(|error| panic!("{error}\n{file}"));
            assert!(matches!(language.months.len(), 0 | 12), "{}", language.language);
            assert!(language.zone.is_none_or(|zone| zone.parse::<Tz>().is_ok()), "{}", language.language);
            assert_eq!(language.weekdays.len(), 7, "{}", language.language);
            assert!(
                language.months.iter().chain(&language.weekdays).flatten().all(|name| !key(name).is_empty())
            );
            assert!(
                language.eras.keys().chain(&language.skip).all(|it| key(it).split(' ').count() <= LONGEST)
            );
        }
    }

    #[test]
    fn a_name_means_one_month_in_a_language() {
        for (name, senses) in &words().senses {
            for (language, sense) in senses {
                if let Sense::Month(month) = sense {
                    let other = senses
                        .iter()
                        .find(|(l, s)| l == language && matches!(s, Sense::Month(m) if m != month));
                    assert_eq!(other, None, "{name}");
                }
            }
        }
    }

    #[test]
    fn names_are_known_cut_short_or_bent() {
        let months = |word: &str| {
            let mut months: Vec<_> = words().guess(&fold(word)).into_iter().map(|(_, sense)| sense).collect();
            months.dedup();
            months
        };
        assert!(months("Septem").contains(&Sense::Month(9)));
        assert_eq!(months("অক্টোবরের"), [Sense::Month(10)]);
        assert_eq!(months("xyz"), []);
    }
}
