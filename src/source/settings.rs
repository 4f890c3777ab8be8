//! Where entries come from: the tables `[source.ID]` and `[defaults]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::dedup::Mode;
use crate::model::SourceId;
use crate::rules::{self, Rule};
use crate::value::tag;
use crate::value::{Country, Cron, Flaw, Language, Secret, Span, Zone};

/// One source, everything settled: defaults are in, names of rules resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name; all state hangs on it.
    pub id: SourceId,
    /// Its address: `http:`, `https:` or `file:`.
    pub url: Url,
    /// What readers should call it, where the owner knows better than the source.
    pub title: Option<String>,
    /// Tags of all its entries.
    pub tags: Vec<String>,
    /// When it is asked.
    pub schedule: Schedule,
    /// The zone of its clocks, where configured: for `cron`, and for dates that tell none.
    pub timezone: Option<Zone>,
    /// The country it writes from, where configured.
    pub country: Option<Country>,
    /// The language it writes in, where configured; wins over what the source says.
    pub language: Option<Language>,
    /// Of several sources that bring the same article in the same run the higher one leads.
    pub priority: i32,
    /// Rules for all its entries, those of the defaults first.
    pub rules: Vec<Rule>,
    /// Headers to send with each request.
    pub headers: BTreeMap<String, Secret>,
    /// Who we are to it.
    pub auth: Option<Auth>,
    /// The address of a proxy, or `direct`: takes the place of the proxy of all.
    pub proxy: Option<Secret>,
    /// A file of certificates that are trusted in addition.
    pub ca_file: Option<PathBuf>,
    /// A file with a certificate and its key that are shown to it.
    pub client_certificate: Option<PathBuf>,
    /// Takes the place of our User-Agent.
    pub user_agent: Option<String>,
    /// False: it is not asked; its entries stay.
    pub enabled: bool,
    /// Fewer items than this in an answer are a failure.
    pub min_items: usize,
    /// By what its entries are taken for the same article as those of others.
    pub dedup: Mode,
    /// Parameters of its addresses that tell who sent a reader and not which article it is.
    pub tracking: Vec<String>,
    /// What becomes of what looks like a flood.
    pub flood: Flood,
}

/// Who we are to a source.
#[derive(Debug, Clone, PartialEq)]
pub enum Auth {
    /// A name and a password (RFC 7617).
    Basic(Basic),
    /// A token (RFC 6750).
    Bearer(Secret),
}

/// A name and a password, sent as RFC 7617 has it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The name.
    pub user: Secret,
    /// The password, best written `env:NAME` or `file:PATH`.
    pub password: Secret,
}

/// When a source is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// As often as the source's own hints and rhythm make sense.
    Adaptive,
    /// Each time so much has passed.
    Every(Duration),
    /// By the calendar, in the zone of the source (UTC where none is configured).
    Cron(Cron),
}

