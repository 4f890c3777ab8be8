//! The client: one question, its redirects, its limits, its answer.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, timeout};
use url::Url;

use super::failure::{Failure, FetchError, Limit, Step, shown};
use super::guard::Guard;
use super::hosts::Hosts;
use super::inflate::{self, Inflated, inflate};
use super::names::{self, Lookup, Names};
use super::trail::{Secrets, Trail, is_redirect};
use super::{Accept, Answer, Request, Response, Seen, Settings, explain, file, headers, proxy, wall};

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
        let user_agent = user_agent(settings, version)?;
        Ok(Self { http, guard, hosts, user_agent, settings: settings.clone() })
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
        let answer = self.ask_along(request, &mut trail).await;
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
            let (url, headers, secrets) = self.question(request, trail)?;
            let turn = self.hosts.turn(url.host_str().unwrap_or_default()).await;
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
            // Read to its end, a small body leaves the connection to the next question.
            let _ = timeout(left.saturating_sub(began.elapsed()), self.read(&mut incoming, REFUSAL)).await;
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
        if !response.truncated {
            response.etag = etag;
            response.last_modified = last_modified;
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
        let read = timeout(left, self.read(incoming, REFUSAL)).await;
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

    /// What is sent to the address that the trail has come to.
    fn question(&self, request: &Request, trail: &Trail) -> Result<(Url, HeaderMap, Secrets), Failure> {
        let mut url = trail.here().clone();
        let mut headers = HeaderMap::new();
        let mut secrets = Secrets::None;
        let value = |name: &str, bytes: &[u8]| {
            HeaderValue::from_bytes(bytes).map_err(|_| Failure::Header(name.to_owned()))
        };
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept(request.accept)));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(inflate::ACCEPTED));
        let agent =
            request.user_agent.as_ref().map(|text| value("user_agent", text.as_bytes())).transpose()?;
        headers.insert(header::USER_AGENT, agent.unwrap_or_else(|| self.user_agent.clone()));
        if let Some(etag) = &request.etag {
            headers.insert(header::IF_NONE_MATCH, value("if-none-match", etag)?);
        }
        if let Some(date) = &request.last_modified {
            headers.insert(header::IF_MODIFIED_SINCE, value("if-modified-since", date)?);
        }
        for (name, text) in &request.headers {
            let header =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| Failure::Header(name.clone()))?;
            if is_ours(&header) {
                return Err(Failure::Header(name.clone()));
            }
            let mut value = value(name, text.as_bytes())?;
            if !is_harmless(&header) {
                if !trail.is_home() {
                    continue;
                }
                value.set_sensitive(true);
                secrets = Secrets::Sent;
            }
            headers.insert(header, value);
        }
        let has_credentials = !request.url.username().is_empty() || request.url.password().is_some();
        if has_credentials && trail.is_home() {
            // Both fail only where there is no host.
            let _ = url.set_username(request.url.username());
            let _ = url.set_password(request.url.password());
            secrets = Secrets::Sent;
        }
        Ok((url, headers, secrets))
    }
}

fn response(url: Url, status: u16, inflated: Inflated) -> Response {
    Response {
        url,
        permanent_url: None,
        status,
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

fn accept(accept: Accept) -> &'static str {
    match accept {
        Accept::Feed => {
            "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
             application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
        }
        Accept::Page => "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    }
}

/// Headers that say how the message is sent: nobody but the client can know.
fn is_ours(name: &HeaderName) -> bool {
    [
        header::HOST,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::TE,
        header::UPGRADE,
        header::ACCEPT_ENCODING,
    ]
    .contains(name)
}

/// Headers that hold no secret; they go to every address of the trail.
fn is_harmless(name: &HeaderName) -> bool {
    [
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        header::CACHE_CONTROL,
        header::PRAGMA,
        header::REFERER,
        header::USER_AGENT,
    ]
    .contains(name)
}

/// `harkara/VERSION (+CONTACT)`, or what the settings put in its place.
fn user_agent(settings: &Settings, version: &str) -> Result<HeaderValue, FetchError> {
    let (key, text) = match (&settings.user_agent, &settings.contact) {
        (Some(text), _) => ("user_agent", text.clone()),
        (None, Some(contact)) => ("contact", format!("harkara/{version} (+{contact})")),
        (None, None) => ("user_agent", format!("harkara/{version}")),
    };
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| FetchError::setup(format!("`{key}` holds a character that no header may hold")))
}
