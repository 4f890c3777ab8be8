//! Finding one entry among all: by its id, and what is told of it besides.

use rusqlite::OptionalExtension;

use super::{Desk, StoreError};
use crate::model::EntryId;

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
}
