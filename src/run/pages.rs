//! The pages of a run: what feeds show, once each; the front page over all; the state of the sources.

use std::collections::HashSet;
use std::panic::resume_unwind;
use std::thread;

use url::Url;

use super::Fault;
use super::press::place_document;
use super::sources::{is_public, provenance, title};
use crate::config::Config;
use crate::model::{Channel, Entry, Feed, FeedId, Person, Timestamp};
use crate::publish::gate::Emptiness;
use crate::publish::{Demand, Tree};
use crate::render::html::{self, Broken, Card, Health, Look, Outlet, Site, SourceHealth};
use crate::render::{Document, Format, opensearch};
use crate::report::{DocumentLine, Placed};
use crate::select::{self, Content};
use crate::source::Source;
use crate::store::{Desk, SourceState, StoreError};

/// How the pages of all stories are called in a report: they are too many for a line each.
const STORIES: &str = "story/";

/// So many pages of stories are put in place at once.
const AT_ONCE: usize = 8;

/// The pages of one run, feed by feed.
pub(super) struct Pages {
    look: Look,
    site: Site,
    paged: bool,
    status: bool,
    emptiness: Emptiness,
    styled: bool,
    cards: Vec<Card>,
    newest: Vec<Option<Timestamp>>,
    /// Stories that have their page.
    told: HashSet<String>,
    /// Entries of feeds that show excerpts only: they get a page of it if no other feed shows them whole.
    short: Vec<(FeedId, Entry)>,
    stories: DocumentLine,
    refused: Vec<DocumentLine>,
}

impl Pages {
    /// Begins. Where no feed is written as a page there is none at all.
    ///
    /// `listed`: there is a `sources.opml`.
    pub(super) fn new(config: &Config, listed: bool) -> Self {
        let written = |format: Format| config.feeds.iter().any(|feed| feed.formats.contains(&format));
        Self {
            // Templates were tried when they were read.
            look: Look::new(&config.templates).unwrap_or_default(),
            site: site(config, listed),
            paged: written(Format::Html),
            status: config.site.status_page,
            emptiness: Emptiness::from(config.feeds.iter().any(|feed| feed.allow_empty)),
            styled: config.site.styled_feeds && (written(Format::Rss) || written(Format::Atom)),
            cards: Vec::new(),
            newest: Vec::new(),
            told: HashSet::new(),
            short: Vec::new(),
            stories: DocumentLine { path: STORIES.to_owned(), entries: 0, bytes: 0, placed: Placed::Same },
            refused: Vec::new(),
        }
    }

    /// The page of a feed.
    pub(super) fn feed(&self, feed: &Feed) -> Result<Document, Broken> {
        html::feed(&self.look, &self.site, feed)
    }

    /// Takes in what a feed shows: pages of its stories, and its newest for the front page.
    pub(super) fn take(
        &mut self,
        settings: &select::Settings,
        feed: Feed,
        tree: &Tree,
        demand: Demand,
    ) -> Result<(), Fault> {
        self.newest.push(feed.entries.iter().map(|entry| entry.published).max());
        let hidden = self.site.outlets.iter().any(|outlet| outlet.hidden && outlet.id == settings.id);
        if hidden || !settings.formats.contains(&Format::Html) {
            return Ok(());
        }
        self.cards.extend(Card::newest_of(&feed.entries, &self.site));
        self.cards = Card::newest(std::mem::take(&mut self.cards));
        if settings.content == Content::Summary {
            self.short.extend(feed.entries.into_iter().map(|entry| (settings.id.clone(), entry)));
            return Ok(());
        }
        let of_feed: Vec<_> = feed.entries.iter().map(|entry| (&settings.id, entry)).collect();
        self.stories(&of_feed, tree, demand)
    }

