//! Which entries make a feed, in which order, until when: entries of the store in, a `Feed` out. Pure.
//!
//! Entries are offered newest first, page by page; the picker says when it has enough, so a feed of sixty entries
//! never looks at a hundred thousand. Rules are applied here and not before the store: a rule that is changed works on
//! everything that was ever read, and nothing that a rule hides is lost.

mod compose;
mod reason;
mod settings;
mod story;
mod view;

use std::collections::HashMap;

use crate::dedup::{Mode, Tie};
use crate::model::{Entry, EntryId, FeedId, Html, Item, SourceId, Timestamp};
use crate::rules::{self, Rule, Verdict};
use crate::value::cut::cut;
use crate::value::filter::Filter;

pub use compose::compose;
pub use reason::{Reason, belonging};
pub use settings::{Archive, Content, Keep, Order, Settings, Written};
pub use view::{Part, of_view, wanted_of};

/// A source as the choice sees it.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its id.
    pub id: SourceId,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Who leads a story when several sources bring it in the same run: the lower.
    pub rank: (i64, usize),
    /// By what its entries are taken for the same article as those of others.
    pub dedup: Mode,
}

/// One entry of a story, before any rule.
#[derive(Debug, Clone)]
pub struct Member {
    /// Order of arrival: the lower came first.
    pub row: i64,
    /// The row of its source.
    pub source: i64,
    /// The entry by whose public id it goes.
    pub told: i64,
    /// Its own public id.
    pub own_id: EntryId,
    /// The entry, `tags` and `related` still empty.
    pub entry: Entry,
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in.
    Taken,
    /// Something kept it out.
    Passed(Reason),
    /// Another entry of its story speaks for it: its source and its row.
    Follows(SourceId, i64),
}

/// Chooses the entries of one feed.
#[derive(Debug)]
pub struct Picker<'a> {
    settings: &'a Settings,
    filter: Option<&'a Filter>,
    cards: &'a HashMap<i64, Card>,
    now: Timestamp,
    taken: Vec<(i64, Entry)>,
    per_source: HashMap<SourceId, usize>,
}

/// The rows of sources whose entries may belong to the feed; they are to be walked.
pub fn scope(settings: &Settings, cards: &HashMap<i64, Card>) -> Vec<i64> {
    let mut rows: Vec<i64> =
        cards.iter().filter(|(_, card)| may_belong(settings, card)).map(|(row, _)| *row).collect();
    rows.sort_unstable();
    rows
}

/// Whether entries of a source may belong to the feed.
fn may_belong(settings: &Settings, card: &Card) -> bool {
    let may_be_tagged = || card.rules.iter().any(|rule| rule.adds_tag_of(&settings.tags));
    belongs(settings, &card.id, &card.tags) || may_be_tagged()
}

/// Named, or tagged, or neither asked for.
fn belongs(settings: &Settings, source: &SourceId, tags: &[String]) -> bool {
    let named = settings.sources.contains(source);
    let tagged = tags.iter().any(|tag| settings.tags.contains(tag));
    let everything = settings.sources.is_empty() && settings.tags.is_empty();
    (named || tagged || everything) && !tags.iter().any(|tag| settings.not_tags.contains(tag))
}

impl<'a> Picker<'a> {
    /// Begins a choice. `cards` by the row of the source.
    pub fn new(settings: &'a Settings, cards: &'a HashMap<i64, Card>, now: Timestamp) -> Self {
        Self { settings, filter: None, cards, now, taken: Vec::new(), per_source: HashMap::new() }
    }

    /// The same, for what passes a filter only.
    pub fn only(self, filter: &'a Filter) -> Self {
        Self { filter: Some(filter), ..self }
    }

    /// How many are taken.
    pub fn count(&self) -> usize {
        self.taken.len()
    }

    /// True when an entry of that date, and every older one, is not wanted any more.
    pub fn is_full(&self, date: Timestamp) -> bool {
        // Entries of the same second are all looked at: which of them is in must not hang on who answered first.
        let tied = self.taken.last().is_some_and(|(_, last)| self.date(last) == date);
        self.taken.len() >= self.settings.keep.entries && !self.is_young(date) && !tied
    }

    fn is_young(&self, date: Timestamp) -> bool {
        let hours = self.settings.keep.hours.map(|hours| chrono::Duration::hours(i64::from(hours)));
        // Further back than time goes: everything is young.
        hours.is_some_and(|hours| self.now.checked_sub_signed(hours).is_none_or(|limit| date > limit))
    }

    /// The date by which the feed is ordered.
    fn date(&self, entry: &Entry) -> Timestamp {
        match self.settings.order {
            Order::Published => entry.published,
            Order::Updated => entry.updated,
            Order::FirstSeen => entry.first_seen,
        }
    }

