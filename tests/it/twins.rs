//! The labelled set of `fixtures/twins`: what is recognised, and that neither the order nor the cut of what comes matters.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::support::twins::articles::{Article, Language, read, sentences};
use crate::support::twins::chance::Chance;
use crate::support::twins::edits::{edit, original};
use crate::support::twins::kinds::Kind;
use crate::support::twins::road::{self, Offer, Store};
use crate::support::twins::score::{everything, score, thinned};
use crate::support::twins::shipped;
use crate::support::twins::table::table;

#[test]
fn the_set_is_as_large_as_it_should_be() {
    let languages = read(&shipped());
    let codes: Vec<&str> = languages.iter().map(|language| language.code.as_str()).collect();
    assert_eq!(codes, ["ar", "bn", "en", "hi", "th", "zh"]);
    for language in &languages {
        let least = if language.code == "bn" { 60 } else { 20 };
        assert!(language.articles.len() >= least, "{}: {}", language.code, language.articles.len());
        let titles: BTreeSet<&str> = language.articles.iter().map(|article| article.title.as_str()).collect();
        assert_eq!(titles.len(), language.articles.len(), "{}", language.code);
        for article in &language.articles {
            assert!(article.paragraphs.len() >= 4, "{}", article.name);
        }
        for kind in ["event", "template", "obituary", "daily"] {
            let of_kind: Vec<&Article> =
                language.negatives.iter().filter(|it| it.name.contains(kind)).collect();
            assert!(of_kind.len() >= 2 && of_kind.len().is_multiple_of(2), "{}: {kind}", language.code);
        }
    }
}

/// An edit that changes nothing would be found by anybody.
#[test]
fn every_edit_changes_what_it_should() {
    for language in read(&shipped()) {
        for kind in Kind::ALL {
            let changed = |article: &&Article| {
                edit(article, kind, &language.words).is_some_and(|told| told != original(article))
            };
            let count = language.articles.iter().filter(changed).count();
            let least = match kind {
                Kind::Copy => 0,
                Kind::Quotes => language.articles.len() / 4,
                // English has no other digits; not each article has a figure, or a word that is spelled in two ways.
                Kind::Digits if language.words.digits.is_empty() => language.articles.len() / 4,
                Kind::Digits | Kind::Spelling => language.articles.len() * 4 / 10,
                _ => language.articles.len(),
            };
            assert!(count >= least, "{} {}: {count} changed", language.code, kind.name());
            for article in &language.articles {
                assert_eq!(edit(article, kind, &language.words), edit(article, kind, &language.words));
            }
        }
        for article in &language.articles {
            let apart: usize = article.paragraphs.iter().map(|paragraph| sentences(paragraph).len()).sum();
            assert!(apart >= 5, "{}: {apart} sentences", article.name);
            for paragraph in &article.paragraphs {
                assert_eq!(sentences(paragraph).join(&language.words.gap), *paragraph, "{}", article.name);
            }
        }
    }
}

/// The promise, on every fifth article and a third of the negatives; `cargo run --release --example twins` tells the whole.
#[test]
fn copies_are_recognised_and_nothing_else() {
    let score = score(&thinned(&read(&shipped()), 5));
    let told = table(&score);
    assert!(score.wrong.is_empty(), "{told}");
    assert!(score.total(Kind::is_easy).recall() >= 0.99, "{told}");
    assert!(score.total(|kind| kind != Kind::Heavy).recall() >= 0.80, "{told}");
    assert!(score.total(Kind::is_easy).pairs >= 8 * 30, "{told}");
}

/// Few articles, all their edits, in sources of their own, and negatives.
fn some() -> Vec<Offer> {
    let languages: Vec<Language> = read(&shipped())
        .into_iter()
        .filter(|language| ["bn", "en", "zh"].contains(&language.code.as_str()))
        .collect();
    let mut offers = everything(&thinned(&languages, 12));
    offers.retain(|offer| {
        !offer.label.contains("negatives")
            || offer.label.ends_with("original")
            || offer.label.ends_with("other")
    });
    offers
}

#[test]
fn neither_the_order_nor_the_cut_of_what_comes_makes_other_stories() {
    let offers = some();
    let reference = road::tell(&offers);
    let stories = reference.stories();
    assert!(stories.len() >= 6 && stories.iter().any(|story| story.len() > 8), "{stories:#?}");
    assert_explained(&reference);
    for (seed, runs) in [("one run", 1), ("two runs", 2), ("five runs", 5)] {
        let mut chance = Chance::of(seed);
        let mut offers = offers.clone();
        chance.shuffle(&mut offers);
        let cut: Vec<usize> = offers.iter().map(|_| chance.below(runs)).collect();
        let store = told_in_runs(&offers, &cut, runs);
        assert_eq!(store.stories(), stories, "{seed}");
        assert_explained(&store);
    }
}

/// Runs once for each piece, and looks at what is published after each: who leads goes on to lead under the same id, no page comes
/// under another id, and of a story that was told nobody is announced again.
fn told_in_runs(offers: &[Offer], cut: &[usize], runs: usize) -> Store {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::default();
    let mut id_of_page: BTreeMap<String, String> = BTreeMap::new();
    let mut page_of_id: BTreeMap<String, String> = BTreeMap::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for run in 0..runs {
        road::write(dir.path(), offers, |at| cut[at] <= run);
        road::run_at(dir.path(), road::now() + TimeDelta::minutes(20 * run as i64));
        store = road::kept(dir.path());
        let stories = store.members();
        let mut announced = Vec::new();
        for (id, page) in road::published(dir.path()) {
            let known = page_of_id.insert(id.clone(), page.clone());
            assert!(known.is_none_or(|known| known == page), "another leads `{id}` now: `{page}`");
            let other = id_of_page.insert(page.clone(), id.clone());
            assert!(other.is_none_or(|other| other == id), "`{page}` comes again as `{id}`");
            if !told.contains(&page) {
                let of_story = stories.iter().find(|story| story.contains(&page)).expect("it is stored");
                let before: Vec<&String> = of_story.iter().filter(|page| told.contains(*page)).collect();
                assert!(before.is_empty(), "`{page}` is announced after {before:?}");
                announced.push(page);
            }
        }
        told.extend(announced);
    }
    store
}

/// Every story of several is held together by ties, and no tie leads out of one.
fn assert_explained(store: &Store) {
    let story_of: BTreeMap<i64, i64> = store.entries.iter().map(|entry| (entry.row, entry.story)).collect();
    for tie in &store.ties {
        assert_eq!(story_of[&tie.a], story_of[&tie.b], "{tie:?}");
        assert!((0.0..=1.0).contains(&tie.score), "{tie:?}");
    }
    for (row, story) in &story_of {
        let mut reached = BTreeSet::from([*row]);
        let mut next = vec![*row];
        while let Some(at) = next.pop() {
            for tie in store.ties.iter().filter(|tie| tie.a == at || tie.b == at) {
                let other = if tie.a == at { tie.b } else { tie.a };
                if reached.insert(other) {
                    next.push(other);
                }
            }
        }
        let members: BTreeSet<i64> =
            story_of.iter().filter(|(_, of)| *of == story).map(|(row, _)| *row).collect();
        assert_eq!(reached, members, "what ties reach from {row} is its story");
        assert_eq!(members.first(), Some(story), "a story is called by its first entry");
    }
}
