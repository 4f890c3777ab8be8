//! The way of one source: ask, decide, write down. What fails is a line of the report.

use std::sync::Arc;

use super::Road;
use super::ask::{End, ask};
use crate::dedup::{self, Keyed};
use crate::model::{Channel, Stage, Timestamp};
use crate::report::{Failure, SourceLine, Visit};
use crate::schedule::{self, History};
use crate::source::Source;
use crate::store::{Answered, Desk, SourceState, StoreError, Success, Taken, Trouble};

/// Visits the source at `place` of the configuration.
pub(super) async fn visit(
    road: &Arc<Road>,
    place: usize,
    state: Option<SourceState>,
) -> Result<SourceLine, StoreError> {
    let source = &road.config.sources[place];
    let state = state.filter(|state| state.url == source.url.as_str());
    let mut line = SourceLine {
        source: source.id.clone(),
        url: source.url.to_string(),
        visit: Visit::Unchanged,
        remarks: Vec::new(),
    };
    match ask(&road.asker, source, state.as_ref()).await {
        End::Unchanged(mut success) => {
            let (source, now) = (source.clone(), road.now);
            let unchanged = move |desk: &Desk| {
                let recent = match &state {
                    Some(state) => desk.recent(state.row)?,
                    None => Vec::new(),
                };
                let channel = state.as_ref().map(|state| &state.channel);
                success.next_due = Some(due_after(&source, &success, channel, recent, now));
                success.schedule = schedule_print(&source);
                desk.note_unchanged(&source.id, &success, now)
            };
            road.writer.call(unchanged).await?;
        }
        End::Fresh(fresh) => {
            let (url, mut success, copy) = *fresh;
            line.url = url.to_string();
            line.remarks = copy.remarks;
            let recent =
                copy.items.iter().filter_map(|keyed| keyed.item.published.or(keyed.item.updated)).collect();
            success.next_due = Some(due_after(source, &success, Some(&copy.channel), recent, road.now));
            success.schedule = schedule_print(source);
            let items = copy.items.len();
            let short = Some(source.min_items).filter(|least| items < *least).map(|least| Failure {
                stage: Stage::Parse,
                message: format!("{url} gave {items} items, expected are {least} or more"),
                help: Some(
                    "look at the address; `expect.min_items` says how many there should be".to_owned(),
                ),
            });
            // What is there is taken in, but the visit counts as failed.
            let trouble =
                short.as_ref().map(|failure| trouble(road, source, state.as_ref(), failure, None, None));
            let taken = take_in(road, source, success, trouble, copy.channel, copy.items).await?;
            line.remarks.extend(taken.remarks);
            line.visit = match short {
                Some(failure) => Visit::Failed(failure),
                None => {
                    Visit::Read { items, new: taken.new, changed: taken.changed, retouched: taken.retouched }
                }
            };
        }
        End::Failed { mut failure, status, retry_after } => {
            let trouble = trouble(road, source, state.as_ref(), &failure, status, retry_after);
            failure.help.get_or_insert_with(|| {
                let again = trouble.next_due.unwrap_or(road.now).format("%Y-%m-%d %H:%M UTC");
                format!(
                    "what was read before stays; it is asked again from {again} on, sooner with `run --all`"
                )
            });
            let (id, now) = (source.id.clone(), road.now);
            road.writer.call(move |desk| desk.note_trouble(&id, &trouble, now)).await?;
            line.visit = Visit::Failed(failure);
        }
    }
    Ok(line)
}

async fn take_in(
    road: &Arc<Road>,
    source: &Source,
    success: Success,
    trouble: Option<Trouble>,
    channel: Channel,
    items: Vec<Keyed>,
) -> Result<Taken, StoreError> {
    let (id, now) = (source.id.clone(), road.now);
    let list_date = channel.updated.or(channel.published);
    let decide = move |items, known: &dedup::Known| dedup::decide(items, known, list_date, now);
    let answer = Answered { success, trouble, channel };
    road.writer.call(move |desk| desk.take_in(&id, &answer, items, now, decide)).await
}

/// What a failed visit leaves behind.
fn trouble(
    road: &Road,
    source: &Source,
    state: Option<&SourceState>,
    failure: &Failure,
    status: Option<u16>,
    retry_after: Option<std::time::Duration>,
) -> Trouble {
    let gone = status == Some(410);
    let history = History {
        last_try: Some(road.now),
        last_success: state.and_then(|state| state.last_success),
        failures: state.map_or(0, |state| state.failures) + 1,
        gone,
        retry_after,
        ..History::default()
    };
    let next_due = schedule::next(&source.schedule, source.zone(), &history, road.now, source.id.as_str());
    Trouble {
        url: source.url.to_string(),
        message: format!("{}: {}", failure.stage, failure.message),
        gone,
        next_due: Some(next_due),
        schedule: schedule_print(source),
    }
}

/// What `next_due` hangs on besides time: when it changes, the source is due at once.
pub(super) fn schedule_print(source: &Source) -> String {
    format!("{:?} {}", source.schedule, source.zone())
}

/// When the source may be asked again after a good visit.
fn due_after(
    source: &Source,
    success: &Success,
    channel: Option<&Channel>,
    recent: Vec<Timestamp>,
    now: Timestamp,
) -> Timestamp {
    let history = History {
        last_try: Some(now),
        last_success: Some(now),
        max_age: success.max_age.map(std::time::Duration::from_secs),
        ttl_minutes: channel.and_then(|channel| channel.ttl_minutes),
        skip_hours: channel.map(|channel| channel.skip_hours.clone()).unwrap_or_default(),
        skip_days: channel.map(|channel| channel.skip_days.clone()).unwrap_or_default(),
        recent,
        ..History::default()
    };
    schedule::next(&source.schedule, source.zone(), &history, now, source.id.as_str())
}
