//! Finding one entry among all: by its id, and what is told of it besides.

use std::ops::ControlFlow;

use rusqlite::OptionalExtension;

use super::held::decided;
use super::sources::time;
use super::{Desk, Fate, StoreError};
use crate::dedup::Alias;
use crate::model::{EntryId, SourceId, Timestamp};

/// That an entry is held, or was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOne {
    /// Since when.
    pub since: Timestamp,
    /// What was decided, if anything was.
    pub decided: Option<Fate>,
    /// Why.
    pub why: String,
}

impl Desk {
    /// The row of the entry with that public id of its own, held ones too.
    ///
    /// # Errors
    /// What the database says.
    pub fn under_id(&self, id: &EntryId) -> Result<Option<i64>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id FROM entry WHERE id_hash = ?1 AND public_id = ?2")
            .map_err(|e| self.fail(e))?;
        query
            .query_row(rusqlite::params![id.number(), id.as_str()], |row| row.get(0))
            .optional()
            .map_err(|e| self.fail(e))
    }

    /// What the ledger of a source says of a mark: `None`, it does not have it; else the entry that it tells, and no entry where
    /// several have it.
    ///
    /// # Errors
    /// What the database says.
    pub fn marked(&self, source: i64, mark: Alias) -> Result<Option<Option<i64>>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT entry FROM alias WHERE source = ?1 AND hash = ?2")
            .map_err(|e| self.fail(e))?;
        query.query_row([source, mark.0], |row| row.get(0)).optional().map_err(|e| self.fail(e))
    }

    /// Every entry that a mark tells, in any source, first come first; held ones too.
    ///
    /// # Errors
    /// What the database says.
    pub fn told_by(&self, mark: Alias) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT entry FROM source CROSS JOIN alias ON alias.source = source.id \
             WHERE alias.hash = ?1 AND entry IS NOT NULL ORDER BY entry <= 0, entry";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([mark.0], |row| row.get(0))?.collect())
            .map_err(|e| self.fail(e))
    }

    /// Shows the ids of all entries, the last come first, until `show` has seen enough.
    ///
    /// # Errors
    /// What the database says.
    pub fn each_id(&self, mut show: impl FnMut(i64, EntryId) -> ControlFlow<()>) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let mut query = self
            .connection
            .prepare_cached("SELECT id, public_id FROM entry ORDER BY id DESC")
            .map_err(fail)?;
        let mut rows = query.query([]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let id = EntryId::kept(row.get(1).map_err(fail)?);
            if show(row.get(0).map_err(fail)?, id).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Shows row, title and address of the last `most` entries by date, the newest first, until `show` has seen enough.
    ///
    /// # Errors
    /// What the database says.
    pub fn each_title(
        &self,
        most: usize,
        mut show: impl FnMut(i64, Option<String>, Option<String>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT id, item ->> '$.title', item ->> '$.url' FROM entry JOIN body ON entry = id \
             ORDER BY published DESC, id DESC LIMIT ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        let mut rows = query.query([i64::try_from(most).unwrap_or(i64::MAX)]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let (entry, title, url) =
                (row.get(0).map_err(fail)?, row.get(1).map_err(fail)?, row.get(2).map_err(fail)?);
            if show(entry, title, url).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Why and since when an entry is held, with what was decided about it; `None` for one that is not.
    ///
    /// # Errors
    /// What the database says.
    pub fn held_one(&self, row: i64) -> Result<Option<HeldOne>, StoreError> {
        let sql = "SELECT since, state, why FROM held WHERE entry = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_row([row], |row| {
                Ok(HeldOne { since: time(row.get(0)?), decided: decided(row.get(1)?), why: row.get(2)? })
            })
            .optional()
            .map_err(|e| self.fail(e))
    }

    /// The source of that row.
    ///
    /// # Errors
    /// What the database says.
    pub fn source_of(&self, row: i64) -> Result<Option<SourceId>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT slug FROM source WHERE id = ?1")
            .map_err(|e| self.fail(e))?;
        let slug: Option<String> =
            query.query_row([row], |row| row.get(0)).optional().map_err(|e| self.fail(e))?;
        Ok(slug.and_then(|slug| SourceId::try_from(slug).ok()))
    }
}
