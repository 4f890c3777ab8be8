//! The way of a feed: choose, compose, render, check, put in place. Only what changed is written.

use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use super::archive::{self, Head};
use super::pages::{self, Pages};
use super::{Fault, Road};
use crate::config::Config;
use crate::model::{Entry, Feed, Outline, Provenance, SourceId, Timestamp, urn};
use crate::publish::gate::{self, Emptiness};
use crate::publish::{Demand, Put, Tree};
use crate::render::{self, Document, Format};
use crate::report::{DocumentLine, Placed};
use crate::select::{self, Card, Member, Order, Picker};
use crate::source::Source;
use crate::store::{Desk, Found, SourceState, StoreError, Walk};

/// The note that stands while documents are put in place: found at the start, the last run did not end well.
const UNDER_WAY: &str = "publishing";

/// The note of all documents that were put in place last.
const DOCUMENTS: &str = "documents";

/// Entries are looked at so many at a time.
const PAGE: usize = 200;

/// Publishes every feed and `sources.opml`. Gives a line per document, and notes for the owner.
pub(super) async fn all(road: &Arc<Road>) -> Result<(Vec<DocumentLine>, Vec<String>), Fault> {
    let settings = &road.config.publish;
    let tree = Tree::open(&settings.dir, &settings.compress)?;
    let interrupted = road
        .writer
        .call(|desk| {
            let found = desk.note(UNDER_WAY)?;
            desk.set_note(UNDER_WAY, Some("a run is putting documents in place"))?;
            Ok(found.is_some())
        })
        .await?;
    let demand = if interrupted { Demand::Repair } else { Demand::Change };
    let config = Arc::clone(&road.config);
    let states = road.writer.call(move |desk| states(desk, &config)).await?;
    let cards = Arc::new(cards(&road.config, &states));
    let mut lines = Vec::new();
    let mut pages = Pages::new(&road.config, &states);
    for place in 0..road.config.feeds.len() {
        if road.stop.is_wished() {
            // The note stays: the next run looks at every copy.
            return Ok((lines, Vec::new()));
        }
        let (config, known, now) = (Arc::clone(&road.config), Arc::clone(&cards), road.now);
        let entries = road.writer.call(move |desk| choose(desk, &config.feeds[place], &known, now)).await?;
        let settings = &road.config.feeds[place];
        let feed = select::compose(settings, &road.config.site, entries);
        let emptiness = if settings.allow_empty { Emptiness::Allowed } else { Emptiness::Refused };
        for format in &settings.formats {
            if settings.archive.is_some() && *format != Format::Html {
                let head = Head { feed: &feed, format: *format, emptiness, demand };
                lines.extend(archive::publish(road, place, &cards, &tree, head).await?);
                continue;
            }
            let document = within(&feed, settings.max_bytes, |feed| match format {
                Format::Html => pages.feed(feed),
                _ => Ok(render::render(feed, *format)),
            });
            lines.push(match document {
                Ok(document) => place_document(&tree, &document, emptiness, demand)?,
                Err(broken) => pages::refused(format!("{}.html", feed.id), broken),
            });
        }
        pages.take(settings, feed, &tree, demand)?;
    }
    let outlines = outlines(&road.config, &states);
    // A list of nothing is no list (OPML 2.0 wants an outline): file sources are nobody else's to subscribe to.
    if !outlines.is_empty() {
        let opml = render::opml::sources(&road.config.site.title, &outlines);
        lines.push(place_document(&tree, &opml, Emptiness::Allowed, demand)?);
    }
    let config = Arc::clone(&road.config);
    let sources = road.writer.call(move |desk| pages::health(desk, &config, &states)).await?;
    lines.extend(pages.finish(&tree, &sources, demand)?);
    // Archives stay when their feed goes: they are history.
    let is_head = |path: &String| !path.contains("/archive/");
    let paths: Vec<String> = lines.iter().map(|line| line.path.clone()).filter(is_head).collect();
    let left = road
        .writer
        .call(move |desk| {
            desk.set_note(UNDER_WAY, None)?;
            left_over(desk, &paths)
        })
        .await?;
    let dir = settings.dir.display();
    let told = |path: String| {
        format!(
            "no feed writes `{path}` any more; it was left in `{dir}`: delete it, or its readers wait for ever"
        )
    };
    Ok((lines, left.into_iter().map(told).collect()))
}

/// Documents of the last run that this one did not make; told once.
fn left_over(desk: &Desk, paths: &[String]) -> Result<Vec<String>, StoreError> {
    let before = desk.note(DOCUMENTS)?.unwrap_or_default();
    let now = paths.join("\n");
    if before != now {
        desk.set_note(DOCUMENTS, Some(&now))?;
    }
    Ok(before.lines().filter(|path| !paths.iter().any(|made| made == path)).map(str::to_owned).collect())
}

