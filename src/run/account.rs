//! How a feed is chosen, told while it is done: what a round would show now, and what becomes of some entries on the way.
//!
//! `diff` and `why` look at the choice that `press` makes and make none of their own, so what they tell is what `run` does.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use serde::Serialize;

use super::archive;
use super::press::{walk_through, within};
use super::sources::Names;
use crate::config::Config;
use crate::model::{Entry, EntryId, Timestamp};
use crate::render::html::{self, Broken, Look};
use crate::render::{self, Document, Format};
use crate::select::{self, Card, Outcome, Picker, Reason, Settings};
use crate::store::{Desk, Found, StoreError};

/// A feed as a round would choose it now.
pub(super) struct Account {
    /// What it shows, in order, each with its row.
    pub(super) shown: Vec<(i64, Entry)>,
    outcomes: HashMap<i64, Outcome>,
    scope: HashSet<i64>,
    /// Sources whose cap is reached, by their rows.
    capped: HashSet<i64>,
}

/// What a feed makes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fate {
    /// `taken`, `follows`, or in one word why it is not in: `rule`, `elsewhere`, `per_source`, `old`, `unconfigured`, `held`.
    pub outcome: &'static str,
    /// Its place in the feed, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// The row of the entry that speaks for its story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<i64>,
    /// The same in words.
    pub because: String,
}

impl Fate {
    /// True when the feed shows it.
    pub fn is_taken(&self) -> bool {
        self.place.is_some()
    }

    pub(super) fn passed(reason: &Reason) -> Self {
        Self { outcome: reason.word(), place: None, speaker: None, because: reason.to_string() }
    }
}

/// Chooses the feed and takes note of what becomes of the entries `of` interest, by their rows.
pub(super) fn account(
    desk: &Desk,
    config: &Config,
    settings: &Settings,
    cards: &HashMap<i64, Card>,
    now: Timestamp,
    of: &HashSet<i64>,
) -> Result<Account, StoreError> {
    let mut names = Names::new(desk, config, cards);
    let mut picker = Picker::new(settings, cards, now);
    let scope = select::scope(settings, cards);
    let mut outcomes = HashMap::new();
    let mut heed = |row, outcome: &Outcome| {
        if of.contains(&row) {
            outcomes.insert(row, outcome.clone());
        }
        ControlFlow::Continue(())
    };
    walk_through(desk, &mut names, settings.order, &scope, &mut picker, &mut heed)?;
    let open: HashSet<i64> = picker.open(&scope).into_iter().collect();
    let capped = scope.iter().copied().filter(|row| !open.contains(row)).collect();
    Ok(Account { shown: picker.finish_with_rows(), outcomes, scope: scope.into_iter().collect(), capped })
}

impl Account {
    /// What became of an entry of interest, in a choice by these `cards`.
    pub(super) fn fate(&self, found: &Found, cards: &HashMap<i64, Card>) -> Fate {
        let place = self.shown.iter().position(|(row, _)| *row == found.row);
        if let Some(place) = place {
            let because = format!("at place {} of {}", place + 1, self.shown.len());
            return Fate { outcome: "taken", place: Some(place + 1), speaker: None, because };
        }
        let old = || Reason::Old(self.shown.len());
        let reason = match self.outcomes.get(&found.row) {
            Some(Outcome::Follows(source, row)) => return self.follows(source.as_str(), *row),
            Some(Outcome::Passed(reason)) => reason.clone(),
            // Taken, and cut off again.
            Some(Outcome::Taken) => old(),
            None => match cards.get(&found.source) {
                None => Reason::Unconfigured,
                Some(_) if !self.scope.contains(&found.source) => Reason::Elsewhere,
                Some(card) if self.capped.contains(&found.source) => Reason::Cap(card.id.clone()),
                Some(_) => old(),
            },
        };
        Fate::passed(&reason)
    }

    fn follows(&self, source: &str, row: i64) -> Fate {
        let is_shown = self.shown.iter().any(|(shown, _)| *shown == row);
        let because = match is_shown {
            true => format!("`{source}` speaks for its story, with entry {row}"),
            false => {
                format!("`{source}` speaks for its story, with entry {row}, which is too old for `keep`")
            }
        };
        Fate { outcome: "follows", place: None, speaker: Some(row), because }
    }

    /// The place of each id that is shown.
    pub(super) fn places(&self) -> HashMap<&EntryId, usize> {
        self.shown.iter().enumerate().map(|(place, (_, entry))| (&entry.id, place)).collect()
    }
}

/// The documents of a feed, each with how many of its entries it has room for.
pub(super) fn documents(
    config: &Config,
    settings: &Settings,
    account: &Account,
) -> Result<Vec<(String, usize)>, Broken> {
    let all = account.shown.len();
    let path = |format: &Format| format!("{}.{}", settings.id, format.extension());
    if settings.max_bytes.is_none() {
        return Ok(settings.formats.iter().map(|format| (path(format), all)).collect());
    }
    let entries = account.shown.iter().map(|(_, entry)| entry.clone()).collect();
    let feed = select::compose(settings, &config.site, entries);
    let mut out = Vec::with_capacity(settings.formats.len());
    for format in &settings.formats {
        let count = match (format, settings.archive) {
            (Format::Html, _) => {
                // Templates were tried when they were read.
                let look = Look::new(&config.templates).unwrap_or_default();
                let site = super::pages::site(config, !config.sources.is_empty());
                within(&feed, settings.max_bytes, |feed| html::feed(&look, &site, feed))?.entries
            }
            (format, Some(_)) => archive::cut(&feed, *format, settings.max_bytes).entries.len(),
            (format, None) => {
                let write = |feed: &_| Ok::<Document, Broken>(render::render(feed, *format));
                within(&feed, settings.max_bytes, write)?.entries
            }
        };
        out.push((path(format), count));
    }
    Ok(out)
}
