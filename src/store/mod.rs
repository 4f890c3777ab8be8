//! What harkara remembers: sources and their state, entries, the ledger of aliases. SQL is spoken here only.
//!
//! One writer works in a thread of its own and commits in groups: many sources read at the same time share one
//! commit. Whatever is written for one source is written in one piece: its entries, its aliases and its validators
//! together, or nothing. What is *not* done here: decisions (`dedup`), rules, choice of entries (`select`).

mod answers;
mod entries;
mod error;
mod find;
mod held;
mod hosts;
mod hub;
mod ledger;
mod lock;
mod migrate;
mod notes;
mod past;
mod search;
mod settings;
mod sketches;
mod sources;
mod ties;
mod walk;
mod writer;

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

pub use answers::{Answers, Head, KeptAnswer};
pub use entries::Taken;
pub use error::StoreError;
pub use find::HeldOne;
pub use held::{Fate, Held, HeldCount, Which};
pub use hub::{Subscriber, Subscription};
pub use lock::Lock;
pub use past::Guard;
pub use search::{Ask, Below, Index};
pub use settings::Settings;
pub use sources::{Answered, Part, SourceState, Success, Trouble};
pub use ties::Teller;
pub use walk::{Cursor, Found, Walk};
pub use writer::{Desk, Writer};

/// Opens the database for reading beside a writer. `None`: there is none yet.
///
/// # Errors
/// When it cannot be read, is damaged, newer than this harkara, or not ours.
pub fn reader(path: &Path) -> Result<Option<Desk>, StoreError> {
    if !path.exists() {
        return Ok(None);
    }
    let fail = |error| StoreError::sqlite(path, error);
    // Read and write: a WAL left by a killed run has to be folded in before it can be read.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(fail)?;
    // Only a run, which holds the lock, brings a state to today's version.
    match migrate::version(path, &connection)? {
        0 => return Ok(None),
        version if version < migrate::current() => return Err(StoreError::Older { path: path.to_owned() }),
        _ => {}
    }
    connection.pragma_update(None, "query_only", true).map_err(fail)?;
    Ok(Some(Desk::new(path.to_owned(), connection)))
}

/// So many bytes of log are folded into the database at once.
const LOG: i64 = 16 << 20;

/// Opens the database for writing, makes it where there is none, and brings it to today's version.
fn open(path: &Path) -> Result<Connection, StoreError> {
    let fail = |error| StoreError::sqlite(path, error);
    let mut connection = Connection::open(path).map_err(fail)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(fail)?;
    // Before anything of it is changed: it may be somebody else's.
    migrate::version(path, &connection)?;
    // For a new database only; one that is there keeps its own. Items of some kilobytes fill large pages better.
    connection.pragma_update(None, "page_size", 16 << 10).map_err(fail)?;
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(fail)?;
    if !mode.eq_ignore_ascii_case("wal") {
        let cause = format!("write-ahead log refused, journal is `{mode}`");
        return Err(StoreError::Other { path: path.to_owned(), cause });
    }
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(fail)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(fail)?;
    connection.pragma_update(None, "cache_size", -12_000).map_err(fail)?;
    // What a savepoint would restore is kept in memory, not in a file: it is there for a moment and small.
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(fail)?;
    // Pages of the indexes are written again and again; folded in less often, most of that never leaves the log.
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(fail)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG / page.max(1)).map_err(fail)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Without this guarantee SQLite looks at the values of parameters, and prepares statements anew for each of them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fail)?;
    migrate::migrate(path, &mut connection)?;
    Ok(connection)
}
