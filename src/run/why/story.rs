//! With whom an entry is one story, what ties them together, and who came near and is not in it.

use std::collections::HashMap;

use serde::Serialize;

use crate::config::Config;
use crate::dedup::near::{Outlet, Probe, Record, Text, Verdict, compare};
use crate::dedup::{Mode, TieKind};
use crate::model::{SourceId, Timestamp};
use crate::select::Card;
use crate::store::{Desk, Found, StoreError};

/// The story of an entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// The row that is first of it.
    pub first: i64,
    /// Its entries, the one that leads it first. A feed that keeps the leader out is led by the next.
    pub members: Vec<Member>,
    /// What ties them together.
    pub ties: Vec<TieTold>,
    /// Entries that came near it by their texts and were not joined, the likest first.
    pub apart: Vec<Alike>,
    /// Why nothing was compared, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An entry of a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// Its row.
    pub row: i64,
    /// Its source.
    pub source: Option<SourceId>,
    /// When it came.
    pub first_seen: Timestamp,
    /// When it was published.
    pub published: Timestamp,
    /// The priority of its source; `None` where that is not configured any more.
    pub priority: Option<i64>,
    /// Its title.
    pub title: Option<String>,
    /// Whether it goes by an id of its own, under which it was told before it was joined.
    pub is_told_apart: bool,
}

/// Why two entries of a story are the same article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TieTold {
    /// The one that came first.
    pub a: i64,
    /// The other.
    pub b: i64,
    /// By what.
    pub kind: TieKind,
    /// How alike they were when they were tied, 0 to 1.
    pub score: f32,
    /// How alike their texts are now, where both are there.
    pub now: Option<Likeness>,
    /// In words.
    pub because: String,
}

/// How alike two texts are, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Likeness {
    /// Whole texts.
    pub text: f32,
    /// Titles with openings.
    pub opening: f32,
    /// Titles.
    pub title: f32,
}

/// An entry that was not joined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alike {
    /// Its row.
    pub row: i64,
    /// Its source.
    pub source: Option<SourceId>,
    /// When it was published.
    pub published: Timestamp,
    /// Its title.
    pub title: Option<String>,
    /// How alike.
    pub likeness: Likeness,
    /// Why it was not joined, in words.
    pub because: String,
}

/// So many that were not joined are told.
const APART: usize = 5;

pub(super) fn story(
    desk: &Desk,
    config: &Config,
    cards: &HashMap<i64, Card>,
    entry: &Found,
) -> Result<Story, StoreError> {
    let mut all = desk.others(entry)?;
    all.push(entry.clone());
    // The order in which a feed asks who speaks (`select::Picker::offer`).
    all.sort_by_key(|one| (one.first_seen, cards.get(&one.source).map(|card| card.rank), one.row));
    all.sort_by_key(|one| !cards.contains_key(&one.source));
    let texts: HashMap<i64, Text> = if all.len() > 1 {
        all.iter().map(|one| (one.row, Text::of_item(&one.item))).collect()
    } else {
        HashMap::new()
    };
    let sources: HashMap<i64, i64> = all.iter().map(|one| (one.row, one.source)).collect();
    let mut ties = Vec::new();
    for tie in desk.ties_within(entry.story)? {
        let outlet = outlet(sources.get(&tie.a), sources.get(&tie.b));
        let two = texts.get(&tie.a).zip(texts.get(&tie.b));
        let now = two.map(|(a, b)| likeness(&compare(a, b, outlet, &config.dedup)));
        let because = match tie.kind {
            TieKind::Link => "the same address".to_owned(),
            TieKind::Near => format!("{}, {:.2} alike when it was tied", Verdict::SameText, tie.score),
            TieKind::Excerpt => format!("{}, {:.2} alike when it was tied", Verdict::SameOpening, tie.score),
        };
        ties.push(TieTold { a: tie.a, b: tie.b, kind: tie.kind, score: tie.score, now, because });
    }
    let mut members = Vec::with_capacity(all.len());
    for one in &all {
        members.push(Member {
            row: one.row,
            source: desk.source_of(one.source)?,
            first_seen: one.first_seen,
            published: one.published,
            priority: cards.get(&one.source).map(|card| -card.rank.0),
            title: one.item.title.clone(),
            is_told_apart: one.told == one.row && one.row != entry.story,
        });
    }
    let (apart, note) = apart(desk, config, cards, entry)?;
    Ok(Story { first: entry.story, members, ties, apart, note })
}

