//! What is looked up of a source when a reading of it is odd: its pace, and its last entries with what they say.

use rusqlite::OptionalExtension;

use super::sources::{Part, time};
use super::{Desk, StoreError};
use crate::dedup::flood::{self, Extent, Kept, Oddity, Pace, Past};
use crate::dedup::{Decision, Known, KnownEntry, Settled, recognise, recognise_at, under_known_addresses};
use crate::model::{Remark, SourceId, Stage, Timestamp};

/// Whether what a source offers as new is looked at, or all of it believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everything new is news.
    Off,
    /// What is doubtful is held back.
    On,
}

/// The pace is told from so many entries.
const PACE: i64 = 60;
/// What came is compared with so many entries.
const MANY: i64 = 1_000;
/// And with so many where it is no flood: some sources change something in all of their items every time.
const FEW: i64 = 100;

impl Desk {
    /// Looks at what is new in a reading of a known source: finds older entries of it by their texts, and marks as held what is
    /// doubtful. Asks hardly anything as long as nothing is odd; writes nothing.
    pub(super) fn look_closer(
        &self,
        source: &SourceId,
        part: Part,
        settled: &mut Settled,
        known: &mut Known,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let news = |settled: &Settled| {
            settled.decided.iter().filter(|(_, decision)| matches!(decision, Decision::New { .. })).count()
        };
        if !known.has_past {
            return Ok(());
        }
        for (row, place) in under_known_addresses(settled, known) {
            for entry in self.kept("id = ?1", row, 1)? {
                recognise_at(settled, place, &entry, now);
            }
        }
        let before = news(settled);
        if !flood::may_be_odd(settled, known) {
            return Ok(());
        }
        let Some((row, pace)) = self.pace(source)? else { return Ok(()) };
        // At another address what it shows is its history: it may be what we know, and is nothing to be held.
        let oddity = flood::oddity(settled, known, &pace, now);
        let most = match oddity {
            None if !known.first_sight => return Ok(()),
            Some(Oddity::Other) => FEW,
            _ => MANY,
        };
        let past = Past { pace, kept: self.kept("source = ?1", row, most)? };
        recognise(settled, &past, known, now);
        let again = before - news(settled);
        if again > 0 {
            let text = format!("{again} entries came again under other marks; they are known by their text");
            settled.remarks.push(Remark::of(Stage::Dedup, text));
        }
        if known.first_sight {
            return Ok(());
        }
        let extent = if part == Part::Whole { Extent::Whole } else { Extent::Part };
        flood::hold(settled, &past, extent, now);
        Ok(())
    }

    /// `None` for a source that was never read well at its address.
    fn pace(&self, source: &SourceId) -> Result<Option<(i64, Pace)>, StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT id, first_read, last_success FROM source WHERE slug = ?1 \
             AND first_read IS NOT NULL AND last_success IS NOT NULL";
        let found: Option<(i64, i64, i64)> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| {
                let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                query.query_row([source.as_str()], read).optional()
            })
            .map_err(fail)?;
        let Some((row, first_read, last_read)) = found else { return Ok(None) };
        let sql = "SELECT published, first_seen FROM entry WHERE source = ?1 AND id > 0 \
             ORDER BY published DESC, id DESC LIMIT ?2";
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        let last = query
            .query_map([row, PACE], |row| Ok((time(row.get(0)?), time(row.get(1)?))))
            .and_then(Iterator::collect)
            .map_err(fail)?;
        Ok(Some((row, Pace { first_read: time(first_read), last_read: time(last_read), last })))
    }

    /// The last entries of which this is so, those that are held too.
    fn kept(&self, condition: &str, value: i64, most: i64) -> Result<Vec<Kept>, StoreError> {
        let sql = format!(
            "SELECT id, first_seen, text_hash, item_hash, published, updated, marks, item \
             FROM entry JOIN body ON entry = id WHERE {condition} ORDER BY published DESC, id DESC LIMIT ?2"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query
            .query_map([value, most], |row| {
                Ok(Kept {
                    row: row.get(0)?,
                    first_seen: time(row.get(1)?),
                    known: KnownEntry {
                        text_hash: row.get(2)?,
                        item_hash: row.get(3)?,
                        published: time(row.get(4)?),
                        updated: time(row.get(5)?),
                        marks: row.get(6)?,
                    },
                    item: serde_json::from_str(row.get_ref(7)?.as_str()?).unwrap_or_default(),
                })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }
}
