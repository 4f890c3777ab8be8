//! Views of feeds: what of all that a feed ever had passes a filter, as a document; made when somebody asks.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pages;
use super::press::{offer, walk_through, within};
use super::sources::{self, Names};
use super::stories;
use crate::config::Config;
use crate::model::{Entry, FeedId, Timestamp};
use crate::render::html::{self, Broken, Look, Site};
use crate::render::{self, Document, Format};
use crate::select::{self, Card, Outcome, Part, Picker};
use crate::store::{self, Ask, Desk, Index, StoreError};
use crate::value::filter::Filter;

/// So many entries are looked at for one view; those that were found until then are it.
const LOOKS: usize = 10_000;
/// And so long.
const TIME: Duration = Duration::from_secs(2);
/// The index is asked for sources by name up to so many; the entries of more are looked through.
const NAMED: usize = 400;

/// Why there is no view.
#[derive(Debug, thiserror::Error)]
pub enum Unseen {
    /// There is no such document.
    #[error("there is no such feed")]
    NoFeed,
    /// The index is not there yet.
    #[error("the index for searching is being made")]
    NoIndex,
    /// The state cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template of the owner's failed.
    #[error(transparent)]
    Page(#[from] Broken),
}

/// Makes views; kept open between two.
pub struct Viewer {
    config: Arc<Config>,
    look: Look,
    site: Site,
    desk: Option<Desk>,
    index: Option<Index>,
    cards: Option<HashMap<i64, Card>>,
}

impl Viewer {
    /// Begins; nothing is opened before the first view.
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            // Templates were tried when they were read.
            look: Look::new(&config.templates).unwrap_or_default(),
            site: pages::site(&config, false),
            config,
            desk: None,
            index: None,
            cards: None,
        }
    }

    /// A round has been made: there may be sources that were never there before, and the index may have been made anew.
    pub fn look_again(&mut self) {
        (self.cards, self.index) = (None, None);
    }

    /// A view of a feed in a format, with at most `most` entries.
    ///
    /// # Errors
    /// Why there is none.
    pub fn view(
        &mut self,
        feed: &FeedId,
        format: Format,
        filter: &Filter,
        most: usize,
        now: Timestamp,
    ) -> Result<Document, Unseen> {
        let made = self.make(feed, format, filter, most, now);
        if matches!(made, Err(Unseen::Store(_))) {
            // Whatever happened to them: opened anew the next time.
            (self.desk, self.index, self.cards) = (None, None, None);
        }
        made
    }

    fn make(
        &mut self,
        id: &FeedId,
        format: Format,
        filter: &Filter,
        most: usize,
        now: Timestamp,
    ) -> Result<Document, Unseen> {
        let config = Arc::clone(&self.config);
        let settings = config.feeds.iter().find(|feed| feed.id == *id && feed.formats.contains(&format));
        let settings = settings.ok_or(Unseen::NoFeed)?;
        if self.desk.is_none() {
            self.desk = store::reader(&config.store.path)?;
        }
        let desk = self.desk.as_ref().ok_or(Unseen::NoFeed)?;
        if self.index.is_none() {
            self.index = Index::reader(&config.store.path)?;
        }
        let cards = match self.cards.take() {
            Some(cards) => cards,
            None => sources::cards(desk, &config)?,
        };
        let cards = &*self.cards.insert(cards);
        let all = settings.for_view(filter, most);
        let search = Search { desk, config: &config, cards, settings: &all, now };
        let entries = search.choose(filter, self.index.as_ref())?;
        let feed = select::compose(settings, &config.site, entries);
        let named = |id: &str| config.sources.iter().find(|source| source.id.as_str() == id);
        let feed = select::of_view(feed, filter, |id| match named(id) {
            Some(source) => source.title.clone().unwrap_or_else(|| id.to_owned()),
            None => id.to_owned(),
        });
        let folder = &config.publish.dir;
        within(&feed, settings.max_bytes, |feed| match format {
            Format::Html => {
                Ok(html::part(&self.look, &self.site, feed, &|path| folder.join(path).is_file())?)
            }
            _ => Ok(render::render(feed, format)),
        })
    }
}

/// One search.
struct Search<'s> {
    desk: &'s Desk,
    config: &'s Config,
    cards: &'s HashMap<i64, Card>,
    /// The feed as a view sees it.
    settings: &'s select::Settings,
    now: Timestamp,
}

impl Search<'_> {
    fn choose(&self, filter: &Filter, index: Option<&Index>) -> Result<Vec<Entry>, Unseen> {
        let Part { scope, tagged } = select::wanted_of(filter, self.settings, self.cards);
        if scope.is_empty() {
            return Ok(Vec::new());
        }
        let mut names = Names::new(self.desk, self.config, self.cards).until(stories::compared(self.desk)?);
        let mut picker = Picker::new(self.settings, self.cards, self.now).only(filter);
        let begun = Instant::now();
        let mut looks = 0;
        let mut may_go_on = || {
            looks += 1;
            looks < LOOKS && begun.elapsed() < TIME
        };
        if filter.terms.is_empty() && filter.languages.is_empty() && filter.tags.is_empty() {
            let order = self.settings.order;
            let mut heed = |_, _: &Outcome| match may_go_on() {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            };
            walk_through(self.desk, &mut names, order, &scope, &mut picker, &mut heed)?;
            return Ok(picker.finish());
        }
        let index = index.ok_or(Unseen::NoIndex)?;
        let mut ask = Ask::new(filter);
        for (tag, givers) in tagged.iter().filter(|(_, givers)| givers.len() <= NAMED) {
            ask.tagged(tag, givers);
        }
        if scope.len() <= NAMED {
            ask.from(&scope);
        }
        let scope: std::collections::HashSet<i64> = scope.into_iter().collect();
        index.find(&ask, |entry, source| {
            if !scope.contains(&source) {
                return Ok(begun.elapsed() < TIME);
            }
            if let Some(found) = self.desk.entry(entry)? {
                offer(self.desk, found, &mut names, &mut picker)?;
            }
            Ok(picker.count() < self.settings.keep.entries && may_go_on())
        })?;
        Ok(picker.finish())
    }
}
