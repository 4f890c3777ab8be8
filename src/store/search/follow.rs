//! Keeping the index up: piece by piece it is compared with the store, and what differs is indexed anew.

use std::collections::HashMap;

use rusqlite::{Transaction, params};

use super::{ANY, Index, of_language, of_source, of_tag, place};
use crate::model::{Item, SourceId};
use crate::store::{Desk, StoreError};
use crate::value::filter::{fold_tag, searched};

/// Entries are compared so many at a time.
const PIECE: i64 = 1_000;
/// And indexed so many in one transaction.
const BATCH: usize = 250;
/// The newest entries of a source that was read: those that its list may still have.
const RECENT: i64 = 300;

/// How far down a comparison has come: everything from this row on is as in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Below(i64);

impl Below {
    /// Nothing is compared yet.
    pub const TOP: Self = Self(i64::MAX);

    /// Whether entries before `other` have all been compared too.
    pub fn is_past(self, other: i64) -> bool {
        self.0 <= other
    }
}

/// An entry as the store has it.
struct There {
    entry: i64,
    source: i64,
    published: i64,
    hash: Vec<u8>,
}

/// An entry as it was indexed.
struct Seen {
    place: i64,
    hash: Vec<u8>,
}

impl Index {
    /// The last entry that is indexed; 0 where there is none.
    ///
    /// # Errors
    /// What the database says.
    pub fn last(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("SELECT coalesce(max(entry), 0) FROM seen", [], |row| row.get(0))
            .map_err(|e| self.fail(e))
    }

    /// Compares the next piece, from the newest entries down. With where to go on, and how many entries were indexed or
    /// taken out; `None` when all is compared.
    ///
    /// # Errors
    /// What either database says.
    pub fn compare(&mut self, desk: &Desk, below: Below) -> Result<(Option<Below>, usize), StoreError> {
        let there = desk.indexed_below(below.0, PIECE)?;
        let more = there.len() as i64 == PIECE;
        let low = there.last().filter(|_| more).map_or(i64::MIN, |last| last.entry);
        let mut seen = HashMap::with_capacity(there.len());
        {
            let sql = "SELECT entry, place, hash FROM seen WHERE entry >= ?1 AND entry < ?2";
            let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
            let mut rows = query.query([low, below.0]).map_err(|e| self.fail(e))?;
            while let Some(row) = rows.next().map_err(|e| self.fail(e))? {
                let one = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(i64, Seen)> {
                    Ok((row.get(0)?, Seen { place: row.get(1)?, hash: row.get(2)? }))
                };
                let (entry, one) = one(row).map_err(|e| self.fail(e))?;
                seen.insert(entry, one);
            }
        }
        let touched = self.settle(desk, there, seen)?;
        Ok((more.then_some(Below(low)), touched))
    }

    /// Compares the newest entries of a source that was read; with how many were indexed.
    ///
    /// # Errors
    /// What either database says.
    pub fn compare_source(&mut self, desk: &Desk, source: &SourceId) -> Result<usize, StoreError> {
        let there = desk.indexed_of(source, RECENT)?;
        let mut seen = HashMap::with_capacity(there.len());
        for There { entry, .. } in &there {
            let sql = "SELECT place, hash FROM seen WHERE entry = ?1";
            let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
            let mut rows = query.query([entry]).map_err(|e| self.fail(e))?;
            if let Some(row) = rows.next().map_err(|e| self.fail(e))? {
                let one = || Ok(Seen { place: row.get(0)?, hash: row.get(1)? });
                seen.insert(*entry, one().map_err(|e| self.fail(e))?);
            }
        }
        self.settle(desk, there, seen)
    }

    /// Indexes what differs and takes out what is `seen` and not `there`.
    fn settle(
        &mut self,
        desk: &Desk,
        there: Vec<There>,
        mut seen: HashMap<i64, Seen>,
    ) -> Result<usize, StoreError> {
        let mut work: Vec<(i64, There, Option<Seen>)> = Vec::new();
        for one in there {
            let known = seen.remove(&one.entry);
            let Some(at) = place(one.published, one.entry) else { continue };
            if known.as_ref().is_none_or(|known| known.place != at || known.hash != one.hash) {
                work.push((at, one, known));
            }
        }
        let touched = work.len() + seen.len();
        // FTS5 writes a segment whenever a row comes before the last one.
        work.sort_by_key(|(at, ..)| *at);
        let path = self.path.clone();
        let fail = |error| StoreError::sqlite(&path, error);
        if !seen.is_empty() {
            let tx = self.connection.transaction().map_err(fail)?;
            for (entry, gone) in seen {
                take_out(&tx, entry, gone.place).map_err(fail)?;
            }
            tx.commit().map_err(fail)?;
        }
        let mut work = work.into_iter().peekable();
        while work.peek().is_some() {
            let tx = self.connection.transaction().map_err(fail)?;
            for (at, one, known) in work.by_ref().take(BATCH) {
                let item = desk.entry(one.entry)?.map(|found| found.item);
                if let Some(known) = known {
                    take_out(&tx, one.entry, known.place).map_err(fail)?;
                }
                if let Some(item) = item {
                    put_in(&tx, at, &one, &item).map_err(fail)?;
                }
            }
            tx.commit().map_err(fail)?;
        }
        Ok(touched)
    }
}

fn take_out(tx: &Transaction<'_>, entry: i64, place: i64) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM text WHERE rowid = ?1")?.execute([place])?;
    tx.prepare_cached("DELETE FROM seen WHERE entry = ?1")?.execute([entry])?;
    Ok(())
}

fn put_in(tx: &Transaction<'_>, at: i64, one: &There, item: &Item) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO text (rowid, words, facets) VALUES (?1, ?2, ?3)")?.execute(params![
        at,
        searched(item).join(" "),
        facets(one.source, item).join(" ")
    ])?;
    tx.prepare_cached("INSERT OR REPLACE INTO seen (entry, place, source, hash) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![one.entry, at, one.source, one.hash])?;
    Ok(())
}

/// Source, categories, the language and its first parts.
fn facets(source: i64, item: &Item) -> Vec<String> {
    let mut out = vec![ANY.to_owned(), of_source(source)];
    for category in &item.categories {
        let names = [Some(&category.term), category.label.as_ref()];
        out.extend(names.into_iter().flatten().map(|name| of_tag(&fold_tag(name))));
    }
    let language = item.language.as_deref().unwrap_or_default();
    let ends = language.match_indices('-').map(|(at, _)| at).chain([language.len()]);
    out.extend(ends.filter(|end| *end > 0).filter_map(|end| language.get(..end)).map(of_language));
    out
}

impl Desk {
    fn indexed_below(&self, below: i64, most: i64) -> Result<Vec<There>, StoreError> {
        let sql = "SELECT id, source, published, item_hash FROM entry WHERE id < ?1 AND id > 0 ORDER BY id DESC LIMIT ?2";
        self.indexed(sql, params![below, most])
    }

    fn indexed_of(&self, source: &SourceId, most: i64) -> Result<Vec<There>, StoreError> {
        let sql = "SELECT id, source, published, item_hash FROM entry \
             WHERE source = (SELECT id FROM source WHERE slug = ?1) AND id > 0 \
             ORDER BY published DESC, id DESC LIMIT ?2";
        self.indexed(sql, params![source.as_str(), most])
    }

    fn indexed(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<There>, StoreError> {
        let there = |row: &rusqlite::Row<'_>| {
            Ok(There { entry: row.get(0)?, source: row.get(1)?, published: row.get(2)?, hash: row.get(3)? })
        };
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query
            .query_map(values, there)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| self.fail(e))
    }
}
