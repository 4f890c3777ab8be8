//! Rows of sources: what is kept between two visits, so that a run from cron each minute is as polite as a daemon.

use std::collections::HashMap;

use chrono::{TimeZone, Utc};
use rusqlite::{OptionalExtension, Row, params};
use url::Url;

use super::{Desk, StoreError};
use crate::model::{Channel, Move, SourceId, Timestamp};

/// What is known of a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceState {
    /// The row.
    pub row: i64,
    /// As it was configured at the last visit.
    pub url: String,
    /// The feed that the configured page announced.
    pub found_url: Option<Url>,
    /// Verbatim.
    pub etag: Option<Vec<u8>>,
    /// Verbatim.
    pub last_modified: Option<Vec<u8>>,
    /// Of the last body that was read.
    pub body_hash: Option<Vec<u8>>,
    /// Version and settings that the last reading hung on; another one makes the validators worthless.
    pub reader: Option<String>,
    /// When it was read for the first time.
    pub first_read: Option<Timestamp>,
    /// When it was asked last.
    pub last_try: Option<Timestamp>,
    /// When it answered well last.
    pub last_success: Option<Timestamp>,
    /// When it may be asked again.
    pub next_due: Option<Timestamp>,
    /// The schedule by which that was reckoned.
    pub schedule: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// The last failure in words; `None` when all is well.
    pub message: Option<String>,
    /// What the server asked for, in seconds.
    pub max_age: Option<u64>,
    /// True when the server said 410.
    pub gone: bool,
    /// Items in the last reading.
    pub items: u64,
    /// The status of the last answer; `None` when there was none.
    pub status: Option<u16>,
    /// Before this the server does not want to be asked.
    pub retry_at: Option<Timestamp>,
    /// A permanent redirect that was seen.
    pub moved: Option<Move>,
    /// Entries that are kept of it.
    pub entries: u64,
}

/// What an answer that was read leaves behind besides its entries.
#[derive(Debug, Clone)]
pub struct Answered {
    /// When all is well.
    pub success: Success,
    /// When it was read and is still not what it should be: then nothing of `success` but its address is noted.
    pub trouble: Option<Trouble>,
    /// What the source says of itself.
    pub channel: Channel,
}

/// What a good visit leaves behind, committed together with the entries.
#[derive(Debug, Clone, Default)]
pub struct Success {
    /// As configured.
    pub url: String,
    /// The feed that the configured page announced.
    pub found_url: Option<Url>,
    /// Verbatim.
    pub etag: Option<Vec<u8>>,
    /// Verbatim.
    pub last_modified: Option<Vec<u8>>,
    /// Of the body.
    pub body_hash: Option<Vec<u8>>,
    /// Version and settings that the reading hung on.
    pub reader: String,
    /// Seconds.
    pub max_age: Option<u64>,
    /// When it may be asked again.
    pub next_due: Option<Timestamp>,
    /// The schedule by which that was reckoned.
    pub schedule: String,
    /// The status of the answer.
    pub status: Option<u16>,
    /// How much of the source it is.
    pub part: Part,
}

/// How much of a source an answer is. A part says nothing of how many items there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// All that it shows.
    #[default]
    Whole,
    /// What is new since the last answer (RFC 3229).
    Delta,
    /// What a hub pushed, whole or not. Nobody was asked: of `success` nothing is noted, so that polls go on as if it had not come.
    Pushed,
}

/// What a failed visit leaves behind.
#[derive(Debug, Clone, Default)]
pub struct Trouble {
    /// As configured.
    pub url: String,
    /// What went wrong, in words.
    pub message: String,
    /// True when the server said 410.
    pub gone: bool,
    /// When it may be asked again.
    pub next_due: Option<Timestamp>,
    /// The schedule by which that was reckoned.
    pub schedule: String,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// Before this the server does not want to be asked.
    pub retry_at: Option<Timestamp>,
}

pub(super) fn time(seconds: i64) -> Timestamp {
    Utc.timestamp_opt(seconds, 0).single().unwrap_or_default()
}

const COLUMNS: &str = "id, url, found_url, etag, last_modified, body_hash, first_read, last_try, \
     last_success, next_due, failures, failing_since, message, max_age, gone, items, reader, schedule, status, \
     retry_at, moved, entries";

/// Where the id stands behind them.
const SLUG: usize = 22;

