//! The way of one source: ask, read, normalize, decide, write down. What fails is a line of the report.

use std::sync::Arc;

use url::Url;

use super::Road;
use crate::dedup::{self, Keyed};
use crate::fetch::{Answer, FetchError, Request, Response};
use crate::model::{Channel, Remark, Stage, Timestamp};
use crate::normalize;
use crate::parse;
use crate::report::{Failure, SourceLine, Visit};
use crate::schedule::{self, History};
use crate::source::Source;
use crate::source::feed::{self, Before, Outcome};
use crate::store::{Desk, SourceState, StoreError, Success, Taken, Trouble};

/// What reading an answer gave.
pub(super) struct Copy {
    pub(super) channel: Channel,
    pub(super) items: Vec<Keyed>,
    pub(super) remarks: Vec<Remark>,
}

/// How the way of a source can end before anything is written.
pub(super) enum End {
    /// Nothing new: what to note.
    Unchanged(Success),
    /// Something to take in. The address is the one that answered.
    Fresh(Box<(Url, Success, Copy)>),
    /// What went wrong.
    Failed { failure: Failure, gone: bool, retry_after: Option<std::time::Duration> },
}

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
    match ask(&road.client, source, state.as_ref()).await {
        End::Unchanged(mut success) => {
            let (source, now) = (source.clone(), road.now);
            let unchanged = move |desk: &Desk| {
                let recent = match &state {
                    Some(state) => desk.recent(state.row)?,
                    None => Vec::new(),
                };
                let channel = state.as_ref().map(|state| &state.channel);
                success.next_due = Some(due_after(&source, &success, channel, recent, now));
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
            let items = copy.items.len();
            let short = Some(source.min_items).filter(|least| items < *least);
            if short.is_some() {
                // What is there is taken in, but it must be asked again in full.
                (success.etag, success.last_modified, success.body_hash) = (None, None, None);
            }
            let taken = take_in(road, source, success, copy.channel, copy.items).await?;
            line.remarks.extend(taken.remarks);
            line.visit =
                Visit::Read { items, new: taken.new, changed: taken.changed, retouched: taken.retouched };
            if let Some(least) = short {
                let message = format!("{url} gave {items} items, expected are {least} or more");
                let help = "look at the address; `expect.min_items` says how many there should be".to_owned();
                let failure = Failure { stage: Stage::Parse, message, help: Some(help) };
                line.visit = trouble(road, source, state.as_ref(), failure, false, None).await?;
            }
        }
        End::Failed { failure, gone, retry_after } => {
            line.visit = trouble(road, source, state.as_ref(), failure, gone, retry_after).await?;
        }
    }
    Ok(line)
}

async fn take_in(
    road: &Arc<Road>,
    source: &Source,
    success: Success,
    channel: Channel,
    items: Vec<Keyed>,
) -> Result<Taken, StoreError> {
    let (id, now) = (source.id.clone(), road.now);
    let decide = move |items, known: &dedup::Known| dedup::decide(items, known, now);
    road.writer.call(move |desk| desk.take_in(&id, &success, &channel, items, now, decide)).await
}

async fn trouble(
    road: &Arc<Road>,
    source: &Source,
    state: Option<&SourceState>,
    failure: Failure,
    gone: bool,
    retry_after: Option<std::time::Duration>,
) -> Result<Visit, StoreError> {
    let history = History {
        last_try: Some(road.now),
        last_success: state.and_then(|state| state.last_success),
        failures: state.map_or(0, |state| state.failures) + 1,
        gone,
        retry_after,
        ..History::default()
    };
    let next_due = schedule::next(&source.schedule, source.zone(), &history, road.now, source.id.as_str());
    let trouble = Trouble {
        url: source.url.to_string(),
        message: format!("{}: {}", failure.stage, failure.message),
        gone,
        next_due: Some(next_due),
    };
    let (id, now) = (source.id.clone(), road.now);
    road.writer.call(move |desk| desk.note_trouble(&id, &trouble, now)).await?;
    Ok(Visit::Failed(failure))
}

/// Asks, follows an announced feed once, reads. Touches no state.
pub(super) async fn ask(client: &crate::fetch::Client, source: &Source, state: Option<&SourceState>) -> End {
    let found = state.and_then(|state| state.found_url.clone());
    if let Some(found) = found {
        let end = ask_at(client, source, state, &found, Some(&found)).await;
        // A find that is gone or holds no feed any more is looked for again, where it was found.
        let lost = match &end {
            End::Failed { failure, gone, .. } => {
                *gone || failure.stage != Stage::Fetch || is_missing(failure)
            }
            _ => false,
        };
        if !lost {
            return end;
        }
        return ask_at(client, source, None, &source.url, None).await;
    }
    ask_at(client, source, state, &source.url, None).await
}

fn is_missing(failure: &Failure) -> bool {
    failure.message.contains(" 404 ")
}

