//! The history of a feed: one document for each month in which entries came, and the feed itself with a link to the last.
//!
//! What the feed shows is in no archive, and what it shows no more is in one: whoever walks from the feed to the first archive
//! meets each entry once. An entry that leaves the feed while somebody walks comes twice, under one id, and none is missed. An
//! archive is closed, and not written any more, when the feed shows nothing of its month and a later archive stands behind it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::convert::Infallible;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::press::{offer, place_document, within};
use super::sources::Names;
use super::{Fault, Road};
use crate::config::Config;
use crate::model::{Entry, EntryId, Feed, History, Timestamp};
use crate::publish::gate::Emptiness;
use crate::publish::{Demand, Tree};
use crate::render::{self, Document, Format};
use crate::report::{DocumentLine, Placed};
use crate::select::{self, Card, Keep, Order, Picker};
use crate::store::{Desk, StoreError};

/// The note of the months and the rows with which they begin; a month that was begun stays where it began.
const MONTHS: &str = "archive months";

/// Entries are looked at so many at a time.
const PAGE: usize = 500;

/// Room for the link to the last archive in a document of limited size.
const LINK: u64 = 256;

/// A feed in a format, before anybody knows to which archive it leads.
pub(super) struct Head<'f> {
    pub(super) feed: &'f Feed,
    pub(super) format: Format,
    pub(super) emptiness: Emptiness,
    pub(super) demand: Demand,
}

/// What is remembered of the archives of a feed in one format.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Shelf {
    /// The last row when they were looked at.
    seen: i64,
    /// The ids that the feed showed then.
    shown: BTreeSet<String>,
    /// Every archive, the oldest first.
    names: Vec<String>,
    /// Those that are not written any more; of months without any entry too.
    closed: BTreeSet<String>,
}

/// A month: its name and its first row.
type Month = (String, i64);

/// Puts the archives of a feed in place, then the feed itself. A line for each document that was looked at.
pub(super) async fn publish(
    road: &Arc<Road>,
    place: usize,
    cards: &Arc<HashMap<i64, Card>>,
    tree: &Tree,
    head: Head<'_>,
) -> Result<Vec<DocumentLine>, Fault> {
    let Head { feed, format, emptiness, demand } = head;
    let settings = &road.config.feeds[place];
    let shown = cut(feed, format, settings.max_bytes);
    let key = format!("archive {}.{}", feed.id, format.extension());
    let ids: BTreeSet<String> = shown.entries.iter().map(|entry| entry.id.to_string()).collect();
    let (now, note) = (road.now, key.clone());
    let (shelf, months, last) = road
        .writer
        .call(move |desk| {
            let shelf = desk.note(&note)?.and_then(|note| serde_json::from_str::<Shelf>(&note).ok());
            Ok((shelf.unwrap_or_default(), months(desk, now)?, desk.last_row()?))
        })
        .await?;
    let mut lines = Vec::new();
    let mut next = shelf.clone();
    if (shelf.seen, &shelf.shown) != (last, &ids) || demand == Demand::Repair {
        let mut open = Vec::new();
        for (place_of_month, (name, first)) in months.iter().enumerate() {
            let end = months.get(place_of_month + 1).map_or(i64::MAX, |(_, row)| *row);
            if shelf.closed.contains(name) {
                continue;
            }
            let (config, cards, first) = (Arc::clone(&road.config), Arc::clone(cards), *first);
            let all =
                road.writer.call(move |desk| choose(desk, &config, place, &cards, now, first..end)).await?;
            let (in_head, rest): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|entry| ids.contains(&entry.id.to_string()));
            open.push((name.clone(), in_head.is_empty(), rest));
        }
        let kept = shelf.names.iter().filter(|name| shelf.closed.contains(*name)).cloned();
        let filled = open.iter().filter(|(_, _, rest)| !rest.is_empty()).map(|(name, ..)| name.clone());
        next.names = kept.chain(filled).collect();
        next.names.sort();
        for (name, is_past, rest) in open {
            let after = next.names.iter().find(|other| **other > name).cloned();
            if !rest.is_empty() {
                let prev = next.names.iter().rfind(|other| **other < name).cloned();
                let history = History { archive: Some(name.clone()), prev, next: after.clone() };
                let document = render::render(&archived(feed, rest, history), format);
                lines.push(place_document(tree, &document, Emptiness::Allowed, demand)?);
            }
            let is_over = months.last().is_none_or(|(last, _)| *last != name);
            if is_past && is_over && after.is_some() && !refused(&lines) {
                next.closed.insert(name);
            }
        }
        (next.seen, next.shown) = (last, ids);
    }
    let history = History { prev: next.names.last().cloned(), ..History::default() };
    let document = render::render(&Feed { history, ..shown }, format);
    lines.push(place_document(tree, &document, emptiness, demand)?);
    // What was refused is tried again: nothing is noted of it.
    if next != shelf && !refused(&lines) {
        let note = serde_json::to_string(&next).unwrap_or_default();
        road.writer.call(move |desk| desk.set_note(&key, Some(&note))).await?;
    }
    Ok(lines)
}

