//! What texts are found by: records of entries, packed by the day of their date and read in one piece.
//!
//! A round compares what came with a window of days. An index of the bands of each sketch would be written at as many places as there
//! are bands, for each entry; a pass over some megabytes in order costs less, and nothing while nothing comes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rusqlite::{OptionalExtension, params};

use super::{Desk, StoreError};
use crate::dedup::near::Record;

/// Records of jobs that run, written once for all that share a commit.
#[derive(Debug, Default)]
pub(super) struct Fresh(RefCell<Vec<Record>>);

impl Fresh {
    pub(super) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// A job failed: what it brought is forgotten.
    pub(super) fn back_to(&self, count: usize) {
        self.0.borrow_mut().truncate(count);
    }
}

/// More packs of a day than this are made one.
const MOST_PACKS: usize = 64;

/// Seconds of a day.
const DAY: i64 = 86_400;

fn day(published: i64) -> i64 {
    published.div_euclid(DAY)
}

impl Desk {
    /// Keeps what an entry is found by; it is compared in the next step of its round.
    pub(super) fn keep_record(&self, record: Record) {
        self.fresh.0.borrow_mut().push(record);
    }

    /// Writes what was kept since the last commit.
    pub(super) fn write_records(&self) -> Result<(), StoreError> {
        let records = std::mem::take(&mut *self.fresh.0.borrow_mut());
        let mut packs: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
        for record in records {
            record.write(packs.entry(day(record.published)).or_default());
        }
        for (day, pack) in packs {
            self.connection
                .prepare_cached("INSERT INTO sketch (day, records) VALUES (?1, ?2)")
                .and_then(|mut query| query.execute(params![day, pack]))
                .map_err(|e| self.fail(e))?;
        }
        Ok(())
    }

    /// The packs behind that one, by the days of their entries.
    ///
    /// # Errors
    /// What the database says.
    pub fn packs_behind(&self, pack: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT id FROM sketch WHERE id > ?1 ORDER BY day, id";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([pack], |row| row.get(0))?.collect())
            .map_err(|e| self.fail(e))
    }

    /// Adds the records of a pack.
    ///
    /// # Errors
    /// What the database says.
    pub fn read_pack(&self, pack: i64, out: &mut Vec<Record>) -> Result<(), StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT records FROM sketch WHERE id = ?1")
            .map_err(|e| self.fail(e))?;
        let read = |row: &rusqlite::Row<'_>| {
            out.extend(Record::read(row.get_ref(0)?.as_blob().unwrap_or_default()));
            Ok(())
        };
        query.query_row([pack], read).optional().map(drop).map_err(|e| self.fail(e))
    }

    /// Shows every record of entries that were published in that time, in seconds since 1970, and some more of the same days.
    ///
    /// # Errors
    /// What the database says.
    pub fn each_record(
        &self,
        published: RangeInclusive<i64>,
        mut show: impl FnMut(&Record),
    ) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT records FROM sketch WHERE day BETWEEN ?1 AND ?2 ORDER BY day, id";
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        let mut rows = query.query([day(*published.start()), day(*published.end())]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let bytes = row.get_ref(0).map_err(fail)?.as_blob().unwrap_or_default();
            Record::read(bytes).for_each(|record| show(&record));
        }
        Ok(())
    }

    /// Makes one pack of the many of a day, as far as they have been compared (up to pack `until`).
    ///
    /// # Errors
    /// What the database says.
    pub fn pack_records(&self, until: i64) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT day FROM sketch WHERE id <= ?1 GROUP BY day HAVING count(*) > ?2";
        let days: Vec<i64> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([until, MOST_PACKS as i64], |row| row.get(0))?.collect())
            .map_err(fail)?;
        for day in days {
            let sql = "SELECT id, records FROM sketch WHERE day = ?1 AND id <= ?2 ORDER BY id";
            let packs: Vec<(i64, Vec<u8>)> = self
                .connection
                .prepare_cached(sql)
                .and_then(|mut query| {
                    query.query_map([day, until], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
                })
                .map_err(fail)?;
            let Some((first, _)) = packs.first() else { continue };
            // Of an entry that changed the last record holds.
            let mut last: BTreeMap<i64, Record> = BTreeMap::new();
            for record in packs.iter().flat_map(|(_, pack)| Record::read(pack)) {
                last.insert(record.row, record);
            }
            let mut bytes = Vec::with_capacity(last.len() * Record::BYTES);
            last.values().for_each(|record| record.write(&mut bytes));
            self.connection
                .execute("DELETE FROM sketch WHERE day = ?1 AND id <= ?2", [day, until])
                .and_then(|_| {
                    let sql = "INSERT INTO sketch (id, day, records) VALUES (?1, ?2, ?3)";
                    self.connection.execute(sql, params![first, day, bytes])
                })
                .map_err(fail)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedup::Alias;
    use crate::dedup::near::{Sketch, Sketches};

    fn record(row: i64, link: i64) -> Record {
        let sketches = Sketches { text: Sketch::NONE, opening: Sketch::NONE };
        Record { row, source: 1, published: 5 * DAY + row, link: Some(Alias(link)), sketches }
    }

    #[test]
    fn packs_of_a_day_become_one_and_what_comes_later_is_behind_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("h.db");
        let desk = Desk::new(path.clone(), super::super::open(&path).unwrap());
        let count = 2 * MOST_PACKS as i64;
        for row in 1..=count {
            desk.keep_record(record(row, row));
            desk.write_records().unwrap();
        }
        // It was changed since.
        desk.keep_record(record(1, 99));
        desk.write_records().unwrap();
        let until = desk.packs_behind(0).unwrap().into_iter().max().unwrap();
        desk.pack_records(until).unwrap();
        let packs = desk.packs_behind(0).unwrap();
        assert_eq!(packs.len(), 1);
        let mut records = Vec::new();
        desk.read_pack(packs[0], &mut records).unwrap();
        assert_eq!(records.len(), count as usize);
        assert_eq!(records[0], record(1, 99), "the last one holds");
        assert!(desk.packs_behind(until).unwrap().is_empty());
        desk.keep_record(record(500, 500));
        desk.write_records().unwrap();
        let behind = desk.packs_behind(until).unwrap();
        assert_eq!(behind.len(), 1, "what came later has yet to be compared");
        let mut seen = Vec::new();
        desk.each_record(5 * DAY..=5 * DAY + 9, |record| seen.push(record.row)).unwrap();
        assert_eq!(seen.len(), count as usize + 1);
    }
}
