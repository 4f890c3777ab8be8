//! What the pieces of a date mean together: the language that knows most of its words, then clock, zone and day.

use chrono_tz::Tz;

use super::civil::{Civil, Offset};
use super::clock::{self, Clock};
use super::numbers::{self, Hints};
use super::piece::{Kind, Piece};
use super::words::{self, ENGLISH, LONGEST, Sense, Senses, Words};
use super::zone::{self, Meaning};

/// More pieces than any date has: what follows is text.
const MOST_PIECES: usize = 64;

/// How many languages are tried, those first that know most words.
const LANGUAGES: usize = 6;

/// More words than this that no language knows: it is text, no date.
const UNKNOWN: usize = 5;

/// A piece as one language understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub what: What,
    /// True when no white space stands before it.
    pub glued: bool,
    /// True when clock, zone or calendar have had it.
    pub used: bool,
    /// The word itself, where it is one.
    pub word: String,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A number.
    Number {
        /// What it counts.
        value: u32,
        /// How many digits it was written with.
        digits: usize,
    },
    /// A word with the senses it has in the language; none = unknown.
    Word(Vec<Sense>),
    /// A sign.
    Sign(char),
}

impl Token {
    /// The number, if it has at most so many digits and is still free.
    pub fn number(&self, most: usize) -> Option<u32> {
        match self.what {
            What::Number { value, digits } if digits <= most && !self.used => Some(value),
            _ => None,
        }
    }

    /// How many digits the number has.
    pub fn digits(&self) -> Option<usize> {
        match self.what {
            What::Number { digits, .. } => Some(digits),
            _ => None,
        }
    }

    /// The senses of the word.
    pub fn senses(&self) -> &[Sense] {
        match &self.what {
            What::Word(senses) => senses,
            _ => &[],
        }
    }

    /// The first sense of the wanted kind.
    pub fn sense(&self, wanted: impl Fn(Sense) -> bool) -> Option<Sense> {
        self.senses().iter().copied().find(|sense| wanted(*sense))
    }

    /// True for this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        self.what == What::Sign(sign)
    }

    /// True for any word.
    pub fn is_word(&self) -> bool {
        matches!(self.what, What::Word(_))
    }

    /// True for a word without a sense.
    pub fn is_unknown(&self) -> bool {
        matches!(&self.what, What::Word(senses) if senses.is_empty())
    }

    /// True for one of these words.
    pub fn is_zone(&self, names: &[&str]) -> bool {
        names.contains(&self.word.as_str())
    }
}

/// A piece with what it means in every language.
struct Meant {
    what: Option<What>,
    senses: Senses,
    word: String,
    glued: bool,
}

/// Reads a date from its pieces.
pub fn settle(pieces: &[Piece], zone: Tz, country: Option<&str>) -> Option<Civil> {
    let pieces = pieces.get(..pieces.len().min(MOST_PIECES))?;
    if !pieces.iter().any(|piece| matches!(piece.kind, Kind::Number { .. })) {
        return None;
    }
    let words = words::words();
    let meant = meant(pieces, words);
    for language in languages(&meant) {
        let tokens: Vec<Token> = meant.iter().map(|it| token(it, language)).collect();
        let other = tokens.iter().any(|it| it.sense(|sense| sense == Sense::Other).is_some());
        let civil = in_language(tokens, words.is_buddhist(language), zone, country);
        // A date of another calendar is not read as one of ours in another language.
        if civil.is_some() || other {
            return civil.map(|civil| Civil { home: words.zone(language), ..civil });
        }
    }
    None
}

/// The languages to try, best first: those that know most words, English before others that know as many.
fn languages(meant: &[Meant]) -> Vec<usize> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for it in meant {
        let mut seen: Vec<usize> = it.senses.iter().map(|(language, _)| *language).collect();
        seen.sort_unstable();
        seen.dedup();
        for language in seen {
            match counts.iter_mut().find(|(known, _)| *known == language) {
                Some((_, count)) => *count += 1,
                None => counts.push((language, 1)),
            }
        }
    }
    counts.sort_by_key(|(language, count)| (usize::MAX - count, *language));
    let mut languages: Vec<usize> =
        counts.into_iter().map(|(language, _)| language).take(LANGUAGES).collect();
    if !languages.contains(&ENGLISH) {
        languages.push(ENGLISH);
    }
    languages
}

/// Finds what words mean, the longest first; words of scripts without spaces are taken apart.
fn meant(pieces: &[Piece], words: &Words) -> Vec<Meant> {
    let mut all = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let what = match &piece.kind {
            Kind::Number { value, digits } => Some(What::Number { value: *value, digits: *digits }),
            Kind::Sign(sign) => Some(What::Sign(*sign)),
            Kind::Word(_) => None,
        };
        if what.is_some() {
            all.push(Meant { what, senses: Vec::new(), word: String::new(), glued: piece.glued });
            at += 1;
            continue;
        }
        let (word, length, senses) = phrase(&pieces[at..], words);
        match senses.is_empty() && word.chars().any(is_unspaced) {
            true => all.extend(segments(&word, piece.glued, words)),
            false => {
                let senses = if senses.is_empty() { words.guess(&word) } else { senses };
                all.push(Meant { what: None, senses, word, glued: piece.glued });
            }
        }
        at += length;
    }
    all
}

