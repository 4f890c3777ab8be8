//! What the feeds make of an entry: whether it belongs, which rules touched it, and what the choice says of it.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::Held;
use crate::config::Config;
use crate::model::{FeedId, Timestamp};
use crate::render::Format;
use crate::rules::{Verdict, trace};
use crate::run::account::{Fate, account, documents};
use crate::run::diff::published;
use crate::run::{Fault, archive};
use crate::select::{Card, Reason, Settings, belonging};
use crate::store::{Desk, Found};

/// An entry in a feed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InFeed {
    /// The feed.
    pub feed: FeedId,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
    /// The id under which the feed shows it: its own where entries do not stand for each other in this feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether it belongs to the feed, before the rules of that, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub belongs: Option<String>,
    /// What rules did to it, in their order.
    pub rules: Vec<String>,
    /// The documents that tell of it, or would.
    pub documents: Vec<DocumentOf>,
}

/// A document that tells of an entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentOf {
    /// Its path in the tree.
    pub path: String,
    /// Whether the entry is in it as it is chosen now.
    pub holds: bool,
    /// Whether it is in what stands there; `None` where that cannot be told.
    pub is_published: Option<bool>,
}

/// What each feed makes of an entry, or the one that is asked for.
pub(super) fn feeds(
    desk: &Desk,
    config: &Config,
    cards: &HashMap<i64, Card>,
    entry: &Found,
    held: Option<&Held>,
    feed: Option<&FeedId>,
    now: Timestamp,
) -> Result<Vec<InFeed>, Fault> {
    let mut out = Vec::new();
    for (place, settings) in config.feeds.iter().enumerate() {
        if feed.is_some_and(|feed| *feed != settings.id) {
            continue;
        }
        let (belongs, rules) = rules(settings, cards, entry);
        let (fate, id, documents) = match held {
            Some(held) => (Fate::passed(&Reason::Held(held.why.clone())), None, Vec::new()),
            None => chosen(desk, config, place, cards, entry, now)?,
        };
        out.push(InFeed { feed: settings.id.clone(), fate, id, belongs, rules, documents });
    }
    Ok(out)
}

/// What the rules do to it, one by one, and between those of the source and those of the feed whether it belongs.
fn rules(settings: &Settings, cards: &HashMap<i64, Card>, entry: &Found) -> (Option<String>, Vec<String>) {
    let Some(card) = cards.get(&entry.source) else { return (None, Vec::new()) };
    let (mut item, mut tags) = (entry.item.clone(), card.tags.clone());
    let (steps, verdict) = trace(&card.rules, &mut item, &mut tags, &card.id);
    let mut out: Vec<String> = steps
        .into_iter()
        .map(|step| format!("rule {} of source `{}`: {}", step.place, card.id, step.did))
        .collect();
    if verdict != Verdict::Keep {
        return (None, out);
    }
    let (belongs, said) = belonging(settings, &card.id, &tags);
    if belongs {
        let (steps, _) = trace(&settings.rules, &mut item, &mut tags, &card.id);
        let told =
            |step: crate::rules::Step| format!("rule {} of feed `{}`: {}", step.place, settings.id, step.did);
        out.extend(steps.into_iter().map(told));
    }
    (Some(said), out)
}

/// What the choice says of it, and the documents that tell of it.
fn chosen(
    desk: &Desk,
    config: &Config,
    place: usize,
    cards: &HashMap<i64, Card>,
    entry: &Found,
    now: Timestamp,
) -> Result<(Fate, Option<String>, Vec<DocumentOf>), Fault> {
    let Some(settings) = config.feeds.get(place) else {
        return Ok((Fate::passed(&Reason::Elsewhere), None, Vec::new()));
    };
    let account = account(desk, config, settings, cards, now, &HashSet::from([entry.row]))?;
    let mut fate = account.fate(entry, cards);
    let shown = fate.place.and_then(|place| account.shown.get(place - 1));
    let shown = shown.map(|(_, shown)| shown.id.to_string());
    let id = shown.clone().unwrap_or_else(|| entry.id.to_string());
    // A template of the owner's that fails is told by `run`; then its page is passed over.
    let of_feed = documents(config, settings, &account).unwrap_or_default();
    let mut out = Vec::new();
    let is_there = |path: &str, format: Format| -> Result<Option<bool>, Fault> {
        if format == Format::Html {
            return Ok(None);
        }
        Ok(published::ids(config, path, format)?.map(|ids| ids.contains(&id)))
    };
    for ((path, count), format) in of_feed.into_iter().zip(&settings.formats) {
        let holds = fate.place.is_some_and(|place| place <= count);
        let is_published = is_there(&path, *format)?;
        // A document that does not have it is told only where it should.
        if fate.is_taken() {
            out.push(DocumentOf { path, holds, is_published });
        }
    }
    let short: Vec<&str> = out.iter().filter(|one| !one.holds).map(|one| one.path.as_str()).collect();
    if !short.is_empty() {
        fate.because =
            format!("{}, but `max_bytes` leaves no room for it in {}", fate.because, short.join(", "));
    }
    if settings.archive.is_some()
        && let Some(month) = archive::month_of(desk, entry.row, now)?
    {
        for format in settings.formats.iter().filter(|format| **format != Format::Html) {
            let path = format!("{}/archive/{month}.{}", settings.id, format.extension());
            if is_there(&path, *format)? == Some(true) {
                out.push(DocumentOf { path, holds: true, is_published: Some(true) });
            }
        }
    }
    Ok((fate, shown, out))
}
