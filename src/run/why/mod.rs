//! The whole way of an entry: who gave it and when, by what it is known, with whom it is one story, what each feed makes of it.
//!
//! Reads the state only. What a feed makes of it is not worked out here: the choice that `run` makes is made, and listened to.

mod feeds;
mod find;
mod origin;
mod story;

use serde::Serialize;

use super::Fault;
use super::sources::cards;
use crate::config::Config;
use crate::model::{FeedId, SourceId, Timestamp};
use crate::store::{Desk, Found, StoreError};

pub use feeds::{DocumentOf, InFeed};
pub use find::Nearest;
pub use origin::{Known, Read};
pub use story::{Alike, Member, Story, TieTold};

/// What is known of the entry that somebody asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// It is there.
    Entry(Box<Why>),
    /// There is none.
    Unknown {
        /// What was looked for, in words.
        looked_for: String,
        /// What may have been meant.
        nearest: Vec<Nearest>,
    },
}

/// The whole way of an entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The row in the store; rows grow in the order in which entries came, held ones are below 0.
    pub row: i64,
    /// The id under which readers know it, or would.
    pub id: String,
    /// Its own id, where it goes by that of another entry of its story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_id: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// Further entries to which what was asked for leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Nearest>,
    /// Why it is held back or was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// Who gave it, when and how.
    pub read: Read,
    /// Its dates, and where they are from.
    pub published: Dated,
    /// When its text changed last.
    pub updated: Dated,
    /// By what it is known.
    pub known: Vec<Known>,
    /// With whom it is one story.
    pub story: Story,
    /// What the feeds make of it.
    pub feeds: Vec<InFeed>,
}

/// A date with its origin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dated {
    /// The date.
    pub at: Timestamp,
    /// What the source says.
    pub source_says: Option<Timestamp>,
    /// Where it is from, in words.
    pub because: String,
}

/// That an entry is not published because somebody must decide.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// `held`, `dropped`, or `released`.
    pub state: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub why: String,
}

/// Tells the way of what `asked` names: a public id, a row, an address, or the page of a story. `feed`: of that feed only.
///
/// # Errors
/// When the state or the published tree cannot be read.
pub fn why(
    desk: &Desk,
    config: &Config,
    asked: &str,
    feed: Option<&FeedId>,
    now: Timestamp,
) -> Result<Answer, Fault> {
    let found = find::find(desk, config, asked)?;
    let Some((first, others)) = found.rows.split_first() else {
        let nearest = find::nearest(desk, asked)?;
        return Ok(Answer::Unknown { looked_for: found.looked_for, nearest });
    };
    let Some(entry) = desk.entry(*first)? else {
        return Ok(Answer::Unknown { looked_for: found.looked_for, nearest: Vec::new() });
    };
    let cards = cards(desk, config)?;
    let held = held(desk, &entry)?;
    let source = source_of(desk, &entry)?;
    let also = others.iter().map(|row| Nearest::of(desk, *row)).collect::<Result<Vec<_>, _>>()?;
    let (published, updated) = origin::dates(&entry);
    Ok(Answer::Entry(Box::new(Why {
        row: entry.row,
        id: entry.id.to_string(),
        own_id: (entry.own_id != entry.id).then(|| entry.own_id.to_string()),
        title: entry.item.title.clone(),
        url: entry.item.url.as_ref().map(ToString::to_string),
        also: also.into_iter().flatten().collect(),
        read: origin::read(desk, config, &entry, &source)?,
        published,
        updated,
        known: origin::known(desk, &entry)?,
        story: story::story(desk, config, &cards, &entry)?,
        feeds: feeds::feeds(desk, config, &cards, &entry, held.as_ref(), feed, now)?,
        held,
    })))
}

fn source_of(desk: &Desk, entry: &Found) -> Result<Option<SourceId>, StoreError> {
    desk.source_of(entry.source)
}

fn held(desk: &Desk, entry: &Found) -> Result<Option<Held>, StoreError> {
    use crate::store::Fate;
    let held = desk.held_one(entry.row)?;
    Ok(held.map(|held| Held {
        state: match held.decided {
            None => "held",
            Some(Fate::Drop) => "dropped",
            Some(Fate::Release) => "released",
        },
        since: held.since,
        why: held.why,
    }))
}
