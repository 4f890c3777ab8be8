//! Rows of entries: what a reading adds and changes, in one piece with its validators.

use std::borrow::Cow;

use rusqlite::{OptionalExtension, params};
use url::Url;

use super::past::Guard;
use super::sources::{Answered, Part};
use super::{Desk, StoreError};
use crate::dedup::near::Record;
use crate::dedup::{AliasKind, Decision, Keyed, Known, Links, Settled, Sifted, id_candidates};
use crate::model::{EntryId, Remark, SourceId, Timestamp};

/// What one reading did to the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Entries never seen before.
    pub new: usize,
    /// Entries whose text changed.
    pub changed: usize,
    /// Entries of which something else changed.
    pub retouched: usize,
    /// Entries that read the same.
    pub same: usize,
    /// Entries never seen before that are held back, and why.
    pub held: Option<(usize, String)>,
    /// What was odd.
    pub remarks: Vec<Remark>,
}

/// What a new entry is, besides its item.
struct Fresh {
    row: i64,
    published: Timestamp,
    updated: Timestamp,
    first_seen: Timestamp,
}

/// What the likes of an entry are found by.
pub(super) fn record(row: i64, source: i64, published: Timestamp, keyed: &Keyed) -> Record {
    let (link, sketches) = (keyed.alias(AliasKind::Link), keyed.sketches);
    Record { row, source, published: published.timestamp(), link, sketches }
}

impl Desk {
    /// Takes in one reading: `decide` is asked with what is known, `guard` looks at what it calls new, and the decisions, the
    /// aliases, the channel and the validators are written in one piece (law 7).
    ///
    /// # Errors
    /// What the database says; nothing is written then.
    pub fn take_in(
        &self,
        source: &SourceId,
        answered: &Answered,
        sifted: Sifted,
        now: Timestamp,
        guard: Guard,
        decide: impl FnOnce(Sifted, &Known) -> Settled,
    ) -> Result<Taken, StoreError> {
        let mut known = self.known(source, &answered.success.url, &sifted.items)?;
        let count = sifted.count;
        let mut settled = decide(sifted, &known);
        if guard == Guard::On {
            self.look_closer(source, answered.success.part, &mut settled, &mut known, now)?;
        }
        // All is asked and decided; from here on it is written.
        let row = self.source_row(source, &answered.success.url)?;
        let mut taken = Taken { remarks: settled.remarks, ..Taken::default() };
        let mut next = self.next_row()?;
        // From the foot of the list up, so that of entries with one date the upper one has the higher row.
        for (keyed, decision) in settled.decided.iter().rev() {
            let entry = match decision {
                Decision::New { published, updated, held: Some(why) } => {
                    let held = self.next_held_row()?;
                    let (published, updated) = (*published, *updated);
                    let fresh = Fresh { row: held, published, updated, first_seen: now };
                    self.take_new(source, row, keyed, &fresh, &known)?;
                    self.hold(held, row, why, now)?;
                    taken.held.get_or_insert_with(|| (0, why.clone())).0 += 1;
                    continue;
                }
                Decision::New { published, updated, held: None } => {
                    let fresh =
                        Fresh { row: next, published: *published, updated: *updated, first_seen: now };
                    next += 1;
                    self.take_new(source, row, keyed, &fresh, &known)?;
                    self.keep_record(record(fresh.row, row, *published, keyed));
                    taken.new += 1;
                    continue;
                }
                Decision::Changed { row, updated } => {
                    let json = self.as_announced(*row, keyed, &known, settled.links)?;
                    self.rewrite(*row, keyed, &json, Some(*updated))?;
                    // Of what is held nobody is told.
                    *(if *row > 0 { &mut taken.changed } else { &mut taken.same }) += 1;
                    *row
                }
                Decision::Retouched { row } => {
                    let json = self.as_announced(*row, keyed, &known, settled.links)?;
                    self.rewrite(*row, keyed, &json, None)?;
                    *(if *row > 0 { &mut taken.retouched } else { &mut taken.same }) += 1;
                    *row
                }
                Decision::Same { row } => {
                    taken.same += 1;
                    *row
                }
            };
            let has_moved =
                keyed.alias(AliasKind::Link).is_some_and(|link| !known.aliases.contains_key(&link));
            if entry > 0 && (matches!(decision, Decision::Changed { .. }) || has_moved) {
                let published = known.entries.get(&entry).map_or(now, |entry| entry.published);
                self.keep_record(record(entry, row, published, keyed));
            }
            self.add_marks(row, entry, keyed, &known)?;
        }
        self.share(row, &settled.shared)?;
        if taken.new > 0 {
            self.count_new(row, taken.new)?;
        }
        match &answered.trouble {
            None if answered.success.part == Part::Pushed => self.note_pushed(row, &answered.channel)?,
            None => self.note_success(row, &answered.success, &answered.channel, count, now)?,
            Some(trouble) => self.note_trouble(source, trouble, now)?,
        }
        Ok(taken)
    }

