//! The way of a feed: choose, compose, render, check, put in place. Only what changed is written.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;

use super::archive::{self, Head};
use super::pages::{self, Pages};
use super::sources::{self, Names};
use super::{Fault, Road};
use crate::config::Config;
use crate::model::{Entry, Feed, Timestamp};
use crate::publish::gate::{self, Emptiness};
use crate::publish::{Demand, Put, Tree};
use crate::render::{self, Document, Format};
use crate::report::{DocumentLine, Placed};
use crate::select::{self, Card, Member, Order, Outcome, Picker, Reason};
use crate::store::{Desk, Found, StoreError, Walk};

/// The note that stands while documents are put in place: found at the start, the last run did not end well.
const UNDER_WAY: &str = "publishing";

/// The note of all documents that were put in place last.
pub(super) const DOCUMENTS: &str = "documents";

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
    let (cards, outlines) = road
        .writer
        .call(move |desk| {
            let walks: Vec<Walk> = config.feeds.iter().map(|feed| walk(feed.order).0).collect();
            desk.prepare_walks(&walks)?;
            Ok((sources::cards(desk, &config)?, sources::outlines(desk, &config)?))
        })
        .await?;
    let cards = Arc::new(cards);
    let mut lines = Vec::new();
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let mut pages = Pages::new(&road.config, !outlines.is_empty());
    for place in 0..road.config.feeds.len() {
        if road.stop.is_wished() {
            // The note stays: the next run looks at every copy.
            return Ok((lines, Vec::new()));
        }
        let (config, known, now) = (Arc::clone(&road.config), Arc::clone(&cards), road.now);
        let entries =
            road.writer.call(move |desk| choose(desk, &config, &config.feeds[place], &known, now)).await?;
        let settings = &road.config.feeds[place];
        let feed = select::compose(settings, &road.config.site, entries);
        let emptiness = if settings.allow_empty { Emptiness::Allowed } else { Emptiness::Refused };
        let is_archived = |format: &Format| settings.archive.is_some() && *format != Format::Html;
        let (archived, plain): (Vec<Format>, Vec<Format>) =
            settings.formats.iter().copied().partition(is_archived);
        let place_one = |format: Format| {
            let document = within(&feed, settings.max_bytes, |feed| match format {
                Format::Html => pages.feed(feed),
                _ => Ok(render::render(feed, format)),
            });
            match document {
                Ok(document) => place_document(&tree, &document, emptiness, demand),
                Err(broken) => Ok(pages::refused(format!("{}.html", feed.id), broken)),
            }
        };
        // Most of the time goes into compressing: each format on a thread of its own, and no more than there are cores, for
        // each of them needs some megabytes.
        for some in plain.chunks(cores) {
            let placed: Vec<_> = std::thread::scope(|scope| {
                let place_one = &place_one;
                let at_work: Vec<_> =
                    some.iter().map(|format| scope.spawn(move || place_one(*format))).collect();
                at_work
                    .into_iter()
                    .map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)))
                    .collect()
            });
            for line in placed {
                lines.push(line?);
            }
        }
        for format in archived {
            let head = Head { feed: &feed, format, emptiness, demand };
            lines.extend(archive::publish(road, place, &cards, &tree, head).await?);
        }
        pages.take(settings, feed, &tree, demand)?;
    }
    // A list of nothing is no list (OPML 2.0 wants an outline): file sources are nobody else's to subscribe to.
    if !outlines.is_empty() {
        let opml = render::opml::sources(&road.config.site.title, &outlines);
        lines.push(place_document(&tree, &opml, Emptiness::Allowed, demand)?);
    }
    let config = Arc::clone(&road.config);
    let sources = road.writer.call(move |desk| pages::health(desk, &config)).await?;
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
    let there = tree.get(&document.path)?;
    // What stands there has passed the gate.
    let passed = match &there {
        Some(bytes) if *bytes == document.bytes => Ok(()),
        _ => {
            let previous = there.and_then(|bytes| gate::entries(document.media_type, &bytes));
            gate::check(document, previous, emptiness)
        }
    };
    let placed = match passed {
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

/// How a feed of that order is walked, and the date by which.
fn walk(order: Order) -> (Walk, fn(&Found) -> Timestamp) {
    match order {
        Order::Published => (Walk::Published, |found| found.published),
        Order::Updated => (Walk::Updated, |found| found.updated),
        Order::FirstSeen => (Walk::FirstSeen, |found| found.first_seen),
    }
}

/// Walks the store until the feed has enough.
pub(crate) fn choose(
    desk: &Desk,
    config: &Config,
    settings: &select::Settings,
    cards: &HashMap<i64, Card>,
    now: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let mut names = Names::new(desk, config, cards);
    let mut picker = Picker::new(settings, cards, now);
    let scope = select::scope(settings, cards);
    let mut on = |_, _: &Outcome| ControlFlow::Continue(());
    walk_through(desk, &mut names, settings.order, &scope, &mut picker, &mut on)?;
    Ok(picker.finish())
}

/// Walks the entries of these sources until the feed has enough, or `heed` has, which is told of each: its row, and what became of it.
pub(super) fn walk_through(
    desk: &Desk,
    names: &mut Names<'_>,
    order: Order,
    scope: &[i64],
    picker: &mut Picker<'_>,
    heed: &mut dyn FnMut(i64, &Outcome) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let (walk, date) = walk(order);
    let mut cursor = None;
    loop {
        // A source that has reached its cap need not be walked to its end.
        let open = picker.open(scope);
        if open.is_empty() {
            return Ok(());
        }
        let (page, next) = desk.walk(&open, walk, cursor, PAGE)?;
        for found in page {
            if picker.is_full(date(&found)) {
                return Ok(());
            }
            let row = found.row;
            let outcome = offer(desk, found, names, picker)?;
            if heed(row, &outcome).is_break() {
                return Ok(());
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

/// Offers an entry, with the others of its story.
pub(super) fn offer(
    desk: &Desk,
    found: Found,
    names: &mut Names<'_>,
    picker: &mut Picker<'_>,
) -> Result<Outcome, StoreError> {
    let told = desk.others(&found)?;
    let ties = if told.is_empty() { Vec::new() } else { desk.ties_within(found.story)? };
    let mut others = Vec::new();
    for other in told {
        others.extend(member(other, names)?);
    }
    Ok(match member(found, names)? {
        Some(member) => picker.offer(member, others, &ties),
        None => Outcome::Passed(Reason::Unconfigured),
    })
}

/// `None` for an entry whose source is not configured any more, or that came in a round which is under way: it stays in the store and is
/// not published.
fn member(found: Found, names: &mut Names<'_>) -> Result<Option<Member>, StoreError> {
    let Found { row, source, story: _, id, told, own_id, published, updated, first_seen, revision, item } =
        found;
    if !names.tells(row) {
        return Ok(None);
    }
    let Some((source_id, provenance)) = names.of(source)? else { return Ok(None) };
    Ok(Some(Member {
        row,
        source,
        told,
        own_id,
        entry: Entry {
            id,
            source: source_id,
            published,
            updated,
            first_seen,
            revision,
            tags: Vec::new(),
            item,
            provenance,
            related: Vec::new(),
        },
    }))
}
