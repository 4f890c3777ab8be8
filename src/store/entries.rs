//! Rows of entries and the ledger of aliases: what a reading adds, and what a feed is chosen from.

use rusqlite::{Row, params};

use super::sources::{Answered, time};
use super::{Desk, StoreError};
use crate::dedup::{
    Alias, AliasKind, Decision, Elsewhere, Keyed, Known, KnownAlias, KnownEntry, MOST_MARKS, Settled,
    id_candidates,
};
use crate::model::{EntryId, Item, Remark, SourceId, Timestamp};

/// An entry as it lies in the store; who gave it is told by the row of its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The entry's row.
    pub row: i64,
    /// The row of its source.
    pub source: i64,
    /// The row that was first of its story.
    pub story: i64,
    /// Public id.
    pub id: EntryId,
    /// Settled at first sight.
    pub published: Timestamp,
    /// When its text changed last.
    pub updated: Timestamp,
    /// When it came.
    pub first_seen: Timestamp,
    /// How often its text has changed.
    pub revision: u32,
    /// What the source gave last.
    pub item: Item,
}

/// The column by which entries are walked, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// By `published`.
    Published,
    /// By `updated`.
    Updated,
    /// By first sight.
    FirstSeen,
}

/// Where a walk stands: everything before it has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    at: i64,
    row: i64,
}

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
    /// What was odd.
    pub remarks: Vec<Remark>,
}

const COLUMNS: &str = "id, source, story, public_id, published, updated, first_seen, revision, item";

/// The same as readers see it: all entries of a story go by the id of its first, so that it is not announced again
/// when another of them has to speak for it.
const SHOWN: &str = "id, source, story, iif(story = id, public_id, \
     (SELECT first.public_id FROM entry AS first WHERE first.id = entry.story)), \
     published, updated, first_seen, revision, item";

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let item: String = row.get(8)?;
    let item = serde_json::from_str(&item).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(8, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(Found {
        row: row.get(0)?,
        source: row.get(1)?,
        story: row.get(2)?,
        id: EntryId::kept(row.get(3)?),
        published: time(row.get(4)?),
        updated: time(row.get(5)?),
        first_seen: time(row.get(6)?),
        revision: row.get(7)?,
        item,
    })
}

impl Desk {
    /// Takes in one reading: `decide` is asked with what is known, and its decisions, the aliases, the channel and the
    /// validators are written in one piece (law 7).
    ///
    /// # Errors
    /// What the database says; nothing is written then.
    pub fn take_in(
        &self,
        source: &SourceId,
        answered: &Answered,
        items: Vec<Keyed>,
        now: Timestamp,
        decide: impl FnOnce(Vec<Keyed>, &Known) -> Settled,
    ) -> Result<Taken, StoreError> {
        let row = self.source_row(source, &answered.success.url)?;
        let known = self.known(row, &items)?;
        let count = items.len();
        let settled = decide(items, &known);
        let mut taken = Taken { remarks: settled.remarks, ..Taken::default() };
        let mut next = self.next_row()?;
        // From the foot of the list up, so that of entries with one date the upper one has the higher row.
        for (keyed, decision) in settled.decided.iter().rev() {
            let entry = match decision {
                Decision::New { published, updated, story } => {
                    let entry = next;
                    next += 1;
                    self.insert(entry, row, source, keyed, (*published, *updated, now), *story)?;
                    taken.new += 1;
                    entry
                }
                Decision::Changed { row, updated } => {
                    self.rewrite(*row, keyed, Some(*updated))?;
                    taken.changed += 1;
                    *row
                }
                Decision::Retouched { row } => {
                    self.rewrite(*row, keyed, None)?;
                    taken.retouched += 1;
                    *row
                }
                Decision::Same { row } => {
                    taken.same += 1;
                    *row
                }
            };
            self.remember(row, entry, keyed, &known)?;
        }
        for alias in &settled.shared {
            let sql = "INSERT INTO alias VALUES (?1, ?2, NULL) ON CONFLICT DO UPDATE SET entry = NULL";
            let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
            query.execute(params![alias.0, row]).map_err(|e| self.fail(e))?;
        }
        match &answered.trouble {
            None => self.note_success(row, &answered.success, &answered.channel, count, now)?,
            Some(trouble) => self.note_trouble(source, trouble, now)?,
        }
        Ok(taken)
    }

