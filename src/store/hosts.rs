//! Rows of hosts: whom to leave alone for how long, and what their `robots.txt` says.

use rusqlite::params;

use super::sources::time;
use super::{Desk, StoreError};
use crate::model::{Host, SourceId, Timestamp};

/// So long a host that nothing is due to is remembered.
const MEMORY: i64 = 7 * 24 * 60 * 60;

impl Desk {
    /// All hosts that something is known of; those of which it has become worthless are forgotten by
    /// [`Desk::forget_hosts`].
    ///
    /// # Errors
    /// What the database says.
    pub fn hosts(&self) -> Result<Vec<Host>, StoreError> {
        let sql = "SELECT name, free_at, refused_at, refused_by, closed_until, closings FROM host";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_map([], |row| {
                let at = |index: usize| row.get::<_, Option<i64>>(index).map(|seconds| seconds.map(time));
                let by: Option<String> = row.get(3)?;
                Ok(Host {
                    name: row.get(0)?,
                    free_at: at(1)?,
                    refused_at: at(2)?,
                    refused_by: by.and_then(|by| SourceId::try_from(by).ok()),
                    closed_until: at(4)?,
                    closings: row.get(5)?,
                })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// Writes what is known of these hosts now.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_hosts(&self, hosts: &[Host]) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO host VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        let seconds = |at: Option<Timestamp>| at.map(|at| at.timestamp());
        for host in hosts {
            query
                .execute(params![
                    host.name,
                    seconds(host.free_at),
                    seconds(host.refused_at),
                    host.refused_by.as_ref().map(SourceId::as_str),
                    seconds(host.closed_until),
                    host.closings,
                ])
                .map_err(|e| self.fail(e))?;
        }
        Ok(())
    }

    /// Forgets hosts that nothing is due to any more.
    ///
    /// # Errors
    /// What the database says.
    pub fn forget_hosts(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "DELETE FROM host WHERE coalesce(free_at, 0) < ?1 AND coalesce(refused_at, 0) < ?2 \
             AND coalesce(closed_until, 0) < ?2";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        let now = now.timestamp();
        query.execute([now, now - MEMORY]).map(drop).map_err(|e| self.fail(e))
    }

    /// Notes that a source at `url` waits `until` then for a host, whatever else it hangs on.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_waiting(
        &self,
        id: &SourceId,
        url: &str,
        until: Timestamp,
        schedule: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = self.source_row(id, url)?;
        let sql = "UPDATE source SET last_try = ?2, next_due = max(coalesce(next_due, 0), ?3), schedule = ?4 WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .execute(params![row, now.timestamp(), until.timestamp(), schedule])
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// What is known of `robots.txt`: origin, the lines that concern us, when they were read; not older than `since`.
    ///
    /// # Errors
    /// What the database says.
    pub fn robots(&self, since: Timestamp) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
        let sql = "SELECT origin, rules, read_at FROM robots WHERE read_at >= ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_map([since.timestamp()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2).map(time)?)))
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// Writes what `robots.txt` of these origins said at `now`, and forgets what is older than `since`.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_robots(
        &self,
        read: &[(String, String)],
        now: Timestamp,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO robots VALUES (?1, ?2, ?3)";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        for (origin, rules) in read {
            query.execute(params![origin, now.timestamp(), rules]).map_err(|e| self.fail(e))?;
        }
        let sql = "DELETE FROM robots WHERE read_at < ?1";
        self.connection.execute(sql, [since.timestamp()]).map(drop).map_err(|e| self.fail(e))
    }
}
