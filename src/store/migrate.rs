//! Steps from any earlier released state to today's, each in a transaction of its own.

mod lean;

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Marks the file as ours (`PRAGMA application_id`): "hrkr".
const APPLICATION_ID: i32 = 0x6872_6b72;

/// One step to the next version; never edited once it has been released.
struct Step {
    sql: &'static str,
    /// What SQL alone cannot do, after it.
    then: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

const STEPS: &[Step] = &[
    Step { sql: include_str!("migrations/001.sql"), then: None },
    Step { sql: include_str!("migrations/002.sql"), then: Some(lean::copy) },
    Step { sql: include_str!("migrations/003.sql"), then: None },
    Step { sql: include_str!("migrations/004.sql"), then: None },
    Step { sql: include_str!("migrations/005.sql"), then: None },
    Step { sql: include_str!("migrations/006.sql"), then: None },
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
        tx.execute_batch(step.sql).map_err(fail)?;
        if let Some(then) = step.then {
            then(&tx).map_err(fail)?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedup::{AliasKind, Tie, TieKind, keyed};
    use crate::model::Item;
    use crate::store::{Desk, Walk};

    /// A state as the first version left it: two sources, one article that both have.
    fn first_version(path: &Path) -> Item {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch(include_str!("migrations/001.sql")).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection
            .execute_batch("INSERT INTO source (id, slug, url) VALUES (1, 'a', 'https://a.example/'), (2, 'b', 'https://b.example/')")
            .unwrap();
        let item = Item {
            url: url::Url::parse("https://wire.example/story/1").ok(),
            title: Some("খবর".to_owned()),
            ..Item::default()
        };
        let known = keyed(item.clone(), None);
        for entry in 1..=2 {
            connection
                .execute(
                    "INSERT INTO entry VALUES (?1, ?1, ?2, 1, 100, 100, 200, 3, 2, ?3, ?4, ?5)",
                    rusqlite::params![
                        entry,
                        format!("urn:x:{entry}"),
                        known.text_hash,
                        known.item_hash,
                        known.json
                    ],
                )
                .unwrap();
            for (_, alias) in &known.aliases {
                connection.execute("INSERT INTO alias VALUES (?1, ?2, ?2)", [alias.0, entry]).unwrap();
            }
        }
        item
    }

    #[test]
    fn a_state_of_the_first_version_keeps_all_it_knew() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("h.db");
        let item = first_version(&path);
        let mut connection = Connection::open(&path).unwrap();
        migrate(&path, &mut connection).unwrap();
        assert_eq!(version(&path, &connection).unwrap(), current());
        let desk = Desk::new(path, connection);
        let (found, _) = desk.walk(&[1, 2], Walk::Published, None, 10).unwrap();
        let told: Vec<_> = found.iter().map(|f| (f.row, f.story, f.id.as_str(), f.revision)).collect();
        assert_eq!(told, [(2, 1, "urn:x:1", 3), (1, 1, "urn:x:1", 3)]);
        assert_eq!(found[0].item, item);
        let known =
            desk.known(&"a".parse().unwrap(), "https://a.example/", &[keyed(item.clone(), None)]).unwrap();
        assert_eq!(known.entries.keys().copied().collect::<Vec<_>>(), [1]);
        assert_eq!(known.entries[&1].marks, 2);
        let link = keyed(item, None).alias(AliasKind::Link).unwrap();
        let under: Vec<_> =
            desk.under_link(link).unwrap().iter().map(|teller| (teller.row, teller.story)).collect();
        assert_eq!(under, [(1, 1), (2, 1)], "the other source's link is found");
        assert_eq!(desk.ties_within(1).unwrap(), [Tie::new(1, 2, TieKind::Link, 1.0)]);
    }
}
