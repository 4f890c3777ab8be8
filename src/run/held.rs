//! Held entries on the road: whether a source is guarded, what is released when its time has come or when somebody says so.

use chrono::TimeDelta;
use serde::Serialize;

use super::Opened;
use crate::config::Config;
use crate::model::{SourceId, Timestamp};
use crate::source::{Flood, Source};
use crate::store::{Desk, Fate, Guard, Held, StoreError, Which};

pub(super) fn guard(source: &Source) -> Guard {
    match source.flood {
        Flood::Off => Guard::Off,
        Flood::Hold | Flood::HoldFor(_) => Guard::On,
    }
}

/// What came of what was held.
#[derive(Debug, Default)]
pub(super) struct Released {
    /// Entries that come with this round.
    pub(super) count: usize,
    /// Sources of which some had been held for as long as they should be.
    by_time: Vec<(SourceId, usize)>,
}

/// Lets in what was released, or has been held for as long as it should be. At the beginning of a round: what comes has to be
/// compared with the stories that are known before anything is published.
pub(super) fn let_in(desk: &Desk, config: &Config, now: Timestamp) -> Result<Released, StoreError> {
    let mut by_time = Vec::new();
    // Nearly always nothing is held: then nobody looks for each source.
    for id in desk.sources_held()? {
        let Some(source) = config.sources.iter().find(|source| source.id.as_str() == id) else { continue };
        let Flood::HoldFor(wait) = source.flood else { continue };
        let wait = TimeDelta::from_std(wait.duration()).ok();
        let Some(since) = wait.and_then(|wait| now.checked_sub_signed(wait)) else { continue };
        let count = desk.settle_held(&Which::Since(source.id.clone(), since), Fate::Release)?;
        if count > 0 {
            by_time.push((source.id.clone(), count));
        }
    }
    Ok(Released { count: desk.come(now)?, by_time })
}

/// What the owner is told of it.
pub(super) fn told(released: &Released) -> Vec<String> {
    let told = |(source, count): &(SourceId, usize)| {
        let (entries, come) = (counted(*count), if *count == 1 { "comes" } else { "come" });
        format!("{entries} of `{source}` that had been held back {come} now, for the time of `flood` is over")
    };
    released.by_time.iter().map(told).collect()
}

fn counted(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// What is held of one source.
#[derive(Debug, Serialize)]
pub struct HeldOf {
    /// Its id.
    pub source: String,
    /// How many entries are held.
    pub held: usize,
    /// How many were dropped.
    pub dropped: usize,
    /// Which: those that are held first, of these the ones that wait longest.
    pub entries: Vec<HeldEntry>,
}

/// One held entry.
#[derive(Debug, Serialize)]
pub struct HeldEntry {
    /// The id under which it would be published.
    pub id: String,
    /// `held`, `dropped`, or `released`: comes with the next round.
    pub state: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// Why, in words.
    pub why: String,
    /// Its date.
    pub published: Timestamp,
    /// Its title.
    pub title: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

/// What is held, by source.
///
/// # Errors
/// What the database says.
pub fn held(desk: &Desk) -> Result<Vec<HeldOf>, StoreError> {
    let mut out: Vec<HeldOf> = Vec::new();
    for Held { source, id, since, decided, why, published, item } in desk.held()? {
        if out.last().is_none_or(|last| last.source != source) {
            out.push(HeldOf { source, held: 0, dropped: 0, entries: Vec::new() });
        }
        let Some(last) = out.last_mut() else { continue };
        last.held += usize::from(decided.is_none());
        last.dropped += usize::from(decided == Some(Fate::Drop));
        last.entries.push(HeldEntry {
            id: id.to_string(),
            state: match decided {
                None => "held",
                Some(Fate::Drop) => "dropped",
                Some(Fate::Release) => "released",
            },
            since,
            why,
            published,
            title: item.title,
            url: item.url.map(String::from),
        });
    }
    Ok(out)
}

/// Releases or drops what is meant, and tells it in words; `Err` where nothing is.
///
/// # Errors
/// What the database says.
pub fn release_or_drop(
    desk: &Desk,
    which: &[Which],
    fate: Fate,
) -> Result<Result<String, String>, StoreError> {
    for which in which {
        if desk.count_held(which)? == 0 {
            let name = match which {
                Which::Of(source) | Which::Since(source, _) => source.to_string(),
                Which::One(id) => id.to_string(),
            };
            return Ok(Err(format!("nothing is held under `{name}`")));
        }
    }
    // Entries before sources, and each name once: what is decided is held no more, and would be counted twice.
    let mut once: Vec<&Which> = Vec::with_capacity(which.len());
    for name in which {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once.sort_by_key(|which| !matches!(which, Which::One(_)));
    let mut all = 0;
    for which in once {
        all += desk.settle_held(which, fate)?;
    }
    let entries = counted(all);
    Ok(Ok(match fate {
        Fate::Release => format!("{entries} released"),
        Fate::Drop => format!("{entries} dropped"),
    }))
}

impl Opened {
    /// Releases or drops what is meant; the next round publishes what is released.
    ///
    /// # Errors
    /// In words: that nothing is held under one of the names, or what the database says; then nothing is done.
    pub async fn settle_held(&self, which: Vec<Which>, fate: Fate) -> Result<String, String> {
        let done = self.writer.call(move |desk| release_or_drop(desk, &which, fate)).await;
        done.map_err(|error| error.to_string())?
    }
}