    pub(super) fn next_row(&self) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached("SELECT max(coalesce(max(id), 0), 0) + 1 FROM entry")
            .and_then(|mut query| query.query_row([], |row| row.get(0)))
            .map_err(|e| self.fail(e))
    }

    fn take_new(
        &self,
        source: &SourceId,
        source_row: i64,
        keyed: &Keyed,
        fresh: &Fresh,
        known: &Known,
    ) -> Result<(), StoreError> {
        let marks = self.remember(source_row, fresh.row, keyed, known, 0)?;
        for id in id_candidates(source, keyed) {
            if self.insert(source_row, keyed, fresh, &id, marks)? {
                break;
            }
        }
        self.connection
            .prepare_cached("INSERT INTO body (entry, item) VALUES (?1, ?2)")
            .and_then(|mut query| query.execute(params![fresh.row, keyed.json]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// False when another entry has the id.
    fn insert(
        &self,
        source: i64,
        keyed: &Keyed,
        fresh: &Fresh,
        id: &EntryId,
        marks: u32,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO entry (id, source, story, published, updated, first_seen, marks, id_hash, public_id, \
             text_hash, item_hash) VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id_hash) DO NOTHING";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| {
                query.execute(params![
                    fresh.row,
                    source,
                    fresh.published.timestamp(),
                    fresh.updated.timestamp(),
                    fresh.first_seen.timestamp(),
                    marks,
                    id.number(),
                    id.as_str(),
                    keyed.text_hash,
                    keyed.item_hash,
                ])
            })
            .map(|inserted| inserted == 1)
            .map_err(|e| self.fail(e))
    }

    /// The item as it is kept from now on. A link that was mended is taken over; where the whole list moved, or the link was
    /// seen before, the one that was announced stays: who knows entries by their links would be told this one again.
    fn as_announced<'k>(
        &self,
        entry: i64,
        keyed: &'k Keyed,
        known: &Known,
        links: Links,
    ) -> Result<Cow<'k, str>, StoreError> {
        let is_new = keyed.alias(AliasKind::Link).is_some_and(|link| !known.aliases.contains_key(&link));
        if entry < 0 || (is_new && links == Links::Follow) {
            return Ok(Cow::Borrowed(&keyed.json));
        }
        let sql = "SELECT json_extract(item, '$.url') FROM body WHERE entry = ?1 \
             AND json_extract(item, '$.url') <> coalesce(json_extract(?2, '$.url'), '')";
        let announced: Option<String> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row(params![entry, keyed.json], |row| row.get(0)).optional())
            .map_err(|e| self.fail(e))?;
        let announced = announced.and_then(|url| Url::parse(&url).ok());
        Ok(announced.map_or(Cow::Borrowed(&keyed.json), |url| Cow::Owned(keyed.json_under(url))))
    }

    /// `updated`: the text was edited; without it only the rest of the item is replaced.
    fn rewrite(
        &self,
        entry: i64,
        keyed: &Keyed,
        json: &str,
        updated: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE entry SET text_hash = ?2, item_hash = ?3, updated = coalesce(?4, updated), \
             revision = revision + (?4 IS NOT NULL) WHERE id = ?1";
        let updated = updated.map(|at| at.timestamp());
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.execute(params![entry, keyed.text_hash, keyed.item_hash, updated]))
            .and_then(|_| self.connection.prepare_cached("UPDATE body SET item = ?2 WHERE entry = ?1"))
            .and_then(|mut query| query.execute(params![entry, json]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    fn add_marks(&self, source: i64, entry: i64, keyed: &Keyed, known: &Known) -> Result<(), StoreError> {
        let marks = known.entries.get(&entry).map_or(0, |entry| entry.marks);
        let added = self.remember(source, entry, keyed, known, marks)?;
        if added > 0 {
            self.connection
                .prepare_cached("UPDATE entry SET marks = marks + ?2 WHERE id = ?1")
                .and_then(|mut query| query.execute(params![entry, added]))
                .map_err(|e| self.fail(e))?;
        }
        Ok(())
    }
}