    /// What the ledger knows of the aliases of these items.
    fn known(&self, source: i64, items: &[Keyed]) -> Result<Known, StoreError> {
        let fail = |e| self.fail(e);
        let first_read: Option<i64> = self
            .connection
            .prepare_cached("SELECT first_read FROM source WHERE id = ?1")
            .and_then(|mut query| query.query_row([source], |row| row.get(0)))
            .map_err(fail)?;
        let mut known = Known { first_sight: first_read.is_none(), ..Known::default() };
        let mut of_alias = self
            .connection
            .prepare_cached("SELECT source, entry FROM alias WHERE hash = ?1")
            .map_err(fail)?;
        let mut of_entry = self
            .connection
            .prepare_cached("SELECT text_hash, item_hash, published, updated, marks FROM entry WHERE id = ?1")
            .map_err(fail)?;
        let mut story_of = self
            .connection
            .prepare_cached("SELECT story, published FROM entry WHERE id = ?1")
            .map_err(fail)?;
        for (kind, alias) in items.iter().flat_map(|keyed| &keyed.aliases) {
            let mut rows = of_alias.query([alias.0]).map_err(fail)?;
            while let Some(row) = rows.next().map_err(fail)? {
                let owner: i64 = row.get(0).map_err(fail)?;
                let entry: Option<i64> = row.get(1).map_err(fail)?;
                if owner == source {
                    let mark = KnownAlias { row: entry.unwrap_or_default(), shared: entry.is_none() };
                    known.aliases.insert(*alias, mark);
                } else if let Some(entry) = entry.filter(|_| tells_stories(*kind)) {
                    let there = story_of
                        .query_row([entry], |row| {
                            Ok(Elsewhere { story: row.get(0)?, published: time(row.get(1)?) })
                        })
                        .map_err(fail)?;
                    // Several sources may have it: the oldest story is the story.
                    let place = known.elsewhere.entry(*alias).or_insert(there);
                    if there.story < place.story {
                        *place = there;
                    }
                }
            }
        }
        let rows: Vec<i64> =
            known.aliases.values().filter(|mark| !mark.shared).map(|mark| mark.row).collect();
        for row in rows {
            if let std::collections::hash_map::Entry::Vacant(place) = known.entries.entry(row) {
                let entry = of_entry
                    .query_row([row], |row| {
                        Ok(KnownEntry {
                            text_hash: row.get(0)?,
                            item_hash: row.get(1)?,
                            published: time(row.get(2)?),
                            updated: time(row.get(3)?),
                            marks: row.get(4)?,
                        })
                    })
                    .map_err(fail)?;
                place.insert(entry);
            }
        }
        Ok(known)
    }

