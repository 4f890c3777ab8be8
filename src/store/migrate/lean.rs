//! Step 2: entries of the first layout become lean ones with bodies apart, and their links are found again.

use rusqlite::{Connection, params};

use crate::dedup::{AliasKind, keyed};
use crate::model::EntryId;

/// Copies every entry, then takes the old table away.
pub(super) fn copy(connection: &Connection) -> rusqlite::Result<()> {
    let mut old = connection.prepare(
        "SELECT id, source, story, published, updated, first_seen, revision, marks, public_id, item FROM entry ORDER BY id",
    )?;
    let mut entry =
        connection.prepare("INSERT INTO lean VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")?;
    let mut body = connection.prepare("INSERT INTO body VALUES (?1, ?2)")?;
    // A link is one of the entry's marks; where it was shared, it tells no story.
    let mut link = connection.prepare(
        "INSERT INTO link SELECT hash, entry FROM alias WHERE source = ?1 AND hash = ?2 AND entry = ?3",
    )?;
    let mut print =
        connection.prepare("INSERT OR IGNORE INTO alias (source, hash, entry) VALUES (?1, ?2, ?3)")?;
    let mut rows = old.query([])?;
    while let Some(row) = rows.next()? {
        let number = |at: usize| row.get::<_, i64>(at);
        let (id, source) = (number(0)?, number(1)?);
        let public_id = EntryId::kept(row.get(8)?);
        let json: String = row.get(9)?;
        // The second scheme tells texts by other numbers.
        let known = keyed(serde_json::from_str(&json).unwrap_or_default(), None);
        let added = match known.alias(AliasKind::Print) {
            Some(alias) => print.execute([source, alias.0, id])?,
            None => 0,
        };
        entry.execute(params![
            id,
            source,
            number(2)?,
            number(3)?,
            number(4)?,
            number(5)?,
            number(6)?,
            number(7)? + added as i64,
            public_id.number(),
            public_id.as_str(),
            known.text_hash,
            known.item_hash,
        ])?;
        body.execute(params![id, json])?;
        if let Some(alias) = known.alias(AliasKind::Link) {
            link.execute([source, alias.0, id])?;
        }
    }
    drop(rows);
    drop((old, entry, body, link, print));
    connection.execute_batch(include_str!("../migrations/002_after.sql"))
}
