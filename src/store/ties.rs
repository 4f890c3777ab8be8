//! Ties between entries, and the stories that they hold together.

use rusqlite::{OptionalExtension, Row as SqlRow, params};

use super::sources::time;
use super::{Desk, StoreError};
use crate::dedup::{Alias, Row, Tie, TieKind};
use crate::model::{Item, Timestamp};

/// An entry as far as it matters to stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teller {
    /// The entry.
    pub row: Row,
    /// The row of its source.
    pub source: i64,
    /// The first entry of its story.
    pub story: Row,
    /// When it was published.
    pub published: Timestamp,
    /// Tells whether two have the same words.
    pub text_hash: [u8; 16],
}

const TELLER: &str = "id, source, story, published, text_hash";

fn teller(row: &SqlRow<'_>) -> rusqlite::Result<Teller> {
    Ok(Teller {
        row: row.get(0)?,
        source: row.get(1)?,
        story: row.get(2)?,
        published: time(row.get(3)?),
        text_hash: row.get(4)?,
    })
}

fn tie(row: &SqlRow<'_>) -> rusqlite::Result<Option<Tie>> {
    let kind = TieKind::from_number(row.get(2)?);
    let (a, b, score): (Row, Row, f64) = (row.get(0)?, row.get(1)?, row.get(3)?);
    Ok(kind.map(|kind| Tie { a, b, kind, score: score as f32 }))
}

impl Desk {
    /// An entry, where there is one.
    ///
    /// # Errors
    /// What the database says.
    pub fn teller(&self, row: Row) -> Result<Option<Teller>, StoreError> {
        let sql = format!("SELECT {TELLER} FROM entry WHERE id = ?1");
        let mut query = self.connection.prepare_cached(&sql).map_err(|e| self.fail(e))?;
        query.query_row([row], teller).optional().map_err(|e| self.fail(e))
    }