fn outlet(a: Option<&i64>, b: Option<&i64>) -> Outlet {
    if a == b { Outlet::One } else { Outlet::Two }
}

fn likeness(alike: &crate::dedup::near::Likeness) -> Likeness {
    Likeness { text: alike.text, opening: alike.opening, title: alike.title }
}

/// What they would need to be one article.
fn needed(a: &Text, b: &Text, outlet: Outlet, config: &Config) -> String {
    let settings = &config.dedup;
    let (text, opening) = (settings.similarity.get(), settings.excerpt_similarity.get());
    match (a.words().min(b.words()) >= settings.full_words, outlet) {
        (true, Outlet::Two) => format!("; full texts need {text:.2} of the text"),
        (true, Outlet::One) => format!("; full texts of one source need more than {text:.2} of the text"),
        (false, Outlet::Two) => format!("; excerpts need {opening:.2} of the opening, short ones more"),
        (false, Outlet::One) => "; excerpts of one source are told apart by their addresses".to_owned(),
    }
}

/// What a round would compare it with, if it came now, and does not find to be the same.
fn apart(
    desk: &Desk,
    config: &Config,
    cards: &HashMap<i64, Card>,
    entry: &Found,
) -> Result<(Vec<Alike>, Option<String>), StoreError> {
    let said = |text: &str| Ok((Vec::new(), Some(text.to_owned())));
    if entry.row < 0 {
        return said("it is held back, so it was not compared with others");
    }
    match cards.get(&entry.source).map(|card| card.dedup) {
        None => return said("its source is not configured any more, so it is not compared with others"),
        Some(Mode::Off) => return said("`dedup = \"off\"`: its source is not compared with others"),
        Some(Mode::Url) => return said("`dedup = \"url\"`: its source is compared by address only"),
        Some(Mode::Near) => {}
    }
    let window = i64::try_from(config.dedup.window.duration().as_secs()).unwrap_or(i64::MAX);
    let at = entry.published.timestamp();
    let mut own: Option<Record> = None;
    // The last record of an entry holds.
    desk.each_record(at..=at, |record| {
        if record.row == entry.row {
            own = Some(*record);
        }
    })?;
    let Some(own) = own.filter(|own| !(own.sketches.text.is_none() && own.sketches.opening.is_none())) else {
        return said("its text is too short to be compared with others");
    };
    let records = [own];
    let mut probe = Probe::new(&records, window);
    desk.each_record(at - window..=at + window, |other| {
        if cards.get(&other.source).is_some_and(|card| card.dedup == Mode::Near) {
            probe.look_at(other);
        }
    })?;
    let text = Text::of_item(&entry.item);
    let mut out = Vec::new();
    for candidate in probe.finish().flatten() {
        let Some(other) = desk.entry(candidate.other)?.filter(|other| other.story != entry.story) else {
            continue;
        };
        let outlet = if other.source == entry.source { Outlet::One } else { Outlet::Two };
        let its = Text::of_item(&other.item);
        let alike = compare(&text, &its, outlet, &config.dedup);
        let because = match alike.verdict.is_same() {
            true => format!("{}: they are alike now and were not when they were compared", alike.verdict),
            false if alike.verdict == Verdict::Different => {
                format!("{}{}", alike.verdict, needed(&text, &its, outlet, config))
            }
            false => alike.verdict.to_string(),
        };
        out.push(Alike {
            row: other.row,
            source: desk.source_of(other.source)?,
            published: other.published,
            title: other.item.title,
            likeness: likeness(&alike),
            because,
        });
    }
    let score = |alike: &Alike| alike.likeness.text.max(alike.likeness.opening);
    out.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.row.cmp(&b.row)));
    out.truncate(APART);
    Ok((out, None))
}
