//! The client: one question and its redirects, hop by hop, until somebody answers.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderValue};
use tokio::time::{Instant, timeout};
use url::Url;

use super::cookies::Jar;
use super::failure::{Failure, FetchError, Step};
use super::guard::Guard;
use super::hosts::{Closed, Hosts, Turn};
use super::manners::{Found, Manners};
use super::names::{self, Lookup};
use super::question::{self, question};
use super::trail::{Trail, is_redirect};
use super::ways::{Out, Ways};
use super::{Accept, Answer, Request, Settings, explain, file, hear, robots};

/// Asks; may be shared among tasks. Make one for the whole run: it knows whose turn it is, and it keeps connections.
pub struct Client {
    ways: Ways,
    pub(super) guard: Arc<Guard>,
    lookup: Lookup,
    pub(super) hosts: Hosts,
    manners: Manners,
    pub(super) user_agent: HeaderValue,
    pub(super) settings: Settings,
}

/// The head of an answer that is no redirect; while it is held, its host counts it as a request.
struct Heard {
    incoming: reqwest::Response,
    /// What is left of the time for this question.
    left: Duration,
    _turn: Turn,
}

impl Client {
    /// A client that behaves as `settings` say; `version` is ours, for the User-Agent.
    ///
    /// # Errors
    /// When the settings name a proxy, a file of certificates or a User-Agent that cannot be used.
    pub fn new(settings: &Settings, version: &str) -> Result<Self, FetchError> {
        Self::with_lookup(settings, version, names::system())
    }

