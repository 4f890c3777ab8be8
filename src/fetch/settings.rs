//! How we behave towards other people's servers: the table `[fetch]`.

use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::Allowed;
use crate::value::{Flaw, Secret, Size, Span, list};

/// How we behave towards other people's servers. The defaults keep peace with the web.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Fetch")]
pub struct Settings {
    /// Who to write to when we are a nuisance: a mail address or a page; it goes into the User-Agent.
    pub contact: Option<String>,
    /// Takes the place of the whole User-Agent.
    pub user_agent: Option<String>,
    /// Private networks (`127.0.0.0/8`) and hosts (`intranet.example`, `*.lan`) that may be asked; none by default.
    #[serde(deserialize_with = "allowed")]
    #[schemars(with = "Vec<String>")]
    pub allow: Vec<Allowed>,
    /// Requests at once.
    #[serde(deserialize_with = "at_least_one")]
    #[schemars(range(min = 1))]
    pub concurrency: usize,
    /// Requests at once to one host.
    #[serde(deserialize_with = "at_least_one")]
    #[schemars(range(min = 1))]
    pub connections_per_host: usize,
    /// Least time between the starts of two requests to one host.
    #[serde(deserialize_with = "span")]
    #[schemars(with = "Span", default = "one_second")]
    pub spacing: Duration,
    /// Most time for an answer, redirects and body included; waiting for our turn is not counted.
    #[serde(deserialize_with = "some_time")]
    #[schemars(with = "Span", default = "twenty_seconds")]
    pub timeout: Duration,
    /// Most time for a connection: name, TCP and TLS.
    #[serde(deserialize_with = "some_time")]
    #[schemars(with = "Span", default = "ten_seconds")]
    pub connect_timeout: Duration,
    /// Largest body as sent.
    #[serde(deserialize_with = "size")]
    #[schemars(with = "Size", default = "five_mebibytes")]
    pub max_body: u64,
    /// Largest body after decompression.
    #[serde(deserialize_with = "size")]
    #[schemars(with = "Size", default = "twenty_mebibytes")]
    pub max_inflated: u64,
    /// How many redirects are followed.
    pub redirects: usize,
    /// `http://` address of a proxy for everything that is not loopback and not in `allow`; without it the environment is
    /// asked (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), and nothing else.
    pub proxy: Option<Secret>,
    /// A file of certificates (PEM) that are trusted besides those of the machine. Relative to the configuration.
    pub ca_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contact: None,
            user_agent: None,
            allow: Vec::new(),
            concurrency: 64,
            connections_per_host: 2,
            spacing: Duration::from_secs(1),
            timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(10),
            max_body: 5 << 20,
            max_inflated: 20 << 20,
            redirects: 5,
            proxy: None,
            ca_file: None,
        }
    }
}

// What the schema shows as defaults, in the words that are read.
fn one_second() -> &'static str {
    "1s"
}
fn twenty_seconds() -> &'static str {
    "20s"
}
fn ten_seconds() -> &'static str {
    "10s"
}
fn five_mebibytes() -> &'static str {
    "5MiB"
}
fn twenty_mebibytes() -> &'static str {
    "20MiB"
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Ok(Span::deserialize(deserializer)?.duration())
}

fn some_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let time = span(deserializer)?;
    let none = || Flaw::new("no time at all").help("write for instance `20s`");
    if time.is_zero() { Err(serde::de::Error::custom(none())) } else { Ok(time) }
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Size::deserialize(deserializer)?.bytes())
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let count = usize::deserialize(deserializer)?;
    let none = || Flaw::new("nothing could ever be fetched").help("write at least 1");
    if count == 0 { Err(serde::de::Error::custom(none())) } else { Ok(count) }
}

/// One line of `allow`, so that a mistake is found at its own place.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Line(Allowed);

impl TryFrom<String> for Line {
    type Error = <Allowed as TryFrom<String>>::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Allowed::try_from(text).map(Line)
    }
}

fn allowed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Allowed>, D::Error> {
    Ok(list::read::<D, Line>(deserializer)?.into_iter().map(|line| line.0).collect())
}
