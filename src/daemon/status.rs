//! How things are, as JSON, for the API and the page that shows it.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::{Clock, Current};
use crate::config::Config;
use crate::model::{Channel, SourceId, Timestamp};
use crate::run::{held, paused_sources};
use crate::serve::{Lister, Teller};
use crate::store::{self, HeldCount, StoreError};

/// Everything.
#[derive(Debug, Serialize)]
struct Status<'s> {
    now: Timestamp,
    /// Why the changed configuration was refused; then the old one goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<&'s str>,
    sources: Vec<Line>,
}

/// One source.
#[derive(Debug, Serialize)]
struct Line {
    source: SourceId,
    title: Option<String>,
    enabled: bool,
    paused: bool,
    last_success: Option<Timestamp>,
    last_try: Option<Timestamp>,
    next_due: Option<Timestamp>,
    failures: u32,
    failing_since: Option<Timestamp>,
    message: Option<String>,
    entries: u64,
    /// Entries that are held back, besides those; `/api/held` tells which.
    held: u64,
    /// Entries that somebody dropped.
    dropped: u64,
    newest: Option<Timestamp>,
}

/// Tells how things are, each time anew, from the state and the configuration that the daemon goes by; with the mistake of one
/// that was refused.
pub(super) fn teller(config: Arc<Current>, clock: Clock) -> Arc<Teller> {
    Arc::new(move |mistake| {
        let sources = lines(&config.load()).map_err(|error| error.to_string())?;
        let status = Status { now: clock.now(), configuration: mistake, sources };
        serde_json::to_string_pretty(&status).map_err(|error| error.to_string())
    })
}

/// Tells what is held back, each time anew.
pub(super) fn lister(config: Arc<Current>) -> Arc<Lister> {
    Arc::new(move || {
        let held = |path: &Path| match store::reader(path)? {
            Some(desk) => held(&desk),
            None => Ok(Vec::new()),
        };
        let held = held(&config.load().store.path).map_err(|error| error.to_string())?;
        serde_json::to_string_pretty(&held).map_err(|error| error.to_string())
    })
}

fn lines(config: &Config) -> Result<Vec<Line>, StoreError> {
    let Some(desk) = store::reader(&config.store.path)? else { return Ok(Vec::new()) };
    let paused = paused_sources(&desk)?;
    let held = desk.held_counts()?;
    let mut out = Vec::new();
    for source in &config.sources {
        let state = desk.source(&source.id)?;
        let (newest, channel) = match &state {
            Some(state) => (desk.newest(state.row)?, desk.channel(state.row)?),
            None => (None, Channel::default()),
        };
        let state = state.unwrap_or_default();
        let HeldCount { held, dropped } = held.get(&state.row).copied().unwrap_or_default();
        out.push(Line {
            title: source.title.clone().or(channel.title),
            enabled: source.enabled,
            paused: paused.contains(&source.id),
            last_success: state.last_success,
            last_try: state.last_try,
            next_due: state.next_due,
            failures: state.failures,
            failing_since: state.failing_since,
            message: state.message,
            entries: state.entries,
            held,
            dropped,
            newest,
            source: source.id.clone(),
        });
    }
    Ok(out)
}
