//! From the head of an answer to the answer: status, validators, and the body within its limits.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header;
use tokio::time::timeout;
use url::Url;

use super::failure::{Failure, Limit, Step};
use super::inflate::{Inflated, inflate};
use super::manners::Found;
use super::trail::Trail;
use super::{Answer, Request, Response, Seen, Settings, Wire, explain, headers, links, wall};

/// So much of the body of a refusal is looked at, to tell who refuses.
const REFUSAL: u64 = 64 << 10;
/// So long we wait for bodies that we do not need.
const PATIENCE: Duration = Duration::from_secs(1);
/// A body larger than this is decompressed beside the other tasks.
const LONG_WORK: usize = 256 << 10;

/// Makes an answer of what comes in, in the time that is `left`.
pub async fn answer(
    request: &Request,
    trail: &Trail,
    mut incoming: reqwest::Response,
    left: Duration,
    settings: &Settings,
) -> Result<Answer, Failure> {
    let now = chrono::Utc::now();
    let head = incoming.headers();
    let max_age = headers::max_age(head, now);
    let etag = headers::verbatim(head, header::ETAG);
    let last_modified = headers::verbatim(head, header::LAST_MODIFIED);
    let status = incoming.status();
    let conditional = request.etag.is_some() || request.last_modified.is_some();
    if status == StatusCode::NOT_MODIFIED && conditional {
        return Ok(Answer::Unchanged(Seen {
            url: trail.here().clone(),
            permanent_url: trail.permanent().cloned(),
            etag: etag.or_else(|| request.etag.clone()),
            last_modified: last_modified.or_else(|| request.last_modified.clone()),
            max_age,
        }));
    }
    if status == StatusCode::GONE {
        return Ok(Answer::Gone);
    }
    if !status.is_success() {
        let retry_after = headers::retry_after(head, now);
        let wall = match status {
            StatusCode::NETWORK_AUTHENTICATION_REQUIRED => {
                Some("the login page of a network (a captive portal)")
            }
            _ => refusal(&mut incoming, left).await,
        };
        return Err(Failure::Status { status: status.as_u16(), retry_after, wall });
    }
    let manipulations = headers::manipulations(head);
    let is_delta = status == StatusCode::IM_USED || !manipulations.is_empty();
    if let Some(other) = manipulations.into_iter().find(|name| name != "feed") {
        return Err(Failure::Manipulation(other));
    }
    let content_type = headers::content_type(head);
    let links = links::announced(head, trail.here());
    let encodings = headers::content_encoding(head);
    let late = |_| Failure::TimedOut { step: Step::Body, after: settings.timeout };
    let read = timeout(left, read(&mut incoming, settings.max_body)).await;
    let (bytes, cut) = read.map_err(late)??;
    let whole = cut.is_none() && !is_delta;
    let wire = whole.then(|| Wire { bytes: bytes.clone(), encodings: encodings.clone() });
    // Cut on the wire and cut in the decoder is one cut.
    let mut inflated = undo(bytes, encodings, settings.max_inflated).await?;
    if let Some(why) = cut {
        inflated.truncated = true;
        inflated.remarks = vec![format!("the body breaks off: {why}; what came before is used")];
    }
    if trail.fell_from_https() {
        inflated.remarks.push("redirects lead from https to http".to_owned());
    }
    let mut response = response(trail.here().clone(), status.as_u16(), inflated);
    response.permanent_url = trail.permanent().cloned();
    response.content_type = content_type;
    response.max_age = max_age;
    response.links = Box::new(links);
    response.is_delta = is_delta;
    response.wire = wire.filter(|_| !response.truncated);
    response.wall = wall::in_place_of_a_feed(incoming.headers(), &response.body);
    match (is_delta, &request.etag) {
        _ if response.truncated => {}
        (false, _) => {
            response.etag = etag;
            response.last_modified = last_modified;
        }
        // A part without a mark of its own still follows the version that is known.
        (true, Some(known)) => {
            response.etag = etag.or_else(|| Some(known.clone()));
            response.last_modified = last_modified.or_else(|| request.last_modified.clone());
        }
        (true, None) => response.remarks.push("a part was sent, though the whole was asked for".to_owned()),
    }
    Ok(Answer::Fresh(response))
}

/// Makes what it can of an answer to a question for `robots.txt`; more than `most` bytes of it are not waited for.
pub async fn robots(mut incoming: reqwest::Response, left: Duration, most: usize) -> Found {
    match incoming.status().as_u16() {
        200..=299 => {}
        // Too many requests is no word about rules: nobody knows.
        429 => return Found::Unknown,
        400..=499 => return Found::None,
        _ => return Found::Unknown,
    }
    let encodings = headers::content_encoding(incoming.headers());
    let mut bytes = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = incoming.chunk().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                break;
            }
        }
    };
    // What has come in time counts.
    let _ = timeout(left, reading).await;
    match inflate(bytes, &encodings, 4 * most as u64) {
        Ok(inflated) => Found::Text(inflated.body),
        Err(_) => Found::Unknown,
    }
}

/// Reads a small body to its end and forgets it.
pub async fn drain(incoming: &mut reqwest::Response, left: Duration) {
    if incoming.content_length().is_some_and(|told| told <= REFUSAL) {
        let _ = timeout(PATIENCE.min(left), read(incoming, REFUSAL)).await;
    }
}

/// Reads the body up to `limit` bytes; with it, why it broke off early, if it did.
async fn read(incoming: &mut reqwest::Response, limit: u64) -> Result<(Vec<u8>, Option<String>), Failure> {
    let too_large = Failure::TooLarge { limit: Limit::Body, bytes: limit };
    if incoming.content_length().is_some_and(|told| told > limit) {
        return Err(too_large);
    }
    let mut bytes = Vec::new();
    loop {
        match incoming.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok((bytes, None)),
            Err(e) if bytes.is_empty() => return Err(Failure::Unreachable(explain::breaking(&e))),
            Err(e) => return Ok((bytes, Some(explain::breaking(&e)))),
        }
        if bytes.len() as u64 > limit {
            return Err(too_large);
        }
    }
}

/// Who it is that refuses.
async fn refusal(incoming: &mut reqwest::Response, left: Duration) -> Option<&'static str> {
    let encodings = headers::content_encoding(incoming.headers());
    let read = timeout(left.min(PATIENCE), read(incoming, REFUSAL)).await;
    let bytes = read.ok().and_then(Result::ok).unwrap_or_default().0;
    let body = inflate(bytes, &encodings, 4 * REFUSAL).unwrap_or_default().body;
    wall::recognise(incoming.headers(), &body)
}

/// Undoes the compression, beside the other tasks where it takes long.
pub async fn undo(bytes: Vec<u8>, encodings: String, limit: u64) -> Result<Inflated, Failure> {
    if bytes.len() < LONG_WORK || encodings.is_empty() {
        return inflate(bytes, &encodings, limit);
    }
    let work = tokio::task::spawn_blocking(move || inflate(bytes, &encodings, limit)).await;
    work.map_err(|e| Failure::Compression(e.to_string()))?
}

/// An answer with this body, of which nothing else is known.
pub fn response(url: Url, status: u16, inflated: Inflated) -> Response {
    Response {
        url,
        permanent_url: None,
        status,
        is_delta: false,
        wall: None,
        content_type: None,
        hash: blake3::hash(&inflated.body).into(),
        body: inflated.body,
        etag: None,
        last_modified: None,
        max_age: None,
        links: Box::default(),
        truncated: inflated.truncated,
        remarks: inflated.remarks,
        wire: None,
    }
}
