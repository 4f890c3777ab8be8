//! Asking one source and reading its answer: what is announced is followed once, nothing is written down.

use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use crate::dedup::{self, Keyed};
use crate::fetch::{Answer, Client, FetchError, Request, Response, Settings};
use crate::model::{Channel, Remark, Stage};
use crate::normalize;
use crate::parse;
use crate::report::Failure;
use crate::source::Source;
use crate::source::feed::{self, Before, Outcome};
use crate::store::{SourceState, Success};

/// Who asks and reads for all sources of a run.
pub(super) struct Asker {
    client: Client,
    /// Answers that are read at the same time: one a core. More would only hold more of them in memory.
    readers: Semaphore,
}

impl Asker {
    /// An asker with the settings of `[fetch]`.
    ///
    /// # Errors
    /// When no client can be made from them.
    pub(super) fn new(settings: &Settings) -> Result<Self, FetchError> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self { client: Client::new(settings, env!("CARGO_PKG_VERSION"))?, readers: Semaphore::new(cores) })
    }
}

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
    /// What went wrong, and what the server said besides.
    Failed { failure: Failure, status: Option<u16>, retry_after: Option<Duration> },
}

/// Asks, follows an announced feed once, reads. Touches no state.
pub(super) async fn ask(asker: &Asker, source: &Source, state: Option<&SourceState>) -> End {
    let found = state.and_then(|state| state.found_url.clone());
    if let Some(found) = found {
        let end = ask_at(asker, source, state, &found, Some(&found)).await;
        // A find that is not there or holds no feed any more is looked for again, where it was found.
        let lost = match &end {
            End::Failed { failure, status, .. } => {
                failure.stage != Stage::Fetch || matches!(status, Some(404 | 410))
            }
            End::Unchanged(_) | End::Fresh(_) => false,
        };
        if !lost {
            return end;
        }
        return ask_at(asker, source, None, &source.url, None).await;
    }
    ask_at(asker, source, state, &source.url, None).await
}

async fn ask_at(
    asker: &Asker,
    source: &Source,
    state: Option<&SourceState>,
    url: &Url,
    found: Option<&Url>,
) -> End {
    let print = reader_print(source);
    let was_feed = found.is_some() || state.is_some_and(|state| state.first_read.is_some());
    let state = state.filter(|state| state.reader.as_deref() == Some(print.as_str()));
    let mut request = match request(source, url) {
        Ok(request) => request,
        Err(failure) => return failed(failure),
    };
    request.etag = state.and_then(|state| state.etag.clone());
    request.last_modified = state.and_then(|state| state.last_modified.clone());
    let success = |etag, last_modified, max_age: Option<Duration>| Success {
        url: source.url.to_string(),
        found_url: found.cloned(),
        etag,
        last_modified,
        body_hash: None,
        reader: print.clone(),
        max_age: max_age.map(|age| age.as_secs()),
        next_due: None,
        schedule: String::new(),
    };
    let response = match asker.client.ask(&request).await {
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
    let before = if was_feed { Before::Feed } else { Before::Unknown };
    let seen = {
        // Never closed, so never refused. Let go before another address is asked: that one waits for a turn too.
        let _turn = asker.readers.acquire().await;
        read(source, response, before).await
    };
    match seen {
        Ok(Read::Feed(copy)) => End::Fresh(Box::new((at, noted, *copy))),
        Ok(Read::Announced(feed)) if found.is_none() => {
            Box::pin(ask_at(asker, source, None, &feed, Some(&feed))).await
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
    // Headers hold secrets: they are meant for the configured origin, wherever a page may lead.
    let home = url.origin() == source.url.origin();
    for (name, secret) in source.headers.iter().filter(|_| home) {
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
    End::Failed { failure, status: None, retry_after: None }
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
    End::Failed { failure, status: Some(410), retry_after: None }
}

fn fetch_failed(error: &FetchError) -> End {
    let failure = Failure { stage: Stage::Fetch, message: error.to_string(), help: error.help() };
    End::Failed { failure, status: error.status(), retry_after: error.retry_after() }
}

enum Read {
    Feed(Box<Copy>),
    Announced(Url),
}

/// Reads an answer, away from the threads that wait for servers. A panic there is one source's failure.
async fn read(source: &Source, response: Response, before: Before) -> Result<Read, Failure> {
    let settings = settings(source);
    let fault = format!("reading {} broke harkara", response.url);
    let reading = tokio::task::spawn_blocking(move || {
        let mut remarks: Vec<Remark> =
            response.remarks.iter().map(|text| Remark::of(Stage::Fetch, text.as_str())).collect();
        let mut reading = parse::read(&response.body, response.content_type.as_deref(), Some(&response.url));
        if response.truncated && reading.drafts.pop().is_some() {
            // Nobody knows how much of it is missing: half an item would come again as another one.
            remarks.push(Remark::of(Stage::Fetch, "the last item may be cut; it waits for the next time"));
        }
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
                Ok(Read::Feed(Box::new(Copy { channel: normalized.channel, items, remarks })))
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
    format!("{} {:?} {}", env!("CARGO_PKG_VERSION"), settings(source), source.min_items)
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
