//! What feeds are chosen from: entries walked newest first, and the others of a story.

use rusqlite::{OptionalExtension, Row, params};

use super::sources::time;
use super::{Desk, StoreError};
use crate::model::{EntryId, Item, Timestamp};

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

/// As readers see it: all entries of a story go by the id of its first, so that it is not announced again when another
/// of them has to speak for it.
const SHOWN: &str = "id, source, story, iif(story = id, public_id, \
     (SELECT first.public_id FROM entry AS first WHERE first.id = entry.story)), \
     published, updated, first_seen, revision, item";

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let item: Item = serde_json::from_str(row.get_ref(8)?.as_str()?).map_err(|error| {
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
            "SELECT {SHOWN}, {column} FROM entry JOIN body ON entry = id WHERE source IN (SELECT value FROM json_each(?1)) \
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

    /// The entries of these sources from row `from` on and before row `until`, the last come first, `limit` at a time; rows
    /// grow in the order in which entries came.
    ///
    /// # Errors
    /// What the database says.
    pub fn came_between(
        &self,
        sources: &[i64],
        from: i64,
        until: i64,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let sql = format!(
            "SELECT {SHOWN} FROM entry JOIN body ON entry = id WHERE id >= ?2 AND id < ?3 \
             AND source IN (SELECT value FROM json_each(?1)) ORDER BY id DESC LIMIT ?4"
        );
        let sources = serde_json::to_string(sources).unwrap_or_default();
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query
            .query_map(params![sources, from, until, limit as i64], found)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| self.fail(e))
    }

    /// The first row from `row` on, with when it came; `None` behind the last.
    ///
    /// # Errors
    /// What the database says.
    pub fn came_from(&self, row: i64) -> Result<Option<(i64, Timestamp)>, StoreError> {
        let sql = "SELECT id, first_seen FROM entry WHERE id >= ?1 ORDER BY id LIMIT 1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_row([row], |row| Ok((row.get(0)?, time(row.get(1)?))))
            .optional()
            .map_err(|e| self.fail(e))
    }

    /// The last row; 0 where there is none.
    ///
    /// # Errors
    /// What the database says.
    pub fn last_row(&self) -> Result<i64, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT coalesce(max(id), 0) FROM entry")
            .map_err(|e| self.fail(e))?;
        query.query_row([], |row| row.get(0)).map_err(|e| self.fail(e))
    }

    /// The other entries of the story that `entry` belongs to, first come first.
    ///
    /// # Errors
    /// What the database says.
    pub fn others(&self, entry: &Found) -> Result<Vec<Found>, StoreError> {
        let sql = format!(
            "SELECT {SHOWN} FROM entry JOIN body ON entry = id WHERE id = ?1 AND id <> ?2 \
             UNION ALL SELECT {SHOWN} FROM entry JOIN body ON entry = id WHERE story = ?1 AND story <> id AND id <> ?2 ORDER BY 1"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query
            .query_map([entry.story, entry.row], found)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| self.fail(e))
    }
}
