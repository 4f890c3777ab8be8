//! The edge that touches other people's servers: asks for an address, over HTTP or from disk, within the bounds of
//! the configuration, and says what came of it.
//!
//! ```text
//! Request ─ guard (who may be asked) ─ manners (robots.txt) ─ hosts (whose turn it is) ─ client (redirects, time)
//!         ─ hear (status, size) ─ inflate ─→ Answer
//! ```
//!
//! Nothing is remembered here between two runs: validators go in with the [`Request`] and come out with the
//! [`Answer`]; the caller stores them together with the entries that came with them.

mod client;
mod cookies;
mod explain;
mod failure;
mod file;
mod guard;
mod headers;
mod hear;
mod hosts;
mod inflate;
mod letter;
mod links;
mod manners;
mod names;
mod proxy;
mod question;
mod robots;
mod settings;
mod trail;
mod wall;
mod ways;

use std::time::Duration;

use url::Url;

pub use client::Client;
pub use failure::{Failure, FetchError, Limit, Step, status_in_words};
pub use guard::{Allowed, AllowedError, Blocked};
pub use letter::{Letter, Reply};
pub use names::Lookup;
pub use settings::Settings;
pub use ways::Way;

/// What we would like to get; goes into `Accept`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accept {
    /// A feed, else a page that announces one.
    #[default]
    Feed,
    /// A page, where `robots.txt` lets us.
    Page,
    /// Plain text.
    Text,
}

/// One question to one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What to ask: `http:`, `https:` or `file:`. Credentials in it go to this origin only.
    pub url: Url,
    /// The `ETag` of the last answer, byte by byte.
    pub etag: Option<Vec<u8>>,
    /// The `Last-Modified` of the last answer, byte by byte.
    pub last_modified: Option<Vec<u8>>,
    /// Further headers, secrets already looked up. They go to the origin of `url` only, but for harmless ones like `Accept-Language`.
    pub headers: Vec<(String, String)>,
    /// Takes the place of our User-Agent.
    pub user_agent: Option<String>,
    /// What we would like to get.
    pub accept: Accept,
    /// The proxy and the certificates to use instead of the usual ones.
    pub way: Way,
}

impl Request {
    /// A question for a feed at `url` about which nothing is known yet.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            etag: None,
            last_modified: None,
            headers: Vec::new(),
            user_agent: None,
            accept: Accept::default(),
            way: Way::default(),
        }
    }
}

/// What came of a question that came through.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The same as last time (304; a file that did not change).
    Unchanged(Seen),
    /// Something to read.
    Fresh(Response),
    /// Gone for good (410), says the server.
    Gone,
}

/// What an answer without a body tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The address that answered, after all redirects, without credentials.
    pub url: Url,
    /// The address to ask in future, when every redirect on the way was permanent (301, 308); `None` = the one asked, so far.
    pub permanent_url: Option<Url>,
    /// The validator to send next time, byte by byte: the new one, else the one that was sent.
    pub etag: Option<Vec<u8>>,
    /// The same for `Last-Modified`.
    pub last_modified: Option<Vec<u8>>,
    /// For how long it says that it stays fresh; not clamped to anything sensible yet.
    pub max_age: Option<Duration>,
}

/// What the `Link` headers of an answer announce of WebSub (w3.org/TR/websub, section 4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Hubs (`rel=hub`): http and https only, each once, in order.
    pub hubs: Vec<Url>,
    /// The address to subscribe to (`rel=self`).
    pub topic: Option<Url>,
}

/// A body as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// Compressed as `encodings` says.
    pub bytes: Vec<u8>,
    /// The value of `Content-Encoding`.
    pub encodings: String,
}

/// The answer that a kept body was, read again: `url` answered it, with this `Content-Type`. `None` when the body is not whole any
/// more: its hash must be `hash`.
pub fn again(url: Url, content_type: Option<String>, wire: &Wire, hash: &[u8]) -> Option<Response> {
    // It was within the bounds when it came.
    let inflated = inflate::inflate(wire.bytes.clone(), &wire.encodings, u64::MAX).ok()?;
    let response = hear::response(url, 200, inflated);
    Some(Response { content_type, ..response }).filter(|response| response.hash == hash)
}

/// An answer with a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The address that answered, after all redirects, without credentials: the base of what the body holds.
    pub url: Url,
    /// The address to ask in future, when all redirects on the way up to it were permanent (301, 308); `None` = the one asked.
    pub permanent_url: Option<Url>,
    /// 200 to 299; 200 for a file.
    pub status: u16,
    /// True when only what is new was sent (`A-IM: feed`, RFC 3229): what is not in it says nothing.
    pub is_delta: bool,
    /// The bot wall, captcha or login page that a page in the place of a feed looks like.
    pub wall: Option<&'static str>,
    /// `Content-Type` as told.
    pub content_type: Option<String>,
    /// The body, compression undone.
    pub body: Vec<u8>,
    /// BLAKE3 of `body`: tells an unchanged body where a server knows no validators, or lies.
    pub hash: [u8; 32],
    /// The validator to send next time, byte by byte. `None` when `truncated`: a half must not be confirmed for ever.
    pub etag: Option<Vec<u8>>,
    /// The same for `Last-Modified`.
    pub last_modified: Option<Vec<u8>>,
    /// For how long it says that it stays fresh; not clamped to anything sensible yet.
    pub max_age: Option<Duration>,
    /// What its `Link` headers announce.
    pub links: Box<Links>,
    /// True when the end of the body is missing. What is there can be read.
    pub truncated: bool,
    /// What was odd about the answer, as sentences for a [`Remark`](crate::model::Remark) of the stage `fetch`.
    pub remarks: Vec<String>,
    /// The body as it came over the wire; `None` for a part, a cut body, a file.
    pub wire: Option<Wire>,
}

impl Response {
    /// What `hub` pushed, as if `url` had answered with it and announced that hub. It brings nothing for the next question.
    pub fn pushed(url: Url, hub: Option<Url>, content_type: Option<String>, body: Vec<u8>) -> Self {
        Self {
            links: Box::new(Links { hubs: hub.into_iter().collect(), topic: Some(url.clone()) }),
            url,
            permanent_url: None,
            status: 200,
            is_delta: true,
            wall: None,
            content_type,
            hash: blake3::hash(&body).into(),
            body,
            etag: None,
            last_modified: None,
            max_age: None,
            truncated: false,
            remarks: Vec::new(),
            wire: None,
        }
    }
}
