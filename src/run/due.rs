//! When the next source is due, and which ones the owner paused.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{Opened, choose, visit};
use crate::model::{SourceId, Timestamp};
use crate::schedule::host::closed;
use crate::source::Source;
use crate::store::{Desk, SourceState, StoreError};

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

impl Opened {
    /// When the first source is due that is neither switched off nor paused; `None` when there is none. Not before `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let config = std::sync::Arc::clone(&self.config);
        let next = move |desk: &Desk| {
            let (paused, rounds) = (paused(desk)?, choose::rounds(desk)?);
            let hosts = desk.hosts()?;
            let closings = hosts.iter().filter_map(|host| Some((host.name.as_str(), closed(host, now)?)));
            let closings: HashMap<&str, Timestamp> = closings.collect();
            let mut first: Option<Timestamp> = None;
            for source in config.sources.iter().filter(|s| s.enabled && !paused.contains(&s.id)) {
                let state = desk.source(&source.id)?;
                let due = match known(source, state.as_ref(), now) {
                    None => now,
                    Some(state) if source.url.scheme() == "file" => {
                        state.last_try.map_or(now, |last| last + FILES)
                    }
                    Some(state) => state.next_due.map_or(now, |due| rounds.moment(due, source.id.as_str())),
                };
                // Whose host is left alone is not asked before that is over.
                let host = choose::address(source, state.as_ref()).host_str();
                let due = host.and_then(|host| closings.get(host)).map_or(due, |until| due.max(*until));
                first = Some(first.map_or(due, |first| first.min(due)));
            }
            Ok(first.map(|due| due.max(now)))
        };
        self.writer.call(next).await
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
