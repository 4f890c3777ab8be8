//! The way of one source: ask, decide, write down. What fails is a line of the report.

use std::pin::Pin;
use std::sync::Arc;

use chrono::TimeDelta;
use url::Url;

use super::ask::{End, Heard, Refusal, ask};
use super::{Road, held, pushed};
use crate::dedup::{self, Sifted};
use crate::model::{Channel, Move, Remark, SourceId, Stage, Timestamp};
use crate::report::{Failure, HeldBack, SourceLine, Visit};
use crate::schedule::{self, History};
use crate::source::Source;
use crate::source::moved::{self, Sameness};
use crate::store::{Answered, Desk, Part, SourceState, StoreError, Success, Taken, Trouble};

/// Held from the question until what it brought is written (not yet committed): so many answers are in memory at once.
pub(super) type Hand = tokio::sync::OwnedSemaphorePermit;

/// The line of a visit, once what it brought is committed. Small, for there may be many.
pub(super) type Later = Pin<Box<dyn Future<Output = Result<SourceLine, StoreError>> + Send>>;

/// Visits the source at `place` of the configuration.
pub(super) async fn visit(road: &Arc<Road>, place: usize, state: Option<SourceState>, hand: Hand) -> Later {
    let source = &road.config.sources[place];
    let state = state.filter(|state| state.url == source.url.as_str());
    let mut line = SourceLine::new(source.id.clone(), source.url.to_string());
    if let Some(response) = road.pushed(&source.id) {
        return pushed::visit(road, source, state, response, hand).await;
    }
    match ask(&road.asker, source, state.as_ref()).await {
        End::Unchanged(unchanged) => {
            let (heard, success) = *unchanged;
            road.courtesy.answered(&heard.url);
            line.status = success.status;
            let noted = note_unchanged(road, source, state, heard, success, hand);
            Box::pin(async move {
                let (next_due, remark) = noted.await?;
                (line.next_due, line.remarks) = (next_due, remark.into_iter().collect());
                Ok(line)
            })
        }
        End::Fresh(fresh) => {
            let (heard, mut success, copy) = *fresh;
            road.courtesy.answered(&heard.url);
            line.url = heard.url.to_string();
            line.remarks = copy.remarks;
            let recent = copy
                .sifted
                .items
                .iter()
                .filter_map(|keyed| keyed.item.published.or(keyed.item.updated))
                .collect();
            success.next_due = Some(due_after(source, &success, Some(&copy.channel), recent, road.now));
            success.schedule = schedule_print(source);
            let items = copy.sifted.count;
            // A part of an answer says nothing of how many there are.
            let least = if success.part == Part::Whole { source.min_items } else { 0 };
            let short = Some(least).filter(|least| items < *least).map(|least| Failure {
                stage: Stage::Parse,
                message: format!("{} gave {items} items, expected are {least} or more", heard.url),
                help: Some(
                    "look at the address; `expect.min_items` says how many there should be".to_owned(),
                ),
            });
            // What is there is taken in, but the visit counts as failed.
            let trouble = short.as_ref().map(|failure| {
                let refusal = Refusal {
                    failure: failure.clone(),
                    status: success.status,
                    retry_after: None,
                    host: None,
                    is_ours: false,
                };
                trouble(road, source, state.as_ref(), &refusal)
            });
            line.status = success.status;
            line.next_due = trouble.as_ref().map_or(success.next_due, |trouble| trouble.next_due);
            line.may_pass = trouble.is_some() && may_pass(state.as_ref(), road.now);
            let answer = Answered { success, trouble, channel: copy.channel };
            let taken = take_in(road, source, state, heard, answer, copy.sifted, hand);
            Box::pin(async move {
                let (taken, remark) = taken.await?;
                let Taken { new, changed, retouched, same: _, held, remarks } = taken;
                line.held = held.map(HeldBack::from);
                line.remarks.extend(remarks.into_iter().chain(remark));
                line.visit = match short {
                    Some(failure) => Visit::Failed(failure),
                    None => Visit::Read { items, new, twins: 0, changed, retouched },
                };
                Ok(line)
            })
        }
        End::Failed(refusal) => {
            line.status = refusal.status;
            let final_word = refusal.status == Some(410) || refusal.is_ours;
            line.may_pass = !final_word && may_pass(state.as_ref(), road.now);
            let noted = note_failed(road, source, state, *refusal, hand);
            Box::pin(async move {
                (line.visit, line.next_due) = noted.await?;
                Ok(line)
            })
        }
        End::Closed { host, left } => {
            let until = road.now + TimeDelta::from_std(left).unwrap_or_default();
            line.visit = Visit::Waiting { host, until };
            line.next_due = Some(until);
            // A host to which a redirect led: else the first one would be asked each time.
            let (source, schedule, now) = (source.clone(), schedule_print(source), road.now);
            let job =
                move |desk: &Desk| desk.note_waiting(&source.id, source.url.as_str(), until, &schedule, now);
            let noted = write(road, hand, job);
            Box::pin(async move {
                noted.await?;
                Ok(line)
            })
        }
    }
}

