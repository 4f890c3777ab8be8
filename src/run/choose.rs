//! Which sources a round asks, and in which order; whom it leaves alone.

use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use super::{Fault, Road, Wish, due, visit};
use crate::model::Timestamp;
use crate::report::{SourceLine, Visit};
use crate::schedule::{self, Rounds};
use crate::source::Source;
use crate::store::{Desk, SourceState, StoreError};

/// A source by its place in the configuration, with what is known of it.
pub(super) type Asked = (usize, Option<Box<SourceState>>);

/// What a run does with each source.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) asked: Vec<Asked>,
    /// Due, but their hosts are left alone.
    pub(super) waiting: Vec<(usize, SourceLine)>,
    pub(super) not_due: usize,
}

/// Which sources are asked.
pub(super) async fn choose(road: &Arc<Road>, wish: &Wish) -> Result<Chosen, Fault> {
    let config = Arc::clone(&road.config);
    let now = road.now;
    let rounds = *wish == Wish::Due;
    let (states, rounds, paused) = road
        .writer
        .call(move |desk| {
            let mut known = desk.sources()?;
            let states: Vec<_> =
                config.sources.iter().map(|source| known.remove(source.id.as_str())).collect();
            let rounds = if rounds { begin_round(desk, now)? } else { Rounds::default() };
            Ok((states, rounds, due::paused(desk)?))
        })
        .await?;
    let mut chosen = Chosen::default();
    for (place, state) in states.into_iter().enumerate() {
        let source = &road.config.sources[place];
        let is_chosen = match wish {
            Wish::These(ids) => ids.contains(&source.id),
            Wish::All => source.enabled,
            Wish::Due => {
                let open = source.enabled && !paused.contains(&source.id);
                open && is_due(source, state.as_deref(), &rounds, road.now)
            }
        };
        if !is_chosen {
            chosen.not_due += usize::from(source.enabled && *wish == Wish::Due);
            continue;
        }
        let at = address(source, state.as_deref());
        match road.courtesy.closed(at).filter(|_| *wish == Wish::Due) {
            Some(until) => chosen.waiting.push((place, waiting(source, until))),
            None if *wish == Wish::Due
                && road.courtesy.comes_later(at, state.as_deref(), &rounds, &source.id) =>
            {
                chosen.not_due += 1;
            }
            None => chosen.asked.push((place, state)),
        }
    }
    chosen.asked = in_turns(chosen.asked, |(place, state)| {
        address(&road.config.sources[*place], state.as_deref()).host_str().unwrap_or_default().to_owned()
    });
    Ok(chosen)
}

/// The note of the rounds before this one.
const ROUNDS: &str = "rounds";

/// What is remembered of the rounds so far.
pub(super) fn rounds(desk: &Desk) -> Result<Rounds, StoreError> {
    let note = desk.note(ROUNDS)?.and_then(|note| serde_json::from_str(&note).ok());
    Ok(note.unwrap_or_default())
}

/// Notes that a round begins.
fn begin_round(desk: &Desk, now: Timestamp) -> Result<Rounds, StoreError> {
    let rounds = rounds(desk)?.begin(now);
    if let Ok(note) = serde_json::to_string(&rounds) {
        desk.set_note(ROUNDS, Some(&note))?;
    }
    Ok(rounds)
}

/// The address that will be asked first.
pub(crate) fn address<'a>(source: &'a Source, state: Option<&'a SourceState>) -> &'a Url {
    let state = state.filter(|state| state.url == source.url.as_str());
    let moved = state.and_then(|state| state.moved.as_ref()).filter(|moved| moved.adopted.is_some());
    let found = state.and_then(|state| state.found_url.as_ref());
    moved.map(|moved| &moved.to).or(found).unwrap_or(&source.url)
}

fn waiting(source: &Source, until: Timestamp) -> SourceLine {
    let mut line = SourceLine::new(source.id.clone(), source.url.to_string());
    line.visit = Visit::Waiting { host: source.url.host_str().unwrap_or_default().to_owned(), until };
    line
}

/// One of each host, then a second of each, and so on: a host with many sources and a pause between them must not take
/// all places while others wait.
fn in_turns(asked: Vec<Asked>, host: impl Fn(&Asked) -> String) -> Vec<Asked> {
    let mut turns: HashMap<String, usize> = HashMap::new();
    let mut keyed: Vec<(usize, Asked)> = asked
        .into_iter()
        .map(|asked| {
            let turn = turns.entry(host(&asked)).or_default();
            *turn += 1;
            (*turn, asked)
        })
        .collect();
    keyed.sort_by_key(|(turn, _)| *turn);
    keyed.into_iter().map(|(_, asked)| asked).collect()
}

/// Never asked, asked at another address, or its time has come. A clock that was set back must not silence a source:
/// a last try that lies in the future counts for nothing.
fn is_due(source: &Source, state: Option<&SourceState>, rounds: &Rounds, now: Timestamp) -> bool {
    let Some(state) = state.filter(|state| state.url == source.url.as_str()) else { return true };
    state.last_try.is_none_or(|at| at > now)
        || state.schedule.as_deref() != Some(visit::schedule_print(source).as_str())
        || schedule::is_due(
            &source.url,
            state.next_due.map(|due| rounds.moment(due, source.id.as_str())),
            now,
        )
}
