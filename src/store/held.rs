//! Entries that are held back: kept under rows below 0, which no walk comes to, until they are released or dropped.
//!
//! A held entry has its marks in the ledger, so it is the same one at the next reading. Released, it becomes what it would be if it
//! had come now: the last row, seen for the first time now; only its dates stay. Dropped, it stays where it is, so that it never
//! comes as new again; it can still be released.

use std::collections::HashMap;

use rusqlite::{ToSql, params};

use super::entries::record;
use super::sources::time;
use super::{Desk, StoreError};
use crate::dedup::keyed;
use crate::model::{EntryId, Item, SourceId, Timestamp};

/// What is to become of held entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They come with the next round.
    Release,
    /// They never come.
    Drop,
}

/// Which held entries are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of a source that nobody has decided about.
    Of(SourceId),
    /// Those of them that are held since then or longer.
    Since(SourceId, Timestamp),
    /// One, held or dropped.
    One(EntryId),
}

/// An entry that is held or was dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its source.
    pub source: String,
    /// The id under which it would be published.
    pub id: EntryId,
    /// Since when it is held.
    pub since: Timestamp,
    /// What was decided, if anything was.
    pub decided: Option<Fate>,
    /// Why it is held.
    pub why: String,
    /// As settled when it was seen for the first time.
    pub published: Timestamp,
    /// What the source gave last.
    pub item: Item,
}

/// How many entries of a source do not come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldCount {
    /// Held.
    pub held: u64,
    /// Dropped.
    pub dropped: u64,
}

/// The states of the table.
const HELD: i64 = 0;
const DROPPED: i64 = 1;
const RELEASED: i64 = 2;

/// What a state says was decided.
pub(super) fn decided(state: i64) -> Option<Fate> {
    match state {
        DROPPED => Some(Fate::Drop),
        RELEASED => Some(Fate::Release),
        _ => None,
    }
}

/// A held entry on its way.
struct Waiting {
    row: i64,
    source: i64,
    published: i64,
}