fn state(row: &Row<'_>) -> rusqlite::Result<SourceState> {
    let at = |index: usize| row.get::<_, Option<i64>>(index).map(|seconds| seconds.map(time));
    Ok(SourceState {
        row: row.get(0)?,
        url: row.get(1)?,
        found_url: row.get::<_, Option<String>>(2)?.and_then(|url| Url::parse(&url).ok()),
        etag: row.get(3)?,
        last_modified: row.get(4)?,
        body_hash: row.get(5)?,
        first_read: at(6)?,
        last_try: at(7)?,
        last_success: at(8)?,
        next_due: at(9)?,
        failures: row.get(10)?,
        failing_since: at(11)?,
        message: row.get(12)?,
        max_age: row.get::<_, Option<i64>>(13)?.map(i64::unsigned_abs),
        gone: row.get(14)?,
        items: row.get::<_, i64>(15)?.unsigned_abs(),
        reader: row.get(16)?,
        schedule: row.get(17)?,
        status: row.get(18)?,
        retry_at: at(19)?,
        moved: row.get::<_, Option<String>>(20)?.and_then(|moved| serde_json::from_str(&moved).ok()),
        entries: row.get::<_, i64>(21)?.unsigned_abs(),
    })
}

impl Desk {
    /// What is known of a source; `None` when it was never visited.
    ///
    /// # Errors
    /// What the database says.
    pub fn source(&self, id: &SourceId) -> Result<Option<SourceState>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM source WHERE slug = ?1");
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query.query_row([id.as_str()], state).optional().map_err(|e| self.fail(e))
    }

    /// What is known of every source that was ever visited, by its id.
    ///
    /// # Errors
    /// What the database says.
    pub fn sources(&self) -> Result<HashMap<String, Box<SourceState>>, StoreError> {
        let sql = format!("SELECT {COLUMNS}, slug FROM source");
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query
            // Boxed: there may be many thousand, and they are put in order before they are asked.
            .query_map([], |row| Ok((row.get(SLUG)?, Box::new(state(row)?))))
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// The rows of all sources that were ever visited, by their ids.
    ///
    /// # Errors
    /// What the database says.
    pub fn source_rows(&self) -> Result<HashMap<String, i64>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT slug, id FROM source").map_err(|e| self.fail(e))?;
        query
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// Shows every source with what it says of itself, one at a time.
    ///
    /// # Errors
    /// What the database says.
    pub fn each_source(&self, mut show: impl FnMut(&str, SourceState, Channel)) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = format!("SELECT {COLUMNS}, slug, channel FROM source");
        let mut query = self.connection.prepare_cached(&sql).map_err(fail)?;
        let mut rows = query.query([]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let slug: String = row.get(SLUG).map_err(fail)?;
            let channel: String = row.get(SLUG + 1).map_err(fail)?;
            show(&slug, state(row).map_err(fail)?, serde_json::from_str(&channel).unwrap_or_default());
        }
        Ok(())
    }

    /// What a source says of itself.
    ///
    /// # Errors
    /// What the database says.
    pub fn channel(&self, row: i64) -> Result<Channel, StoreError> {
        let sql = "SELECT channel FROM source WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        let json: String = query.query_row([row], |row| row.get(0)).map_err(|e| self.fail(e))?;
        Ok(serde_json::from_str(&json).unwrap_or_default())
    }

    /// The row of a source, made where there is none. A new address in the configuration forgets what the old one
    /// gave: validators and find. The entries stay.
    pub(super) fn source_row(&self, id: &SourceId, url: &str) -> Result<i64, StoreError> {
        let sql = "INSERT INTO source (slug, url) VALUES (?1, ?2) ON CONFLICT (slug) DO UPDATE SET \
             found_url = iif(url = excluded.url, found_url, NULL), etag = iif(url = excluded.url, etag, NULL), \
             last_modified = iif(url = excluded.url, last_modified, NULL), \
             body_hash = iif(url = excluded.url, body_hash, NULL), \
             first_read = iif(url = excluded.url, first_read, NULL), \
             next_due = iif(url = excluded.url, next_due, NULL), \
             failures = iif(url = excluded.url, failures, 0), \
             failing_since = iif(url = excluded.url, failing_since, NULL), \
             message = iif(url = excluded.url, message, NULL), gone = iif(url = excluded.url, gone, 0), \
             status = iif(url = excluded.url, status, NULL), \
             retry_at = iif(url = excluded.url, retry_at, NULL), \
             moved = iif(url = excluded.url, moved, NULL), \
             url = excluded.url RETURNING id";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.query_row([id.as_str(), url], |row| row.get(0)).map_err(|e| self.fail(e))
    }

    /// Notes a visit that found nothing new (304, the same body).
    ///
    /// # Errors
    /// What the database says.
    pub fn note_unchanged(&self, id: &SourceId, success: &Success, now: Timestamp) -> Result<(), StoreError> {
        let row = self.source_row(id, &success.url)?;
        let sql = "UPDATE source SET last_try = ?2, last_success = ?2, next_due = ?3, failures = 0, \
             failing_since = NULL, message = NULL, gone = 0, max_age = ?4, etag = coalesce(?5, etag), \
             last_modified = coalesce(?6, last_modified), schedule = ?7, status = ?8, retry_at = NULL WHERE id = ?1";
        let due = success.next_due.map(|at| at.timestamp());
        let max_age = success.max_age.map(|s| s as i64);
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .execute(params![
                row,
                now.timestamp(),
                due,
                max_age,
                success.etag,
                success.last_modified,
                success.schedule,
                success.status
            ])
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Notes a visit that failed. What is known stays known.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_trouble(&self, id: &SourceId, trouble: &Trouble, now: Timestamp) -> Result<(), StoreError> {
        let row = self.source_row(id, &trouble.url)?;
        let sql = "UPDATE source SET last_try = ?2, next_due = ?3, failures = failures + 1, \
             failing_since = coalesce(failing_since, ?2), message = ?4, gone = ?5, schedule = ?6, status = ?7, \
             retry_at = ?8 WHERE id = ?1";
        let due = trouble.next_due.map(|at| at.timestamp());
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .execute(params![
                row,
                now.timestamp(),
                due,
                trouble.message,
                trouble.gone,
                trouble.schedule,
                trouble.status,
                trouble.retry_at.map(|at| at.timestamp())
            ])
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Notes a good visit; called in the same job as the entries that came with it (law 7).
    pub(super) fn note_success(
        &self,
        row: i64,
        success: &Success,
        channel: &Channel,
        items: usize,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE source SET last_try = ?2, last_success = ?2, first_read = coalesce(first_read, ?2), \
             next_due = ?3, failures = 0, failing_since = NULL, message = NULL, gone = 0, max_age = ?4, etag = ?5, \
             last_modified = ?6, body_hash = ?7, channel = ?8, found_url = ?9, \
             items = iif(?14, items, ?10), reader = ?11, schedule = ?12, status = ?13, retry_at = NULL WHERE id = ?1";
        let channel = serde_json::to_string(channel).unwrap_or_else(|_| "{}".to_owned());
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .execute(params![
                row,
                now.timestamp(),
                success.next_due.map(|at| at.timestamp()),
                success.max_age.map(|s| s as i64),
                success.etag,
                success.last_modified,
                success.body_hash,
                channel,
                success.found_url.as_ref().map(Url::as_str),
                items as i64,
                success.reader,
                success.schedule,
                success.status,
                success.part != Part::Whole,
            ])
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Notes where a source says that it lives now; `None` forgets it. The source has been visited before.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_move(&self, id: &SourceId, moved: Option<&Move>) -> Result<(), StoreError> {
        let sql = "UPDATE source SET moved = ?2 WHERE slug = ?1";
        let moved = moved.and_then(|moved| serde_json::to_string(moved).ok());
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.execute(params![id.as_str(), moved]).map(drop).map_err(|e| self.fail(e))
    }

    /// When the newest entry of a source was published.
    ///
    /// # Errors
    /// What the database says.
    pub fn newest(&self, row: i64) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT published FROM entry WHERE source = ?1 AND id > 0 ORDER BY published DESC LIMIT 1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.query_row([row], |row| row.get(0).map(time)).optional().map_err(|e| self.fail(e))
    }

    /// So many entries came to those of a source.
    pub(super) fn count_new(&self, row: i64, new: usize) -> Result<(), StoreError> {
        let sql = "UPDATE source SET entries = entries + ?2 WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.execute(params![row, new as i64]).map(drop).map_err(|e| self.fail(e))
    }

    /// When the newest entries of a source were published: its rhythm.
    ///
    /// # Errors
    /// What the database says.
    pub fn recent(&self, row: i64) -> Result<Vec<Timestamp>, StoreError> {
        let sql = "SELECT published FROM entry WHERE source = ?1 AND id > 0 ORDER BY published DESC LIMIT 12";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_map([row], |row| row.get(0).map(time))
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }
}
