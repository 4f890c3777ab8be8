//! The client: one question, its redirects, its limits, its answer.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{self, HeaderValue};
use tokio::time::{Instant, timeout};
use url::Url;

use super::failure::{Failure, FetchError, Limit, Step, shown};
use super::guard::Guard;
use super::hosts::{Closed, Hosts};
use super::inflate::{Inflated, inflate};
use super::names::{self, Lookup, Names};
use super::question::{self, question};
use super::trail::{Trail, is_redirect};
use super::{Answer, Request, Response, Seen, Settings, explain, file, headers, proxy, wall};

/// Asks; may be shared among tasks. Make one for the whole run: it knows whose turn it is, and it keeps connections.
pub struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    hosts: Hosts,
    user_agent: HeaderValue,
    settings: Settings,
}

/// So much of the body of a refusal is looked at, to tell who refuses.
const REFUSAL: u64 = 64 << 10;
/// So long we wait for bodies that we do not need.
const PATIENCE: Duration = Duration::from_secs(1);
/// A body larger than this is decompressed beside the other tasks.
const LONG_WORK: usize = 256 << 10;

impl Client {
    /// A client that behaves as `settings` say; `version` is ours, for the User-Agent.
    ///
    /// # Errors
    /// When the settings name a proxy or a User-Agent that cannot be used.
    pub fn new(settings: &Settings, version: &str) -> Result<Self, FetchError> {
        Self::with_lookup(settings, version, names::system())
    }

