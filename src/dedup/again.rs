//! The second look at new items of an odd reading: which of them are older entries of the source with other marks.
//!
//! The ledger finds an entry by its marks; when a source changes its ids, its addresses and its headlines at once, none is left.
//! Then its last entries are compared with what came by their texts: the same text is the same entry; nearly the same with the
//! same figures in it too; the same title where hardly any text is there, if that is so of most of the list. Too dear to be done
//! for every reading, and not needed: it is done where something is odd (`flood`), and for the one entry whose address a new item
//! has.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use unicode_segmentation::UnicodeSegmentation;
use xxhash_rust::xxh3::xxh3_64;

use super::date::said;
use super::decide::{Decision, Known, Row, Settled, compare, is_another, links};
use super::flood::{Kept, Past};
use super::key::{AliasKind, Keyed, SHORTEST_PRINT};
use crate::model::{Html, Item, Timestamp};
use crate::value::fold::fold_case;

/// So many items of a list have to be found by their titles alone.
const LEAST: usize = 5;
/// So many old texts have to come at once before one is believed under a new title and a new date, where the source does nothing else to its items.
const LEAST_BOLD: usize = 3;
/// A title that may come every day is shorter than so many letters.
const TELLING_TITLE: usize = 20;
/// Texts with fewer runs of words than this are not compared by them.
const LEAST_RUNS: usize = 20;
/// A run of words that so many entries have is none of their own.
const COMMON: usize = 20;
/// Of more new items than this none is compared: no list of a source that is sound is so long, and their dates can still tell.
const MOST_NEW: usize = 2_000;
/// So many candidates are compared in full.
const CANDIDATES: usize = 3;

/// Turns new items that are older entries into those entries, and makes these known.
pub fn recognise(settled: &mut Settled, past: &Past, known: &mut Known, now: Timestamp) {
    let new: Vec<usize> = places(settled);
    let taken: HashSet<Row> = settled.decided.iter().filter_map(|(_, decision)| row(decision)).collect();
    let kept: Vec<&Kept> = past.kept.iter().filter(|kept| !taken.contains(&kept.row)).collect();
    if new.is_empty() || kept.is_empty() || new.len() > MOST_NEW {
        return;
    }
    let newest = past.pace.last.first().map(|(newest, _)| *newest);
    let items = || new.iter().filter_map(|place| settled.decided.get(*place)).map(|(keyed, _)| keyed);
    let mut search = Search {
        new: items().map(|keyed| Text::of(&keyed.whole())).collect(),
        later: items().map(|keyed| said(&keyed.item) > newest).collect(),
        least_bold: if is_another(&settled.decided, known) { 1 } else { LEAST_BOLD },
        kept: kept.iter().map(|kept| Text::of(&kept.item)).collect(),
        found: vec![None; new.len()],
        taken: HashSet::new(),
    };
    search.by_body();
    search.by_likeness();
    search.by_title();
    for (place, found) in new.iter().zip(&search.found) {
        let Some(kept) = found.and_then(|index| kept.get(index)) else { continue };
        let Some((keyed, decision)) = settled.decided.get_mut(*place) else { continue };
        keyed.at(kept.known.published);
        *decision = compare(keyed, kept.row, &kept.known, now);
        known.entries.insert(kept.row, kept.known.clone());
    }
    settled.links = links(&settled.decided, known);
}

/// The entries under whose addresses new items stand, or with the same path and title on another host. Such an item may be the next that the page shows, or the same with another
/// id, headline and date: its text tells.
pub fn under_known_addresses(settled: &Settled, known: &Known) -> HashMap<Row, usize> {
    let taken: HashSet<Row> = settled.decided.iter().filter_map(|(_, decision)| row(decision)).collect();
    let entry = |keyed: &Keyed| {
        let marks = [AliasKind::Link, AliasKind::Place].into_iter().filter_map(|kind| keyed.alias(kind));
        let mut marks = marks.filter_map(|mark| known.aliases.get(&mark)).filter(|mark| !mark.shared);
        marks.find(|mark| !taken.contains(&mark.row)).map(|mark| mark.row)
    };
    let places = places(settled).into_iter();
    let found = places.filter_map(|place| Some((entry(&settled.decided.get(place)?.0)?, place)));
    found.collect()
}

/// Turns the item at `place` into the entry whose address it has, if it says the same.
pub fn recognise_at(settled: &mut Settled, place: usize, entry: &Kept, now: Timestamp) {
    let Some((keyed, decision)) = settled.decided.get_mut(place) else { return };
    let (new, kept) = (Text::of(&keyed.whole()), Text::of(&entry.item));
    let is_same = new.body_mark().is_some_and(|mark| kept.body_mark() == Some(mark));
    if is_same || new.likeness(&kept) >= ALIKE {
        keyed.at(entry.known.published);
        *decision = compare(keyed, entry.row, &entry.known, now);
    }
}