    fn next_row(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) + 1 FROM entry";
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|e| self.fail(e))
    }

    fn insert(
        &self,
        entry: i64,
        source_row: i64,
        source: &SourceId,
        keyed: &Keyed,
        (published, updated, now): (Timestamp, Timestamp, Timestamp),
        story: Option<i64>,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO entry ({COLUMNS}, text_hash, item_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10) \
             ON CONFLICT (public_id) DO NOTHING"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        let item = json(&keyed.item);
        for id in id_candidates(source, keyed) {
            let inserted = query
                .execute(params![
                    entry,
                    source_row,
                    story.unwrap_or(entry),
                    id.as_str(),
                    published.timestamp(),
                    updated.timestamp(),
                    now.timestamp(),
                    item,
                    keyed.text_hash,
                    keyed.item_hash,
                ])
                .map_err(|e| self.fail(e))?;
            if inserted == 1 {
                return Ok(());
            }
        }
        Ok(())
    }

    /// `updated`: the text was edited; without it only the rest of the item is replaced.
    fn rewrite(&self, entry: i64, keyed: &Keyed, updated: Option<Timestamp>) -> Result<(), StoreError> {
        let sql = "UPDATE entry SET item = ?2, text_hash = ?3, item_hash = ?4, updated = coalesce(?5, updated), \
             revision = revision + (?5 IS NOT NULL) WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        let updated = updated.map(|at| at.timestamp());
        query
            .execute(params![entry, json(&keyed.item), keyed.text_hash, keyed.item_hash, updated])
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Adds the aliases of an item to the ledger. One that another entry has already tells nothing from now on.
    fn remember(&self, source: i64, entry: i64, keyed: &Keyed, known: &Known) -> Result<(), StoreError> {
        let sql = "INSERT INTO alias VALUES (?1, ?2, ?3) \
             ON CONFLICT DO UPDATE SET entry = NULL WHERE entry <> excluded.entry";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        let told =
            |alias: &Alias| known.aliases.get(alias).is_some_and(|mark| mark.shared || mark.row == entry);
        let marks = known.entries.get(&entry).map_or(0, |entry| entry.marks);
        let room = MOST_MARKS.saturating_sub(marks) as usize;
        let mut added = 0u32;
        for (_, alias) in keyed.aliases.iter().filter(|(_, alias)| !told(alias)).take(room) {
            query.execute(params![alias.0, source, entry]).map_err(|e| self.fail(e))?;
            added += 1;
        }
        if added > 0 {
            let sql = "UPDATE entry SET marks = marks + ?2 WHERE id = ?1";
            let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
            query.execute(params![entry, added]).map_err(|e| self.fail(e))?;
        }
        Ok(())
    }

    /// The next `limit` entries of these sources, newest first, after `after`; with the place to go on from.
    ///
    /// # Errors
    /// What the database says.
    pub fn walk(
        &self,
        sources: &[i64],
        walk: Walk,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Found>, Option<Cursor>), StoreError> {
        let column = match walk {
            Walk::Published => "published",
            Walk::Updated => "updated",
            Walk::FirstSeen => "first_seen",
        };
        let sql = format!(
            "SELECT {SHOWN}, {column} FROM entry WHERE source IN (SELECT value FROM json_each(?1)) \
             AND ({column}, id) < (?2, ?3) ORDER BY {column} DESC, id DESC LIMIT ?4"
        );
        let Cursor { at, row } = after.unwrap_or(Cursor { at: i64::MAX, row: i64::MAX });
        let sources = serde_json::to_string(sources).unwrap_or_default();
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        let rows = query
            .query_map(params![sources, at, row, limit as i64], |row| {
                let at: i64 = row.get(9)?;
                found(row).map(|found| (Cursor { at, row: found.row }, found))
            })
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| self.fail(e))?;
        let cursor = rows.last().map(|(cursor, _)| *cursor).filter(|_| rows.len() == limit);
        Ok((rows.into_iter().map(|(_, found)| found).collect(), cursor))
    }

    /// The other entries of the story that `entry` belongs to, first come first.
    ///
    /// # Errors
    /// What the database says.
    pub fn others(&self, entry: &Found) -> Result<Vec<Found>, StoreError> {
        let sql = format!(
            "SELECT {SHOWN} FROM entry WHERE id = ?1 AND id <> ?2 \
             UNION ALL SELECT {SHOWN} FROM entry WHERE story = ?1 AND story <> id AND id <> ?2 ORDER BY 1"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query
            .query_map([entry.story, entry.row], found)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| self.fail(e))
    }
}

/// The aliases that mean the same in every source.
fn tells_stories(kind: AliasKind) -> bool {
    matches!(kind, AliasKind::Link | AliasKind::Place | AliasKind::Print)
}

fn json(item: &Item) -> String {
    // An `Item` holds strings, numbers and instants only: it cannot fail to be JSON.
    serde_json::to_string(item).unwrap_or_else(|_| "{}".to_owned())
}