/// The table `[source.ID]` as it stands in the configuration. What it does not say is taken from `[defaults]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Source")]
pub struct Written {
    /// The address of a feed, or of a page that announces one: `https://…`, `file:///…`, or a path relative to the
    /// configuration.
    pub url: String,
    /// What readers should call it; without it, what the source calls itself.
    pub title: Option<String>,
    /// Tags of all its entries, by which feeds choose; those of `[defaults]` come in addition.
    #[serde(default, deserialize_with = "tag::many")]
    pub tags: Vec<String>,
    /// How often it is asked: a length of time like `30m`, or `adaptive` (by the source's own hints and rhythm).
    pub every: Option<Every>,
    /// When it is asked, instead of `every`.
    pub cron: Option<Cron>,
    /// The zone of its clocks: for `cron`, and for dates that tell none.
    pub timezone: Option<Zone>,
    /// The country it writes from; it settles abbreviations like `IST`.
    pub country: Option<Country>,
    /// The language it writes in; wins over what the source says.
    pub language: Option<Language>,
    /// Of several sources that bring the same article in the same run the highest leads, and keeps the lead; otherwise
    /// who came first. 0 by default.
    pub priority: Option<i32>,
    /// Rules for all its entries, after those of `[defaults]`.
    #[serde(default)]
    pub rules: Vec<rules::Written>,
    /// Headers to send with each request. Secrets are written `env:NAME` or `file:PATH`; values are never printed.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret>,
    /// A name and a password for it: `{ user = "…", password = "env:NAME" }`.
    pub basic: Option<Basic>,
    /// A token for it, sent as `Authorization: Bearer …`; best written `env:NAME` or `file:PATH`.
    pub bearer: Option<Secret>,
    /// `http://` address of a proxy for it, or `direct` for none; instead of that of `[fetch]`.
    pub proxy: Option<Secret>,
    /// A file of certificates (PEM) that are trusted for it besides those of the machine. Relative to the configuration.
    pub ca_file: Option<PathBuf>,
    /// A file with a certificate and its key (PEM, not encrypted) that are shown to it when it asks. Relative to the
    /// configuration.
    pub client_certificate: Option<PathBuf>,
    /// Takes the place of our User-Agent for this source.
    pub user_agent: Option<String>,
    /// `false`: it is not asked; its entries stay. `true` by default.
    pub enabled: Option<bool>,
    /// What must hold of an answer.
    pub expect: Option<Expect>,
    /// By what its entries are taken for the same article as those of other sources: `near` (by address and text), `url` (by
    /// address), or `off`. `url` by default: sources that write by templates (podcasts with one text under each episode, job
    /// adverts, the weather) lose entries to each other under `near`.
    pub dedup: Option<Mode>,
    /// Parameters in the addresses of its entries that tell who sent a reader and not which article it is, besides those that are
    /// known (`utm_source` and its like): they are left out. A final `*` stands for any ending of a name. Those of `[defaults]` come in
    /// addition.
    #[serde(default, deserialize_with = "tag::many")]
    pub tracking: Vec<String>,
    /// What becomes of a flood of old entries: `hold` (by default: kept, told, and not published before somebody says so), a
    /// length of time like `3d` (then they are published by themselves), or `off`.
    pub flood: Option<Flood>,
}

/// The table `[defaults]`: what sources inherit when they do not say it themselves.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// How often a source is asked: a length of time like `30m`, or `adaptive`.
    pub every: Option<Every>,
    /// When a source is asked, instead of `every`.
    pub cron: Option<Cron>,
    /// The zone of the clocks.
    pub timezone: Option<Zone>,
    /// The country.
    pub country: Option<Country>,
    /// The language.
    pub language: Option<Language>,
    /// The priority.
    pub priority: Option<i32>,
    /// Tags that every source has.
    #[serde(deserialize_with = "tag::many")]
    pub tags: Vec<String>,
    /// Rules for every source, before its own.
    pub rules: Vec<rules::Written>,
    /// Takes the place of our User-Agent.
    pub user_agent: Option<String>,
    /// What must hold of an answer.
    pub expect: Option<Expect>,
    /// By what entries are taken for the same article: `near`, `url` or `off`.
    pub dedup: Option<Mode>,
    /// Parameters of addresses that tell who sent a reader.
    #[serde(deserialize_with = "tag::many")]
    pub tracking: Vec<String>,
    /// What becomes of a flood of old entries: `hold`, a length of time like `3d`, or `off`.
    pub flood: Option<Flood>,
}

/// What must hold of an answer; otherwise the source counts as failed and its last good entries stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// At least so many items.
    pub min_items: usize,
}

/// How often a source is asked: a [length of time](#length-of-time) like `30m`, or `adaptive`: by the source's own hints
/// (how long it may be kept, when nobody need ask) and by its rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub enum Every {
    /// By the source's own hints and rhythm.
    Adaptive,
    /// Each time so much has passed.
    Span(Span),
}

impl TryFrom<String> for Every {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        if written == "adaptive" {
            return Ok(Self::Adaptive);
        }
        let span = Span::try_from(written).map_err(|flaw| match &flaw.help {
            Some(help) => Flaw { help: Some(format!("{help}; or `adaptive`")), ..flaw },
            None => flaw,
        })?;
        if span < Span::seconds(1) {
            return Err(
                Flaw::new("a source cannot be asked without a pause").help("write for instance `30m`")
            );
        }
        Ok(Self::Span(span))
    }
}

