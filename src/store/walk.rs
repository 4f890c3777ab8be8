//! What feeds are chosen from: entries walked newest first, and the others of a story.

use std::collections::{BinaryHeap, HashMap, HashSet};

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
    /// The public id that it goes by.
    pub id: EntryId,
    /// The row of the entry whose public id that is.
    pub told: i64,
    /// Its own public id.
    pub own_id: EntryId,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    at: i64,
    row: i64,
}

/// As readers see it: the entries of a story go by the id of its first, as far as they were not announced under their own before, so
/// that it is not announced again when another of them has to speak for it.
const SHOWN: &str = "id, source, story, iif(told IS NULL, public_id, \
     (SELECT first.public_id FROM entry AS first WHERE first.id = entry.told)), \
     published, updated, first_seen, revision, item, coalesce(told, id), public_id";

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let item: Item = serde_json::from_str(row.get_ref(8)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(8, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(Found {
        row: row.get(0)?,
        source: row.get(1)?,
        story: row.get(2)?,
        id: EntryId::kept(row.get(3)?),
        told: row.get(9)?,
        own_id: EntryId::kept(row.get(10)?),
        published: time(row.get(4)?),
        updated: time(row.get(5)?),
        first_seen: time(row.get(6)?),
        revision: row.get(7)?,
        item,
    })
}

/// A source's next entries in a merge: read so many at a time.
const STRIDE: usize = 16;

/// Sources whose entries are merged, rather than looked for among all, are fewer than all of them by this factor.
const SPARSE: usize = 8;

/// Rows below 0 are held: they have not come yet.
const BY_PUBLISHED: &str = "SELECT published, id, source FROM entry WHERE (published, id) < (?1, ?2) AND id > 0 \
     ORDER BY published DESC, id DESC";
const BY_UPDATED: &str = "SELECT updated, id, source FROM entry WHERE (updated, id) < (?1, ?2) AND id > 0 \
     ORDER BY updated DESC, id DESC";
/// Rows grow as entries come.
const BY_ARRIVAL: &str =
    "SELECT first_seen, id, source FROM entry WHERE id < ?2 AND id > 0 AND ?1 IS NOT NULL ORDER BY id DESC";
const OF_SOURCE: &str = "SELECT published, id FROM entry WHERE source = ?1 AND (published, id) < (?2, ?3) AND id > 0 \
     ORDER BY published DESC, id DESC LIMIT ?4";

impl Desk {
    /// The next `limit` entries of these sources, newest first, after `after`; with the place to go on from.
    ///
    /// The cost follows what is taken, not what is stored: most sources are walked by date, few are merged.
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
        let after = after.unwrap_or(Cursor { at: i64::MAX, row: i64::MAX });
        let is_sparse = sources.len().saturating_mul(SPARSE) < self.count_sources()?;
        let places = match walk {
            Walk::Published if is_sparse => self.merged(sources, after, limit)?,
            _ => self.by_date(sources, walk, after, limit)?,
        };
        let found = places.iter().map(|place| self.one(place.row)).collect::<Result<_, _>>()?;
        Ok((found, places.last().copied().filter(|_| places.len() == limit)))
    }

    /// Makes ready for these walks: the index for one by `updated` is there only while it is needed.
    ///
    /// # Errors
    /// What the database says.
    pub fn prepare_walks(&self, walks: &[Walk]) -> Result<(), StoreError> {
        let sql = match walks.contains(&Walk::Updated) {
            true => "CREATE INDEX IF NOT EXISTS entry_by_update ON entry (updated, id, source)",
            false => "DROP INDEX IF EXISTS entry_by_update",
        };
        self.connection.execute_batch(sql).map_err(|e| self.fail(e))
    }

    fn count_sources(&self) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached("SELECT count(*) FROM source")
            .and_then(|mut query| query.query_row([], |row| row.get::<_, i64>(0)))
            .map(|count| usize::try_from(count).unwrap_or_default())
            .map_err(|e| self.fail(e))
    }

    fn one(&self, row: i64) -> Result<Found, StoreError> {
        self.entry(row)?.ok_or_else(|| self.fail(rusqlite::Error::QueryReturnedNoRows))
    }

    /// The entry of a row, where there is one.
    ///
    /// # Errors
    /// What the database says.
    pub fn entry(&self, row: i64) -> Result<Option<Found>, StoreError> {
        let sql = format!("SELECT {SHOWN} FROM entry JOIN body ON entry = id WHERE id = ?1");
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query.query_row([row], found).optional().map_err(|e| self.fail(e))
    }

    /// Looks at all entries by date until there are enough of these sources.
    fn by_date(
        &self,
        sources: &[i64],
        walk: Walk,
        after: Cursor,
        limit: usize,
    ) -> Result<Vec<Cursor>, StoreError> {
        let sql = match walk {
            Walk::Published => BY_PUBLISHED,
            Walk::Updated => BY_UPDATED,
            Walk::FirstSeen => BY_ARRIVAL,
        };
        let fail = |e| self.fail(e);
        let wanted: HashSet<i64> = sources.iter().copied().collect();
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        let mut rows = query.query([after.at, after.row]).map_err(fail)?;
        let mut out = Vec::with_capacity(limit);
        while out.len() < limit {
            let Some(row) = rows.next().map_err(fail)? else { break };
            if wanted.contains(&row.get(2).map_err(fail)?) {
                out.push(Cursor { at: row.get(0).map_err(fail)?, row: row.get(1).map_err(fail)? });
            }
        }
        Ok(out)
    }

    /// Merges the entries of these sources, each in the order of its own index.
    fn merged(&self, sources: &[i64], after: Cursor, limit: usize) -> Result<Vec<Cursor>, StoreError> {
        let mut heads = BinaryHeap::with_capacity(sources.len());
        let mut read: HashMap<i64, std::vec::IntoIter<Cursor>> = HashMap::with_capacity(sources.len());
        for source in sources {
            let mut next = self.next_of(*source, after)?.into_iter();
            heads.extend(next.next().map(|head| (head, *source)));
            read.insert(*source, next);
        }
        let mut out = Vec::with_capacity(limit);
        while out.len() < limit {
            let Some((head, source)) = heads.pop() else { break };
            out.push(head);
            let Some(next) = read.get_mut(&source) else { continue };
            if next.len() == 0 {
                *next = self.next_of(source, head)?.into_iter();
            }
            heads.extend(next.next().map(|head| (head, source)));
        }
        Ok(out)
    }

    fn next_of(&self, source: i64, after: Cursor) -> Result<Vec<Cursor>, StoreError> {
        self.connection
            .prepare_cached(OF_SOURCE)
            .and_then(|mut query| {
                query
                    .query_map(params![source, after.at, after.row, STRIDE as i64], |row| {
                        Ok(Cursor { at: row.get(0)?, row: row.get(1)? })
                    })?
                    .collect()
            })
            .map_err(|e| self.fail(e))
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
            "SELECT {SHOWN} FROM entry NOT INDEXED JOIN body ON entry = id WHERE id >= ?2 AND id < ?3 \
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
            .prepare_cached("SELECT max(coalesce(max(id), 0), 0) FROM entry")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Writer, migrate};
    use rusqlite::Connection;

    /// Twenty sources with twenty entries each, whose dates lie in each other and are shared.
    fn desk(home: &std::path::Path) -> Desk {
        let path = home.join("h.db");
        let mut connection = Connection::open(&path).unwrap();
        migrate::migrate(&path, &mut connection).unwrap();
        for source in 1..=20 {
            let sql = "INSERT INTO source (id, slug, url) VALUES (?1, 's' || ?1, 'https://a.example/')";
            connection.execute(sql, [source]).unwrap();
        }
        for row in 1..=400i64 {
            let (source, published, updated) = (row % 20 + 1, row * 7919 % 97, row * 104_729 % 89);
            let sql = "INSERT INTO entry (id, source, story, published, updated, first_seen, id_hash, public_id, \
                 text_hash, item_hash) VALUES (?1, ?2, ?1, ?3, ?4, ?1 / 10, ?1, 'urn:x:' || ?1, x'', x'')";
            connection.execute(sql, [row, source, published, updated]).unwrap();
            connection.execute("INSERT INTO body VALUES (?1, '{}')", [row]).unwrap();
        }
        Desk::new(path, connection)
    }

    /// Walks page by page to the end; every entry of the sources must come once, in order.
    fn check(desk: &Desk, sources: &[i64], walk: Walk, page: usize) {
        let key = |found: &Found| match walk {
            Walk::Published => (found.published, found.row),
            Walk::Updated => (found.updated, found.row),
            Walk::FirstSeen => (found.first_seen, found.row),
        };
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let (found, next) = desk.walk(sources, walk, cursor, page).unwrap();
            all.extend(found);
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert!(all.is_sorted_by(|a, b| key(a) > key(b)), "{sources:?} {walk:?} {page}");
        assert_eq!(all.len(), sources.len() * 20, "{sources:?} {walk:?} {page}");
        assert!(all.iter().all(|found| sources.contains(&found.source)));
    }

    #[test]
    fn each_entry_of_the_sources_comes_once_in_order() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        desk.prepare_walks(&[Walk::Updated]).unwrap();
        let all: Vec<i64> = (1..=20).collect();
        for page in [7, 16, 1000] {
            for sources in [&all[..], &all[3..9], &all[..2], &all[19..], &[]] {
                for walk in [Walk::Published, Walk::Updated, Walk::FirstSeen] {
                    check(&desk, sources, walk, page);
                }
            }
        }
    }

    #[test]
    fn no_walk_sorts_what_is_stored() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("h.db");
        drop(Writer::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        let plan = |sql: &str| -> String {
            let mut query = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let (mut rows, mut lines) = (query.raw_query(), Vec::new());
            while let Some(row) = rows.next().unwrap() {
                lines.push(row.get::<_, String>(3).unwrap());
            }
            lines.join("; ")
        };
        connection.execute_batch("CREATE INDEX entry_by_update ON entry (updated, id, source)").unwrap();
        for sql in [BY_PUBLISHED, BY_UPDATED, BY_ARRIVAL, OF_SOURCE] {
            let plan = plan(sql);
            assert!(!plan.contains("TEMP B-TREE") && plan.contains("SEARCH"), "{sql}: {plan}");
        }
    }
}
