//! Views of feeds over HTTP: `city.atom?tag=news&q=…`. What was asked for is made by somebody else, one at a time, kept while it is
//! asked for again, and bounded in every way: whoever asks for ever new ones waits, and nobody else with him.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hyper::header;
use hyper::{Response, StatusCode};
use tokio::sync::{mpsc, oneshot};

use super::access::Access;
use super::answer::{insert, text};
use super::body::Body;
use super::page::{Page, Parts};
use super::rate::Rate;
use super::shelf::{Found, Shelf};
use crate::publish::Compression;
use crate::value::filter::Filter;

/// So many views may wait to be made.
const WAITING: usize = 16;

/// What the configuration says of views.
#[derive(Debug, Default)]
pub struct ViewRules {
    /// The documents that have views: their paths with `/` before; none where there are no views.
    pub paths: HashSet<String>,
    /// Entries in one at the most.
    pub most: usize,
    /// How many may be made for one client.
    pub rate: Option<Rate>,
    /// Bytes that are kept.
    pub room: u64,
}

/// A view that is wanted.
#[derive(Debug)]
pub struct Wanted {
    /// Of this document: `/city.atom`.
    pub path: String,
    /// What of it.
    pub filter: Filter,
    /// Entries at the most.
    pub most: usize,
}

/// The document, or why there is none: a sentence for who asked.
pub type Made = Result<Vec<u8>, String>;

/// A view that waits to be made.
#[derive(Debug)]
pub struct Job {
    wanted: Wanted,
    address: String,
    access: Option<Arc<Access>>,
    room: u64,
    tell: oneshot::Sender<Result<Arc<Page>, String>>,
}

/// Where views are asked for.
#[derive(Debug)]
pub struct Views {
    shelf: Arc<Shelf>,
    jobs: mpsc::Sender<Job>,
}

/// Where they are made.
#[derive(Debug)]
pub struct Workshop {
    shelf: Arc<Shelf>,
    jobs: mpsc::Receiver<Job>,
}

/// A place to ask and a place to work.
pub fn views() -> (Views, Workshop) {
    let (jobs, waiting) = mpsc::channel(WAITING);
    let shelf = Arc::<Shelf>::default();
    (Views { shelf: Arc::clone(&shelf), jobs }, Workshop { shelf, jobs: waiting })
}

impl Views {
    /// The view that `query` asks for of the document at `path`; `None` where it asks for none.
    pub(super) async fn show(
        &self,
        path: &str,
        query: &str,
        rules: &ViewRules,
        access: Option<&Arc<Access>>,
        client: Option<IpAddr>,
    ) -> Option<Result<Arc<Page>, Response<Body>>> {
        let filter = match Filter::read(query, rules.most) {
            Ok(filter) => filter?,
            Err(flaw) => return Some(Err(text(StatusCode::BAD_REQUEST, &sentence(&flaw)))),
        };
        let address = format!("{path}?{}", filter.query());
        let stale = match self.shelf.find(&address) {
            Found::Fresh(page) => return Some(Ok(page)),
            Found::Stale(page) => Some(page),
            Found::Nothing => None,
        };
        let wait = match (rules.rate.as_ref(), client) {
            (Some(rate), Some(client)) => rate.take(client, Instant::now()).err(),
            _ => None,
        };
        if let Some(wait) = wait {
            // What there is is better than nothing, and costs nothing.
            return Some(
                stale.ok_or_else(|| later(StatusCode::TOO_MANY_REQUESTS, "you ask for too many views", wait)),
            );
        }
        let (tell, told) = oneshot::channel();
        let wanted = Wanted { path: path.to_owned(), filter, most: rules.most };
        let job = Job { wanted, address, access: access.map(Arc::clone), room: rules.room, tell };
        if self.jobs.try_send(job).is_err() {
            let busy = || later(StatusCode::SERVICE_UNAVAILABLE, "too many views are being made", 5);
            return Some(stale.ok_or_else(busy));
        }
        Some(match told.await {
            Ok(Ok(page)) => Ok(page),
            Ok(Err(why)) => stale.ok_or_else(|| later(StatusCode::SERVICE_UNAVAILABLE, &why, 10)),
            Err(_) => Err(later(StatusCode::SERVICE_UNAVAILABLE, "views are made no more", 60)),
        })
    }

    /// Something that is stored has changed.
    pub fn outdate(&self) {
        self.shelf.outdate();
    }

    /// Forgets what was made: the configuration is another one.
    pub fn clear(&self) {
        self.shelf.clear();
    }
}

impl Workshop {
    /// Makes views as they are asked for until nobody can ask any more; blocks. After each it rests as long as it took, so that
    /// no more than half of a core goes into views.
    pub fn work(mut self, mut make: impl FnMut(&Wanted) -> Made) {
        while let Some(job) = self.jobs.blocking_recv() {
            // Who asked may have gone.
            if job.tell.is_closed() {
                continue;
            }
            // Or somebody has asked for the same meanwhile.
            if let Found::Fresh(page) = self.shelf.find(&job.address) {
                let _ = job.tell.send(Ok(page));
                continue;
            }
            let begun = Instant::now();
            let page = self.page(&job, &mut make);
            let _ = job.tell.send(page);
            std::thread::sleep(begun.elapsed().min(Duration::from_secs(2)));
        }
    }

    fn page(&self, job: &Job, make: &mut impl FnMut(&Wanted) -> Made) -> Result<Arc<Page>, String> {
        let state = self.shelf.state();
        let bytes = Bytes::from(make(&job.wanted)?);
        let before = match self.shelf.find(&job.address) {
            Found::Fresh(page) | Found::Stale(page) => Some(page),
            Found::Nothing => None,
        };
        let pack = |kind: Compression| {
            kind.pack(&bytes).ok().filter(|packed| packed.len() < bytes.len()).map(Bytes::from)
        };
        let made = Page::new(Parts {
            path: job.wanted.path.trim_start_matches('/'),
            packed: [pack(Compression::Gzip), pack(Compression::Brotli)],
            modified: this_second(),
            access: job.access.clone(),
            before: before.as_deref(),
            bytes,
        });
        // The same bytes are the same document, with the date that it had.
        let page = match before.filter(|before| before.tag == made.tag && same(&before.access, &made.access))
        {
            Some(before) => before,
            None => Arc::new(made),
        };
        self.shelf.put(&job.address, Arc::clone(&page), state, job.room);
        Ok(page)
    }
}

fn same(a: &Option<Arc<Access>>, b: &Option<Arc<Access>>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// Whole seconds: more does not fit into a header.
fn this_second() -> SystemTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

fn later(status: StatusCode, sentence: &str, seconds: u64) -> Response<Body> {
    let mut response = text(status, sentence);
    insert(&mut response, header::RETRY_AFTER, &seconds.to_string());
    response
}

fn sentence(flaw: &crate::value::Flaw) -> String {
    match &flaw.help {
        Some(help) => format!("{}; {help}", flaw.what),
        None => flaw.what.clone(),
    }
}
