//! How many pairs of an article and its edit are one story, and which articles are one that should not be.
//!
//! Each kind is told in a run of its own, so that a pair is found by itself and not through a third; all of them and the negatives
//! with their edits are told together once more, because the more there is the more can go wrong.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use harkara::dedup::Settings;
use harkara::dedup::near::{self, Likeness, Outlet};

use super::articles::{Article, Language};
use super::edits::{Told, edit, original};
use super::kinds::Kind;
use super::road::{self, Entry, Offer, Store};

/// Of the pairs of a language and kind so many were found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    pub pairs: usize,
    pub found: usize,
}

impl Count {
    /// From 0 to 1; of nothing everything was found.
    pub fn recall(self) -> f64 {
        if self.pairs == 0 { 1.0 } else { self.found as f64 / self.pairs as f64 }
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self { pairs: self.pairs + other.pairs, found: self.found + other.found }
    }
}

/// Two entries that should have been told otherwise, and how alike they are.
#[derive(Debug, Clone)]
pub struct Miss {
    pub one: String,
    pub other: String,
    pub alike: Likeness,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Score {
    /// By language and kind.
    pub counts: BTreeMap<(String, Kind), Count>,
    /// Pairs that were not found.
    pub lost: Vec<Miss>,
    /// Articles, by their names, that were taken for one; the entries of them that are most alike.
    pub wrong: BTreeMap<(String, String), Miss>,
}

impl Score {
    /// All pairs of the kinds that `which` takes.
    pub fn total(&self, which: impl Fn(Kind) -> bool) -> Count {
        let counts = self.counts.iter().filter(|((_, kind), _)| which(*kind));
        counts.fold(Count::default(), |sum, (_, count)| sum.and(*count))
    }

    /// Of what was taken for the same so much is, from 0 to 1.
    pub fn precision(&self) -> f64 {
        let found = self.total(|_| true).found as f64;
        let wrong = self.wrong.len() as f64;
        if found + wrong == 0.0 { 1.0 } else { found / (found + wrong) }
    }

    /// Precision of 1, nearly all of what is easy, most of all that is not heavy.
    pub fn keeps_the_promise(&self) -> bool {
        self.wrong.is_empty()
            && self.total(Kind::is_easy).recall() >= 0.99
            && self.total(|kind| kind != Kind::Heavy).recall() >= 0.80
    }
}

/// The article as a source tells it. The name of the source is made of the language and `voice`.
pub fn offer(language: &Language, article: &Article, voice: &str, told: Told) -> Offer {
    let label = format!("{} {voice}", article.name);
    // Another outlet is some hours later or earlier, within the same window.
    let published = road::moment(&label);
    Offer { source: format!("{}-{voice}", language.code), label, told, published }
}

/// The articles themselves.
pub fn originals(languages: &[Language]) -> Vec<Offer> {
    let of = |language: &Language, article: &Article, voice: &str| {
        offer(language, article, voice, original(article))
    };
    let mut offers = Vec::new();
    for language in languages {
        offers.extend(language.articles.iter().map(|article| of(language, article, "original")));
        offers.extend(language.negatives.iter().map(|article| of(language, article, voice_of(article))));
    }
    offers
}

/// The two of a negative have a source each.
fn voice_of(negative: &Article) -> &'static str {
    if negative.name.ends_with("-b") { "other" } else { "original" }
}

/// The edits of a kind.
pub fn edited(languages: &[Language], kind: Kind, which: Which) -> Vec<Offer> {
    let mut offers = Vec::new();
    for language in languages {
        let negatives = if which == Which::All { language.negatives.as_slice() } else { &[] };
        for article in language.articles.iter().chain(negatives) {
            let told = edit(article, kind, &language.words);
            // What two of a negative say in one source is for another test.
            let voice = if article.name.ends_with("-b") {
                format!("{}-other", kind.name())
            } else {
                kind.name().to_owned()
            };
            offers.extend(told.map(|told| offer(language, article, &voice, told)));
        }
    }
    offers
}