impl Desk {
    /// The row for the next entry that is held.
    pub(super) fn next_held_row(&self) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached("SELECT min(coalesce(min(id), 0), 0) - 1 FROM entry")
            .and_then(|mut query| query.query_row([], |row| row.get(0)))
            .map_err(|e| self.fail(e))
    }

    /// Notes that an entry is held.
    pub(super) fn hold(&self, row: i64, source: i64, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO held (entry, source, since, state, why) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.execute(params![row, source, now.timestamp(), HELD, why]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// How many entries are held and dropped, by the row of their source; empty where there are none.
    ///
    /// # Errors
    /// What the database says.
    pub fn held_counts(&self) -> Result<HashMap<i64, HeldCount>, StoreError> {
        let sql = "SELECT source, sum(state = 0), sum(state = 1) FROM held GROUP BY source";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_map([], |row| {
                let count = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
                Ok((row.get(0)?, HeldCount { held: count(1)?, dropped: count(2)? }))
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// The sources of which something is held and not decided.
    ///
    /// # Errors
    /// What the database says.
    pub fn sources_held(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT slug FROM held JOIN source ON source.id = held.source WHERE state = 0";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(|e| self.fail(e))
    }

    /// Every entry that is held or was dropped: by source, those that wait longest first, in the order of their dates.
    ///
    /// # Errors
    /// What the database says.
    pub fn held(&self) -> Result<Vec<Held>, StoreError> {
        let sql = "SELECT slug, public_id, since, state, why, published, item FROM held \
             JOIN entry ON entry.id = held.entry JOIN body ON body.entry = held.entry \
             JOIN source ON source.id = held.source ORDER BY slug, state, since, published DESC, held.entry";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_map([], |row| {
                Ok(Held {
                    source: row.get(0)?,
                    id: EntryId::kept(row.get(1)?),
                    since: time(row.get(2)?),
                    decided: decided(row.get(3)?),
                    why: row.get(4)?,
                    published: time(row.get(5)?),
                    item: serde_json::from_str(row.get_ref(6)?.as_str()?).unwrap_or_default(),
                })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// How many entries are meant.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_held(&self, which: &Which) -> Result<usize, StoreError> {
        Ok(self.waiting(which)?.len())
    }

    /// Releases or drops held entries; with how many these were. What is released comes with the next round ([`Desk::come`]): only a
    /// round compares what comes before it publishes it.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_held(&self, which: &Which, fate: Fate) -> Result<usize, StoreError> {
        let waiting = self.waiting(which)?;
        let state = if fate == Fate::Drop { DROPPED } else { RELEASED };
        for Waiting { row, .. } in &waiting {
            self.connection
                .prepare_cached("UPDATE held SET state = ?2 WHERE entry = ?1")
                .and_then(|mut query| query.execute([*row, state]))
                .map_err(|e| self.fail(e))?;
        }
        Ok(waiting.len())
    }

    /// Lets in what was released, as if it came now; with how many entries these are.
    ///
    /// # Errors
    /// What the database says.
    pub fn come(&self, now: Timestamp) -> Result<usize, StoreError> {
        let waiting = self.asked("state = ?1", params![RELEASED])?;
        self.release(&waiting, now)?;
        Ok(waiting.len())
    }

    fn waiting(&self, which: &Which) -> Result<Vec<Waiting>, StoreError> {
        match which {
            Which::Of(source) => self.asked("slug = ?1 AND state = ?2", params![source.as_str(), HELD]),
            Which::Since(source, at) => self.asked(
                "slug = ?1 AND state = ?2 AND since <= ?3",
                params![source.as_str(), HELD, at.timestamp()],
            ),
            Which::One(id) => {
                self.asked("public_id = ?1 AND id_hash = ?2", params![id.as_str(), id.number()])
            }
        }
    }

    /// The older first; of one second those that stood further down.
    fn asked(&self, condition: &str, values: &[&dyn ToSql]) -> Result<Vec<Waiting>, StoreError> {
        let sql = format!(
            "SELECT held.entry, source.id, published FROM held JOIN entry ON entry.id = held.entry \
             JOIN source ON source.id = held.source WHERE {condition} ORDER BY published, held.entry DESC"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query
            .query_map(values, |row| {
                Ok(Waiting { row: row.get(0)?, source: row.get(1)?, published: row.get(2)? })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    fn release(&self, waiting: &[Waiting], now: Timestamp) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let mut rows: HashMap<i64, i64> = HashMap::with_capacity(waiting.len());
        let mut sources: HashMap<i64, usize> = HashMap::new();
        for (next, Waiting { row, source, published: _ }) in (self.next_row()?..).zip(waiting) {
            let sql = "UPDATE entry SET id = ?2, story = ?2, first_seen = ?3 WHERE id = ?1";
            let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
            query.execute(params![row, next, now.timestamp()]).map_err(fail)?;
            let mut query = self
                .connection
                .prepare_cached("UPDATE body SET entry = ?2 WHERE entry = ?1")
                .map_err(fail)?;
            query.execute([*row, next]).map_err(fail)?;
            let mut query =
                self.connection.prepare_cached("DELETE FROM held WHERE entry = ?1").map_err(fail)?;
            query.execute([*row]).map_err(fail)?;
            rows.insert(*row, next);
            *sources.entry(*source).or_default() += 1;
        }
        for (source, count) in sources {
            self.renumber_marks(source, &rows)?;
            self.count_new(source, count)?;
        }
        for Waiting { row, source, published } in waiting {
            if let Some(row) = rows.get(row) {
                self.came(*row, *source, time(*published))?;
            }
        }
        Ok(())
    }

    /// The marks of entries that have other rows now, and the links among them.
    fn renumber_marks(&self, source: i64, rows: &HashMap<i64, i64>) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let marks: Vec<(i64, i64)> = self
            .connection
            .prepare_cached("SELECT hash, entry FROM alias WHERE source = ?1 AND entry < 0")
            .and_then(|mut query| query.query_map([source], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(fail)?;
        for (hash, row, next) in marks.iter().filter_map(|(hash, row)| Some((hash, row, rows.get(row)?))) {
            self.connection
                .prepare_cached("UPDATE alias SET entry = ?3 WHERE source = ?1 AND hash = ?2")
                .and_then(|mut query| query.execute([source, *hash, *next]))
                .map_err(fail)?;
            self.connection
                .prepare_cached("UPDATE OR REPLACE link SET entry = ?3 WHERE hash = ?1 AND entry = ?2")
                .and_then(|mut query| query.execute([*hash, *row, *next]))
                .map_err(fail)?;
        }
        Ok(())
    }

    /// What is done for every entry that comes, done for one that was held until now: its likes can be found.
    fn came(&self, row: i64, source: i64, published: Timestamp) -> Result<(), StoreError> {
        let home = self.channel(source)?.home_url;
        let keyed = keyed(self.item(row)?.unwrap_or_default(), home.as_ref());
        self.keep_record(record(row, source, published, &keyed));
        Ok(())
    }
}
