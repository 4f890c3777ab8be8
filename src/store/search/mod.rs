//! The index by which views are searched: a file of its own beside the database, made from it and made again when it is lost.
//!
//! ```text
//! entry (store) ─tokens→ text (FTS5, contentless), seen (what was indexed of which entry)
//! ```
//!
//! The tokens are ours (`value::tokens`), so FTS5's own tokenizer has only to cut at spaces: that of `unicode61` breaks words
//! at the vowel signs of Bengali. A row of `text` is called by its entry's date and number, so that matches come newest
//! first without sorting. Whoever finds something here looks at the entry itself: the index may be a moment behind.

mod ask;
mod follow;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

pub use ask::Ask;
pub use follow::Below;

/// Changes when what is indexed, or how, does: then it is made anew.
const VERSION: u32 = 1;

/// Bits of a place that tell the entry; those above tell its date.
const ENTRY_BITS: u32 = 29;

const SCHEMA: &str = "CREATE VIRTUAL TABLE text USING fts5(words, facets, content='', contentless_delete=1, \
     tokenize=\"ascii tokenchars '_'\", detail=full); \
     CREATE TABLE seen (entry INTEGER PRIMARY KEY, place INTEGER NOT NULL, source INTEGER NOT NULL, \
     hash BLOB NOT NULL) STRICT;";

/// The index, for who keeps it up or for who asks it.
#[derive(Debug)]
pub struct Index {
    path: PathBuf,
    connection: Connection,
}

impl Index {
    /// Where it lies: `harkara.db` has `harkara-search.db`.
    pub fn place(store: &Path) -> PathBuf {
        let stem = store.file_stem().unwrap_or_default().to_string_lossy();
        store.with_file_name(format!("{stem}-search.db"))
    }

    /// Opens the index of a store to keep it up. One that is damaged, or of another version, is made anew.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(store: &Path) -> Result<Self, StoreError> {
        let path = Self::place(store);
        match Self::try_open(&path) {
            Err(StoreError::Damaged { .. } | StoreError::Foreign { .. }) => {
                remove(&path);
                Self::try_open(&path)
            }
            done => done,
        }
    }

    fn try_open(path: &Path) -> Result<Self, StoreError> {
        let fail = |error| StoreError::sqlite(path, error);
        let connection = Connection::open(path).map_err(fail)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
        let version: u32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(fail)?;
        if tables > 0 && version != VERSION {
            return Err(StoreError::Foreign { path: path.to_owned() });
        }
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).map_err(fail)?;
        // What is lost with the power is found missing at the next start.
        connection.pragma_update(None, "synchronous", "OFF").map_err(fail)?;
        connection.pragma_update(None, "cache_size", -16_000).map_err(fail)?;
        if tables == 0 {
            connection.execute_batch(SCHEMA).map_err(fail)?;
            connection.pragma_update(None, "user_version", VERSION).map_err(fail)?;
        }
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Opens it to ask. `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reader(store: &Path) -> Result<Option<Self>, StoreError> {
        let path = Self::place(store);
        if !path.exists() {
            return Ok(None);
        }
        let fail = |error| StoreError::sqlite(&path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(fail)?;
        connection.busy_timeout(Duration::from_secs(2)).map_err(fail)?;
        connection.pragma_update(None, "query_only", true).map_err(fail)?;
        Ok(Some(Self { path, connection }))
    }

    fn fail(&self, error: rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }
}

/// Takes the index away, with the files that SQLite keeps beside it.
fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // One that is not there need not go; one that stays is seen when it is opened again.
        let _ = std::fs::remove_file(name);
    }
}

/// The row of an entry in `text`: later ones are higher. `None` for what no index of ours holds.
fn place(published: i64, entry: i64) -> Option<i64> {
    let last = (1i64 << (62 - ENTRY_BITS)) - 1;
    (0..1 << ENTRY_BITS).contains(&entry).then(|| (published.clamp(0, last) << ENTRY_BITS) | entry)
}

fn entry_at(place: i64) -> i64 {
    place & ((1 << ENTRY_BITS) - 1)
}

/// The token for a source.
fn of_source(row: i64) -> String {
    format!("s{row}")
}

/// The token for a tag. It may stand for another one too: who finds an entry by it looks at the entry.
fn of_tag(folded: &str) -> String {
    format!("t{:016x}", xxhash_rust::xxh3::xxh3_64(folded.as_bytes()))
}

/// The token for a language or the first parts of one.
fn of_language(tag: &str) -> String {
    format!("l{}", tag.to_ascii_lowercase().replace('-', "_"))
}

/// The token that every entry has.
const ANY: &str = "any";
