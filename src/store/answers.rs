//! The last answer of each source as it came, so that it can be read anew when the reading changes, without asking for it again.
//!
//! A database of its own beside the other: what is written once and read almost never would only slow that one down, and as
//! a file for each source it would keep the file system busy for longer than the reading takes. It is never waited for: what
//! a fall of the system takes away costs one request, for an answer is believed only when its hash is the one that was noted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use url::Url;

use super::StoreError;
use crate::model::SourceId;

/// An answer as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What was said about it.
    pub head: Head,
    /// The body, compressed as `head` says.
    pub wire: Vec<u8>,
}

/// What is told of an answer besides its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The address that answered.
    pub url: Url,
    /// `Content-Type` as told.
    pub content_type: Option<String>,
    /// How the body is compressed, as `Content-Encoding` writes it.
    pub encodings: String,
    /// Hubs that its headers announced.
    #[serde(default)]
    pub hubs: Vec<Url>,
    /// The address that its headers said to subscribe to.
    #[serde(default)]
    pub topic: Option<Url>,
}

/// The place of the answers. Its copies are the same place.
#[derive(Debug, Clone)]
pub struct Answers {
    path: PathBuf,
    /// The largest body that is kept, in bytes on the wire.
    most: u64,
    shelf: Arc<Mutex<Shelf>>,
}

/// The database, opened when it is first needed.
#[derive(Debug, Default)]
struct Shelf {
    connection: Option<Connection>,
    /// Written since the last commit.
    waiting: usize,
}

/// So many answers share a commit: each costs as much as an answer.
const GROUP: usize = 32;

impl Answers {
    /// Those beside the database at `path`.
    pub fn beside(path: &Path, most: u64) -> Self {
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        Self { path: path.with_extension("answers.db"), most, shelf }
    }