async fn ask_at(
    client: &crate::fetch::Client,
    source: &Source,
    state: Option<&SourceState>,
    url: &Url,
    found: Option<&Url>,
) -> End {
    let print = reader_print(source);
    let state = state.filter(|state| state.reader.as_deref() == Some(print.as_str()));
    let mut request = match request(source, url) {
        Ok(request) => request,
        Err(failure) => return failed(failure),
    };
    request.etag = state.and_then(|state| state.etag.clone());
    request.last_modified = state.and_then(|state| state.last_modified.clone());
    let success = |etag, last_modified, max_age: Option<std::time::Duration>| Success {
        url: source.url.to_string(),
        found_url: found.cloned(),
        etag,
        last_modified,
        body_hash: None,
        reader: print.clone(),
        max_age: max_age.map(|age| age.as_secs()),
        next_due: None,
    };
    let response = match client.ask(&request).await {
        Err(error) => return fetch_failed(&error),
        Ok(Answer::Gone) => return gone(url),
        Ok(Answer::Unchanged(seen)) => {
            return End::Unchanged(success(seen.etag, seen.last_modified, seen.max_age));
        }
        Ok(Answer::Fresh(response)) => response,
    };
    let mut noted = success(response.etag.clone(), response.last_modified.clone(), response.max_age);
    noted.body_hash = Some(response.hash.to_vec()).filter(|_| !response.truncated);
    if noted.body_hash.is_some() && state.is_some_and(|state| state.body_hash == noted.body_hash) {
        return End::Unchanged(noted);
    }
    let at = response.url.clone();
    let before =
        if state.is_some_and(|state| state.first_read.is_some()) { Before::Feed } else { Before::Unknown };
    match read(source, response, before).await {
        Ok(Read::Feed(copy)) => End::Fresh(Box::new((at, noted, copy))),
        Ok(Read::Announced(feed)) if found.is_none() => {
            Box::pin(ask_at(client, source, None, &feed, Some(&feed))).await
        }
        Ok(Read::Announced(feed)) => failed(Failure {
            stage: Stage::Parse,
            message: format!("{at} was announced as a feed and is a page that announces {feed}"),
            help: Some(format!("give the address of the feed itself as `url` of `[source.{}]`", source.id)),
        }),
        Err(failure) => failed(failure),
    }
}

fn request(source: &Source, url: &Url) -> Result<Request, Failure> {
    let mut request = Request::new(url.clone());
    request.user_agent.clone_from(&source.user_agent);
    for (name, secret) in &source.headers {
        let Some(value) = secret.reveal() else {
            return Err(Failure {
                stage: Stage::Fetch,
                message: format!("the secret of header `{name}` was not found"),
                help: Some("`harkara check` says which variable or file is missing".to_owned()),
            });
        };
        request.headers.push((name.clone(), value.to_owned()));
    }
    Ok(request)
}

fn failed(failure: Failure) -> End {
    End::Failed { failure, gone: false, retry_after: None }
}

fn gone(url: &Url) -> End {
    let failure = Failure {
        stage: Stage::Fetch,
        message: format!("{url} answered 410 gone"),
        help: Some(
            "what was read stays; take the source out, or give its new address; it is asked once a week"
                .to_owned(),
        ),
    };
    End::Failed { failure, gone: true, retry_after: None }
}

fn fetch_failed(error: &FetchError) -> End {
    let failure = Failure { stage: Stage::Fetch, message: error.to_string(), help: error.help() };
    End::Failed { failure, gone: false, retry_after: error.retry_after() }
}

enum Read {
    Feed(Copy),
    Announced(Url),
}

/// Reads an answer, away from the threads that wait for servers. A panic there is one source's failure.
async fn read(source: &Source, response: Response, before: Before) -> Result<Read, Failure> {
    let settings = settings(source);
    let fault = format!("reading {} broke harkara", response.url);
    let reading = tokio::task::spawn_blocking(move || {
        let mut remarks: Vec<Remark> =
            response.remarks.iter().map(|text| Remark::of(Stage::Fetch, text.as_str())).collect();
        let reading = parse::read(&response.body, response.content_type.as_deref(), Some(&response.url));
        match feed::judge(reading, &response.url, before) {
            Outcome::Announced(url) => Ok(Read::Announced(url)),
            Outcome::Nothing(message) => Err(Failure {
                stage: Stage::Parse,
                message: format!("{} {message}", response.url),
                help: Some(
                    "what was read before stays; `harkara preview` shows what the address gives".to_owned(),
                ),
            }),
            Outcome::Read(reading) => {
                let normalized = normalize::reading(*reading, &settings);
                remarks.extend(normalized.remarks);
                let home = normalized.channel.home_url.clone();
                let items =
                    normalized.items.into_iter().map(|item| dedup::keyed(item, home.as_ref())).collect();
                Ok(Read::Feed(Copy { channel: normalized.channel, items, remarks }))
            }
        }
    });
    reading.await.unwrap_or_else(|_| {
        Err(Failure {
            stage: Stage::Parse,
            message: fault,
            help: Some("please report it with the bytes of that address; other sources went on".to_owned()),
        })
    })
}

/// What the reading of a source hangs on besides its bytes: when it changes, the bytes are read again.
fn reader_print(source: &Source) -> String {
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), settings(source))
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

/// What the owner says of a source, as far as reading hangs on it.
fn settings(source: &Source) -> normalize::Settings {
    normalize::Settings {
        zone: source.zone(),
        zone_configured: source.timezone.is_some(),
        country: source.country.as_ref().map(|country| country.as_str().to_owned()),
        language: source.language.as_ref().map(ToString::to_string),
    }
}