/// Writes what a visit brought, together with what others bring, and lets go of `hand` when it is written.
pub(super) fn write<T, F>(
    road: &Road,
    hand: Hand,
    job: F,
) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Desk) -> Result<T, StoreError> + Send + 'static,
{
    let job = move |desk: &Desk| {
        let done = job(desk);
        drop(hand);
        done
    };
    road.writer.gather(job)
}

/// Nothing new came; gives what the owner should know.
fn note_unchanged(
    road: &Arc<Road>,
    source: &Source,
    state: Option<SourceState>,
    heard: Heard,
    mut success: Success,
    hand: Hand,
) -> impl Future<Output = Result<(Option<Timestamp>, Option<Remark>), StoreError>> + Send + use<> {
    let (source, now, hosts) = (source.clone(), road.now, road.hosts_to_write());
    let before = state.as_ref().and_then(|state| state.moved.clone());
    let (moved, remark) = moved_now(&source, before.as_ref(), &heard, Sameness::Same, now);
    let job = move |desk: &Desk| {
        let recent = match &state {
            Some(state) => desk.recent(state.row)?,
            None => Vec::new(),
        };
        let channel = state.as_ref().map(|state| desk.channel(state.row)).transpose()?;
        success.next_due = Some(due_after(&source, &success, channel.as_ref(), recent, now));
        success.schedule = schedule_print(&source);
        desk.note_unchanged(&source.id, &success, now)?;
        note_move(desk, &source.id, before.as_ref(), moved.as_ref())?;
        desk.note_hosts(&hosts)?;
        Ok(success.next_due)
    };
    let written = write(road, hand, job);
    async move { Ok((written.await?, remark)) }
}

fn take_in(
    road: &Arc<Road>,
    source: &Source,
    state: Option<SourceState>,
    heard: Heard,
    answer: Answered,
    sifted: Sifted,
    hand: Hand,
) -> impl Future<Output = Result<(Taken, Option<Remark>), StoreError>> + Send + use<> {
    let (source, now, hosts) = (source.clone(), road.now, road.hosts_to_write());
    let list_date = answer.channel.updated.or(answer.channel.published);
    let decide = move |sifted, known: &dedup::Known| dedup::decide(sifted, known, list_date, now);
    let job = move |desk: &Desk| {
        // What it said of itself before is asked for only where it tells whether a move leads to the same feed.
        let moving = state.as_ref().filter(|_| heard.permanent.is_some());
        let channel = moving.map(|state| desk.channel(state.row)).transpose()?;
        let taken = desk.take_in(&source.id, &answer, sifted, now, held::guard(&source), decide)?;
        let known = taken.same + taken.changed + taken.retouched;
        let same =
            channel.map_or(Sameness::Unknown, |channel| moved::compare(&channel, &answer.channel, known));
        let before = state.and_then(|state| state.moved);
        let (moved, remark) = moved_now(&source, before.as_ref(), &heard, same, now);
        note_move(desk, &source.id, before.as_ref(), moved.as_ref())?;
        desk.note_hosts(&hosts)?;
        Ok((taken, remark))
    };
    write(road, hand, job)
}