    /// The pages of entries that have none yet: each is made for the first feed that shows it whole.
    fn stories(&mut self, entries: &[(&FeedId, &Entry)], tree: &Tree, demand: Demand) -> Result<(), Fault> {
        let is_fresh = |(_, entry): &&(&FeedId, &Entry)| self.told.insert(html::story_path(&entry.id));
        let fresh: Vec<_> = entries.iter().filter(is_fresh).collect();
        let (look, site) = (&self.look, &self.site);
        // What costs most is to wait until the disk has each of them: several waits go together.
        let share = fresh.len().div_ceil(AT_ONCE).max(1);
        let placed = thread::scope(|scope| {
            let begun: Vec<_> = fresh
                .chunks(share)
                .map(|share| {
                    scope.spawn(move || {
                        share.iter().map(|told| story(look, site, told, tree, demand)).collect::<Vec<_>>()
                    })
                })
                .collect();
            let ended =
                begun.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
            ended.flatten().collect::<Result<Vec<_>, Fault>>()
        })?;
        for line in placed {
            self.stories.entries += line.entries;
            self.stories.bytes += line.bytes;
            match line.placed {
                Placed::Written => self.stories.placed = Placed::Written,
                Placed::Same => {}
                // One is enough: the others would say the same.
                Placed::Refused(_) if self.refused.is_empty() => self.refused.push(line),
                Placed::Refused(_) => {}
            }
        }
        Ok(())
    }

    /// What all feeds make together. Gives the lines of all pages but those of the feeds.
    pub(super) fn finish(
        mut self,
        tree: &Tree,
        sources: &[SourceHealth],
        demand: Demand,
    ) -> Result<Vec<DocumentLine>, Fault> {
        let short = std::mem::take(&mut self.short);
        let short: Vec<_> = short.iter().map(|(feed, entry)| (feed, entry)).collect();
        self.stories(&short, tree, demand)?;
        let [of_pages, of_feeds] = html::style(&self.look);
        let (mut lines, mut made) = (Vec::new(), Vec::new());
        if self.paged {
            lines.push(self.stories);
            made.push(html::front(&self.look, &self.site, std::mem::take(&mut self.cards)));
            if self.status {
                made.push(html::status(&self.look, &self.site, sources, &self.newest));
            }
            made.push(Ok(of_pages));
            let paged = self.site.outlets.iter().filter(|outlet| outlet.formats.contains(&Format::Html));
            made.extend(paged.filter_map(|outlet| opensearch::description(&self.site, outlet)).map(Ok));
        }
        made.extend(self.styled.then_some(Ok(of_feeds)));
        for document in made {
            lines.push(match document {
                Ok(document) => place(tree, &document, self.emptiness, demand)?,
                Err(broken) => refused(broken.template.clone(), broken),
            });
        }
        lines.extend(self.refused);
        Ok(lines)
    }
}

/// The page of one entry, which the feed shows.
fn story(
    look: &Look,
    site: &Site,
    (feed, entry): &(&FeedId, &Entry),
    tree: &Tree,
    demand: Demand,
) -> Result<DocumentLine, Fault> {
    match html::story(look, site, entry, feed) {
        Ok(document) => place(tree, &document, Emptiness::Allowed, demand),
        Err(broken) => Ok(refused(html::story_path(&entry.id), broken)),
    }
}

/// Puts a page in place. What stands there already has passed the gate.
fn place(
    tree: &Tree,
    document: &Document,
    emptiness: Emptiness,
    demand: Demand,
) -> Result<DocumentLine, Fault> {
    if tree.get(&document.path)?.is_none_or(|there| there != document.bytes) {
        return place_document(tree, document, emptiness, demand);
    }
    // For the copies beside it.
    tree.put(document, demand)?;
    Ok(DocumentLine {
        path: document.path.clone(),
        entries: document.entries,
        bytes: document.bytes.len(),
        placed: Placed::Same,
    })
}

/// The line of a page that its template could not make.
pub(super) fn refused(path: String, broken: Broken) -> DocumentLine {
    DocumentLine {
        path,
        entries: 0,
        bytes: 0,
        placed: Placed::Refused(format!("{broken}; the old page stays")),
    }
}

