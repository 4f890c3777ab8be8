//! When the next source is due, and which ones the owner paused.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{Opened, choose, visit};
use crate::model::{Host, SourceId, Timestamp};
use crate::schedule::host::{closed, moment};
use crate::source::Source;
use crate::store::{Desk, HeldCount, SourceState, StoreError};

/// The note of the sources that the owner paused, one a line.
const PAUSED: &str = "paused";

/// Files are always due: so often the daemon looks at them.
const FILES: Duration = Duration::from_secs(60);

/// What is known of a source, when its next time can be told from it.
fn known<'s>(source: &Source, state: Option<&'s SourceState>, now: Timestamp) -> Option<&'s SourceState> {
    state
        .filter(|state| state.url == source.url.as_str())
        .filter(|state| state.last_try.is_some_and(|at| at <= now))
        .filter(|state| state.schedule.as_deref() == Some(visit::schedule_print(source).as_str()))
}

/// The sources that are paused.
pub(super) fn paused(desk: &Desk) -> Result<HashSet<SourceId>, StoreError> {
    let note = desk.note(PAUSED)?.unwrap_or_default();
    Ok(note.lines().filter_map(|id| SourceId::try_from(id.to_owned()).ok()).collect())
}

/// What is to come, and how the sources stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outlook {
    /// When the first source is due that is neither switched off nor paused; `None` when there is none. Not before now.
    pub next: Option<Timestamp>,
    /// Sources that are due now.
    pub due: usize,
    /// Those whose host is left alone now.
    pub waiting: usize,
    /// Those that failed last.
    pub failing: usize,
    /// Those that the owner paused.
    pub paused: usize,
    /// Entries that are held back, and those that were dropped.
    pub held: HeldCount,
}

impl Opened {
    /// What is to come, as things are `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError> {
        let config = std::sync::Arc::clone(&self.config);
        let look = move |desk: &Desk| {
            let (paused, rounds) = (paused(desk)?, choose::rounds(desk)?);
            let (hosts, states) = (desk.hosts()?, desk.sources()?);
            let hosts: HashMap<&str, &Host> = hosts.iter().map(|host| (host.name.as_str(), host)).collect();
            let mut outlook = Outlook::default();
            for HeldCount { held, dropped } in desk.held_counts()?.into_values() {
                outlook.held.held += held;
                outlook.held.dropped += dropped;
            }
            for source in config.sources.iter().filter(|source| source.enabled) {
                let state = states.get(source.id.as_str()).map(Box::as_ref);
                outlook.failing += usize::from(state.is_some_and(|state| state.failures > 0));
                if paused.contains(&source.id) {
                    outlook.paused += 1;
                    continue;
                }
                let host = choose::address(source, state).host_str().and_then(|host| hosts.get(host));
                let due = match known(source, state, now) {
                    None => now,
                    Some(state) if source.url.scheme() == "file" => {
                        state.last_try.map_or(now, |last| last + FILES)
                    }
                    Some(state) => state.next_due.map_or(now, |due| {
                        let due =
                            host.map_or(due, |host| moment(host, due, &rounds, source.id.as_str(), now));
                        rounds.moment(due, source.id.as_str())
                    }),
                };
                // Whose host is left alone is not asked before that is over.
                let until = host.and_then(|host| closed(host, now)).filter(|until| *until > due);
                let due = until.unwrap_or(due);
                outlook.due += usize::from(due <= now);
                outlook.waiting += usize::from(host.is_some_and(|host| closed(host, now).is_some()));
                let due = due.max(now);
                outlook.next = Some(outlook.next.map_or(due, |first| first.min(due)));
            }
            Ok(outlook)
        };
        self.writer.call(look).await
    }

    /// Pauses a source, or resumes it: a paused one is asked only when it is named.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_paused(&self, id: SourceId, pause: Pause) -> Result<(), StoreError> {
        let set = move |desk: &Desk| {
            let mut ids = paused(desk)?;
            match pause {
                Pause::Begin => ids.insert(id),
                Pause::End => ids.remove(&id),
            };
            let mut lines: Vec<&str> = ids.iter().map(SourceId::as_str).collect();
            lines.sort_unstable();
            desk.set_note(PAUSED, Some(lines.join("\n").as_str()).filter(|lines| !lines.is_empty()))
        };
        self.writer.call(set).await
    }
}

/// The sources that are paused, for whoever shows them.
///
/// # Errors
/// What the database says.
pub fn paused_sources(desk: &Desk) -> Result<HashSet<SourceId>, StoreError> {
    paused(desk)
}

/// What becomes of a source that is paused or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// It is not asked any more.
    Begin,
    /// It is asked again when it is due.
    End,
}
