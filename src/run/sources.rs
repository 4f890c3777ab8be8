//! Sources as a feed's choice and its readers see them. There may be many thousand: what is told of all is read in one pass,
//! the rest only of those that are met.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;

use url::Url;

use crate::config::Config;
use crate::model::{Channel, Outline, Provenance, SourceId, urn};
use crate::select::Card;
use crate::source::Source;
use crate::store::{Desk, SourceState, StoreError};

/// The configured sources that were ever visited, by their rows.
pub(super) fn cards(desk: &Desk, config: &Config) -> Result<HashMap<i64, Card>, StoreError> {
    let rows = desk.source_rows()?;
    let card = |(order, source): (usize, &Source)| {
        let card = Card {
            id: source.id.clone(),
            tags: source.tags.clone(),
            rules: source.rules.clone(),
            rank: (-i64::from(source.priority), order),
            dedup: source.dedup,
        };
        rows.get(source.id.as_str()).map(|row| (*row, card))
    };
    Ok(config.sources.iter().enumerate().filter_map(card).collect())
}

/// How sources are called to readers, looked up when an entry of theirs is met.
pub(super) struct Names<'a> {
    desk: &'a Desk,
    config: &'a Config,
    cards: &'a HashMap<i64, Card>,
    known: HashMap<i64, Provenance>,
    /// The last entry that is told of.
    until: i64,
}

impl<'a> Names<'a> {
    pub(super) fn new(desk: &'a Desk, config: &'a Config, cards: &'a HashMap<i64, Card>) -> Self {
        Self { desk, config, cards, known: HashMap::new(), until: i64::MAX }
    }

    /// The same, while a round is under way: what came in it is not told of before it was compared with the stories there are.
    pub(super) fn until(self, until: i64) -> Self {
        Self { until, ..self }
    }

    /// Whether an entry is told of.
    pub(super) fn tells(&self, row: i64) -> bool {
        row <= self.until
    }

    /// The source of that row; `None` when it is not configured any more.
    pub(super) fn of(&mut self, row: i64) -> Result<Option<(SourceId, Provenance)>, StoreError> {
        let Some(card) = self.cards.get(&row) else { return Ok(None) };
        let known = match self.known.entry(row) {
            Place::Occupied(place) => place.into_mut(),
            Place::Vacant(place) => {
                let source = self.config.sources.get(card.rank.1);
                let (Some(source), Some(state)) = (source, self.desk.source(&card.id)?) else {
                    return Ok(None);
                };
                place.insert(provenance(source, &state, &self.desk.channel(row)?))
            }
        };
        Ok(Some((card.id.clone(), known.clone())))
    }
}

/// The sources as an outline, for `sources.opml` and `export`, in the order of the configuration. File sources are nobody
/// else's to subscribe to.
pub(crate) fn outlines(desk: &Desk, config: &Config) -> Result<Vec<Outline>, StoreError> {
    let mut seen: HashMap<String, Option<Outline>> = HashMap::new();
    let sources: HashMap<&str, &Source> =
        config.sources.iter().map(|source| (source.id.as_str(), source)).collect();
    desk.each_source(|slug, state, channel| {
        if let Some(source) = sources.get(slug) {
            seen.insert(slug.to_owned(), visited(source, &state, &channel));
        }
    })?;
    let told = |source: &Source| seen.remove(source.id.as_str()).unwrap_or_else(|| unvisited(source));
    Ok(config.sources.iter().filter_map(told).collect())
}

fn visited(source: &Source, state: &SourceState, channel: &Channel) -> Option<Outline> {
    let known = provenance(source, state, channel);
    Some(Outline {
        title: Some(known.title),
        feed_url: known.feed_url?.into(),
        home_url: known.home_url.map(String::from),
        tags: source.tags.clone(),
    })
}

/// A source of which nothing is known but its configuration.
pub(crate) fn unvisited(source: &Source) -> Option<Outline> {
    let feed_url = Some(source.url.clone()).filter(is_public)?;
    let title = Some(title(source, None));
    Some(Outline { title, feed_url: feed_url.into(), home_url: None, tags: source.tags.clone() })
}

/// A source as readers should see it. Addresses of files and of private places are nobody's business.
pub(super) fn provenance(source: &Source, state: &SourceState, channel: &Channel) -> Provenance {
    let web = |url: &&Url| is_public(url);
    let configured = state.found_url.as_ref().unwrap_or(&source.url);
    let mut feed_url = channel.self_url.as_ref().filter(web).or(Some(configured).filter(web)).cloned();
    if let Some(url) = &mut feed_url {
        // Credentials written into an address are not published; both fail only where there is no host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    Provenance {
        id: feed_url
            .as_ref()
            .map_or_else(|| urn(&[b"harkara source", source.id.as_str().as_bytes()]), Url::to_string),
        title: title(source, Some(channel)),
        home_url: channel.home_url.as_ref().filter(web).cloned(),
        feed_url,
        updated: None,
        rights: channel.rights.clone(),
    }
}

/// Whether an address may be told to everybody: on the web, not inside a private network, without a token in it.
pub(super) fn is_public(url: &Url) -> bool {
    let web = matches!(url.scheme(), "http" | "https");
    let open = match url.host() {
        Some(url::Host::Domain(name)) => {
            name.contains('.')
                && ![".local", ".lan", ".internal", ".localhost"].iter().any(|end| name.ends_with(end))
        }
        Some(url::Host::Ipv4(ip)) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local()),
        Some(url::Host::Ipv6(ip)) => {
            !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
        None => false,
    };
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["token", "key", "secret", "password", "auth", "signature"].iter().any(|word| name.contains(word))
    };
    web && open && !url.query_pairs().any(|(name, _)| secret(&name))
}

pub(super) fn title(source: &Source, channel: Option<&Channel>) -> String {
    let told = channel.and_then(|channel| channel.title.clone());
    source.title.clone().or(told).unwrap_or_else(|| source.id.to_string())
}
