//! Which of the entries that came tell a story that is known: after all visits of a round, before anything is published.
//!
//! All ties are made here and in one pass, so what is one story hangs neither on the order in which sources answered nor on how a
//! day was cut into rounds. Nothing that came is published before it was compared, therefore a new entry goes by the id of its
//! story's first from the beginning.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::TimeDelta;

use super::Road;
use crate::config::Config;
use crate::dedup::near::{Outlet, Probe, Record, Text, compare};
use crate::dedup::tie::reached;
use crate::dedup::{Alias, Mode, Row, Settings, Tie, TieKind, keyed};
use crate::report::{SourceLine, Visit};
use crate::store::{Desk, StoreError, Teller};
use crate::value::fold::fold_case;

/// The note of what has been compared: the last pack of records, and the last entry at that time.
const RELATED: &str = "related";

/// So far apart an address may be used for the same article by two sources that say different things of it.
const SAME_ADDRESS: TimeDelta = TimeDelta::hours(72);

/// So many that came look for their likes at once: each takes some hundred bytes for it.
const AT_ONCE: usize = 16_384;

/// One tie would be enough until what it leads to is edited, or stands in a source that a feed does not count.
const ENOUGH_TIES: usize = 3;

/// So many texts are kept at hand.
const AT_HAND: usize = 256;

/// Of more packs than this the links are not asked for one by one.
const MANY: usize = 200;

/// Compares what came, and tells in the lines of the sources how many of it are twins of others.
pub(super) async fn relate_all(road: &Arc<Road>, lines: &mut [SourceLine]) -> Result<(), StoreError> {
    let config = Arc::clone(&road.config);
    // Nobody else writes now, and there may be much to write: without a savepoint.
    let told = road.writer.gather(move |desk| {
        let told = relate(desk, &config)?;
        let rows = if told.is_empty() { HashMap::new() } else { desk.source_rows()? };
        Ok((told, rows))
    });
    let (told, rows) = told.await?;
    for line in lines {
        let row = rows.get(line.source.as_str());
        if let (Visit::Read { twins, .. }, Some(count)) = (&mut line.visit, row.and_then(|row| told.get(row)))
        {
            *twins = *count;
        }
    }
    Ok(())
}

/// Compares what came since the last time. Gives how many new entries of each source (by its row) tell a story that another entry
/// tells.
fn relate(desk: &Desk, config: &Config) -> Result<HashMap<i64, usize>, StoreError> {
    let note = desk.note(RELATED)?.unwrap_or_default();
    let (pack, last) = note.split_once(' ').unwrap_or_default();
    let (pack, announced) = (pack.parse().unwrap_or(0), last.parse().unwrap_or(0));
    let packs = desk.packs_behind(pack)?;
    let unsettled = desk.take_unsettled()?;
    if packs.is_empty() && unsettled.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = desk.source_rows()?;
    let modes =
        config.sources.iter().filter_map(|source| Some((*rows.get(source.id.as_str())?, source.dedup)));
    let modes = modes.collect();
    let texts = RefCell::new(HashMap::new());
    let several = match packs.len() > MANY {
        true => Some(desk.links_of_several()?.into_iter().collect()),
        false => None,
    };
    let round = Round { desk, settings: &config.dedup, modes, announced, several, texts };
    // What an address tied before may be tied by its text.
    let mut came: Vec<Record> = Vec::new();
    for row in &unsettled {
        came.extend(record(desk, *row)?);
    }
    for pack in &packs {
        desk.read_pack(*pack, &mut came)?;
        if came.len() >= AT_ONCE {
            round.compare(&std::mem::take(&mut came))?;
        }
    }
    round.compare(&came)?;
    let mut doubtful = unsettled;
    doubtful.extend(desk.take_unsettled()?);
    for row in doubtful {
        settle(desk, row)?;
    }
    let mut twins = HashMap::new();
    for follower in desk.followers_behind(announced)? {
        desk.tell_as_first(follower.row, follower.story)?;
        *twins.entry(follower.source).or_default() += 1;
    }
    let until = packs.into_iter().fold(pack, i64::max);
    desk.set_note(RELATED, Some(&format!("{until} {}", desk.last_row()?)))?;
    desk.pack_records(until)?;
    Ok(twins)
}

