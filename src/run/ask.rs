//! Asking one source and reading its answer: what is announced is followed once, nothing is written down.

use std::time::Duration;

use url::Url;

use super::kept::{keep, kept};
use super::readers::Readers;
use crate::dedup::{self, Sifted};
use crate::fetch::{Answer, Client, FetchError, Links, Request, Response, Settings, Way};
use crate::model::{Channel, Move, Remark, Stage};
use crate::normalize;
use crate::parse;
use crate::report::Failure;
use crate::source::feed::{self, Before, Outcome};
use crate::source::{Auth, Source};
use crate::store::{Answers, Part, SourceState, Success};
use crate::value::Secret;

/// Who asks and reads for all sources of a run.
pub(super) struct Asker {
    pub(super) client: Client,
    pub(super) readers: Readers,
    /// `None`: nothing is kept.
    pub(super) answers: Option<Answers>,
}

impl Asker {
    /// An asker with the settings of `[fetch]`, that keeps answers there.
    ///
    /// # Errors
    /// When no client can be made from them.
    pub(super) fn new(settings: &Settings, answers: Option<Answers>) -> Result<Self, FetchError> {
        let client = Client::new(settings, env!("CARGO_PKG_VERSION"))?;
        Ok(Self { client, readers: Readers::start(), answers })
    }
}

/// What reading an answer gave.
pub(super) struct Copy {
    pub(super) channel: Channel,
    pub(super) sifted: Sifted,
    pub(super) remarks: Vec<Remark>,
}

/// Who answered, and what that says about the address.
pub(super) struct Heard {
    /// The address that answered, after all redirects.
    pub(super) url: Url,
    /// Where permanent redirects lead from the address that was asked.
    pub(super) permanent: Option<Url>,
    /// What was known before of a move of that address.
    pub(super) moved: Option<Move>,
}

/// How the way of a source can end before anything is written.
pub(super) enum End {
    /// Nothing new: what to note.
    Unchanged(Box<(Heard, Success)>),
    /// Something to take in.
    Fresh(Box<(Heard, Success, Copy)>),
    /// What went wrong, and what the server said besides.
    Failed(Box<Refusal>),
    /// The host has refused several sources and is left alone for so long.
    Closed { host: String, left: Duration },
}

/// A visit that brought nothing.
pub(super) struct Refusal {
    pub(super) failure: Failure,
    /// The status of the answer, where there was one.
    pub(super) status: Option<u16>,
    /// What the server asked for.
    pub(super) retry_after: Option<Duration>,
    /// The host that answered, or did not.
    pub(super) host: Option<String>,
    /// Nobody was asked: it is a matter of the configuration.
    pub(super) is_ours: bool,
}

impl End {
    /// True when the address is no place for a feed (any more), so that it must be looked for elsewhere.
    fn is_lost(&self) -> bool {
        match self {
            Self::Failed(refusal) => {
                refusal.failure.stage != Stage::Fetch || matches!(refusal.status, Some(404 | 410))
            }
            Self::Unchanged(_) | Self::Fresh(_) | Self::Closed { .. } => false,
        }
    }
}