/// Which articles are edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that are different from all others.
    Articles,
    /// The negatives too.
    All,
}

/// Everything at once: all articles, all negatives, all their edits.
pub fn everything(languages: &[Language]) -> Vec<Offer> {
    let kinds = Kind::ALL.into_iter().flat_map(|kind| edited(languages, kind, Which::All));
    originals(languages).into_iter().chain(kinds).collect()
}

/// Negatives as one outlet tells them: two days apart.
pub fn of_one_outlet(languages: &[Language]) -> Vec<Offer> {
    let mut offers = Vec::new();
    for language in languages {
        for article in &language.negatives {
            let mut offer = offer(language, article, "daily", original(article));
            let hours = if article.name.ends_with("-b") { 3 } else { 51 };
            offer.published = road::now() - TimeDelta::hours(hours);
            offers.push(offer);
        }
    }
    offers
}

/// One article of so many, and of the negatives the first pair of each kind: for who has only seconds.
pub fn thinned(languages: &[Language], every: usize) -> Vec<Language> {
    let thin = |language: &Language| Language {
        articles: language.articles.iter().step_by(every).cloned().collect(),
        negatives: language.negatives.iter().filter(|it| it.name.contains("-1-")).cloned().collect(),
        ..language.clone()
    };
    languages.iter().map(thin).collect()
}

/// Tells every kind, then everything, and counts.
pub fn score(languages: &[Language]) -> Score {
    let mut score = Score::default();
    for kind in Kind::ALL {
        let mut offers = originals(languages);
        offers.extend(edited(languages, kind, Which::Articles));
        let store = road::tell(&offers);
        count_pairs(&mut score, languages, kind, &store);
        note_wrong(&mut score, &store);
    }
    note_wrong(&mut score, &road::tell(&everything(languages)));
    note_wrong(&mut score, &road::tell(&of_one_outlet(languages)));
    score
}

fn count_pairs(score: &mut Score, languages: &[Language], kind: Kind, store: &Store) {
    let by_label: BTreeMap<&str, &Entry> =
        store.entries.iter().map(|entry| (entry.label.as_str(), entry)).collect();
    for language in languages {
        let count = score.counts.entry((language.code.clone(), kind)).or_default();
        for article in &language.articles {
            let one = by_label.get(format!("{} original", article.name).as_str());
            let other = by_label.get(format!("{} {}", article.name, kind.name()).as_str());
            let (Some(one), Some(other)) = (one, other) else { continue };
            count.pairs += 1;
            if one.story == other.story {
                count.found += 1;
            } else {
                score.lost.push(miss(one, other));
            }
        }
    }
}

/// The article of an entry.
pub fn article_of(label: &str) -> &str {
    label.split(' ').next().unwrap_or(label)
}

fn note_wrong(score: &mut Score, store: &Store) {
    let mut stories: BTreeMap<i64, Vec<&Entry>> = BTreeMap::new();
    for entry in &store.entries {
        stories.entry(entry.story).or_default().push(entry);
    }
    for story in stories.values() {
        for (at, one) in story.iter().enumerate() {
            for other in &story[at + 1..] {
                let (a, b) = (article_of(&one.label), article_of(&other.label));
                if a != b {
                    let pair = (a.min(b).to_owned(), a.max(b).to_owned());
                    let miss = miss(one, other);
                    let likest = score.wrong.entry(pair).or_insert_with(|| miss.clone());
                    if (miss.alike.verdict.is_same(), miss.alike.text)
                        > (likest.alike.verdict.is_same(), likest.alike.text)
                    {
                        *likest = miss;
                    }
                }
            }
        }
    }
}

fn miss(one: &Entry, other: &Entry) -> Miss {
    let (a, b) = (near::Text::of_item(&one.item), near::Text::of_item(&other.item));
    let alike = near::compare(&a, &b, Outlet::Two, &Settings::default());
    Miss { one: one.label.clone(), other: other.label.clone(), alike }
}
