//! Steps from any earlier released state to today's, each in a transaction of its own.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Marks the file as ours (`PRAGMA application_id`): "hrkr".
const APPLICATION_ID: i32 = 0x6872_6b72;

/// One step a released version; never edited once it has been released.
const STEPS: &[&str] = &[
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
];

/// The version of a state; 0 for a new one.
///
/// # Errors
/// [`StoreError::Newer`] for a state of a later harkara, [`StoreError::Foreign`] for somebody else's database.
pub(super) fn version(path: &Path, connection: &Connection) -> Result<u32, StoreError> {
    let fail = |error| StoreError::sqlite(path, error);
    let owner: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(fail)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(fail)?;
    if owner != APPLICATION_ID && tables > 0 {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
    if found > current() {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: current() });
    }
    Ok(found)
}

/// Brings the database to today's version. The caller holds the lock.
///
/// # Errors
/// As [`version`], and what the database says.
pub(super) fn migrate(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let fail = |error| StoreError::sqlite(path, error);
    let found = version(path, connection)?;
    for (version, step) in (1u32..).zip(STEPS).skip(found as usize) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        tx.execute_batch(step).map_err(fail)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
        tx.pragma_update(None, "user_version", version).map_err(fail)?;
        tx.commit().map_err(fail)?;
    }
    Ok(())
}

/// The version that this harkara writes.
pub(super) fn current() -> u32 {
    STEPS.len() as u32
}