pub(super) fn place_document(
    tree: &Tree,
    document: &Document,
    emptiness: Emptiness,
    demand: Demand,
) -> Result<DocumentLine, Fault> {
    let previous = tree.get(&document.path)?.and_then(|bytes| gate::entries(document.media_type, &bytes));
    let placed = match gate::check(document, previous, emptiness) {
        Err(refusal) => Placed::Refused(refusal.to_string()),
        Ok(()) => match tree.put(document, demand)? {
            Put::Written => Placed::Written,
            Put::Same => Placed::Same,
        },
    };
    Ok(DocumentLine {
        path: document.path.clone(),
        entries: document.entries,
        bytes: document.bytes.len(),
        placed,
    })
}

/// The feed as `write` makes it, with as many of its first entries as fit into `max_bytes`; one at the least.
pub(super) fn within<E>(
    feed: &Feed,
    max_bytes: Option<u64>,
    write: impl Fn(&Feed) -> Result<Document, E>,
) -> Result<Document, E> {
    let mut document = write(feed)?;
    let Some(most) = max_bytes else { return Ok(document) };
    let mut shorter = feed.clone();
    while document.bytes.len() as u64 > most && shorter.entries.len() > 1 {
        // By proportion, and one less for certain: a few renderings at the most.
        let share = most as f64 / document.bytes.len() as f64;
        let count = ((shorter.entries.len() as f64 * share) as usize).clamp(1, shorter.entries.len() - 1);
        shorter.entries.truncate(count);
        document = write(&shorter)?;
    }
    Ok(document)
}

/// Rows and states of the configured sources that were ever visited.
pub(crate) fn states(desk: &Desk, config: &Config) -> Result<HashMap<SourceId, SourceState>, StoreError> {
    let mut out = HashMap::new();
    for source in &config.sources {
        if let Some(state) = desk.source(&source.id)? {
            out.insert(source.id.clone(), state);
        }
    }
    Ok(out)
}

fn cards(config: &Config, states: &HashMap<SourceId, SourceState>) -> HashMap<i64, Card> {
    let card = |(order, source): (usize, &Source)| {
        let state = states.get(&source.id)?;
        let card = Card {
            id: source.id.clone(),
            tags: source.tags.clone(),
            rules: source.rules.clone(),
            rank: (-i64::from(source.priority), order),
            provenance: provenance(source, state),
        };
        Some((state.row, card))
    };
    config.sources.iter().enumerate().filter_map(card).collect()
}

/// A source as readers should see it. Addresses of files and of private places are nobody's business.
pub(super) fn provenance(source: &Source, state: &SourceState) -> Provenance {
    let channel = &state.channel;
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
        title: title(source, Some(state)),
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

pub(super) fn title(source: &Source, state: Option<&SourceState>) -> String {
    let told = state.and_then(|state| state.channel.title.clone());
    source.title.clone().or(told).unwrap_or_else(|| source.id.to_string())
}

/// The sources as an outline, for `sources.opml` and `export`. File sources are nobody else's to subscribe to.
pub(crate) fn outlines(config: &Config, states: &HashMap<SourceId, SourceState>) -> Vec<Outline> {
    let outline = |source: &Source| {
        let state = states.get(&source.id);
        let known = state.map(|state| provenance(source, state));
        let feed_url = match &known {
            Some(known) => known.feed_url.clone()?,
            None => Some(source.url.clone()).filter(is_public)?,
        };
        Some(Outline {
            title: Some(title(source, state)),
            feed_url: feed_url.into(),
            home_url: known.and_then(|known| known.home_url).map(String::from),
            tags: source.tags.clone(),
        })
    };
    config.sources.iter().filter_map(outline).collect()
}

/// Walks the store until the feed has enough.
pub(crate) fn choose(
    desk: &Desk,
    settings: &select::Settings,
    cards: &HashMap<i64, Card>,
    now: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let (walk, date): (Walk, fn(&Found) -> Timestamp) = match settings.order {
        Order::Published => (Walk::Published, |found| found.published),
        Order::Updated => (Walk::Updated, |found| found.updated),
        Order::FirstSeen => (Walk::FirstSeen, |found| found.first_seen),
    };
    let scope = select::scope(settings, cards);
    let mut picker = Picker::new(settings, cards, now);
    let mut cursor = None;
    loop {
        // A source that has reached its cap need not be walked to its end.
        let open = picker.open(&scope);
        if open.is_empty() {
            return Ok(picker.finish());
        }
        let (page, next) = desk.walk(&open, walk, cursor, PAGE)?;
        for found in page {
            if picker.is_full(date(&found)) {
                return Ok(picker.finish());
            }
            let others = desk.others(&found)?.into_iter().filter_map(|found| member(found, cards)).collect();
            if let Some(member) = member(found, cards) {
                picker.offer(member, others);
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(picker.finish()),
        }
    }
}

/// `None` for an entry whose source is not configured any more: it stays in the store and is not published.
pub(super) fn member(found: Found, cards: &HashMap<i64, Card>) -> Option<Member> {
    let Found { row, source, story: _, id, published, updated, first_seen, revision, item } = found;
    let card = cards.get(&source)?;
    Some(Member {
        row,
        source,
        entry: Entry {
            id,
            source: card.id.clone(),
            published,
            updated,
            first_seen,
            revision,
            tags: Vec::new(),
            item,
            provenance: card.provenance.clone(),
            related: Vec::new(),
        },
    })
}
