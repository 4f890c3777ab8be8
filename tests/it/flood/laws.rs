//! The laws of the guard, over any mix of what a source may do: nothing that was announced is announced again, everything that is
//! truly new comes, the order of the list does not matter.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use harkara::dedup::{self, keyed, sift};
use harkara::model::{Channel, Html, Item, SourceId};
use harkara::store::{Answered, Guard, Part, StoreError, Success, Taken, Walk, Writer};
use proptest::prelude::*;

use super::script::{self, article, list, start};

/// A store with one source, and what is taken in of it.
struct Shelf {
    writer: Writer,
    runtime: tokio::runtime::Runtime,
    _home: tempfile::TempDir,
}

fn item(item: &script::Item) -> Item {
    let script::Item { number, guid, link, title, date, text } = item;
    Item {
        id: Some(guid.clone()).filter(|guid| !guid.is_empty()),
        url: url::Url::parse(link).ok(),
        title: Some(title.clone()),
        published: *date,
        content: Some(Html::from_text(text.trim_start_matches("<p>").trim_end_matches("</p>"))),
        rights: Some(number.to_string()),
        ..Item::default()
    }
}

impl Shelf {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let writer = Writer::open(&home.path().join("h.db")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { writer, runtime, _home: home }
    }

    fn read(&self, now: DateTime<Utc>, part: Part, items: &[script::Item]) -> Taken {
        let source: SourceId = "khobor".parse().unwrap();
        let sifted = sift(items.iter().map(|one| keyed(item(one), None)).collect());
        let success = Success { url: "https://khobor.example/feed".to_owned(), part, ..Success::default() };
        let answered = Answered { success, trouble: None, channel: Channel::default() };
        let decide = move |sifted, known: &dedup::Known| dedup::decide(sifted, known, None, now);
        let job = move |desk: &harkara::store::Desk| {
            desk.take_in(&source, &answered, sifted, now, Guard::On, decide)
        };
        self.runtime.block_on(self.writer.call(job)).unwrap()
    }

    /// How often each article is there to be published: its number and how many entries tell it.
    fn shown(&self) -> BTreeMap<usize, usize> {
        let all = |desk: &harkara::store::Desk| -> Result<_, StoreError> {
            let rows: Vec<i64> = desk.source_rows()?.into_values().collect();
            Ok(desk.walk(&rows, Walk::Published, None, 10_000)?.0)
        };
        let found = self.runtime.block_on(self.writer.call(all)).unwrap();
        let mut shown = BTreeMap::new();
        for number in found.iter().filter_map(|found| found.item.rights.as_deref()?.parse().ok()) {
            *shown.entry(number).or_default() += 1;
        }
        shown
    }

    /// What is held: how many.
    fn held(&self) -> usize {
        self.runtime.block_on(self.writer.call(|desk: &harkara::store::Desk| desk.held())).unwrap().len()
    }
}

/// What a source does to all of its items; 0 leaves them as they are by now.
#[derive(Debug, Clone, Copy)]
struct Change {
    guid: usize,
    link: usize,
    title: usize,
    date: usize,
    text: usize,
}

fn change() -> impl Strategy<Value = Change> {
    (0..4usize, 0..5usize, 0..2usize, 0..6usize, 0..2usize)
        .prop_map(|(guid, link, title, date, text)| Change { guid, link, title, date, text })
}