fn places(settled: &Settled) -> Vec<usize> {
    let is_new = |(_, (_, decision)): &(usize, &(Keyed, Decision))| matches!(decision, Decision::New { .. });
    settled.decided.iter().enumerate().filter(is_new).map(|(place, _)| place).collect()
}

fn row(decision: &Decision) -> Option<Row> {
    match decision {
        Decision::New { .. } => None,
        Decision::Changed { row, .. } | Decision::Retouched { row } | Decision::Same { row } => Some(*row),
    }
}

/// What is compared of an item.
struct Text {
    title: String,
    body: String,
    /// Made when somebody asks: the same text needs none.
    shape: OnceCell<Shape>,
}

/// What two texts are compared by that are not the same.
struct Shape {
    /// Runs of words, in order and each once.
    runs: Vec<u64>,
    /// Words with a figure in them.
    figures: HashSet<String>,
}

impl Shape {
    fn of(body: &str) -> Self {
        let words: Vec<&str> = body.unicode_words().collect();
        let letters: usize = words.iter().map(|word| word.chars().count()).sum();
        // Scripts without gaps fall into single characters.
        let width = if letters < words.len() * 2 { 5 } else { 3 };
        let marks: Vec<u64> = words.iter().map(|word| xxh3_64(word.as_bytes())).collect();
        let mix = |run: u64, mark: &u64| (run.rotate_left(21) ^ mark).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut runs: Vec<u64> = marks.windows(width).map(|run| run.iter().fold(0, mix)).collect();
        runs.sort_unstable();
        runs.dedup();
        let has_figure = |word: &&&str| word.chars().any(char::is_numeric);
        let figures = words.iter().filter(has_figure).map(|word| (*word).to_owned()).collect();
        Self { runs, figures }
    }
}

impl Text {
    fn of(item: &Item) -> Self {
        let html = item.content.as_ref().or(item.summary.as_ref());
        let text = html.map(Html::text).unwrap_or_default();
        let body = fold_case(&text).into_owned();
        let title = item.title.as_deref().map(fold_case).unwrap_or_default().into_owned();
        Self { title, body, shape: OnceCell::new() }
    }

    fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| Shape::of(&self.body))
    }

    fn is_short(&self) -> bool {
        self.body.chars().nth(SHORTEST_PRINT - 1).is_none()
    }

    fn body_mark(&self) -> Option<u64> {
        (!self.is_short()).then(|| xxh3_64(self.body.as_bytes()))
    }

    /// Of a title with a text so short that it tells nothing by itself.
    fn title_mark(&self) -> Option<u64> {
        let tells = self.is_short() && !self.title.is_empty();
        tells.then(|| xxh3_64(format!("{}\n{}", self.title, self.body).as_bytes()))
    }

    /// How many of all runs both have, from 0 to 1; 0 where figures of one contradict those of the other.
    fn likeness(&self, other: &Self) -> f64 {
        let (one, two) = (self.shape(), other.shape());
        let agree = one.figures.is_subset(&two.figures) || two.figures.is_subset(&one.figures);
        if !agree || one.runs.len().min(two.runs.len()) < LEAST_RUNS {
            return 0.0;
        }
        let both = one.runs.iter().filter(|run| two.runs.binary_search(run).is_ok()).count();
        both as f64 / (one.runs.len() + two.runs.len() - both) as f64
    }
}

/// From so much on two texts are one: in the measurements for stories no pair of different articles came so near.
const ALIKE: f64 = 0.6;

struct Search {
    new: Vec<Text>,
    /// Which of them have a date behind all that is known.
    later: Vec<bool>,
    /// So many old texts have to come at once, some of them with new titles and new dates.
    least_bold: usize,
    kept: Vec<Text>,
    /// For each new one which is it, among the kept ones.
    found: Vec<Option<usize>>,
    taken: HashSet<usize>,
}

impl Search {
    fn is_open(&self, new: usize) -> bool {
        self.found.get(new).is_some_and(Option::is_none)
    }

    fn take(&mut self, new: usize, kept: usize) {
        if let Some(found) = self.found.get_mut(new).filter(|found| found.is_none())
            && self.taken.insert(kept)
        {
            *found = Some(kept);
        }
    }

