//! The house: who comes to which path is shown to what is there, a document or one of the rooms behind.

use std::borrow::Cow;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use arc_swap::{ArcSwap, ArcSwapOption};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap};
use hyper::{Method, Request, Response, StatusCode};

use super::access::Access;
use super::answer::{answer, insert, not_allowed, text};
use super::api::{self, Desk};
use super::body::Body;
use super::client;
use super::metrics::{Metrics, OfFeed};
use super::network::Network;
use super::page::Page;
use super::rate::Rate;
use super::tree::{Facts, Tree};
use super::views::{ViewRules, Views};
use super::websub::{self, Mail};

/// Where the callbacks of our subscriptions lie; the token follows.
const CALLBACKS: &str = "/websub/";

/// So many wrong tokens and passwords may one client bring in a minute; then none of his is looked at until there is room again.
const GUESSES: u32 = 30;

/// What is answered with; shared by all connections.
pub struct House {
    tree: ArcSwap<Tree>,
    rules: ArcSwap<Rules>,
    metrics: Arc<Metrics>,
    ready: AtomicBool,
    /// Why the last configuration was refused, in words.
    mistake: ArcSwapOption<String>,
    desk: Desk,
    mail: Mail,
    views: Views,
    /// How often somebody may be wrong.
    guesses: Rate,
}

/// What the configuration says of requests.
#[derive(Debug, Default)]
pub struct Rules {
    /// The path of `base_url` without its last slash: a proxy may pass it on with the request.
    pub prefix: String,
    /// Proxies that are believed.
    pub trusted: Vec<Network>,
    /// How often one may ask.
    pub rate: Option<Rate>,
    /// Who may use the API.
    pub admin: Option<Access>,
    /// Where the tree is served, with a slash at the end.
    pub base: Option<String>,
    /// Whether there is a hub.
    pub hub: bool,
    /// The largest push that is taken.
    pub largest: usize,
    /// Which documents have views, and how many are made.
    pub views: ViewRules,
}