impl Change {
    fn apply(self, now: DateTime<Utc>, item: &mut script::Item) {
        let number = item.number;
        match self.guid {
            1 => item.guid = format!("urn:{now}:{number}"),
            2 => item.guid = "one for all".to_owned(),
            3 => item.guid = String::new(),
            _ => {}
        }
        match self.link {
            1 => item.link = item.link.replace("khobor.example", "news.example"),
            2 => item.link = item.link.replace("http:", "https:"),
            3 => item.link = format!("https://khobor.example/archives/{}", number + 4000),
            4 => item.link = String::new(),
            _ => {}
        }
        if self.title == 1 {
            item.title = format!("Archive: {}", item.title);
        }
        match self.date {
            1 => item.date = Some(now),
            2 => item.date = None,
            3 => item.date = item.date.map(|at| at + TimeDelta::days(365)),
            4 => item.date = DateTime::from_timestamp(0, 0),
            5 => item.date = item.date.map(|at| at - TimeDelta::minutes(330)),
            _ => {}
        }
        if self.text == 1 {
            item.text = item.text.replace("</p>", " and a last word was added</p>");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 48 } else { 2000 }))]

    #[test]
    fn nothing_known_is_announced_again_and_nothing_new_is_missed(
        changes in prop::collection::vec(change(), 1..4),
        size in 6..19usize,
        fresh in 0..3usize,
        order in any::<prop::sample::Index>(),
    ) {
        let shelf = Shelf::new();
        shelf.read(start(), Part::Whole, &list(1..=size));
        let mut all = list(1..=size + 1);
        all.reverse();
        shelf.read(start() + TimeDelta::hours(12), Part::Whole, &list(2..=size + 1));
        for (visit, change) in (2..).zip(&changes) {
            let now = start() + TimeDelta::hours(12) * visit;
            let first_new = all.len() + 1;
            for number in first_new..first_new + fresh {
                // What is truly new has the marks that the source gives by now, and a date that tells that it is.
                let mut item = article(number);
                changes.iter().take(visit as usize - 2).for_each(|change| change.apply(now, &mut item));
                item.date = Some(now - TimeDelta::minutes(60 * (number - first_new) as i64 + 47));
                all.push(item);
            }
            for item in &mut all {
                let date = item.date;
                change.apply(now, item);
                if item.number >= first_new {
                    item.date = date;
                }
            }
            let mut items: Vec<script::Item> = all.iter().rev().take(size + fresh).cloned().collect();
            let turn = order.index(items.len());
            items.rotate_left(turn);
            let before = shelf.shown();
            let taken = shelf.read(now, Part::Whole, &items);
            let after = shelf.shown();
            prop_assert_eq!(taken.new, fresh, "{:?} {:?}", change, taken);
            for (number, count) in &after {
                prop_assert_eq!(*count, 1, "article {} after {:?}", number, change);
            }
            prop_assert_eq!(after.len(), before.len() + fresh);
        }
        prop_assert_eq!(shelf.held(), 0);
    }

    #[test]
    fn what_is_held_does_not_hang_on_the_order_of_the_list(
        strangers in 0..30usize,
        old in any::<bool>(),
        fresh in 0..4usize,
        order in any::<u64>(),
    ) {
        let make = |items: &[script::Item]| {
            let shelf = Shelf::new();
            shelf.read(start(), Part::Whole, &list(1..=20));
            shelf.read(start() + TimeDelta::hours(12), Part::Whole, &list(2..=21));
            let taken = shelf.read(start() + TimeDelta::hours(24), Part::Whole, items);
            (taken.new, taken.held.map(|(count, _)| count), shelf.shown())
        };
        let stranger = |n: usize| {
            let date = if old { start() - TimeDelta::days(400 + n as i64) } else { start() + TimeDelta::hours(24) };
            script::Item { date: Some(date), ..article(700 + n) }
        };
        let mut items: Vec<script::Item> = (0..strangers).map(stranger).collect();
        items.extend(list(22..=21 + fresh));
        let one = make(&items);
        let mut seed = order;
        for at in (1..items.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            items.swap(at, (seed >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(one, make(&items));
    }
}

#[test]
fn a_part_of_a_list_says_nothing_of_its_share_but_of_its_age() {
    for (part, undated, old) in [(Part::Whole, 20, 20), (Part::Pushed, 0, 20), (Part::Delta, 0, 20)] {
        let read = |change: &dyn Fn(&mut script::Item)| {
            let shelf = Shelf::new();
            shelf.read(start(), Part::Whole, &list(1..=20));
            shelf.read(start() + TimeDelta::hours(12), Part::Whole, &list(2..=21));
            let mut items = list(701..=720);
            items.iter_mut().for_each(change);
            shelf.read(start() + TimeDelta::hours(24), part, &items).held.map_or(0, |(count, _)| count)
        };
        assert_eq!(read(&|item| item.date = None), undated, "{part:?}");
        assert_eq!(
            read(&|item| item.date = Some(start() - TimeDelta::days(item.number as i64))),
            old,
            "{part:?}"
        );
    }
}

#[test]
fn a_source_that_goes_by_relevance_brings_old_ones_every_day() {
    let shuffled = |first: usize| {
        let dated = |n: usize| script::Item {
            date: Some(start() - TimeDelta::days(((first + n) * 131 % 300) as i64)),
            ..article(first + n)
        };
        (0..20).map(dated).collect::<Vec<_>>()
    };
    let shelf = Shelf::new();
    shelf.read(start(), Part::Whole, &shuffled(1));
    let taken = shelf.read(start() + TimeDelta::hours(12), Part::Whole, &shuffled(9));
    assert_eq!((taken.new, taken.held), (8, None));
}

#[test]
fn a_source_at_another_address_is_known_by_its_texts_and_nothing_of_it_is_held() {
    let home = tempfile::tempdir().unwrap();
    let read = |path: &Path, url: &str, items: &[script::Item]| {
        let writer = Writer::open(path).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sifted = sift(items.iter().map(|one| keyed(item(one), None)).collect());
        let success = Success { url: url.to_owned(), ..Success::default() };
        let answered = Answered { success, trouble: None, channel: Channel::default() };
        let decide = move |sifted, known: &dedup::Known| dedup::decide(sifted, known, None, start());
        let source: SourceId = "khobor".parse().unwrap();
        let job = move |desk: &harkara::store::Desk| {
            desk.take_in(&source, &answered, sifted, start(), Guard::On, decide)
        };
        runtime.block_on(writer.call(job)).unwrap()
    };
    let path = home.path().join("h.db");
    assert_eq!(read(&path, "https://khobor.example/feed", &list(1..=20)).new, 20);
    let mut items = list(1..=21);
    items.iter_mut().for_each(super::other_marks);
    items.extend((0..5).map(|n| script::Item {
        date: Some(start() - TimeDelta::days(900 + n)),
        ..article(800 + n as usize)
    }));
    let taken = read(&path, "https://new.example/feed", &items);
    assert_eq!((taken.new, taken.held), (6, None));
}
