//! What the visits of a run learn about hosts: who is left alone for how long, and what of it is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use url::Url;

use crate::fetch::Client;
use crate::model::{Host, SourceId, Timestamp};
use crate::schedule::{self, Rounds};
use crate::store::{Desk, SourceState, StoreError};

/// Pauses longer than this are written with the next visit, shorter ones at the end of the run.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// The note that stands while sources are asked: found at the start, the last run was killed, and nobody knows whom it asked
/// a moment ago.
const ASKING: &str = "asking";

/// Notes that sources are asked from now on; true when the last run did not end.
pub(super) fn begin(desk: &Desk) -> Result<bool, StoreError> {
    let found = desk.note(ASKING)?.is_some();
    if !found {
        desk.set_note(ASKING, Some("a run is asking sources"))?;
    }
    Ok(found)
}

/// Notes that all are asked, and that what must be known of their hosts is written.
pub(super) fn end(desk: &Desk) -> Result<(), StoreError> {
    desk.set_note(ASKING, None)
}

/// After a run that was killed: each host is asked only after one `spacing`, if that is so short that it was not written.
pub(super) fn pause_all<'u>(client: &Client, places: impl Iterator<Item = &'u Url>, spacing: Duration) {
    let hosts: BTreeSet<&str> = places.filter_map(Url::host_str).collect();
    for host in hosts {
        client.pause(host, spacing.min(LONG_PAUSE));
    }
}

/// All hosts that something is known of.
pub(super) struct Courtesy {
    now: Timestamp,
    began: Instant,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    known: BTreeMap<String, Host>,
    /// Names of those that are not written yet.
    changed: BTreeSet<String>,
}

impl Courtesy {
    /// Begins at `now` with what the store knows.
    pub(super) fn new(known: Vec<Host>, now: Timestamp) -> Self {
        let known = known.into_iter().map(|host| (host.name.clone(), host)).collect();
        Self { now, began: Instant::now(), notes: Mutex::new(Notes { known, changed: BTreeSet::new() }) }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the run has lasted, in whole seconds, rounded up where it matters: what a server asks for counts from
    /// its answer, not from the beginning of the run.
    pub(super) fn lateness(&self) -> Duration {
        match self.began.elapsed().as_secs() {
            0 => Duration::ZERO,
            seconds => Duration::from_secs(seconds + 1),
        }
    }

    fn moment(&self) -> Timestamp {
        self.now + TimeDelta::from_std(self.lateness()).unwrap_or_default()
    }

    /// Tells the client which hosts need a pause still from the last run.
    pub(super) fn pauses(&self, client: &Client) {
        for host in self.notes().known.values() {
            let left = host.free_at.and_then(|at| (at - self.now).to_std().ok());
            if let Some(left) = left.filter(|left| !left.is_zero()) {
                client.pause(&host.name, left);
            }
        }
    }

    /// Tells the client which hosts are closed, and that all others are open.
    pub(super) fn closings(&self, client: &Client) {
        client.open();
        for host in self.notes().known.values() {
            if let Some(until) = schedule::host::closed(host, self.now) {
                client.close(&host.name, (until - self.now).to_std().unwrap_or_default());
            }
        }
    }

    /// Until when the host of `url` is closed.
    pub(super) fn closed(&self, url: &Url) -> Option<Timestamp> {
        schedule::host::closed(self.notes().known.get(url.host_str()?)?, self.now)
    }

    /// Whether a source at `url` that is due waits a little more, because its host has just opened and others come first.
    pub(super) fn comes_later(
        &self,
        url: &Url,
        state: Option<&SourceState>,
        rounds: &Rounds,
        source: &SourceId,
    ) -> bool {
        let notes = self.notes();
        let host = url.host_str().and_then(|host| notes.known.get(host));
        let due = state.and_then(|state| state.next_due);
        host.zip(due).is_some_and(|(host, due)| {
            schedule::host::moment(host, due, rounds, source.as_str(), self.now) > self.now
        })
    }

    /// `host` said 429 or 503 to `source`.
    pub(super) fn refused(
        &self,
        client: &Client,
        host: &str,
        source: &SourceId,
        retry_after: Option<Duration>,
    ) {
        let now = self.moment();
        let mut notes = self.notes();
        let fresh = || Host { name: host.to_owned(), ..Host::default() };
        let known = notes.known.entry(host.to_owned()).or_insert_with(fresh);
        schedule::host::refused(known, source, retry_after, now);
        if let Some(until) = schedule::host::closed(known, now) {
            client.close(host, (until - now).to_std().unwrap_or_default());
        }
        notes.changed.insert(host.to_owned());
    }

    /// The host of `url` answered well.
    pub(super) fn answered(&self, url: &Url) {
        let Some(host) = url.host_str() else { return };
        let now = self.moment();
        let mut notes = self.notes();
        if notes.known.get_mut(host).is_some_and(|host| schedule::host::answered(host, now)) {
            notes.changed.insert(host.to_owned());
        }
    }

    /// What is to be written with a visit; `spacing` is the pause between two questions to one host.
    pub(super) fn to_write(&self, client: &Client, spacing: Duration) -> Vec<Host> {
        if spacing > LONG_PAUSE {
            self.look(client);
        }
        let mut notes = self.notes();
        let changed = std::mem::take(&mut notes.changed);
        changed.iter().filter_map(|name| notes.known.get(name).cloned()).collect()
    }

    /// The same at the end of a run: who needs a pause still is in it.
    pub(super) fn rest(&self, client: &Client) -> Vec<Host> {
        self.look(client);
        self.to_write(client, Duration::ZERO)
    }

    fn look(&self, client: &Client) {
        let paused = client.paused();
        let elapsed = self.began.elapsed();
        let mut notes = self.notes();
        for (name, left) in paused {
            // In whole seconds, rounded up.
            let at = Duration::from_secs((elapsed + left).as_secs() + 1);
            let fresh = || Host { name: name.clone(), ..Host::default() };
            let host = notes.known.entry(name.clone()).or_insert_with(fresh);
            host.free_at = Some(self.now + TimeDelta::from_std(at).unwrap_or_default());
            notes.changed.insert(name);
        }
    }
}