    /// Pairs that have a mark which nobody else has on either side.
    fn pairs(&self, mark: fn(&Text) -> Option<u64>) -> Vec<(usize, usize)> {
        let new = (0..self.new.len()).filter(|new| self.is_open(*new));
        let kept = (0..self.kept.len()).filter(|kept| !self.taken.contains(kept));
        let new = once(new.filter_map(|index| Some((mark(self.new.get(index)?)?, index))));
        let kept = once(kept.filter_map(|index| Some((mark(self.kept.get(index)?)?, index))));
        new.iter().filter_map(|(mark, new)| Some((*new, *kept.get(mark)?))).collect()
    }

    fn by_body(&mut self) {
        let pairs = self.pairs(Text::body_mark);
        self.take_all(pairs);
    }

    /// One text under a new title and with a new date may be a notice that is given each week: only of several at once it tells that
    /// they came again, if nothing else does.
    fn take_all(&mut self, pairs: Vec<(usize, usize)>) {
        let is_bold = |(new, kept): &(usize, usize)| {
            let titles = (self.new.get(*new), self.kept.get(*kept));
            let same = matches!(titles, (Some(new), Some(kept)) if new.title == kept.title);
            !same && self.later.get(*new).is_some_and(|later| *later)
        };
        let are_many = pairs.len() >= self.least_bold;
        let believed: Vec<_> = pairs.into_iter().filter(|pair| are_many || !is_bold(pair)).collect();
        for (new, kept) in believed {
            self.take(new, kept);
        }
    }

    /// The likest pairs first, each text once.
    fn by_likeness(&mut self) {
        if self.found.iter().all(Option::is_some) {
            return;
        }
        let mut owners: HashMap<u64, Vec<usize>> = HashMap::new();
        for (index, text) in self.kept.iter().enumerate().filter(|(index, _)| !self.taken.contains(index)) {
            for run in &text.shape().runs {
                owners.entry(*run).or_default().push(index);
            }
        }
        owners.retain(|_, owners| owners.len() <= COMMON);
        let mut pairs = Vec::new();
        for (index, text) in self.new.iter().enumerate().filter(|(index, _)| self.is_open(*index)) {
            let mut shared: HashMap<usize, usize> = HashMap::new();
            for kept in text.shape().runs.iter().filter_map(|run| owners.get(run)).flatten() {
                *shared.entry(*kept).or_default() += 1;
            }
            let mut shared: Vec<(usize, usize)> =
                shared.into_iter().map(|(kept, runs)| (runs, kept)).collect();
            shared.sort_unstable_by_key(|(runs, kept)| (std::cmp::Reverse(*runs), *kept));
            for (_, kept) in shared.into_iter().take(CANDIDATES) {
                let alike = self.kept.get(kept).map_or(0.0, |other| text.likeness(other));
                if alike >= ALIKE {
                    pairs.push((alike, &text.title, kept, index));
                }
            }
        }
        // Whatever the order of the list was: the likeness, then the text decide.
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.2, a.1).cmp(&(b.2, b.1))));
        let (mut of_new, mut of_kept) = (HashSet::new(), HashSet::new());
        let pairs: Vec<(usize, usize)> = pairs.into_iter().map(|(_, _, kept, new)| (new, kept)).collect();
        let best = pairs.into_iter().filter(|(new, kept)| {
            let is_free = !of_new.contains(new) && !of_kept.contains(kept);
            is_free && of_new.insert(*new) && of_kept.insert(*kept)
        });
        let best = best.collect();
        self.take_all(best);
    }

    /// Where most of what came has the titles of older entries, and hardly any text. A title that tells little may come anew each
    /// day: then its date must not tell that it does.
    fn by_title(&mut self) {
        let is_later = |new: usize| self.later.get(new).is_some_and(|later| *later);
        let tells =
            |new: usize| self.new.get(new).is_some_and(|text| text.title.chars().count() >= TELLING_TITLE);
        let pairs = self.pairs(Text::title_mark);
        let believed: Vec<_> = pairs.into_iter().filter(|(new, _)| tells(*new) || !is_later(*new)).collect();
        if believed.len() < LEAST || believed.len() * 5 < self.new.len() * 4 {
            return;
        }
        for (new, kept) in believed {
            self.take(new, kept);
        }
    }
}

/// What only one has.
fn once(marked: impl Iterator<Item = (u64, usize)>) -> HashMap<u64, usize> {
    let mut seen: HashMap<u64, Option<usize>> = HashMap::new();
    for (mark, index) in marked {
        seen.entry(mark).and_modify(|place| *place = None).or_insert(Some(index));
    }
    seen.into_iter().filter_map(|(mark, index)| Some((mark, index?))).collect()
}
