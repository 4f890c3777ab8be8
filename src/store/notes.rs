//! Notes under a key: what concerns the state as a whole.

use rusqlite::OptionalExtension;

use super::{Desk, StoreError};

impl Desk {
    /// A note under a key: things that concern the state as a whole.
    ///
    /// # Errors
    /// What the database says.
    pub fn note(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT value FROM note WHERE key = ?1")
            .map_err(|e| self.fail(e))?;
        query.query_row([key], |row| row.get(0)).optional().map_err(|e| self.fail(e))
    }

    /// Sets a note; `None` takes it away.
    ///
    /// # Errors
    /// What the database says.
    pub fn set_note(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let done = match value {
            Some(value) => {
                self.connection.execute("INSERT OR REPLACE INTO note VALUES (?1, ?2)", [key, value])
            }
            None => self.connection.execute("DELETE FROM note WHERE key = ?1", [key]),
        };
        done.map(drop).map_err(|e| self.fail(e))
    }
}