/// What becomes of entries when a source offers a flood of them that look old: `hold` keeps them, tells it, and publishes none
/// before somebody says so; a [length of time](#length-of-time) like `3d` does the same and publishes them by itself when it is
/// over; `off` takes everything that a source calls new for new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub enum Flood {
    /// Nothing is held.
    Off,
    /// Held until somebody releases or drops it.
    #[default]
    Hold,
    /// Held so long.
    HoldFor(Span),
}

impl TryFrom<String> for Flood {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        match written.as_str() {
            "off" => return Ok(Self::Off),
            "hold" => return Ok(Self::Hold),
            _ => {}
        }
        let span = Span::try_from(written).map_err(|flaw| match &flaw.help {
            Some(help) => Flaw { help: Some(format!("{help}; or `hold`, or `off`")), ..flaw },
            None => flaw,
        })?;
        Ok(Self::HoldFor(span))
    }
}

impl Source {
    /// Settles a table: what it does not say comes from `defaults`. `url` and `rules` are what it names, checked and
    /// resolved, the rules of the defaults among them.
    pub fn new(id: SourceId, url: Url, written: Written, defaults: &Defaults, rules: Vec<Rule>) -> Self {
        let mut tags = defaults.tags.clone();
        tags.extend(written.tags);
        let mut known = std::collections::BTreeSet::new();
        tags.retain(|tag| known.insert(tag.clone()));
        let own = schedule(written.every, written.cron);
        let inherited = || schedule(defaults.every, defaults.cron.clone());
        Self {
            id,
            url,
            title: written.title,
            tags,
            schedule: own.or_else(inherited).unwrap_or(Schedule::Adaptive),
            timezone: written.timezone.or(defaults.timezone),
            country: written.country.or_else(|| defaults.country.clone()),
            language: written.language.or_else(|| defaults.language.clone()),
            priority: written.priority.or(defaults.priority).unwrap_or_default(),
            rules,
            headers: written.headers,
            auth: written.bearer.map(Auth::Bearer).or_else(|| written.basic.map(Auth::Basic)),
            proxy: written.proxy,
            ca_file: written.ca_file,
            client_certificate: written.client_certificate,
            user_agent: written.user_agent.or_else(|| defaults.user_agent.clone()),
            enabled: written.enabled.unwrap_or(true),
            min_items: written.expect.or(defaults.expect).map_or(0, |expect| expect.min_items),
            dedup: written.dedup.or(defaults.dedup).unwrap_or_default(),
            tracking: defaults.tracking.iter().cloned().chain(written.tracking).collect(),
            flood: written.flood.or(defaults.flood).unwrap_or_default(),
        }
    }

    /// A source at `url` of which nothing is configured, for a look at it; `None` for an address without a place.
    pub fn at(url: Url) -> Option<Self> {
        let id = SourceId::try_from("preview".to_owned()).ok()?;
        let written = Written { url: url.to_string(), ..Written::default() };
        Some(Self::new(id, url, written, &Defaults::default(), Vec::new()))
    }

    /// True when something is sent with a request that only the origin of `url` may know.
    pub fn has_secrets(&self) -> bool {
        let credentials = !self.url.username().is_empty() || self.url.password().is_some();
        credentials || !self.headers.is_empty() || self.auth.is_some() || self.client_certificate.is_some()
    }

    /// The zone of dates that name none, and of the schedule: the configured one, else UTC; never the machine's.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.timezone.map_or(chrono_tz::Tz::UTC, |zone| zone.tz())
    }
}

fn schedule(every: Option<Every>, cron: Option<Cron>) -> Option<Schedule> {
    match (cron, every) {
        (Some(cron), _) => Some(Schedule::Cron(cron)),
        (None, Some(Every::Span(span))) => Some(Schedule::Every(span.duration())),
        (None, Some(Every::Adaptive)) => Some(Schedule::Adaptive),
        (None, None) => None,
    }
}