fn note_failed(
    road: &Arc<Road>,
    source: &Source,
    state: Option<SourceState>,
    mut refusal: Refusal,
    hand: Hand,
) -> impl Future<Output = Result<(Visit, Option<Timestamp>), StoreError>> + Send + use<> {
    if let (Some(429 | 503), Some(host)) = (refusal.status, &refusal.host) {
        road.courtesy.refused(&road.asker.client, host, &source.id, refusal.retry_after);
    }
    let trouble = trouble(road, source, state.as_ref(), &refusal);
    refusal.failure.help.get_or_insert_with(|| {
        let again = trouble.next_due.unwrap_or(road.now).format("%Y-%m-%d %H:%M UTC");
        format!("what was read before stays; it is asked again from {again} on, sooner with `run --all`")
    });
    let next_due = trouble.next_due;
    let (id, now, hosts) = (source.id.clone(), road.now, road.hosts_to_write());
    let job = move |desk: &Desk| {
        desk.note_trouble(&id, &trouble, now)?;
        desk.note_hosts(&hosts)
    };
    let written = write(road, hand, job);
    async move {
        written.await?;
        Ok((Visit::Failed(refusal.failure), next_due))
    }
}

/// So long a source that worked may fail before anybody is disturbed.
const PASSING: TimeDelta = TimeDelta::days(3);

/// Whether a failure may well pass by itself: the source worked not long ago.
fn may_pass(state: Option<&SourceState>, now: Timestamp) -> bool {
    state.and_then(|state| state.last_success).is_some_and(|last| now - last < PASSING)
}

/// What this visit makes of a permanent redirect, and what the owner should know of it.
fn moved_now(
    source: &Source,
    before: Option<&Move>,
    heard: &Heard,
    same: Sameness,
    now: Timestamp,
) -> (Option<Move>, Option<Remark>) {
    // Secrets do not go to another origin, so without them it would not be the same.
    let may_lead = |to: &&Url| !source.has_secrets() || to.origin() == source.url.origin();
    let target = heard.permanent.as_ref().filter(may_lead);
    let moved = moved::seen(heard.moved.as_ref(), target, same, now);
    let news = moved.as_ref().filter(|moved| moved.adopted.is_some());
    let news = news.filter(|_| before.is_none_or(|before| before.adopted.is_none()));
    let remark = news.map(|moved| {
        let text =
            format!("it has moved for good and is asked at {} from now on: put that into `url`", moved.to);
        Remark::of(Stage::Fetch, text)
    });
    (moved, remark)
}

fn note_move(
    desk: &Desk,
    id: &SourceId,
    before: Option<&Move>,
    moved: Option<&Move>,
) -> Result<(), StoreError> {
    if before == moved { Ok(()) } else { desk.note_move(id, moved) }
}

/// What a failed visit leaves behind.
fn trouble(road: &Road, source: &Source, state: Option<&SourceState>, refusal: &Refusal) -> Trouble {
    let gone = refusal.status == Some(410);
    // What a server asks for counts from its answer.
    let retry_after = refusal.retry_after.map(|wait| wait + road.courtesy.lateness());
    let history = History {
        last_try: Some(road.now),
        last_success: state.and_then(|state| state.last_success),
        failures: state.map_or(0, |state| state.failures).saturating_add(1),
        gone,
        refused: matches!(refusal.status, Some(429 | 503)),
        retry_after,
        ..History::default()
    };
    let next_due = schedule::next(&source.schedule, source.zone(), &history, road.now, source.id.as_str());
    let asked_for = |wait| TimeDelta::from_std(wait).ok().and_then(|wait| road.now.checked_add_signed(wait));
    Trouble {
        url: source.url.to_string(),
        message: format!("{}: {}", refusal.failure.stage, refusal.failure.message),
        gone,
        next_due: Some(next_due),
        schedule: schedule_print(source),
        status: refusal.status,
        retry_at: retry_after.and_then(asked_for),
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
        update_base: channel.and_then(|channel| channel.update_base),
        skip_hours: channel.map(|channel| channel.skip_hours.clone()).unwrap_or_default(),
        skip_days: channel.map(|channel| channel.skip_days.clone()).unwrap_or_default(),
        recent,
        ..History::default()
    };
    schedule::next(&source.schedule, source.zone(), &history, now, source.id.as_str())
}
