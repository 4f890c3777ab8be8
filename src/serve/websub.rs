//! WebSub at the door (w3.org/TR/websub): subscribers ask the hub, hubs of others verify and push. What is asked is checked
//! here; what comes of it is the daemon's.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Url;

use super::answer::{not_allowed, text};
use super::body::Body;
use super::signature;

/// The largest form that the hub takes.
const FORM: usize = 16 << 10;
/// So long the body of a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The shortest and the longest lease, and the one that is given to who asks for none: seconds.
const LEASES: (u64, u64, u64) = (300, 864_000, 864_000);

/// What came in that the daemon must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// Somebody wants a topic of ours, or wants it no more. The intent is still to be verified.
    Asked {
        /// Where pushes go.
        callback: Url,
        /// The path of the document, with `/`.
        path: String,
        /// The address that the subscriber called it by.
        topic: String,
        /// `None`: wanted no more.
        lease: Option<Duration>,
        /// Signs pushes.
        secret: Option<String>,
    },
    /// A hub verified a subscription of ours.
    Verified {
        /// Which.
        token: String,
        /// For so long.
        lease: Duration,
    },
    /// A hub refused it.
    Denied {
        /// Which.
        token: String,
        /// Why, in the hub's words.
        reason: String,
    },
    /// A hub pushed a document.
    Pushed {
        /// For which subscription.
        token: String,
        /// `Content-Type` as told.
        content_type: Option<String>,
        /// The document.
        body: Vec<u8>,
    },
}

/// What hubs may come to us with, by the token of the callback.
#[derive(Debug, Clone, Default)]
pub struct Awaited(pub HashMap<String, Await>);

/// A subscription of ours as its callback must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Await {
    /// What was subscribed to.
    pub topic: String,
    /// Signs pushes.
    pub secret: String,
}

/// Answers a subscriber at the hub (section 5.1). `path_of` gives the path of a topic that everybody may have.
pub async fn hub(
    request: Request<Incoming>,
    letters: &mpsc::Sender<Letter>,
    path_of: impl Fn(&str) -> Option<String>,
) -> Response<Body> {
    if request.method() != Method::POST {
        return not_allowed("POST");
    }
    let body = match read(request, FORM).await {
        Ok((_, body)) => body,
        Err(refusal) => return *refusal,
    };
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str);
    let refuse = |why: &str| text(StatusCode::BAD_REQUEST, why);
    let lease = match field("hub.mode") {
        Some("subscribe") => match field("hub.lease_seconds").filter(|told| !told.is_empty()) {
            None => Some(LEASES.2),
            Some(told) => match told.parse::<u64>() {
                Ok(seconds) => Some(seconds.clamp(LEASES.0, LEASES.1)),
                Err(_) => return refuse("`hub.lease_seconds` is a number of seconds"),
            },
        },
        Some("unsubscribe") => None,
        // Our own documents are announced by ourselves; who says so besides does no harm.
        Some("publish") => return text(StatusCode::ACCEPTED, "this hub knows by itself"),
        _ => return refuse("`hub.mode` is `subscribe` or `unsubscribe`"),
    };
    let Some(topic) = field("hub.topic") else { return refuse("`hub.topic` is missing") };
    let Some(path) = path_of(topic) else {
        return text(StatusCode::NOT_FOUND, "this hub does not know that topic");
    };
    let callback = field("hub.callback").and_then(|callback| Url::parse(callback).ok());
    let Some(callback) =
        callback.filter(|url| matches!(url.scheme(), "http" | "https") && url.as_str().len() <= 2048)
    else {
        return refuse("`hub.callback` is an http or https address");
    };
    let secret = field("hub.secret").filter(|secret| !secret.is_empty()).map(str::to_owned);
    if secret.as_ref().is_some_and(|secret| secret.len() >= 200) {
        return refuse("`hub.secret` has less than 200 bytes");
    }
    let lease = lease.map(Duration::from_secs);
    let letter = Letter::Asked { callback, path, topic: topic.to_owned(), lease, secret };
    // A full box is a crowd: it is for those who ask to come again.
    match letters.try_send(letter) {
        Ok(()) => text(StatusCode::ACCEPTED, "the callback is asked whether it wants this"),
        Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, "too many ask at once; ask again later"),
    }
}

