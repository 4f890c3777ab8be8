//! What another configuration would make of what is stored: which entries come into each feed and which leave it, and why.
//!
//! Reads the state only: no source is asked, nothing is written. A feed is chosen by the old configuration and by the new one, both
//! at the same moment; where there is no old one, what stands in the published tree is compared with what would be published.

mod looks;
pub(super) mod published;
mod sources;

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use looks::{keys, looks};
use published::Published;
use sources::{notes, sources};

use super::account::{Account, account};
use super::sources::cards;
use crate::config::Config;
use crate::model::{Entry, EntryId, FeedId, SourceId, Timestamp};
use crate::select::{Card, Settings};
use crate::store::{Desk, StoreError};

/// What is compared with the new configuration.
#[derive(Debug, Clone, Copy)]
pub enum Before<'a> {
    /// Another configuration.
    Config(&'a Config),
    /// The documents in the tree of the new one.
    Published,
}

/// What would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Diff {
    /// What concerns the whole.
    pub notes: Vec<String>,
    /// The sources that differ, those of the new configuration first.
    pub sources: Vec<SourceDiff>,
    /// The feeds that differ, those of the new configuration first.
    pub feeds: Vec<FeedDiff>,
}

impl Diff {
    /// True when nothing would change.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.sources.is_empty() && self.feeds.is_empty()
    }
}

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the new configuration has it.
    New,
    /// Only the old one has it.
    Gone,
    /// Both have it.
    Changed,
}

/// A source that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceDiff {
    /// Its id.
    pub source: SourceId,
    /// How.
    pub change: Change,
    /// Entries that are stored of it.
    pub entries: u64,
    /// What that means, in words.
    pub said: String,
}

/// A feed that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedDiff {
    /// Its id.
    pub feed: FeedId,
    /// How.
    pub change: Change,
    /// Entries before.
    pub before: usize,
    /// Entries afterwards.
    pub after: usize,
    /// Keys of its table that differ.
    pub keys: Vec<&'static str>,
    /// Documents that nobody wrote before.
    pub documents_added: Vec<String>,
    /// Documents that nobody writes any more: they are left where they are.
    pub documents_removed: Vec<String>,
    /// Entries that come in, in the order of the feed.
    pub added: Vec<Line>,
    /// Entries that leave, in the order of the feed.
    pub removed: Vec<Line>,
    /// Entries that stay and look otherwise.
    pub changed: Vec<Line>,
    /// Whether those that stay stand in another order.
    pub reordered: bool,
    /// What must be known besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl FeedDiff {
    fn is_empty(&self) -> bool {
        let lists = [&self.added, &self.removed, &self.changed];
        let documents = [&self.documents_added, &self.documents_removed];
        self.change == Change::Changed
            && self.keys.is_empty()
            && lists.into_iter().all(Vec::is_empty)
            && documents.into_iter().all(Vec::is_empty)
            && !self.reordered
            && self.note.is_none()
    }
}

/// An entry that comes, leaves or changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Public id.
    pub id: String,
    /// The row in the store, by which `why` finds it; `None` for one that is not stored.
    pub row: Option<i64>,
    /// The source that gives it.
    pub source: Option<SourceId>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Title.
    pub title: Option<String>,
    /// Of one that comes: what kept it out before. Of one that leaves: what keeps it out now. Of one that changes: how.
    pub because: Option<String>,
}

impl Line {
    fn new(row: i64, entry: &Entry, because: Option<String>) -> Self {
        Self {
            id: entry.id.to_string(),
            row: Some(row),
            source: Some(entry.source.clone()),
            published: Some(entry.published),
            title: entry.item.title.clone(),
            because,
        }
    }
}

/// Compares what `new` would publish at `now` with what was before. `desk` holds the state that both are compared on.
///
/// # Errors
/// When the state or the published tree cannot be read.
pub fn diff(desk: &Desk, before: Before<'_>, new: &Config, now: Timestamp) -> Result<Diff, super::Fault> {
    let mut out = Diff::default();
    let after = Side { desk, config: new, cards: cards(desk, new)?, now };
    match before {
        Before::Config(old) => {
            let before = Side { desk, config: old, cards: cards(desk, old)?, now };
            out.notes = notes(old, new);
            out.sources = sources(desk, old, new)?;
            for settings in &new.feeds {
                let one = match old.feeds.iter().find(|feed| feed.id == settings.id) {
                    Some(was) => compare(&before, was, &after, settings)?,
                    None => appeared(&after, settings)?,
                };
                out.feeds.push(one);
            }
            for was in old.feeds.iter().filter(|was| !new.feeds.iter().any(|feed| feed.id == was.id)) {
                out.feeds.push(vanished(&before, was)?);
            }
        }
        Before::Published => {
            let published = Published::read(desk, new)?;
            for settings in &new.feeds {
                out.feeds.push(published::compare(&after, settings, &published)?);
            }
            out.notes = published.left(new);
        }
    }
    out.feeds.retain(|feed| !feed.is_empty());
    Ok(out)
}