    /// Offers the next entry, with the other entries of its story and what ties them together.
    pub fn offer(&mut self, member: Member, others: Vec<Member>, ties: &[Tie]) -> Outcome {
        let row = member.row;
        let mut story = self.told_by(member, others, ties);
        let id = story.last().map(|member| member.entry.id.clone());
        if let Some((row, taken)) = self.taken.iter().find(|(_, taken)| Some(&taken.id) == id.as_ref()) {
            return Outcome::Follows(taken.source.clone(), *row);
        }
        // First come, first; the priority decides among those of one run. Nothing here can change later: no flips.
        story.sort_by_key(|member| {
            (member.entry.first_seen, self.cards.get(&member.source).map(|card| card.rank), member.row)
        });
        let pages: Vec<(SourceId, String, url::Url)> =
            story.iter().filter_map(|member| self.page(member)).collect();
        let mut reason = Reason::Unconfigured;
        let lenders = self.lenders(&story, row);
        for member in story {
            let candidate = member.row;
            match self.judge(member) {
                Ok(mut entry) if candidate == row => {
                    entry.related = related(&entry, &pages);
                    self.lend(&mut entry, lenders);
                    return self.take(row, entry);
                }
                // One that the cap keeps out speaks for nobody.
                Ok(entry) if !self.is_capped(&entry.source) => {
                    return Outcome::Follows(entry.source, candidate);
                }
                Ok(_) => {}
                Err(why) if candidate == row => reason = why,
                Err(_) => {}
            }
            if candidate == row {
                break;
            }
        }
        Outcome::Passed(reason)
    }

    fn is_capped(&self, source: &SourceId) -> bool {
        let count = self.per_source.get(source).copied().unwrap_or_default();
        self.settings.per_source.is_some_and(|cap| count >= cap)
    }

    /// The rows of `scope` from which more entries may still be taken.
    pub fn open(&self, scope: &[i64]) -> Vec<i64> {
        let is_open = |row: &&i64| self.cards.get(row).is_some_and(|card| !self.is_capped(&card.id));
        scope.iter().filter(is_open).copied().collect()
    }

    fn page(&self, member: &Member) -> Option<(SourceId, String, url::Url)> {
        let Entry { source, provenance, item, .. } = &member.entry;
        Some((source.clone(), provenance.title.clone(), item.url.clone()?))
    }

    /// The rules of the source, the choice of the feed, the rules of the feed; the reason if it is not wanted.
    fn judge(&self, member: Member) -> Result<Entry, Reason> {
        let Some(card) = self.cards.get(&member.source) else {
            return Err(Reason::Unconfigured);
        };
        let mut entry = member.entry;
        entry.tags.clone_from(&card.tags);
        // Told per entry, so that a new entry does not change what is said of the old ones.
        entry.provenance.updated = Some(entry.updated);
        apply(&card.rules, &mut entry)?;
        if !belongs(self.settings, &entry.source, &entry.tags) {
            return Err(Reason::Elsewhere);
        }
        apply(&self.settings.rules, &mut entry)?;
        if self.filter.is_some_and(|filter| !view::passes(filter, self.settings, &entry)) {
            return Err(Reason::View);
        }
        Ok(entry)
    }

    fn take(&mut self, row: i64, mut entry: Entry) -> Outcome {
        if self.is_capped(&entry.source) {
            return Outcome::Passed(Reason::Cap(entry.source));
        }
        *self.per_source.entry(entry.source.clone()).or_default() += 1;
        if self.settings.content == Content::Summary {
            summarize(&mut entry.item, self.settings.summary_length);
        }
        self.taken.push((row, entry));
        Outcome::Taken
    }

    /// The entries taken, in the order of the feed: newest first; of one second as the configuration names the
    /// sources, and inside a source as its own list goes.
    pub fn finish(self) -> Vec<Entry> {
        self.finish_with_rows().into_iter().map(|(_, entry)| entry).collect()
    }

    /// The same, each with its row.
    pub fn finish_with_rows(mut self) -> Vec<(i64, Entry)> {
        let mut taken = std::mem::take(&mut self.taken);
        let ranks: HashMap<&SourceId, usize> =
            self.cards.values().map(|card| (&card.id, card.rank.1)).collect();
        taken.sort_by_key(|(_, entry)| {
            (std::cmp::Reverse(self.date(entry)), ranks.get(&entry.source).copied())
        });
        let young = taken.iter().filter(|(_, entry)| self.is_young(self.date(entry))).count();
        taken.truncate(self.settings.keep.entries.max(young));
        taken
    }

    /// The feed that is being chosen for.
    pub fn feed(&self) -> &FeedId {
        &self.settings.id
    }
}

fn apply(rules: &[Rule], entry: &mut Entry) -> Result<(), Reason> {
    match rules::apply(rules, &mut entry.item, &mut entry.tags, &entry.source) {
        Verdict::Keep => Ok(()),
        Verdict::Drop(reason) => Err(Reason::Rule(reason)),
    }
}

/// Pages of the other sources of a story, each address once, not the entry's own.
fn related(entry: &Entry, pages: &[(SourceId, String, url::Url)]) -> Vec<(String, url::Url)> {
    let mut out: Vec<(String, url::Url)> = Vec::new();
    for (source, title, url) in pages {
        let known = entry.item.url.as_ref() == Some(url) || out.iter().any(|(_, other)| other == url);
        if *source != entry.source && !known {
            out.push((title.clone(), url.clone()));
        }
    }
    out
}

/// Leaves an excerpt of at most `length` grapheme clusters instead of the body.
fn summarize(item: &mut Item, length: usize) {
    let body = item.content.take();
    let Some(text) = item.summary.as_ref().or(body.as_ref()).map(Html::text) else { return };
    item.summary = Some(Html::from_text(&cut(&text.replace('\n', " "), length)));
}
