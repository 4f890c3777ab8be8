//! Which of the entries that came tell a story that is known: after all visits of a round, before anything is published.
//!
//! All ties are made here and in one pass, so what is one story hangs neither on the order in which sources answered nor on how a
//! day was cut into rounds. Nothing that came is published before it was compared, therefore a new entry goes by the id of its
//! story's first from the beginning.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::TimeDelta;

use super::Road;
use crate::config::Config;
use crate::dedup::near::{Outlet, Probe, Record, Text, compare};
use crate::dedup::tie::reached;
use crate::dedup::{Alias, Mode, Row, Settings, Tie, TieKind};
use crate::report::{SourceLine, Visit};
use crate::store::{Desk, StoreError, Teller};
use crate::value::fold::fold_case;

/// The note of what has been compared: the last pack of records, and the last entry at that time.
const RELATED: &str = "related";

/// So far apart an address may be used for the same article by two sources that say different things of it.
const SAME_ADDRESS: TimeDelta = TimeDelta::hours(72);

/// So many that came look for their likes at once: each takes some hundred bytes for it.
const AT_ONCE: usize = 16_384;

/// So many texts are kept at hand.
const AT_HAND: usize = 1024;

/// Of more entries than this the links are not asked for one by one.
const MANY: usize = 2000;

/// An entry is tied to so many others of its story; more would tell nothing new.
const MOST_TIES: usize = 8;