    /// What an entry says.
    ///
    /// # Errors
    /// What the database says.
    pub fn item(&self, row: Row) -> Result<Option<Item>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT item FROM body WHERE entry = ?1")
            .map_err(|e| self.fail(e))?;
        let json: Option<String> =
            query.query_row([row], |row| row.get(0)).optional().map_err(|e| self.fail(e))?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// The entries that have a link of their own, one for each source, first come first; without those that are held.
    ///
    /// # Errors
    /// What the database says.
    pub fn under_link(&self, link: Alias) -> Result<Vec<Teller>, StoreError> {
        let sql = format!(
            "SELECT {TELLER} FROM link JOIN entry ON id = entry WHERE hash = ?1 AND id > 0 ORDER BY id"
        );
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut query| query.query_map([link.0], teller)?.collect())
            .map_err(|e| self.fail(e))
    }

    /// Links that several entries have.
    ///
    /// # Errors
    /// What the database says.
    pub fn links_of_several(&self) -> Result<Vec<Alias>, StoreError> {
        let sql = "SELECT hash FROM link GROUP BY hash HAVING count(*) > 1";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([], |row| Ok(Alias(row.get(0)?)))?.collect())
            .map_err(|e| self.fail(e))
    }

    /// The ties of an entry.
    ///
    /// # Errors
    /// What the database says.
    pub fn ties_of(&self, row: Row) -> Result<Vec<Tie>, StoreError> {
        let sql = "SELECT a, b, kind, score FROM tie WHERE a = ?1 UNION ALL SELECT a, b, kind, score FROM tie WHERE b = ?1";
        let ties: Vec<Option<Tie>> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([row], tie)?.collect())
            .map_err(|e| self.fail(e))?;
        Ok(ties.into_iter().flatten().collect())
    }

    /// Whether two entries are tied to each other.
    ///
    /// # Errors
    /// What the database says.
    pub fn are_tied(&self, one: Row, other: Row) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM tie WHERE a = ?1 AND b = ?2")
            .and_then(|mut query| query.exists([one.min(other), one.max(other)]))
            .map_err(|e| self.fail(e))
    }

    /// The ties inside a story.
    ///
    /// # Errors
    /// What the database says.
    pub fn ties_within(&self, story: Row) -> Result<Vec<Tie>, StoreError> {
        let sql = "SELECT a, b, kind, score FROM tie WHERE a = ?1 \
             UNION ALL SELECT a, b, kind, score FROM entry JOIN tie ON a = id WHERE story = ?1 AND story <> id";
        let ties: Vec<Option<Tie>> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map([story], tie)?.collect())
            .map_err(|e| self.fail(e))?;
        Ok(ties.into_iter().flatten().collect())
    }

    /// Keeps a tie; of several reasons for one the strongest: an address, then the text.
    ///
    /// # Errors
    /// What the database says.
    pub fn tie(&self, tie: Tie) -> Result<(), StoreError> {
        let sql = "INSERT INTO tie (a, b, kind, score) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO UPDATE SET kind = excluded.kind, score = excluded.score WHERE excluded.kind <= kind";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| {
                query.execute(params![tie.a, tie.b, tie.kind.number(), f64::from(tie.score)])
            })
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Takes a tie away; its story is to be worked out anew.
    ///
    /// # Errors
    /// What the database says.
    pub fn untie(&self, tie: Tie) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM tie WHERE a = ?1 AND b = ?2")
            .and_then(|mut query| query.execute([tie.a, tie.b]))
            .map_err(|e| self.fail(e))?;
        self.unsettle(tie.a)?;
        self.unsettle(tie.b)
    }

    /// The story of an entry is to be worked out anew.
    pub(super) fn unsettle(&self, row: Row) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO unsettled VALUES (?1)")
            .and_then(|mut query| query.execute([row]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// The entries whose stories are to be worked out anew; from now on none is.
    ///
    /// # Errors
    /// What the database says.
    pub fn take_unsettled(&self) -> Result<Vec<Row>, StoreError> {
        self.connection
            .prepare_cached("DELETE FROM unsettled RETURNING entry")
            .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
            .map_err(|e| self.fail(e))
    }

    /// The entries of a story, first come first.
    ///
    /// # Errors
    /// What the database says.
    pub fn tellers(&self, story: Row) -> Result<Vec<Teller>, StoreError> {
        let sql = format!(
            "SELECT {TELLER} FROM entry WHERE id = ?1 \
             UNION ALL SELECT {TELLER} FROM entry WHERE story = ?1 AND story <> id ORDER BY 1"
        );
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut query| query.query_map([story], teller)?.collect())
            .map_err(|e| self.fail(e))
    }

    /// The entries behind that row that are not the first of their story.
    ///
    /// # Errors
    /// What the database says.
    pub fn followers_behind(&self, row: Row) -> Result<Vec<Teller>, StoreError> {
        let sql = format!("SELECT {TELLER} FROM entry WHERE id > ?1 AND story <> id ORDER BY id");
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut query| query.query_map([row], teller)?.collect())
            .map_err(|e| self.fail(e))
    }

    /// Two stories are one.
    ///
    /// # Errors
    /// What the database says.
    pub fn merge(&self, one: Row, other: Row) -> Result<Row, StoreError> {
        let (low, high) = (one.min(other), one.max(other));
        if low != high {
            for sql in [
                "UPDATE entry SET story = ?1 WHERE story = ?2 AND story <> id",
                "UPDATE entry SET story = ?1 WHERE id = ?2",
            ] {
                self.connection
                    .prepare_cached(sql)
                    .and_then(|mut query| query.execute([low, high]))
                    .map_err(|e| self.fail(e))?;
            }
        }
        Ok(low)
    }

    /// An entry is of that story, and no more of another. Where it went by the id of an entry that is not in it any more it
    /// goes by its own: `rows` are those of the story.
    ///
    /// # Errors
    /// What the database says.
    pub fn part(&self, rows: &[Row], story: Row) -> Result<(), StoreError> {
        let list = serde_json::to_string(rows).unwrap_or_default();
        let sql = "UPDATE entry SET story = ?2, \
             told = iif(told IN (SELECT value FROM json_each(?1)), told, NULL) WHERE id = ?3";
        for row in rows {
            self.connection
                .prepare_cached(sql)
                .and_then(|mut query| query.execute(params![list, story, row]))
                .map_err(|e| self.fail(e))?;
        }
        Ok(())
    }

    /// An entry that nobody has been told of goes by the id of its story's first.
    ///
    /// # Errors
    /// What the database says.
    pub fn tell_as_first(&self, row: Row, story: Row) -> Result<(), StoreError> {
        let sql = "UPDATE entry SET told = (SELECT coalesce(first.told, first.id) FROM entry AS first WHERE first.id = ?2) \
             WHERE id = ?1 AND id <> ?2";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.execute([row, story]))
            .map(drop)
            .map_err(|e| self.fail(e))
    }
}