pub(super) fn site(config: &Config, listed: bool) -> Site {
    let settings = &config.site;
    let outlet = |feed: &select::Settings| Outlet {
        id: feed.id.clone(),
        title: feed.title.clone(),
        subtitle: feed.subtitle.clone(),
        language: feed.language.as_ref().or(settings.language.as_ref()).map(ToString::to_string),
        formats: feed.formats.clone(),
        hidden: config.serve.access.contains_key(feed.id.as_str()),
    };
    let mut documents = Vec::new();
    documents.extend(listed.then(|| "sources.opml".to_owned()));
    documents.extend(settings.status_page.then(|| "status.html".to_owned()));
    Site {
        title: settings.title.clone(),
        subtitle: settings.subtitle.clone(),
        language: settings.language.as_ref().map(ToString::to_string),
        base_url: settings.base_url.clone(),
        zone: settings.timezone.tz(),
        author: settings.author.as_ref().map(|author| Person {
            name: author.name.clone(),
            email: author.email.clone(),
            url: author.url.clone(),
        }),
        rights: settings.rights.clone(),
        icon_url: settings.icon_url.clone(),
        outlets: config.feeds.iter().map(outlet).collect(),
        search: settings.search,
        documents,
    }
}

/// How the sources are, as everybody may know it.
pub(crate) fn health(desk: &Desk, config: &Config) -> Result<Vec<SourceHealth>, StoreError> {
    let mut out = Vec::new();
    if !config.site.status_page {
        return Ok(out);
    }
    out.reserve(config.sources.len());
    let held = desk.held_counts()?;
    for source in &config.sources {
        let Some(state) = desk.source(&source.id)? else {
            out.push(one(source, None, None));
            continue;
        };
        let newest = desk.newest(state.row)?;
        let channel = desk.channel(state.row)?;
        let held = held.get(&state.row).map_or(0, |count| count.held);
        out.push(SourceHealth { held, ..one(source, Some((&state, &channel)), newest) });
    }
    Ok(out)
}

fn one(source: &Source, told: Option<(&SourceState, &Channel)>, newest: Option<Timestamp>) -> SourceHealth {
    let (state, channel) = told.unzip();
    let health = match state {
        _ if !source.enabled => Health::Off,
        None => Health::Waiting,
        Some(state) if state.gone => Health::Gone,
        Some(state) if state.failures > 0 => Health::Failing,
        Some(state) if state.last_try.is_none() => Health::Waiting,
        Some(_) => Health::Well,
    };
    let known = told.map(|(state, channel)| provenance(source, state, channel));
    let feed_url = known.as_ref().and_then(|known| known.feed_url.clone());
    let told = |state: &SourceState| state.message.as_deref().map(without_secrets);
    SourceHealth {
        id: source.id.clone(),
        title: title(source, channel),
        home_url: known.and_then(|known| known.home_url),
        health,
        last_success: state.and_then(|state| state.last_success),
        last_try: state.and_then(|state| state.last_try),
        next_due: state.and_then(|state| state.next_due),
        failing_since: state.and_then(|state| state.failing_since),
        failures: state.map_or(0, |state| state.failures),
        message: state.and_then(told),
        feed_url,
        newest,
        entries: state.map_or(0, |state| state.entries),
        held: 0,
    }
}

/// A message of a failure with every address taken out that is not for everybody, and every path of this machine.
fn without_secrets(message: &str) -> String {
    let shown = |word: &str| {
        let from = word.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(0);
        let address = word.get(from..).unwrap_or_default().trim_end_matches(['`', ')', ',', ':', ';', '.']);
        let is_path = word.trim_start_matches(['`', '(']).starts_with('/');
        let is_private = address.contains("://") && !Url::parse(address).is_ok_and(|url| is_public(&url));
        match is_path || is_private {
            true => "…".to_owned(),
            false => word.to_owned(),
        }
    };
    message.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_not_told() {
        for (message, told) in [
            ("https://a.example/feed answered 404", "https://a.example/feed answered 404"),
            ("`https://a.example/feed?token=x`: gone", "… gone"),
            ("`/srv/private/a.xml` cannot be read", "… cannot be read"),
            ("moved to http://10.0.0.1/x, which is private", "moved to … which is private"),
        ] {
            assert_eq!(without_secrets(message), told);
        }
    }
}