/// Compares what came, and tells in the lines of the sources how many of it are twins of others.
pub(super) async fn relate_all(road: &Arc<Road>, lines: &mut [SourceLine]) -> Result<(), StoreError> {
    let config = Arc::clone(&road.config);
    let told = road.writer.call(move |desk| {
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
    let (mut came, until) = desk.records_behind(pack)?;
    let unsettled = desk.take_unsettled()?;
    if came.is_empty() && unsettled.is_empty() {
        return Ok(HashMap::new());
    }
    // Of an entry that came and was changed the last record holds.
    came.sort_by_key(|record| record.row);
    came.reverse();
    came.dedup_by_key(|record| record.row);
    came.reverse();
    let rows = desk.source_rows()?;
    let modes =
        config.sources.iter().filter_map(|source| Some((*rows.get(source.id.as_str())?, source.dedup)));
    let round = Round { desk, settings: &config.dedup, modes: modes.collect() };
    let mut texts = Texts { desk, known: HashMap::new() };
    round.part_edited(&came, announced, &mut texts)?;
    round.tie_addresses(&came, &mut texts)?;
    round.tie_texts(&came, &mut texts)?;
    let mut doubtful = unsettled;
    doubtful.extend(desk.take_unsettled()?);
    for row in doubtful {
        settle(desk, row)?;
    }
    let mut twins = HashMap::new();
    for record in came.iter().filter(|record| record.row > announced) {
        let Some(story) = desk.teller(record.row)?.map(|teller| teller.story) else { continue };
        if story != record.row {
            desk.tell_as_first(record.row, story)?;
            *twins.entry(record.source).or_default() += 1;
        }
    }
    desk.set_note(RELATED, Some(&format!("{until} {}", desk.last_row()?)))?;
    desk.pack_records(until)?;
    Ok(twins)
}

struct Round<'r> {
    desk: &'r Desk,
    settings: &'r Settings,
    /// By the row of the source. Of what is not configured any more nothing is compared.
    modes: HashMap<i64, Mode>,
}

impl Round<'_> {
    fn mode(&self, source: i64) -> Mode {
        self.modes.get(&source).copied().unwrap_or(Mode::Off)
    }

    /// Ties of texts that were edited hold until the texts have little in common any more: half of what it takes to tie them.
    fn part_edited(&self, came: &[Record], announced: Row, texts: &mut Texts<'_>) -> Result<(), StoreError> {
        for record in came.iter().filter(|record| record.row <= announced) {
            for tie in self.desk.ties_of(record.row)? {
                if tie.kind == TieKind::Link {
                    continue;
                }
                let Some((a, b)) = texts.two(tie.a, tie.b)? else { continue };
                let alike = compare(&a, &b, Outlet::Two, self.settings);
                if alike.text.max(alike.opening) < self.settings.similarity.get() / 2.0 {
                    self.desk.untie(tie)?;
                }
            }
        }
        Ok(())
    }

    fn tie_addresses(&self, came: &[Record], texts: &mut Texts<'_>) -> Result<(), StoreError> {
        let several: Option<HashSet<Alias>> = match came.len() > MANY {
            true => Some(self.desk.links_of_several()?.into_iter().collect()),
            false => None,
        };
        for record in came.iter().filter(|record| self.mode(record.source) >= Mode::Url) {
            let Some(link) = record.link else { continue };
            if several.as_ref().is_some_and(|several| !several.contains(&link)) {
                continue;
            }
            let under = self.desk.under_link(link)?;
            // It may have turned out since that it shares the link with others of its source.
            let Some(own) = under.iter().find(|teller| teller.row == record.row) else { continue };
            for other in under.iter().filter(|other| other.source != own.source) {
                if self.mode(other.source) >= Mode::Url && is_same_address(own, other, texts)? {
                    self.unite(Tie::new(own.row, other.row, TieKind::Link, 1.0))?;
                }
            }
        }
        Ok(())
    }

    fn tie_texts(&self, came: &[Record], texts: &mut Texts<'_>) -> Result<(), StoreError> {
        let window =
            i64::try_from(self.settings.window.duration().as_secs()).unwrap_or(i64::MAX).min(30 * 86_400);
        let is_near = |record: &&Record| {
            self.mode(record.source) == Mode::Near
                && !(record.sketches.text.is_none() && record.sketches.opening.is_none())
        };
        let mut near: Vec<Record> = came.iter().filter(is_near).copied().collect();
        near.sort_by_key(|record| (record.published, record.row));
        let new: HashSet<Row> = near.iter().map(|record| record.row).collect();
        // What lies far apart in time is looked at apart, so that nobody reads the years between.
        for some in near
            .chunk_by(|a, b| b.published - a.published <= 2 * window)
            .flat_map(|some| some.chunks(AT_ONCE))
        {
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
                    let is_other_half = new.contains(&candidate.other) && candidate.other > candidate.row;
                    if ties < MOST_TIES && !is_other_half {
                        ties += usize::from(self.tie_alike(candidate.row, candidate.other, texts)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// True when the two are the same article.
    fn tie_alike(&self, row: Row, other: Row, texts: &mut Texts<'_>) -> Result<bool, StoreError> {
        let (Some(one), Some(two)) = (self.desk.teller(row)?, self.desk.teller(other)?) else {
            return Ok(false);
        };
        let Some((a, b)) = texts.two(row, other)? else { return Ok(false) };
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
}

/// Some addresses show a new article every year, so time, words or headline must agree too.
fn is_same_address(one: &Teller, other: &Teller, texts: &mut Texts<'_>) -> Result<bool, StoreError> {
    if (one.published - other.published).abs() <= SAME_ADDRESS || one.text_hash == other.text_hash {
        return Ok(true);
    }
    let title = |row| -> Result<String, StoreError> {
        let title = texts.desk.item(row)?.and_then(|item| item.title).unwrap_or_default();
        Ok(fold_case(&title).into_owned())
    };
    let (a, b) = (title(one.row)?, title(other.row)?);
    Ok(!a.is_empty() && a == b)
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

/// Texts by the rows of their entries, those at hand that were asked for last.
struct Texts<'d> {
    desk: &'d Desk,
    known: HashMap<Row, Rc<Text>>,
}

impl Texts<'_> {
    fn one(&mut self, row: Row) -> Result<Option<Rc<Text>>, StoreError> {
        if let Some(text) = self.known.get(&row) {
            return Ok(Some(Rc::clone(text)));
        }
        let Some(item) = self.desk.item(row)? else { return Ok(None) };
        let text = Rc::new(Text::of_item(&item));
        if self.known.len() >= AT_HAND {
            self.known.clear();
        }
        self.known.insert(row, Rc::clone(&text));
        Ok(Some(text))
    }

    fn two(&mut self, a: Row, b: Row) -> Result<Two, StoreError> {
        Ok(self.one(a)?.zip(self.one(b)?))
    }
}