    /// The same place, for bodies of up to `most` bytes on the wire.
    pub fn up_to(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// Keeps an answer in the place of the last one of that source, for good with the next [`Answers::settle`]. One that is
    /// too large takes the old one away.
    ///
    /// # Errors
    /// What the database says; then there may be none.
    pub fn keep(&self, source: &SourceId, answer: &KeptAnswer) -> Result<(), StoreError> {
        let head = serde_json::to_string(&answer.head).unwrap_or_default();
        self.write(|connection| {
            if answer.wire.len() as u64 > self.most {
                return connection
                    .prepare_cached("DELETE FROM answer WHERE source = ?1")?
                    .execute([source.as_str()]);
            }
            connection
                .prepare_cached("INSERT OR REPLACE INTO answer (source, head, wire) VALUES (?1, ?2, ?3)")?
                .execute(params![source.as_str(), head, answer.wire])
        })
    }

    /// The answer of that source; `None` when none is kept, or what is there cannot be read.
    pub fn kept(&self, source: &SourceId) -> Option<KeptAnswer> {
        let mut shelf = self.shelf();
        let query = |connection: &mut Connection| {
            connection
                .prepare_cached("SELECT head, wire FROM answer WHERE source = ?1")?
                .query_row([source.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
                .optional()
        };
        let (head, wire) = self.with(&mut shelf, query).ok()??;
        Some(KeptAnswer { head: serde_json::from_str(&head).ok()?, wire })
    }

    /// Ends the group that is being written.
    ///
    /// # Errors
    /// What the database says; then the latest answers may be lost.
    pub fn settle(&self) -> Result<(), StoreError> {
        let mut shelf = self.shelf();
        if std::mem::take(&mut shelf.waiting) == 0 {
            return Ok(());
        }
        self.with(&mut shelf, |connection| connection.execute_batch("COMMIT"))
    }

    /// Takes away what is kept of sources that `is_known` does not know any more.
    pub fn forget_others(&self, is_known: impl Fn(&str) -> bool) {
        // Where earlier versions kept them, a file for each.
        let _ = fs::remove_dir_all(self.path.with_extension(""));
        if !self.path.exists() {
            return;
        }
        let forget = |connection: &mut Connection| {
            let mut query = connection.prepare("SELECT source FROM answer")?;
            let kept: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for source in kept.iter().filter(|source| !is_known(source)) {
                connection.execute("DELETE FROM answer WHERE source = ?1", [source])?;
            }
            Ok(())
        };
        // What cannot be taken away is tried again the next time.
        let _ = self.with(&mut self.shelf(), forget);
    }

    fn write(&self, job: impl FnOnce(&mut Connection) -> rusqlite::Result<usize>) -> Result<(), StoreError> {
        let mut shelf = self.shelf();
        let is_first = shelf.waiting == 0;
        self.with(&mut shelf, |connection| {
            if is_first {
                connection.execute_batch("BEGIN IMMEDIATE")?;
            }
            job(connection)
        })?;
        shelf.waiting += 1;
        if shelf.waiting < GROUP {
            return Ok(());
        }
        shelf.waiting = 0;
        self.with(&mut shelf, |connection| connection.execute_batch("COMMIT"))
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `job` on the database. After a failure it is opened anew; one that is damaged is begun anew: nothing in it is
    /// worth a word to anybody.
    fn with<T>(
        &self,
        shelf: &mut Shelf,
        job: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let result = match &mut shelf.connection {
            Some(connection) => job(connection),
            None => open(&self.path).and_then(|connection| job(shelf.connection.insert(connection))),
        };
        result.map_err(|error| {
            *shelf = Shelf::default();
            let code = error.sqlite_error_code();
            if matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) {
                let _ = fs::remove_file(&self.path);
            }
            StoreError::sqlite(&self.path, error)
        })
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.as_ref().filter(|_| self.waiting > 0) {
            let _ = connection.execute_batch("COMMIT");
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "page_size", 8192)?;
    // A killed run must not spoil it; a fall of the whole system may.
    connection.pragma_update_and_check(None, "journal_mode", "TRUNCATE", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -1_000)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS answer (source TEXT NOT NULL UNIQUE, head TEXT NOT NULL, wire BLOB NOT NULL) STRICT",
    )?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_as_it_was_until_it_is_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let answers = Answers::beside(&home.path().join("h.db"), 20);
        let id = |id: &str| SourceId::try_from(id.to_owned()).unwrap();
        let head = Head {
            url: Url::parse("https://khobor.example/feed").unwrap(),
            content_type: Some("text/xml".to_owned()),
            encodings: "gzip".to_owned(),
            hubs: Vec::new(),
            topic: None,
        };
        let answer = KeptAnswer { head, wire: b"\x1f\x8b\n\0\n".to_vec() };
        assert_eq!(answers.kept(&id("a")), None);
        answers.keep(&id("a"), &answer).unwrap();
        answers.keep(&id("b"), &answer).unwrap();
        assert_eq!(answers.kept(&id("a")), Some(answer.clone()));
        answers.keep(&id("a"), &KeptAnswer { wire: vec![0; 21], ..answer.clone() }).unwrap();
        assert_eq!(answers.kept(&id("a")), None, "too large, and the old one is not the last one any more");
        answers.keep(&id("c"), &answer).unwrap();
        answers.settle().unwrap();
        answers.forget_others(|id| id == "c");
        assert_eq!(answers.kept(&id("b")), None);
        drop(answers);
        let answers = Answers::beside(&home.path().join("h.db"), 20);
        assert_eq!(answers.kept(&id("c")), Some(answer));
    }

    #[test]
    fn a_damaged_place_is_begun_anew_and_the_files_of_old_go() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("h.db");
        fs::create_dir(home.path().join("h.answers")).unwrap();
        fs::write(home.path().join("h.answers/a"), "{}").unwrap();
        fs::write(
            home.path().join("h.answers.db"),
            "not a database at all, but long enough to be looked at".repeat(9),
        )
        .unwrap();
        let answers = Answers::beside(&path, 20);
        answers.forget_others(|_| true);
        assert!(!home.path().join("h.answers").exists());
        let id = SourceId::try_from("a".to_owned()).unwrap();
        assert_eq!(answers.kept(&id), None);
        let head = Head {
            url: Url::parse("https://a.example/").unwrap(),
            content_type: None,
            encodings: String::new(),
            hubs: Vec::new(),
            topic: None,
        };
        let answer = KeptAnswer { head, wire: b"x".to_vec() };
        answers.keep(&id, &answer).unwrap();
        drop(answers);
        assert_eq!(Answers::beside(&path, 20).kept(&id), Some(answer));
    }
}