/// One of the two configurations, on the state.
struct Side<'s> {
    desk: &'s Desk,
    config: &'s Config,
    cards: HashMap<i64, Card>,
    now: Timestamp,
}

impl Side<'_> {
    fn choose(&self, settings: &Settings, of: &HashSet<i64>) -> Result<Account, StoreError> {
        account(self.desk, self.config, settings, &self.cards, self.now, of)
    }

    /// What that choice says of an entry that it does not show.
    fn because(&self, account: &Account, row: i64) -> Result<Option<String>, StoreError> {
        Ok(self.desk.entry(row)?.map(|found| account.fate(&found, &self.cards).because))
    }
}

fn compare(
    before: &Side<'_>,
    was: &Settings,
    after: &Side<'_>,
    settings: &Settings,
) -> Result<FeedDiff, StoreError> {
    let old = before.choose(was, &HashSet::new())?;
    let rows = |account: &Account| account.shown.iter().map(|(row, _)| *row).collect::<HashSet<i64>>();
    let new = after.choose(settings, &rows(&old))?;
    let (of_old, of_new) = (old.places(), new.places());
    let mut out =
        FeedDiff { keys: keys(was, settings), ..empty(&settings.id, old.shown.len(), new.shown.len()) };
    let paths = |settings: &Settings| paths(settings).into_iter().collect::<BTreeSet<String>>();
    let (there, then) = (paths(was), paths(settings));
    out.documents_added = then.difference(&there).cloned().collect();
    out.documents_removed = there.difference(&then).cloned().collect();
    let is_new = |(_, entry): &&(i64, Entry)| !of_old.contains_key(&entry.id);
    // Only where something comes in the old choice is asked why it did not have it.
    let coming: HashSet<i64> = new.shown.iter().filter(is_new).map(|(row, _)| *row).collect();
    let asked = if coming.is_empty() { None } else { Some(before.choose(was, &coming)?) };
    for (row, entry) in &new.shown {
        match of_old.get(&entry.id).and_then(|place| old.shown.get(*place)) {
            None => {
                let because = match &asked {
                    Some(asked) => before.because(asked, *row)?,
                    None => None,
                };
                out.added.push(Line::new(*row, entry, because));
            }
            Some((_, earlier)) => {
                let how = looks(earlier, entry);
                if !how.is_empty() {
                    out.changed.push(Line::new(*row, entry, Some(how.join("; "))));
                }
            }
        }
    }
    for (row, entry) in old.shown.iter().filter(|(_, entry)| !of_new.contains_key(&entry.id)) {
        out.removed.push(Line::new(*row, entry, after.because(&new, *row)?));
    }
    let stay = |account: &Account, other: &HashMap<&EntryId, usize>| -> Vec<EntryId> {
        let ids = account.shown.iter().map(|(_, entry)| entry.id.clone());
        ids.filter(|id| other.contains_key(id)).collect()
    };
    out.reordered = stay(&old, &of_new) != stay(&new, &of_old);
    out.note = emptied(settings, out.before, out.after);
    Ok(out)
}

fn empty(feed: &FeedId, before: usize, after: usize) -> FeedDiff {
    FeedDiff {
        feed: feed.clone(),
        change: Change::Changed,
        before,
        after,
        keys: Vec::new(),
        documents_added: Vec::new(),
        documents_removed: Vec::new(),
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
        reordered: false,
        note: None,
    }
}

/// The gate keeps the last full document where a feed becomes empty.
fn emptied(settings: &Settings, before: usize, after: usize) -> Option<String> {
    let is_refused = before > 0 && after == 0 && !settings.allow_empty;
    is_refused
        .then(|| "it would be empty, so its last documents stay (`allow_empty = true` lets it)".to_owned())
}

fn appeared(after: &Side<'_>, settings: &Settings) -> Result<FeedDiff, StoreError> {
    let new = after.choose(settings, &HashSet::new())?;
    let added = new.shown.iter().map(|(row, entry)| Line::new(*row, entry, None)).collect();
    let change = Change::New;
    Ok(FeedDiff {
        change,
        documents_added: paths(settings),
        added,
        ..empty(&settings.id, 0, new.shown.len())
    })
}

fn vanished(before: &Side<'_>, was: &Settings) -> Result<FeedDiff, StoreError> {
    let old = before.choose(was, &HashSet::new())?;
    let change = Change::Gone;
    Ok(FeedDiff { change, documents_removed: paths(was), ..empty(&was.id, old.shown.len(), 0) })
}

/// The documents of a feed.
fn paths(settings: &Settings) -> Vec<String> {
    settings.formats.iter().map(|format| format!("{}.{}", settings.id, format.extension())).collect()
}
