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
            let made = format!("BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;");
            connection.execute_batch(&made).map_err(fail)?;
        }
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Opens it to ask. `None` where there is none yet.
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
        // One that is being made, or is to be made anew, is none.
        let version: u32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
        if version != VERSION {
            return Ok(None);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, Html, Item};
    use crate::store::{Desk, migrate};
    use crate::value::filter::Filter;

    /// Two sources; each of the first 2,500 entries is older than the one before it.
    fn desk(home: &Path) -> Desk {
        let path = home.join("h.db");
        let mut connection = Connection::open(&path).unwrap();
        migrate::migrate(&path, &mut connection).unwrap();
        for source in 1..=2 {
            let sql = "INSERT INTO source (id, slug, url) VALUES (?1, 's' || ?1, 'https://a.example/')";
            connection.execute(sql, [source]).unwrap();
        }
        let tx = connection.transaction().unwrap();
        for row in 1..=2_500i64 {
            let source = if row <= 10 { 1 } else { 2 };
            let sql = "INSERT INTO entry (id, source, story, published, updated, first_seen, id_hash, public_id, text_hash, item_hash) \
                 VALUES (?1, ?2, ?1, 100000 - ?1, 0, 0, ?1, 'urn:' || ?1, x'', x'00')";
            tx.execute(sql, [row, source]).unwrap();
            tx.execute("INSERT INTO body VALUES (?1, ?2)", rusqlite::params![row, item(row, "নদীর ঘাট")])
                .unwrap();
        }
        tx.commit().unwrap();
        Desk::new(path, connection)
    }

    fn item(row: i64, text: &str) -> String {
        let item = Item {
            title: Some(format!("Number {row}")),
            content: Some(Html::from_text(text)),
            language: Some(if row % 2 == 0 { "bn-IN" } else { "en" }.to_owned()),
            categories: vec![Category { term: format!("Ten {}", row / 10), ..Category::default() }],
            ..Item::default()
        };
        serde_json::to_string(&item).unwrap()
    }

    fn all(index: &mut Index, desk: &Desk) -> usize {
        let (mut next, mut touched) = (Some(Below::TOP), 0);
        while let Some(below) = next {
            let (on, count) = index.compare(desk, below).unwrap();
            (next, touched) = (on, touched + count);
        }
        touched
    }

    fn found(index: &Index, query: &str, more: impl FnOnce(&mut Ask)) -> Vec<i64> {
        let mut ask = Ask::new(&Filter::read(query, 9).unwrap().unwrap_or_default());
        more(&mut ask);
        let mut rows = Vec::new();
        index
            .find(&ask, |row, _| {
                rows.push(row);
                Ok(true)
            })
            .unwrap();
        rows
    }

    #[test]
    fn the_index_follows_the_store_whatever_changed() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        let path = home.path().join("h.db");
        let mut index = Index::open(&path).unwrap();
        assert_eq!((all(&mut index, &desk), all(&mut index, &desk)), (2_500, 0));
        assert_eq!(index.last().unwrap(), 2_500);
        // Newest first by date, which is not the order in which they came.
        let rows = found(&index, "q=%E0%A6%98%E0%A6%BE%E0%A6%9F", |_| {});
        assert_eq!((rows.len(), rows[0], rows[2_499]), (2_500, 1, 2_500));
        assert_eq!(found(&index, "q=%22number+77%22", |_| {}), [77]);
        assert_eq!(found(&index, "lang=bn", |ask| ask.tagged("ten 7", &[])), [70, 72, 74, 76, 78]);
        assert_eq!(found(&index, "", |ask| ask.tagged("TEN 7", &[1])).len(), 20);
        assert_eq!(found(&index, "", |ask| ask.from(&[1])).len(), 10);
        assert_eq!(found(&index, "lang=en-GB", |_| {}).len(), 0);
        // As many sources and tags as are ever asked for at once.
        let many: Vec<i64> = (1..=400).collect();
        let all_of_them = |ask: &mut Ask| {
            (0..8).for_each(|n| ask.tagged(&format!("tag {n}"), &many));
            ask.from(&many);
        };
        assert_eq!(found(&index, "q=number*", all_of_them).len(), 2_500);
        // An old entry is edited: found among those of its source, however much came since.
        desk.connection.execute("UPDATE entry SET item_hash = x'01' WHERE id = 5", []).unwrap();
        desk.connection.execute("UPDATE body SET item = ?1 WHERE entry = 5", [item(5, "বৃষ্টি")]).unwrap();
        let source = "s1".parse().unwrap();
        assert_eq!(index.compare_source(&desk, &source).unwrap(), 1);
        assert_eq!(index.compare_source(&desk, &source).unwrap(), 0);
        assert_eq!(found(&index, "q=%E0%A6%AC%E0%A7%83%E0%A6%B7%E0%A7%8D%E0%A6%9F%E0%A6%BF", |_| {}), [5]);
        assert_eq!(found(&index, "q=%E0%A6%98%E0%A6%BE%E0%A6%9F", |_| {}).len(), 2_499);
        // Entries go, at the top, in between and at the foot.
        desk.connection.execute_batch("DELETE FROM body WHERE entry IN (1, 1200, 2500); DELETE FROM entry WHERE id IN (1, 1200, 2500)").unwrap();
        assert_eq!(all(&mut index, &desk), 3);
        assert_eq!((found(&index, "", |_| {}).len(), index.last().unwrap()), (2_497, 2_499));
        // One of another version is made anew, and so is one that is none.
        index.connection.pragma_update(None, "user_version", VERSION + 1).unwrap();
        drop(index);
        assert_eq!(all(&mut Index::open(&path).unwrap(), &desk), 2_497);
    }

    #[test]
    fn places_go_by_date_and_tell_their_entry() {
        for (published, entry) in [(0, 0), (1_800_000_000, 5), (-5, 7), (i64::MAX, (1 << ENTRY_BITS) - 1)] {
            assert_eq!(place(published, entry).map(entry_at), Some(entry));
        }
        assert!(place(10, 1) > place(9, 1_000_000));
        assert_eq!((place(0, 1 << ENTRY_BITS), place(0, -1)), (None, None));
    }
}
