//! What `robots.txt` of each origin says: asked once a day, before the first page of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

use super::robots::Rules;

/// So long an answer is good (RFC 9309, 2.4).
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A site that could not tell is not asked again sooner.
const WHILE: Duration = Duration::from_secs(10 * 60);

/// The rules of all origins that were asked for pages.
pub struct Manners {
    agent: String,
    known: Mutex<HashMap<String, Entry>>,
    /// Origins whose rules were read since they were asked for last.
    news: Mutex<Vec<String>>,
}

/// What was read of one origin; asked for once, whoever waits.
type Entry = Arc<OnceCell<Read>>;

struct Read {
    rules: Rules,
    at: Instant,
    /// How long it is good.
    good_for: Duration,
}

/// What came of asking for a `robots.txt`.
pub enum Found {
    /// A file.
    Text(Vec<u8>),
    /// The site says that there is none (4xx): everything is open.
    None,
    /// Nobody knows (5xx, no answer): nothing is open for now.
    Unknown,
}

impl Manners {
    /// Manners of a client that calls itself `user_agent`.
    pub fn new(user_agent: &HeaderValue) -> Self {
        let name = String::from_utf8_lossy(user_agent.as_bytes()).into_owned();
        let token = name.split(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-')).next();
        let agent = token.filter(|token| !token.is_empty()).unwrap_or("harkara").to_owned();
        Self { agent, known: Mutex::default(), news: Mutex::default() }
    }

    /// Takes over what was read `ago`: `text` is what [`Manners::news`] gave.
    pub fn know(&self, origin: String, text: &str, ago: Duration) {
        let Some(at) = Instant::now().checked_sub(ago) else { return };
        let rules = Rules::read(text.as_bytes(), &self.agent);
        let read = Read { rules, at, good_for: DAY };
        lock(&self.known).entry(origin).or_insert_with(|| Arc::new(OnceCell::new_with(Some(read))));
    }

    /// Origins and rules that were read since this was called last.
    pub fn news(&self) -> Vec<(String, String)> {
        let news = std::mem::take(&mut *lock(&self.news));
        let known = lock(&self.known);
        let text = |origin: String| {
            let rules = known.get(&origin)?.get()?.rules.to_text();
            Some((origin, rules))
        };
        news.into_iter().filter_map(text).collect()
    }

    /// Whether `url` may be fetched; `ask` gets the `robots.txt` at an address, which happens once for all who wait.
    pub async fn allow(&self, url: &Url, ask: impl AsyncFnOnce(Url) -> Found) -> bool {
        let origin = url.origin().ascii_serialization();
        let Ok(place) = url.join("/robots.txt") else { return true };
        let entry = self.entry(&origin);
        let read = async || {
            let (rules, good_for) = match ask(place).await {
                Found::Text(bytes) => (Rules::read(&bytes, &self.agent), DAY),
                Found::None => (Rules::default(), DAY),
                Found::Unknown => (Rules::nothing(), WHILE),
            };
            if good_for == DAY {
                lock(&self.news).push(origin);
            }
            Read { rules, at: Instant::now(), good_for }
        };
        let rules = &entry.get_or_init(read).await.rules;
        let path =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        rules.allow(&path)
    }

    fn entry(&self, origin: &str) -> Entry {
        let mut known = lock(&self.known);
        let entry = known.entry(origin.to_owned()).or_default();
        if entry.get().is_some_and(|read| read.at.elapsed() >= read.good_for) {
            *entry = Entry::default();
        }
        Arc::clone(entry)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