/// The longest known phrase that the pieces begin with: its words, how many pieces it takes, its senses.
fn phrase(pieces: &[Piece], words: &Words) -> (String, usize, Senses) {
    let mut phrase = String::new();
    let mut count = 0;
    let mut best = (String::new(), 1, Vec::new());
    for (n, piece) in pieces.iter().enumerate() {
        match &piece.kind {
            Kind::Word(word) => {
                if count > 0 {
                    phrase.push(' ');
                }
                phrase.push_str(word);
                count += 1;
                let senses = words.find(&phrase);
                if count == 1 || !senses.is_empty() {
                    best = (phrase.clone(), n + 1, senses.to_vec());
                }
                if count == LONGEST {
                    break;
                }
            }
            // `a. m.`, `l'après-midi`
            Kind::Sign('.' | '\'' | '-') if piece.glued => {}
            _ => break,
        }
    }
    best
}

/// Takes a word of a script without spaces apart: the longest known word at each place, what is unknown left out.
fn segments(word: &str, glued: bool, words: &Words) -> Vec<Meant> {
    let mut all: Vec<Meant> = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(12).collect::<Vec<_>>();
        let known = ends.into_iter().rev().find(|end| !words.find(&rest[..*end]).is_empty());
        if let Some(end) = known {
            let senses = words.find(&rest[..end]).to_vec();
            all.push(Meant {
                what: None,
                senses,
                word: rest[..end].to_owned(),
                glued: glued || !all.is_empty(),
            });
        }
        rest = &rest[known.unwrap_or(first.len_utf8())..];
    }
    if all.is_empty() {
        all.push(Meant { what: None, senses: Vec::new(), word: word.to_owned(), glued });
    }
    all
}

/// Scripts that do not put spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// A piece in one language; English is understood beside it.
fn token(meant: &Meant, language: usize) -> Token {
    let senses = |wanted: usize| -> Vec<Sense> {
        meant.senses.iter().filter(|(it, _)| *it == wanted).map(|(_, sense)| *sense).collect()
    };
    let what = meant.what.clone().unwrap_or_else(|| {
        let own = senses(language);
        What::Word(if own.is_empty() { senses(ENGLISH) } else { own })
    });
    Token { what, glued: meant.glued, used: false, word: meant.word.clone() }
}

fn in_language(mut tokens: Vec<Token>, buddhist: bool, zone: Tz, country: Option<&str>) -> Option<Civil> {
    if tokens.iter().filter(|token| token.is_unknown() && token.word.chars().count() > 1).count() > UNKNOWN {
        return None;
    }
    let offset = clock::take_offset(&mut tokens).ok()?;
    let clock = clock::take_clock(&mut tokens).ok()?;
    let half_day = tokens.iter().any(|it| it.is_zone(&["am", "pm"]));
    let day = numbers::day(&mut tokens, buddhist, Hints { country, half_day })?;
    let Clock { hour, minute, second, at } = clock.unwrap_or_default();
    let civil = day.at(hour, minute, second)?;
    match offset {
        Some(seconds) => Some(civil.with(Offset::Seconds(seconds))),
        None => with_zone(civil, &tokens, clock.map(|_| at), zone, country),
    }
}

/// Finds the name of a zone behind the clock (or anywhere, where there is none).
fn with_zone(
    civil: Civil,
    tokens: &[Token],
    clock_at: Option<usize>,
    zone: Tz,
    country: Option<&str>,
) -> Option<Civil> {
    let local = civil.local()?;
    let mut unknown = None;
    for (at, token) in tokens.iter().enumerate().skip(clock_at.unwrap_or(0)) {
        let silent = token.sense(|sense| sense == Sense::Skip).is_some();
        if !token.is_word() || !token.word.is_ascii() || !(token.is_unknown() || silent) {
            continue;
        }
        let name = long_name(tokens, at);
        match zone::named(&name, zone, country, local) {
            Some(Meaning::Sure(offset)) => return Some(civil.with(offset)),
            Some(Meaning::Unsure(offset)) => {
                let taken = match offset {
                    Offset::Seconds(seconds) => format!("{:+} h", seconds / 3600),
                    Offset::Place(place) => place.to_string(),
                    Offset::None => zone.to_string(),
                };
                let remark =
                    format!("the zone `{}` may be several and is taken for `{taken}`", name.to_uppercase());
                let remark = civil.remark.clone().or(Some(remark));
                return Some(Civil { remark, ..civil.with(offset) });
            }
            None if silent || clock_at.is_none() || unknown.is_some() => {}
            None => unknown = Some(name),
        }
    }
    let remark =
        unknown.map(|name| format!("the zone `{}` is not known and taken for `{zone}`", name.to_uppercase()));
    let remark = civil.remark.clone().or(remark);
    Some(Civil { remark, ..civil })
}

/// `america/argentina/buenos_aires`, `etc/gmt+1`: a name over several tokens.
fn long_name(tokens: &[Token], at: usize) -> String {
    let mut name = tokens[at].word.clone();
    let mut rest = &tokens[at + 1..];
    while let [sign, next, tail @ ..] = rest {
        if !(sign.glued && next.glued && sign.is_sign('/') && next.is_word()) {
            break;
        }
        name.push('/');
        name.push_str(&next.word);
        rest = tail;
    }
    name
}