/// What the likes of an entry are found by, made anew; its link is not looked at.
fn record(desk: &Desk, row: Row) -> Result<Option<Record>, StoreError> {
    let (Some(teller), Some(item)) = (desk.teller(row)?, desk.item(row)?) else { return Ok(None) };
    let sketches = keyed(item, None).sketches;
    let published = teller.published.timestamp();
    Ok(Some(Record { row, source: teller.source, published, link: None, sketches }))
}

/// The last entry that was compared with the others; what comes behind it came in a round that is under way.
pub(super) fn compared(desk: &Desk) -> Result<Row, StoreError> {
    let note = desk.note(RELATED)?;
    Ok(note.and_then(|note| note.split_once(' ')?.1.parse().ok()).unwrap_or(Row::MAX))
}

struct Round<'r> {
    desk: &'r Desk,
    settings: &'r Settings,
    /// By the row of the source. What is not configured any more was announced: who brings it again goes by its id.
    modes: HashMap<i64, Mode>,
    /// The last entry that was compared before.
    announced: Row,
    /// Links that several entries have, where there is so much to compare that nobody asks for each.
    several: Option<HashSet<Alias>>,
    /// Those at hand that were asked for last.
    texts: RefCell<HashMap<Row, Rc<Text>>>,
}

impl Round<'_> {
    fn compare(&self, came: &[Record]) -> Result<(), StoreError> {
        self.part_edited(came)?;
        self.tie_addresses(came)?;
        self.tie_texts(came)
    }

    fn mode(&self, source: i64) -> Mode {
        self.modes.get(&source).copied().unwrap_or(Mode::Near)
    }

    /// Ties of texts that were edited hold until the texts have little in common any more: half of what it takes to tie them.
    fn part_edited(&self, came: &[Record]) -> Result<(), StoreError> {
        for record in came.iter().filter(|record| record.row <= self.announced) {
            for tie in self.desk.ties_of(record.row)? {
                if tie.kind == TieKind::Link {
                    continue;
                }
                let Some((a, b)) = self.texts(tie.a, tie.b)? else { continue };
                let alike = compare(&a, &b, Outlet::Two, self.settings);
                if alike.text.max(alike.opening) < self.settings.similarity.get() / 2.0 {
                    self.desk.untie(tie)?;
                }
            }
        }
        Ok(())
    }

    fn tie_addresses(&self, came: &[Record]) -> Result<(), StoreError> {
        for record in came.iter().filter(|record| self.mode(record.source) >= Mode::Url) {
            let Some(link) = record.link else { continue };
            if self.several.as_ref().is_some_and(|several| !several.contains(&link)) {
                continue;
            }
            let under = self.desk.under_link(link)?;
            // It may have turned out since that it shares the link with others of its source.
            let Some(own) = under.iter().find(|teller| teller.row == record.row) else { continue };
            for other in under.iter().filter(|other| other.source != own.source) {
                if self.mode(other.source) >= Mode::Url && self.is_same_address(own, other)? {
                    self.unite(Tie::new(own.row, other.row, TieKind::Link, 1.0))?;
                }
            }
        }
        Ok(())
    }

    fn tie_texts(&self, came: &[Record]) -> Result<(), StoreError> {
        let window = i64::try_from(self.settings.window.duration().as_secs()).unwrap_or(i64::MAX);
        let is_near = |record: &&Record| {
            self.mode(record.source) == Mode::Near
                && !(record.sketches.text.is_none() && record.sketches.opening.is_none())
        };
        let mut near: Vec<Record> = came.iter().filter(is_near).copied().collect();
        near.sort_by_key(|record| (record.published, record.row));
        // What lies far apart in time is looked at apart, so that nobody reads the years between.
        for some in near.chunk_by(|a, b| b.published - a.published <= 2 * window) {
            let (Some(first), Some(last)) = (some.first(), some.last()) else { continue };
            let mut probe = Probe::new(some, window);
            self.desk.each_record(first.published - window..=last.published + window, |other| {
                if self.mode(other.source) == Mode::Near {
                    probe.look_at(other);
                }
            })?;
            for found in probe.finish() {
                let mut ties = 0;
                for candidate in found {
                    // Two that came together find each other twice.
                    let is_other_half = candidate.row > self.announced && candidate.other > candidate.row;
                    if !is_other_half {
                        ties += usize::from(self.tie_alike(candidate.row, candidate.other, ties)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Ties the two, if they are the same article; `ties` are those that `row` has got so far. True when they are tied.
    fn tie_alike(&self, row: Row, other: Row, ties: usize) -> Result<bool, StoreError> {
        let (Some(one), Some(two)) = (self.desk.teller(row)?, self.desk.teller(other)?) else {
            return Ok(false);
        };
        // What several ties hold in a story need not be read to know it.
        if one.story == two.story {
            if ties >= ENOUGH_TIES {
                return Ok(false);
            }
            if self.desk.are_tied(row, other)? {
                return Ok(true);
            }
        }
        let Some((a, b)) = self.texts(row, other)? else { return Ok(false) };
        let outlet = if one.source == two.source { Outlet::One } else { Outlet::Two };
        let alike = compare(&a, &b, outlet, self.settings);
        let Some(kind) = TieKind::of(alike.verdict) else { return Ok(false) };
        let score = if kind == TieKind::Near { alike.text } else { alike.opening };
        self.unite(Tie::new(row, other, kind, score))?;
        Ok(true)
    }

    fn unite(&self, tie: Tie) -> Result<(), StoreError> {
        self.desk.tie(tie)?;
        let (Some(a), Some(b)) = (self.desk.teller(tie.a)?, self.desk.teller(tie.b)?) else { return Ok(()) };
        self.desk.merge(a.story, b.story).map(drop)
    }

    /// Some addresses show a new article every year, so time, words or headline must agree too.
    fn is_same_address(&self, one: &Teller, other: &Teller) -> Result<bool, StoreError> {
        if (one.published - other.published).abs() <= SAME_ADDRESS || one.text_hash == other.text_hash {
            return Ok(true);
        }
        let title = |row| -> Result<String, StoreError> {
            let title = self.desk.item(row)?.and_then(|item| item.title).unwrap_or_default();
            Ok(fold_case(&title).into_owned())
        };
        let (a, b) = (title(one.row)?, title(other.row)?);
        Ok(!a.is_empty() && a == b)
    }

    fn texts(&self, a: Row, b: Row) -> Result<Two, StoreError> {
        Ok(self.text(a)?.zip(self.text(b)?))
    }

    fn text(&self, row: Row) -> Result<Option<Rc<Text>>, StoreError> {
        if let Some(text) = self.texts.borrow().get(&row) {
            return Ok(Some(Rc::clone(text)));
        }
        let Some(item) = self.desk.item(row)? else { return Ok(None) };
        let text = Rc::new(Text::of_item(&item));
        let mut known = self.texts.borrow_mut();
        if known.len() >= AT_HAND {
            known.clear();
        }
        known.insert(row, Rc::clone(&text));
        Ok(Some(text))
    }
}

/// Works out anew what hangs together with an entry whose ties changed.
fn settle(desk: &Desk, row: Row) -> Result<(), StoreError> {
    let Some(teller) = desk.teller(row)? else { return Ok(()) };
    let ties = desk.ties_within(teller.story)?;
    let mut left: Vec<Row> = desk.tellers(teller.story)?.into_iter().map(|teller| teller.row).collect();
    while let Some(first) = left.first().copied() {
        let story: Vec<Row> = reached(first, &ties).into_iter().collect();
        left.retain(|row| !story.contains(row));
        desk.part(&story, first)?;
    }
    Ok(())
}

/// Two texts to be compared, where both entries have one.
type Two = Option<(Rc<Text>, Rc<Text>)>;