/// Answers a hub at the callback of a subscription (sections 5.3 and 7).
pub async fn callback(
    request: Request<Incoming>,
    token: &str,
    awaited: &Awaited,
    letters: &mpsc::Sender<Letter>,
    most: usize,
) -> Response<Body> {
    let Some(expected) = awaited.0.get(token).cloned() else {
        // Whoever still pushes here may stop.
        let status = if request.method() == Method::POST { StatusCode::GONE } else { StatusCode::NOT_FOUND };
        return text(status, "nobody is subscribed here");
    };
    match *request.method() {
        Method::GET => verify(request.uri().query().unwrap_or_default(), token, &expected, letters).await,
        Method::POST => push(request, token, &expected, letters, most).await,
        _ => not_allowed("GET, POST"),
    }
}

async fn verify(
    query: &str,
    token: &str,
    expected: &Await,
    letters: &mpsc::Sender<Letter>,
) -> Response<Body> {
    let told: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| told.get(name).map(String::as_str);
    if field("hub.topic") != Some(expected.topic.as_str()) {
        return text(StatusCode::NOT_FOUND, "this was not subscribed to");
    }
    match (field("hub.mode"), field("hub.challenge")) {
        (Some("denied"), _) => {
            let reason = field("hub.reason").unwrap_or("no reason given").chars().take(200).collect();
            let _ = letters.send(Letter::Denied { token: token.to_owned(), reason }).await;
            text(StatusCode::OK, "noted")
        }
        (Some("subscribe"), Some(challenge)) => {
            let seconds = field("hub.lease_seconds").and_then(|told| told.parse().ok()).unwrap_or(LEASES.2);
            let lease = Duration::from_secs(seconds.min(LEASES.1 * 30));
            let _ = letters.send(Letter::Verified { token: token.to_owned(), lease }).await;
            // The challenge and nothing else; as text, whatever it says.
            let mut response = text(StatusCode::OK, "");
            *response.body_mut() = challenge.to_owned().into();
            response
        }
        // We never want to be unsubscribed from what we await.
        _ => text(StatusCode::NOT_FOUND, "this was not asked for"),
    }
}

async fn push(
    request: Request<Incoming>,
    token: &str,
    expected: &Await,
    letters: &mpsc::Sender<Letter>,
    most: usize,
) -> Response<Body> {
    let (headers, body) = match read(request, most).await {
        Ok(read) => read,
        Err(refusal) => return *refusal,
    };
    // What is packed may be anything once it is unpacked; hubs send documents as they are. Some pass on the header of what they
    // have unpacked (Flask-WebSub does).
    if headers.contains_key(header::CONTENT_ENCODING) && !is_plain(&body) {
        return text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send it without Content-Encoding");
    }
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = value(signature::NAME).is_some_and(|told| signature::fits(&expected.secret, &body, told));
    if signed {
        let content_type = value("content-type").map(str::to_owned);
        let letter = Letter::Pushed { token: token.to_owned(), content_type, body: body.to_vec() };
        if letters.send(letter).await.is_err() {
            return text(StatusCode::SERVICE_UNAVAILABLE, "the daemon is ending");
        }
    } else {
        tracing::warn!("a push without the right signature was ignored");
    }
    // Who forges learns nothing (section 8).
    text(StatusCode::ACCEPTED, "thank you")
}

/// Whether it begins as a document does, and not as something packed.
fn is_plain(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    text.starts_with(b"<") || text.starts_with(b"{")
}

async fn read(request: Request<Incoming>, most: usize) -> Result<(HeaderMap, Bytes), Box<Response<Body>>> {
    let (head, body) = request.into_parts();
    match timeout(PATIENCE, Limited::new(body, most).collect()).await {
        Ok(Ok(body)) => Ok((head.headers, body.to_bytes())),
        Ok(Err(_)) => Err(Box::new(text(StatusCode::PAYLOAD_TOO_LARGE, "that is too much, or it broke off"))),
        Err(_) => Err(Box::new(text(StatusCode::REQUEST_TIMEOUT, "that takes too long"))),
    }
}

/// Shared by the house and the daemon: what is awaited may change at any time.
pub type AwaitedNow = arc_swap::ArcSwap<Awaited>;

/// Where letters go.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To the daemon.
    pub letters: mpsc::Sender<Letter>,
    /// What hubs may come with.
    pub awaited: Arc<AwaitedNow>,
}
