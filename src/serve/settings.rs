//! The table `[serve]` of the configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::listen::Listen;
use super::network::Network;
use crate::value::{Flaw, Secret, Size, Span, list};

/// The daemon and its HTTP endpoint: what `harkara serve` goes by.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Serve")]
pub struct Settings {
    /// Where it listens: address and port, or `unix:/run/harkara.sock`. Sockets that systemd hands over go before.
    pub listen: Listen,
    /// Reverse proxies whose `Forwarded` and `X-Forwarded-For` are believed; none by default. Whoever comes over a unix
    /// socket is.
    #[serde(deserialize_with = "list::read")]
    #[schemars(with = "Vec<Network>")]
    pub trusted_proxies: Vec<Network>,
    /// Connections at once. When all are taken, the one that did nothing for longest goes, of the client that has most.
    #[serde(deserialize_with = "some")]
    #[schemars(range(min = 1))]
    pub max_connections: usize,
    /// Requests of one client in a minute; more are answered with 429. Without it there is no limit.
    #[serde(deserialize_with = "rate")]
    #[schemars(range(min = 1))]
    pub rate: Option<u32>,
    /// Most time between two requests of a connection, and for the head or the body of one.
    #[serde(deserialize_with = "time")]
    #[schemars(with = "Span", default = "thirty_seconds")]
    pub idle_timeout: Duration,
    /// Most time in which a client takes nothing of its answer.
    #[serde(deserialize_with = "time")]
    #[schemars(with = "Span", default = "thirty_seconds")]
    pub write_timeout: Duration,
    /// So much of the published tree is held in memory; the rest is read from disk when it is asked for.
    #[serde(deserialize_with = "size")]
    #[schemars(with = "Size", default = "quarter_gibibyte")]
    pub memory: u64,
    /// Opens `/api/` and, from anywhere, `/metrics`: sent as `Authorization: Bearer …`. Without it there is no `/api/`.
    pub admin_token: Option<Secret>,
    /// A WebSub hub of our own at `hub` below `base_url`: whoever subscribes is sent each feed when it changes. Announced in
    /// every feed.
    pub hub: bool,
    /// Subscribe to sources that announce a WebSub hub, so that they need not be asked so often. Wants a `base_url` that
    /// can be reached from there.
    pub websub: bool,
    /// Feeds that not everybody may have over HTTP, by name. Their files on disk are as open as the web server of the
    /// folder makes them.
    pub access: BTreeMap<String, Access>,
    /// Views of feeds: `city.atom?q=…&tag=…&source=…&lang=…&limit=…`, and the index by which they are searched.
    pub views: Views,
    /// How the log is written to standard error.
    pub log: Log,
    /// How much is written.
    pub log_level: LogLevel,
}

/// Who may have a feed: whoever brings any one of these.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// As `Authorization: Bearer …`, or as `?token=…` for readers that send no headers.
    pub token: Option<Secret>,
    /// A name for `Authorization: Basic …`.
    pub user: Option<String>,
    /// The password that belongs to it.
    pub password: Option<Secret>,
}

/// What may be asked of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Views {
    /// There are views. Without them queries change nothing, and there is no index (`harkara-search.db` beside the database,
    /// about as large as the texts in it; it may be deleted at any time).
    pub enabled: bool,
    /// Entries in a view at the most, whatever `limit` says.
    #[serde(deserialize_with = "some")]
    #[schemars(range(min = 1))]
    pub max_entries: usize,
    /// Views that are made for one client in a minute; those that were made already do not count, and more are answered with
    /// 429.
    #[serde(deserialize_with = "count")]
    #[schemars(range(min = 1))]
    pub rate: u32,
    /// So much of what was made is kept for who asks for the same.
    #[serde(deserialize_with = "size")]
    #[schemars(with = "Size", default = "sixteen_mebibytes")]
    pub memory: u64,
}

impl Default for Views {
    fn default() -> Self {
        Self { enabled: true, max_entries: 500, rate: 120, memory: 16 << 20 }
    }
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Log {
    /// For the journal where standard error leads there, else text.
    #[default]
    Auto,
    /// Lines for people, with the time.
    Text,
    /// An object for each line.
    Json,
    /// Lines for the journal of systemd: with its priority, without the time.
    Journal,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What broke.
    Error,
    /// And what failed.
    Warn,
    /// And what was done.
    #[default]
    Info,
    /// And every request.
    Debug,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: Listen::default(),
            trusted_proxies: Vec::new(),
            max_connections: 4096,
            rate: None,
            idle_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            memory: 256 << 20,
            admin_token: None,
            hub: false,
            websub: false,
            access: BTreeMap::new(),
            views: Views::default(),
            log: Log::default(),
            log_level: LogLevel::default(),
        }
    }
}

// What the schema shows as defaults, in the words that are read.
fn thirty_seconds() -> &'static str {
    "30s"
}
fn quarter_gibibyte() -> &'static str {
    "256MiB"
}
fn sixteen_mebibytes() -> &'static str {
    "16MiB"
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let time = Span::deserialize(deserializer)?.duration();
    let none = || Flaw::new("no time at all").help("write for instance `30s`");
    if time.is_zero() { Err(serde::de::Error::custom(none())) } else { Ok(time) }
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Size::deserialize(deserializer)?.bytes())
}

fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let count = usize::deserialize(deserializer)?;
    let none = || Flaw::new("nobody could ever connect").help("write at least 1");
    if count == 0 { Err(serde::de::Error::custom(none())) } else { Ok(count) }
}

fn rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    count(deserializer).map(Some)
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let count = u32::deserialize(deserializer)?;
    let none = || Flaw::new("nobody could ever ask").help("write at least 1, or leave it out");
    if count == 0 { Err(serde::de::Error::custom(none())) } else { Ok(count) }
}