/// Which address of a source is asked, and as what it is known.
#[derive(Clone, Copy)]
enum Place<'s> {
    /// The configured one.
    Configured,
    /// The feed that the configured page announced.
    Found(&'s Url),
    /// Where one of these has moved for good.
    Moved(&'s Move),
}

/// Asks, follows an announced feed once, reads. Touches no state.
///
/// An address that was taken over from a redirect, or found on a page, and that holds no feed any more is forgotten:
/// then the configured one is asked anew.
pub(super) async fn ask(asker: &Asker, source: &Source, state: Option<&SourceState>) -> End {
    let moved = state.and_then(|state| state.moved.as_ref()).filter(|moved| moved.adopted.is_some());
    let found = state.and_then(|state| state.found_url.as_ref());
    let place = match (moved, found) {
        (Some(moved), _) => Place::Moved(moved),
        (None, Some(found)) => Place::Found(found),
        (None, None) => return ask_at(asker, source, state, Place::Configured).await,
    };
    let end = ask_at(asker, source, state, place).await;
    if !end.is_lost() {
        return end;
    }
    ask_at(asker, source, None, Place::Configured).await
}

async fn ask_at(asker: &Asker, source: &Source, state: Option<&SourceState>, place: Place<'_>) -> End {
    let known_find = state.and_then(|state| state.found_url.as_ref());
    let (url, found, moved) = match place {
        Place::Configured => (&source.url, None, state.and_then(|state| state.moved.as_ref())),
        Place::Found(found) => (found, Some(found), state.and_then(|state| state.moved.as_ref())),
        Place::Moved(moved) => (&moved.to, known_find, Some(moved)),
    };
    let print = reader_print(source);
    let was_feed =
        !matches!(place, Place::Configured) || state.is_some_and(|state| state.first_read.is_some());
    // What was read otherwise is read again: from what is kept, if the server says that it is still so; else it is asked anew.
    let same_reader = state.is_some_and(|state| state.reader.as_deref() == Some(print.as_str()));
    let kept = state.filter(|_| !same_reader).and_then(|state| kept(asker, source, state));
    let state = state.filter(|_| same_reader || kept.is_some());
    let mut request = match request(source, url) {
        Ok(request) => request,
        Err(failure) => {
            let (status, retry_after, host) = (None, None, None);
            return End::Failed(Box::new(Refusal { failure, status, retry_after, host, is_ours: true }));
        }
    };
    request.etag = state.and_then(|state| state.etag.clone());
    request.last_modified = state.and_then(|state| state.last_modified.clone());
    let success = |etag, last_modified, max_age: Option<Duration>, status| Success {
        url: source.url.to_string(),
        found_url: found.cloned(),
        etag,
        last_modified,
        body_hash: None,
        reader: print.clone(),
        max_age: max_age.map(|age| age.as_secs()),
        next_due: None,
        schedule: String::new(),
        status: Some(status),
        part: Part::Whole,
    };
    let heard = |url: Url, permanent: Option<Url>| Heard { url, permanent, moved: moved.cloned() };
    let response = match asker.client.ask(&request).await {
        Err(error) => return fetch_failed(&error),
        Ok(Answer::Gone) => return gone(url),
        Ok(Answer::Unchanged(seen)) => match kept {
            Some(kept) => Response {
                permanent_url: seen.permanent_url,
                status: 304,
                etag: seen.etag,
                last_modified: seen.last_modified,
                max_age: seen.max_age,
                ..kept
            },
            None => {
                let noted = success(seen.etag, seen.last_modified, seen.max_age, 304);
                return End::Unchanged(Box::new((heard(seen.url, seen.permanent_url), noted)));
            }
        },
        Ok(Answer::Fresh(response)) => response,
    };
    let (etag, last_modified) = (response.etag.clone(), response.last_modified.clone());
    let mut noted = success(etag, last_modified, response.max_age, response.status);
    noted.part = if response.is_delta { Part::Delta } else { Part::Whole };
    if response.is_delta && !same_reader {
        // Only the news is read in the new way: the next visit asks for the whole.
        noted.reader = state.and_then(|state| state.reader.clone()).unwrap_or_default();
    }
    noted.body_hash = Some(response.hash.to_vec()).filter(|_| !response.truncated && !response.is_delta);
    let heard = heard(response.url.clone(), response.permanent_url.clone());
    let is_known = state.is_some_and(|state| same_reader && state.body_hash == noted.body_hash);
    if noted.body_hash.is_some() && is_known {
        return End::Unchanged(Box::new((heard, noted)));
    }
    let before = if was_feed { Before::Feed } else { Before::Unknown };
    let (status, at) = (response.status, response.url.clone());
    match read(asker, source, response, before).await {
        Ok(Read::Feed(copy)) => End::Fresh(Box::new((heard, noted, *copy))),
        Ok(Read::Announced(feed)) if matches!(place, Place::Configured) => {
            Box::pin(ask_at(asker, source, None, Place::Found(&feed))).await
        }
        Ok(Read::Announced(feed)) => failed(Failure {
            stage: Stage::Parse,
            message: format!("{at} was announced as a feed and is a page that announces {feed}"),
            help: Some(format!("give the address of the feed itself as `url` of `[source.{}]`", source.id)),
        }),
        Err(failure) => {
            let host = at.host_str().map(str::to_owned);
            End::Failed(Box::new(Refusal {
                failure,
                status: Some(status),
                retry_after: None,
                host,
                is_ours: false,
            }))
        }
    }
}

fn request(source: &Source, url: &Url) -> Result<Request, Failure> {
    let mut request = Request::new(url.clone());
    request.user_agent.clone_from(&source.user_agent);
    request.way = Way {
        proxy: source.proxy.clone(),
        ca_file: source.ca_file.clone(),
        client_certificate: source.client_certificate.clone(),
    };
    // Secrets are meant for the configured origin, wherever a page or a redirect may lead.
    if url.origin() != source.url.origin() {
        request.way = request.way.away_from_home();
        return Ok(request);
    }
    let reveal = |secret: &Secret, name: &str| {
        secret.reveal().map(str::to_owned).ok_or_else(|| Failure {
            stage: Stage::Fetch,
            message: format!("the secret of {name} was not found"),
            help: Some("`harkara check` says which variable or file is missing".to_owned()),
        })
    };
    for (name, secret) in &source.headers {
        request.headers.push((name.clone(), reveal(secret, &format!("header `{name}`"))?));
    }
    // An address that was found or taken over has none of its own: those configured belong to the origin.
    let (mut user, mut password) =
        (source.url.username().to_owned(), source.url.password().map(str::to_owned));
    match &source.auth {
        Some(Auth::Bearer(token)) => {
            let value = format!("Bearer {}", reveal(token, "`bearer`")?);
            request.headers.push(("Authorization".to_owned(), value));
        }
        Some(Auth::Basic(basic)) => {
            user = reveal(&basic.user, "`basic`")?;
            password = Some(reveal(&basic.password, "`basic`")?);
        }
        None => {}
    }
    // Both fail only where there is no host.
    let _ = request.url.set_username(&user);
    let _ = request.url.set_password(password.as_deref());
    Ok(request)
}

fn failed(failure: Failure) -> End {
    End::Failed(Box::new(Refusal { failure, status: None, retry_after: None, host: None, is_ours: false }))
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
    let host = url.host_str().map(str::to_owned);
    End::Failed(Box::new(Refusal { failure, status: Some(410), retry_after: None, host, is_ours: false }))
}

fn fetch_failed(error: &FetchError) -> End {
    let host = error.host().map(str::to_owned);
    if let (Some(left), Some(host)) = (error.closed(), &host) {
        return End::Closed { host: host.clone(), left };
    }
    let failure = Failure { stage: Stage::Fetch, message: error.to_string(), help: error.help() };
    let (status, retry_after) = (error.status(), error.retry_after());
    End::Failed(Box::new(Refusal { failure, status, retry_after, host, is_ours: error.is_ours() }))
}

pub(super) enum Read {
    Feed(Box<Copy>),
    Announced(Url),
}

/// Reads an answer, away from the threads that wait for servers. A panic there is one source's failure.
pub(super) async fn read(
    asker: &Asker,
    source: &Source,
    mut response: Response,
    before: Before,
) -> Result<Read, Failure> {
    let (answers, id) = (asker.answers.clone(), source.id.clone());
    let (settings, tracking, mode) = (settings(source), source.tracking.clone(), source.dedup);
    let fault = format!("reading {} broke harkara", response.url);
    let reading = asker.readers.run(move || {
        let mut remarks: Vec<Remark> =
            response.remarks.iter().map(|text| Remark::of(Stage::Fetch, text.as_str())).collect();
        // All that counts of a body is in the reading: a large one need not be in memory beside it.
        let body = std::mem::take(&mut response.body);
        let mut reading = parse::read(body, response.content_type.as_deref(), Some(&response.url));
        if response.truncated && reading.drafts.pop().is_some() {
            // Nobody knows how much of it is missing: half an item would come again as another one.
            remarks.push(Remark::of(Stage::Fetch, "the last item may be cut; it waits for the next time"));
        }
        match feed::judge(reading, &response.url, before) {
            Outcome::Announced(url) => Ok(Read::Announced(url)),
            Outcome::Nothing(message) => Err(nothing(&response, &message)),
            Outcome::Read(reading) => {
                let mut normalized = normalize::reading(*reading, &settings);
                announce(&mut normalized.channel, &response.links);
                remarks.extend(normalized.remarks);
                let home = normalized.channel.home_url.clone();
                let key =
                    |item| dedup::keyed_for(dedup::without_parameters(item, &tracking), home.as_ref(), mode);
                let keyed = normalized.items.into_iter().map(key).collect();
                let sifted = dedup::sift(keyed);
                if let (Some(answers), Some(wire)) = (answers, response.wire.take()) {
                    remarks.extend(keep(&answers, &id, &response, wire));
                }
                Ok(Read::Feed(Box::new(Copy { channel: normalized.channel, sifted, remarks })))
            }
        }
    });
    reading.await.unwrap_or_else(|| {
        Err(Failure {
            stage: Stage::Parse,
            message: fault,
            help: Some("please report it with the bytes of that address; other sources went on".to_owned()),
        })
    })
}

/// What the headers announce counts before what the document does (WebSub, section 4).
fn announce(channel: &mut Channel, links: &Links) {
    if !links.hubs.is_empty() {
        channel.hub_urls.clone_from(&links.hubs);
        channel.self_url = links.topic.clone().or(channel.self_url.take());
    }
}

/// A page where a feed should be; what stands in the way is named, where it can be told.
fn nothing(response: &Response, message: &str) -> Failure {
    let (told, help) = match response.wall {
        Some(wall) => (
            format!("; {wall} keeps us out"),
            "what was read before stays; ask the site to let feed readers pass, or for another address of the feed",
        ),
        None => (String::new(), "what was read before stays; `harkara preview` shows what the address gives"),
    };
    Failure {
        stage: Stage::Parse,
        message: format!("{} {message}{told}", response.url),
        help: Some(help.to_owned()),
    }
}

/// What the reading of a source hangs on besides its bytes: when it changes, the bytes are read again.
pub(super) fn reader_print(source: &Source) -> String {
    let tracking = source.tracking.join(" ");
    let print =
        format!("{} {:?} {} {tracking}", env!("CARGO_PKG_VERSION"), settings(source), source.min_items);
    print.trim_end().to_owned()
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