fn refused(lines: &[DocumentLine]) -> bool {
    lines.iter().any(|line| matches!(line.placed, Placed::Refused(_)))
}

/// The feed with as many entries as its document holds.
pub(super) fn cut(feed: &Feed, format: Format, max_bytes: Option<u64>) -> Feed {
    let room = max_bytes.map(|most| most.saturating_sub(LINK));
    let write = |feed: &Feed| Ok::<Document, Infallible>(render::render(feed, format));
    let Ok(document) = within(feed, room, write);
    let mut shown = feed.clone();
    shown.entries.truncate(document.entries);
    shown
}

/// The same feed with other entries, below a folder of its own.
fn archived(feed: &Feed, entries: Vec<Entry>, history: History) -> Feed {
    let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let style = feed.style.as_ref().map(|path| format!("../../{path}"));
    // Nobody need be told of a push where nothing comes any more.
    Feed { entries, updated, style, history, hub_urls: Vec::new(), ttl_minutes: None, ..feed.clone() }
}

/// All that the feed would show of these rows, the last come first: without the caps of the feed, which are about what is new.
fn choose(
    desk: &Desk,
    config: &Config,
    place: usize,
    cards: &HashMap<i64, Card>,
    now: Timestamp,
    rows: std::ops::Range<i64>,
) -> Result<Vec<Entry>, StoreError> {
    let settings = &config.feeds[place];
    let keep = Keep { entries: usize::MAX, hours: None };
    let all = select::Settings { order: Order::FirstSeen, per_source: None, keep, ..settings.clone() };
    let scope = select::scope(&all, cards);
    let mut picker = Picker::new(&all, cards, now);
    let mut names = Names::new(desk, config, cards);
    let mut until = rows.end;
    loop {
        let page = desk.came_between(&scope, rows.start, until, PAGE)?;
        let Some(oldest) = page.last().map(|found| found.row) else { return Ok(once(picker.finish())) };
        until = oldest;
        for found in page {
            offer(desk, found, &mut names, &mut picker)?;
        }
    }
}

/// Each id once.
fn once(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen: HashSet<EntryId> = HashSet::new();
    entries.retain(|entry| seen.insert(entry.id.clone()));
    entries
}

/// The months so far. One that begins now begins behind the rows of those before it.
fn months(desk: &Desk, now: Timestamp) -> Result<Vec<Month>, StoreError> {
    let (months, is_new) = months_until(desk, now)?;
    if is_new {
        let note = serde_json::to_string(&months).unwrap_or_default();
        desk.set_note(MONTHS, Some(&note))?;
    }
    Ok(months)
}

/// The months until now; with whether some of them are not noted yet.
fn months_until(desk: &Desk, now: Timestamp) -> Result<(Vec<Month>, bool), StoreError> {
    let note = desk.note(MONTHS)?;
    let mut months: Vec<Month> =
        note.as_deref().and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default();
    let known = months.len();
    let today = now.format("%Y-%m").to_string();
    loop {
        // The next row that belongs to a later month than the last one that is known.
        let (last, begin) = months.last().cloned().unwrap_or_default();
        let Some((row, came)) = later(desk, begin, &last)? else { break };
        let name = came.format("%Y-%m").to_string();
        // A clock that was wrong for a while must not make months to come.
        if name <= last || name > today {
            break;
        }
        months.push((name, row));
    }
    let is_new = months.len() != known;
    Ok((months, is_new))
}

/// The archive, by its name, in which an entry of that row is told if the feed shows it no more.
pub(super) fn month_of(desk: &Desk, row: i64, now: Timestamp) -> Result<Option<String>, StoreError> {
    let (months, _) = months_until(desk, now)?;
    Ok(months.into_iter().rfind(|(_, first)| *first <= row).map(|(name, _)| name))
}

/// The first row behind `begin` of a month later than `month`; by halving, for rows grow as time does.
fn later(desk: &Desk, begin: i64, month: &str) -> Result<Option<(i64, Timestamp)>, StoreError> {
    let (mut low, mut high) = (begin, desk.last_row()? + 1);
    let mut found = None;
    while low < high {
        let middle = low + (high - low) / 2;
        match desk.came_from(middle)? {
            Some((row, came)) if came.format("%Y-%m").to_string().as_str() > month => {
                found = Some((row, came));
                high = middle;
            }
            Some((row, _)) => low = row.max(middle) + 1,
            None => high = middle,
        }
    }
    Ok(found)
}
