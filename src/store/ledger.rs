//! The ledger: under which marks the entries of a source are found again, and which links tell stories across sources.

use std::collections::hash_map::Entry as Place;

use rusqlite::{OptionalExtension, params};

use super::sources::time;
use super::{Desk, StoreError};
use crate::dedup::{Alias, AliasKind, Keyed, Known, KnownAlias, KnownEntry, MOST_MARKS, TieKind};
use crate::model::SourceId;

/// No row has this number.
const NO_SOURCE: i64 = 0;

impl Desk {
    /// What the ledger knows of these items of that source, if it is still asked at `url`: elsewhere it is seen for the
    /// first time. Writes nothing.
    pub(super) fn known(&self, source: &SourceId, url: &str, items: &[Keyed]) -> Result<Known, StoreError> {
        let before: Option<(i64, bool)> = self
            .connection
            .prepare_cached("SELECT id, url = ?2 AND first_read IS NOT NULL FROM source WHERE slug = ?1")
            .and_then(|mut query| {
                query.query_row([source.as_str(), url], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .map_err(|e| self.fail(e))?;
        let first_sight = before.is_none_or(|(_, was_read)| !was_read);
        let mut known = Known { first_sight, ..Known::default() };
        let row = before.map_or(NO_SOURCE, |(row, _)| row);
        // The first reading of a source finds nothing of its own: one question instead of one for each mark.
        known.has_past = self.has_marks(row)?;
        if known.has_past {
            self.own_marks(row, items, &mut known)?;
            self.own_entries(&mut known)?;
        }
        Ok(known)
    }

    fn has_marks(&self, source: i64) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM alias WHERE source = ?1 LIMIT 1")
            .and_then(|mut query| query.exists([source]))
            .map_err(|e| self.fail(e))
    }

    fn own_marks(&self, source: i64, items: &[Keyed], known: &mut Known) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT entry FROM alias WHERE source = ?1 AND hash = ?2";
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        for (_, alias) in items.iter().flat_map(|keyed| &keyed.aliases) {
            let mut rows = query.query([source, alias.0]).map_err(fail)?;
            if let Some(row) = rows.next().map_err(fail)? {
                let entry: Option<i64> = row.get(0).map_err(fail)?;
                let mark = KnownAlias { row: entry.unwrap_or_default(), shared: entry.is_none() };
                known.aliases.insert(*alias, mark);
            }
        }
        Ok(())
    }

    fn own_entries(&self, known: &mut Known) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT text_hash, item_hash, published, updated, marks FROM entry WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        for mark in known.aliases.values().filter(|mark| !mark.shared) {
            if let Place::Vacant(place) = known.entries.entry(mark.row) {
                let entry = query
                    .query_row([mark.row], |row| {
                        Ok(KnownEntry {
                            text_hash: row.get(0)?,
                            item_hash: row.get(1)?,
                            published: time(row.get(2)?),
                            updated: time(row.get(3)?),
                            marks: row.get(4)?,
                        })
                    })
                    .map_err(fail)?;
                place.insert(entry);
            }
        }
        Ok(())
    }

    /// Adds the aliases of an item to the ledger, and gives how many. One that another entry has already tells nothing
    /// from now on. `marks`: how many the entry has already.
    pub(super) fn remember(
        &self,
        source: i64,
        entry: i64,
        keyed: &Keyed,
        known: &Known,
        marks: u32,
    ) -> Result<u32, StoreError> {
        let told =
            |alias: &Alias| known.aliases.get(alias).is_some_and(|mark| mark.shared || mark.row == entry);
        let room = MOST_MARKS.saturating_sub(marks) as usize;
        let untold: Vec<(AliasKind, Alias)> =
            keyed.aliases.iter().filter(|(_, alias)| !told(alias)).take(room).copied().collect();
        if untold.is_empty() {
            return Ok(0);
        }
        // A row at a time, and nothing that could stop in the midst: for anything else SQLite keeps what it would have to
        // restore, and that costs more than the rows.
        let fail = |e| self.fail(e);
        let sql = "INSERT OR IGNORE INTO alias (source, hash, entry) VALUES (?1, ?2, ?3)";
        let mut insert = self.connection.prepare_cached(sql).map_err(fail)?;
        for (_, alias) in &untold {
            if insert.execute([source, alias.0, entry]).map_err(fail)? == 0 {
                self.dispute(source, entry, *alias)?;
            }
        }
        for (_, link) in untold.iter().filter(|(kind, _)| *kind == AliasKind::Link) {
            match known.aliases.contains_key(link) {
                true => self.unlink(source, *link)?,
                false => self.link(*link, entry)?,
            }
        }
        Ok(untold.len() as u32)
    }

    /// These aliases tell nothing any more: several items of one reading have them.
    pub(super) fn share(&self, source: i64, aliases: &[Alias]) -> Result<(), StoreError> {
        let sql = "INSERT INTO alias (source, hash, entry) VALUES (?1, ?2, NULL) ON CONFLICT DO UPDATE SET entry = NULL";
        for alias in aliases {
            self.connection
                .prepare_cached(sql)
                .and_then(|mut query| query.execute([source, alias.0]))
                .map_err(|e| self.fail(e))?;
            self.unlink(source, *alias)?;
        }
        Ok(())
    }

    /// The mark is in the ledger already: if for another entry, it tells nothing any more.
    fn dispute(&self, source: i64, entry: i64, alias: Alias) -> Result<(), StoreError> {
        let sql = "UPDATE alias SET entry = NULL WHERE source = ?1 AND hash = ?2 AND entry <> ?3";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.execute([source, alias.0, entry]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    fn link(&self, link: Alias, entry: i64) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO link (hash, entry) VALUES (?1, ?2)")
            .and_then(|mut query| query.execute(params![link.0, entry]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// A link that several entries of a source share tells no story, and what it told is not so.
    fn unlink(&self, source: i64, link: Alias) -> Result<(), StoreError> {
        let sql = "DELETE FROM link WHERE hash = ?1 AND (SELECT source FROM entry WHERE id = link.entry) = ?2 \
             RETURNING entry";
        let robbed: Vec<i64> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([link.0, source], |row| row.get(0))?.collect())
            .map_err(|e| self.fail(e))?;
        for entry in robbed {
            for tie in self.ties_of(entry)?.into_iter().filter(|tie| tie.kind == TieKind::Link) {
                self.untie(tie)?;
            }
        }
        Ok(())
    }
}