impl House {
    /// A house without documents yet.
    pub fn new(rules: Rules, desk: Desk, mail: Mail, views: Views) -> Self {
        Self {
            tree: ArcSwap::default(),
            rules: ArcSwap::from_pointee(rules),
            metrics: Arc::default(),
            ready: AtomicBool::new(false),
            mistake: ArcSwapOption::empty(),
            desk,
            mail,
            views,
            guesses: Rate::new(GUESSES),
        }
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Reads the published folder again and serves what is there from now on. With the files that could not be read. Blocks.
    pub fn read(&self, dir: &Path, facts: &Facts) -> Vec<String> {
        let before = self.tree.load_full();
        let (tree, faults) = Tree::read(dir, facts, &before, SystemTime::now());
        self.metrics.documents_served.set(tree.paths().len() as i64);
        for (feed, newest) in tree.feeds() {
            self.metrics.newest.get_or_create(&OfFeed { feed: feed.to_owned() }).set(newest);
        }
        self.tree.store(Arc::new(tree));
        self.ready.store(true, Ordering::Relaxed);
        faults
    }

    /// The documents as they are served now.
    pub fn tree(&self) -> Arc<Tree> {
        self.tree.load_full()
    }

    /// From now on requests go by these.
    pub fn set_rules(&self, rules: Rules) {
        self.rules.store(Arc::new(rules));
    }

    /// Tells why a configuration was refused; `None` when all is well again.
    pub fn set_mistake(&self, mistake: Option<String>) {
        self.mistake.store(mistake.map(Arc::new));
    }

    /// Answers a request. `peer` is `None` over a unix socket.
    pub async fn answer(&self, request: Request<Incoming>, peer: Option<IpAddr>) -> Response<Body> {
        let told = tracing::enabled!(tracing::Level::DEBUG)
            .then(|| (request.method().clone(), request.uri().path().to_owned()));
        let response = self.show(request, peer).await;
        let (status, sent) = (response.status().as_u16(), response.body().size_hint().lower());
        self.metrics.answered(status, sent);
        if let Some((method, path)) = told {
            tracing::debug!(%method, path, status, bytes = sent, "answered");
        }
        response
    }

    async fn show(&self, request: Request<Incoming>, peer: Option<IpAddr>) -> Response<Body> {
        if let Some(refusal) = self.too_often(&request, peer) {
            return refusal;
        }
        let path = request.uri().path();
        if let Some((path, page)) = self.page(path) {
            let (method, headers) = (request.method(), request.headers());
            if let Some(access) = &page.access
                && let Some(refusal) = self.refused(access, headers, request.uri().query(), peer)
            {
                return refusal;
            }
            if let Some(query) = request.uri().query()
                && let Some(view) = self.view(&request, &path, query, &page, peer).await
            {
                return match view {
                    Ok(view) => answer(&view, method, headers, SystemTime::now()).await,
                    Err(refusal) => refusal,
                };
            }
            return answer(&page, method, headers, SystemTime::now()).await;
        }
        let local = self.bare(path).to_owned();
        match local.as_str() {
            "/healthz" => get(&request, || text(StatusCode::OK, "alive")),
            "/readyz" => get(&request, || self.readiness()),
            "/metrics" => self.count(&request, peer),
            "/hub" if self.rules.load().hub => {
                websub::hub(request, &self.mail.letters, |topic| self.topic(topic)).await
            }
            path if path.starts_with(CALLBACKS) => {
                let (awaited, largest) = (self.mail.awaited.load_full(), self.rules.load().largest);
                let token = path.trim_start_matches(CALLBACKS);
                websub::callback(request, token, &awaited, &self.mail.letters, largest).await
            }
            path if path.starts_with("/api/") => {
                let rules = self.rules.load_full();
                let Some(admin) = &rules.admin else {
                    return text(StatusCode::NOT_FOUND, "there is no API: `admin_token` of [serve] opens it");
                };
                if let Some(refusal) = self.refused(admin, request.headers(), None, peer) {
                    return refusal;
                }
                let mistake = self.mistake.load_full();
                api::answer(request, path, &self.desk, mistake.as_deref().map(String::as_str)).await
            }
            _ => text(StatusCode::NOT_FOUND, "there is nothing here"),
        }
    }

    /// The document at a path, with the path by which the tree knows it; `/` is the index.
    fn page<'p>(&self, path: &'p str) -> Option<(Cow<'p, str>, Arc<Page>)> {
        let tree = self.tree.load();
        let found = |path: Cow<'p, str>| {
            let page = Arc::clone(tree.get(&path)?);
            Some((path, page))
        };
        let bare = self.bare(path);
        let index = || bare.ends_with('/').then(|| Cow::Owned(format!("{bare}index.html")));
        let paths = found(Cow::Borrowed(path)).or_else(|| found(index().unwrap_or(Cow::Borrowed(bare))));
        paths.or_else(|| found(Cow::Owned(decoded(bare)?)))
    }

    /// What a query wants of the document at a path of the tree, where it wants less than the whole.
    async fn view(
        &self,
        request: &Request<Incoming>,
        path: &str,
        query: &str,
        page: &Page,
        peer: Option<IpAddr>,
    ) -> Option<Result<Arc<Page>, Response<Body>>> {
        let rules = self.rules.load_full();
        if !rules.views.paths.contains(path) || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let client = client::client(peer, request.headers(), &rules.trusted);
        self.views.show(path, query, &rules.views, page.access.as_ref(), client).await
    }

    /// Where views are asked for.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// The path of a document that everybody may have, by its address.
    fn topic(&self, address: &str) -> Option<String> {
        let rules = self.rules.load();
        let path = format!("/{}", address.strip_prefix(rules.base.as_deref()?)?);
        let tree = self.tree.load();
        tree.get(&path).filter(|page| page.access.is_none()).map(|_| path)
    }

    /// The path below `base_url`, whether the proxy has cut that off or not.
    fn bare<'p>(&self, path: &'p str) -> &'p str {
        let rules = self.rules.load();
        match path.strip_prefix(rules.prefix.as_str()) {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }

    /// What somebody is told who may not have what `access` keeps. `query` is looked at where a token may stand in it.
    fn refused(
        &self,
        access: &Access,
        headers: &HeaderMap,
        query: Option<&str>,
        peer: Option<IpAddr>,
    ) -> Option<Response<Body>> {
        let tried = Access::is_tried(headers, query);
        let client = client::client(peer, headers, &self.rules.load().trusted).filter(|_| tried);
        let now = Instant::now();
        if let Some(wait) = client.and_then(|client| self.guesses.wait(client, now)) {
            // Also to who is right now: otherwise he would be told which of his guesses it was.
            let mut response = text(StatusCode::TOO_MANY_REQUESTS, "too many wrong tokens or passwords");
            insert(&mut response, header::RETRY_AFTER, &wait.to_string());
            return Some(response);
        }
        if access.allows(headers, query) {
            return None;
        }
        let _ = client.map(|client| self.guesses.take(client, now));
        Some(unauthorized(access))
    }

    fn too_often(&self, request: &Request<Incoming>, peer: Option<IpAddr>) -> Option<Response<Body>> {
        let rules = self.rules.load();
        let rate = rules.rate.as_ref()?;
        let client = client::client(peer, request.headers(), &rules.trusted)?;
        let wait = rate.take(client, Instant::now()).err()?;
        let mut response = text(StatusCode::TOO_MANY_REQUESTS, "you ask too often");
        insert(&mut response, header::RETRY_AFTER, &wait.to_string());
        Some(response)
    }

    fn readiness(&self) -> Response<Body> {
        match (self.ready.load(Ordering::Relaxed), self.mistake.load().is_some()) {
            (false, _) => text(StatusCode::SERVICE_UNAVAILABLE, "the documents are being read"),
            (true, false) => text(StatusCode::OK, "ready"),
            (true, true) => {
                text(StatusCode::OK, "ready; the changed configuration has mistakes and the old one goes on")
            }
        }
    }

    /// The figures are for who sits at this machine, and for who has the token.
    fn count(&self, request: &Request<Incoming>, peer: Option<IpAddr>) -> Response<Body> {
        let rules = self.rules.load();
        let here = peer.is_some_and(|peer| peer.is_loopback()) && !client::was_passed_on(request.headers());
        let is_known = |admin: &Access| self.refused(admin, request.headers(), None, peer).is_none();
        if !here && !rules.admin.as_ref().is_some_and(is_known) {
            return text(
                StatusCode::FORBIDDEN,
                "figures are told on this machine, or with the token of the API",
            );
        }
        get(request, || {
            let mut response = text(StatusCode::OK, "");
            insert(
                &mut response,
                header::CONTENT_TYPE,
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            );
            *response.body_mut() = self.metrics.text().into();
            response
        })
    }
}

/// Answers GET and HEAD.
fn get(request: &Request<Incoming>, made: impl FnOnce() -> Response<Body>) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => made(),
        _ => not_allowed("GET, HEAD"),
    }
}

/// 401, with what is wanted.
fn unauthorized(access: &Access) -> Response<Body> {
    let mut response = text(StatusCode::UNAUTHORIZED, "this is not for everybody");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, access.challenge());
    response
}

/// A path with its escapes undone; `None` when it has none.
fn decoded(path: &str) -> Option<String> {
    if !path.contains('%') {
        return None;
    }
    // Only ever looked up, so whatever it says it leads nowhere but to a document.
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let escape = (byte == b'%').then(|| rest.clone().take(2).collect::<Vec<u8>>());
        let code = escape.and_then(|two| u8::from_str_radix(std::str::from_utf8(&two).ok()?, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(decoded("/a.rss"), None);
        assert_eq!(decoded("/%61.rss").as_deref(), Some("/a.rss"));
        assert_eq!(decoded("/%2561").as_deref(), Some("/%61"));
        assert_eq!(decoded("/%zz%").as_deref(), Some("/%zz%"));
        assert_eq!(decoded("/%ff"), None);
    }
}