    /// The same, with names looked up by `lookup`.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_lookup(settings: &Settings, version: &str, lookup: Lookup) -> Result<Self, FetchError> {
        let guard = Arc::new(Guard::new(settings.allow.clone()));
        let user_agent = question::user_agent(settings, version)?;
        Ok(Self {
            ways: Ways::new(settings, Arc::clone(&lookup), Arc::clone(&guard))?,
            guard,
            lookup,
            hosts: Hosts::new(settings.concurrency, settings.connections_per_host, settings.spacing),
            manners: Manners::new(&user_agent),
            user_agent,
            settings: settings.clone(),
        })
    }

    /// Nobody asks `host` before so much time has passed: it was asked not long ago, by another run. Never longer than
    /// the spacing.
    pub fn pause(&self, host: &str, left: Duration) {
        self.hosts.pause(host, left);
    }

    /// Nobody asks `host` before so much time has passed, and nobody waits for it: it has refused several.
    pub fn close(&self, host: &str, left: Duration) {
        self.hosts.close(host, left);
    }

    /// Every host is open again; who is closed still has to be told anew, by what is known of time now.
    pub fn open(&self) {
        self.hosts.open();
    }

    /// Hosts asked since this was called last that need a pause still, and how long.
    pub fn paused(&self) -> Vec<(String, Duration)> {
        self.hosts.paused()
    }

    /// Takes over what the `robots.txt` of `origin` said so long ago: `text` is what [`Client::robots_read`] gave.
    pub fn know_robots(&self, origin: String, text: &str, ago: Duration) {
        self.manners.know(origin, text, ago);
    }

    /// Origins whose `robots.txt` was read since this was called last, and what of it concerns us.
    pub fn robots_read(&self) -> Vec<(String, String)> {
        self.manners.news()
    }

    /// Asks, and follows redirects. Waits for its turn first; that time is not part of `timeout`.
    ///
    /// A page is asked for only where `robots.txt` lets us; a feed was named by the owner, or by the page itself.
    ///
    /// # Errors
    /// Everything but an answer: see [`Failure`]. 304 and 410 are answers.
    pub async fn ask(&self, request: &Request) -> Result<Answer, FetchError> {
        if request.url.scheme() == "file" {
            let answer = file::ask(request, &self.settings).await;
            return answer.map_err(|failure| FetchError::at(&request.url, None, failure));
        }
        let mut trail = Trail::new(&request.url);
        let mut answer = self.ask_along(request, &mut trail).await;
        if matches!(answer, Err(Failure::Manipulation(_))) && request.etag.is_some() {
            // Who knows nothing gets the whole.
            let bare = Request { etag: None, last_modified: None, ..request.clone() };
            trail = Trail::new(&request.url);
            answer = self.ask_along(&bare, &mut trail).await;
        }
        answer.map_err(|failure| FetchError::at(&request.url, Some(trail.here()), failure))
    }

    async fn ask_along(&self, request: &Request, trail: &mut Trail) -> Result<Answer, Failure> {
        let heard = self.follow(request, trail).await?;
        hear::answer(request, trail, heard.incoming, heard.left, &self.settings).await
    }

    /// One hop after the other, all within one measure of time.
    async fn follow(&self, request: &Request, trail: &mut Trail) -> Result<Heard, Failure> {
        let mut left = self.settings.timeout;
        let mut jar = Jar::default();
        loop {
            let here = trail.here().clone();
            if !matches!(here.scheme(), "http" | "https") {
                return Err(Failure::Scheme(here.scheme().to_owned()));
            }
            let out = self.way_out(request, trail).await?;
            if request.accept == Accept::Page && !self.may_fetch(request, &here).await {
                return Err(Failure::Robots);
            }
            let (url, headers, secrets) = question(request, trail, &jar, &self.user_agent)?;
            let turn = self.hosts.turn(url.host_str().unwrap_or_default()).await;
            let turn = turn.map_err(|Closed(left)| Failure::Closed(left))?;
            let began = Instant::now();
            let sent = timeout(left, out.http.get(url).headers(headers).send()).await;
            let late = || Failure::TimedOut { step: Step::Answer, after: self.settings.timeout };
            let sent = sent.map_err(|_| late())?;
            let mut incoming = sent.map_err(|e| explain::sending(&e, self.settings.connect_timeout))?;
            // Never to happen: only checked addresses are connected to. If it does, nothing of it is read.
            if let (Some(peer), true) = (incoming.remote_addr(), out.is_direct) {
                let host = here.host_str().unwrap_or_default();
                self.guard.check(host, peer.ip()).map_err(Failure::Blocked)?;
            }
            jar.take(&here, incoming.headers());
            let status = incoming.status().as_u16();
            if !is_redirect(status) {
                let left = left.saturating_sub(began.elapsed());
                return Ok(Heard { incoming, left, _turn: turn });
            }
            let location = incoming.headers().get(header::LOCATION).map(HeaderValue::as_bytes);
            trail.follow(status, location, self.settings.redirects, secrets, jar.changes())?;
            // Read to its end, a small body leaves the connection to the next question; it is not worth a wait.
            hear::drain(&mut incoming, left.saturating_sub(began.elapsed())).await;
            left = left.saturating_sub(began.elapsed());
            drop(turn);
        }
    }

    /// The client for the address that `trail` has come to, if that may be asked at all.
    pub(super) async fn way_out(&self, request: &Request, trail: &Trail) -> Result<Out, Failure> {
        let here = trail.here();
        self.guard.check_literal(here).map_err(Failure::Blocked)?;
        let way = if trail.is_home() { request.way.clone() } else { request.way.away_from_home() };
        let out = self.ways.out(&way).map_err(|error| error.failure)?;
        let host = here.host_str().unwrap_or_default().to_owned();
        if out.proxies.contains(&host) {
            // The resolver lets the name of a proxy pass, for the proxy; a source under that name is another matter.
            let (lookup, name) = (Arc::clone(&self.lookup), host.clone());
            let found = tokio::task::spawn_blocking(move || lookup(&name)).await;
            for address in found.ok().and_then(Result::ok).unwrap_or_default() {
                self.guard.check(&host, address).map_err(Failure::Blocked)?;
            }
        }
        Ok(out)
    }

    /// Whether `robots.txt` lets us fetch `url`.
    async fn may_fetch(&self, request: &Request, url: &Url) -> bool {
        self.manners.allow(url, async |place: Url| self.robots(request, place).await).await
    }

    /// Gets a `robots.txt`, through up to five redirects (RFC 9309, 2.3.1.2). Without anything secret.
    async fn robots(&self, page: &Request, place: Url) -> Found {
        let request = Request {
            user_agent: page.user_agent.clone(),
            way: page.way.away_from_home(),
            accept: Accept::Text,
            ..Request::new(place)
        };
        let mut trail = Trail::new(&request.url);
        // A future of its own kind: this one is inside of a question already.
        let heard: Result<Heard, Failure> = Box::pin(self.follow(&request, &mut trail)).await;
        match heard {
            Ok(heard) => hear::robots(heard.incoming, heard.left, robots::MOST_BYTES).await,
            // As if there were none (2.3.1.2).
            Err(Failure::Redirects { .. } | Failure::Location(_) | Failure::Scheme(_)) => Found::None,
            Err(_) => Found::Unknown,
        }
    }
}