    /// The same, with names looked up by `lookup`.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_lookup(settings: &Settings, version: &str, lookup: Lookup) -> Result<Self, FetchError> {
        let guard = Arc::new(Guard::new(settings.allow.clone()));
        let proxies = proxy::proxies(
            settings.proxy.as_ref().and_then(|proxy| proxy.reveal()),
            &settings.allow,
            |name| std::env::var(name).ok(),
        )?;
        let names = Arc::new(Names { lookup, guard: Arc::clone(&guard), proxies: proxies.names });
        // The first caller of the process chooses; whoever was first chose ring too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let mut builder = reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .dns_resolver(Arc::clone(&names))
                .connect_timeout(settings.connect_timeout.min(settings.timeout))
                .pool_max_idle_per_host(settings.connections_per_host)
                .pool_idle_timeout(Duration::from_secs(20))
                .http2_max_header_list_size(256 << 10)
                .http1_max_headers(512)
                .http1_ignore_invalid_headers_in_responses(true)
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http1_allow_spaces_after_header_name_in_responses(true);
            for proxy in proxies.all.iter().cloned() {
                builder = builder.proxy(proxy);
            }
            builder
        };
        // A machine without any root certificates (a bare container) fails here; then those of Mozilla serve.
        let http = builder().build().or_else(|_| {
            let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
            let roots = roots.filter_map(|der| reqwest::Certificate::from_der(der).ok());
            builder().tls_certs_only(roots).build()
        });
        let http = http
            .map_err(|e| FetchError::setup(format!("the HTTP client cannot be made: {}", e.without_url())))?;
        let hosts = Hosts::new(settings.concurrency, settings.connections_per_host, settings.spacing);
        let user_agent = question::user_agent(settings, version)?;
        Ok(Self { http, guard, hosts, user_agent, settings: settings.clone() })
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

    /// Hosts asked since this was called last that need a pause still, and how long.
    pub fn paused(&self) -> Vec<(String, Duration)> {
        self.hosts.paused()
    }

    /// Asks, and follows redirects. Waits for its turn first; that time is not part of `timeout`.
    ///
    /// # Errors
    /// Everything but an answer: see [`Failure`]. 304 and 410 are answers.
    pub async fn ask(&self, request: &Request) -> Result<Answer, FetchError> {
        if request.url.scheme() == "file" {
            return self
                .ask_file(request)
                .await
                .map_err(|failure| FetchError::at(&request.url, None, failure));
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

    async fn ask_file(&self, request: &Request) -> Result<Answer, Failure> {
        let path =
            request.url.to_file_path().map_err(|()| Failure::File("it names another machine".to_owned()))?;
        let (known, limit) = (request.etag.clone(), self.settings.max_body);
        let found = tokio::task::spawn_blocking(move || file::read(&path, known.as_deref(), limit)).await;
        let url = shown(&request.url);
        match found.map_err(|e| Failure::File(e.to_string()))?? {
            file::Found::Unchanged => Ok(Answer::Unchanged(Seen {
                url,
                permanent_url: None,
                etag: request.etag.clone(),
                last_modified: None,
                max_age: None,
            })),
            file::Found::Fresh { bytes, validator } => {
                let inflated = self.inflate(bytes, String::new()).await?;
                let mut response = response(url, 200, inflated);
                if !response.truncated {
                    response.etag = Some(validator);
                }
                Ok(Answer::Fresh(response))
            }
        }
    }

    /// One hop after the other, all within one measure of time.
    async fn ask_along(&self, request: &Request, trail: &mut Trail) -> Result<Answer, Failure> {
        let mut left = self.settings.timeout;
        loop {
            let here = trail.here();
            if !matches!(here.scheme(), "http" | "https") {
                return Err(Failure::Scheme(here.scheme().to_owned()));
            }
            self.guard.check_literal(here).map_err(Failure::Blocked)?;
            let (url, headers, secrets) = question(request, trail, &self.user_agent)?;
            let turn = self.hosts.turn(url.host_str().unwrap_or_default()).await;
            let turn = turn.map_err(|Closed(left)| Failure::Closed(left))?;
            let began = Instant::now();
            let sent = timeout(left, self.http.get(url).headers(headers).send()).await;
            let late = || Failure::TimedOut { step: Step::Answer, after: self.settings.timeout };
            let sent = sent.map_err(|_| late())?;
            let mut incoming = sent.map_err(|e| explain::sending(&e, self.settings.connect_timeout))?;
            let status = incoming.status().as_u16();
            if !is_redirect(status) {
                let left = left.saturating_sub(began.elapsed());
                return self.answer(request, trail, incoming, left).await;
            }
            let location = incoming.headers().get(header::LOCATION).map(HeaderValue::as_bytes);
            trail.follow(status, location, self.settings.redirects, secrets)?;
            // Read to its end, a small body leaves the connection to the next question; it is not worth a wait.
            if incoming.content_length().is_some_and(|told| told <= REFUSAL) {
                let patience = PATIENCE.min(left.saturating_sub(began.elapsed()));
                let _ = timeout(patience, self.read(&mut incoming, REFUSAL)).await;
            }
            left = left.saturating_sub(began.elapsed());
            drop(turn);
        }
    }

    async fn answer(
        &self,
        request: &Request,
        trail: &Trail,
        mut incoming: reqwest::Response,
        left: Duration,
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
            let wall = self.refusal(&mut incoming, left).await;
            return Err(Failure::Status { status: status.as_u16(), retry_after, wall });
        }
        let manipulations = headers::manipulations(head);
        let is_delta = status == StatusCode::IM_USED || !manipulations.is_empty();
        if let Some(other) = manipulations.into_iter().find(|name| name != "feed") {
            return Err(Failure::Manipulation(other));
        }
        let content_type = headers::content_type(head);
        let encodings = headers::content_encoding(head);
        let late = |_| Failure::TimedOut { step: Step::Body, after: self.settings.timeout };
        let read = timeout(left, self.read(&mut incoming, self.settings.max_body)).await;
        let (bytes, cut) = read.map_err(late)??;
        // Cut on the wire and cut in the decoder is one cut.
        let mut inflated = self.inflate(bytes, encodings).await?;
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
        response.is_delta = is_delta;
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
            (true, None) => {
                response.remarks.push("a part was sent, though the whole was asked for".to_owned());
            }
        }
        Ok(Answer::Fresh(response))
    }

    /// Reads the body up to `limit` bytes; with it, why it broke off early, if it did.
    async fn read(
        &self,
        incoming: &mut reqwest::Response,
        limit: u64,
    ) -> Result<(Vec<u8>, Option<String>), Failure> {
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
    async fn refusal(&self, incoming: &mut reqwest::Response, left: Duration) -> Option<&'static str> {
        let encodings = headers::content_encoding(incoming.headers());
        let read = timeout(left.min(PATIENCE), self.read(incoming, REFUSAL)).await;
        let bytes = read.ok().and_then(Result::ok).unwrap_or_default().0;
        let body = inflate(bytes, &encodings, 4 * REFUSAL).unwrap_or_default().body;
        wall::recognise(incoming.headers(), &body)
    }

    async fn inflate(&self, bytes: Vec<u8>, encodings: String) -> Result<Inflated, Failure> {
        let limit = self.settings.max_inflated;
        if bytes.len() < LONG_WORK || encodings.is_empty() {
            return inflate(bytes, &encodings, limit);
        }
        let work = tokio::task::spawn_blocking(move || inflate(bytes, &encodings, limit)).await;
        work.map_err(|e| Failure::Compression(e.to_string()))?
    }
}

fn response(url: Url, status: u16, inflated: Inflated) -> Response {
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
        truncated: inflated.truncated,
        remarks: inflated.remarks,
    }
}
