//! The last answer of each source as it came, so that it can be read anew when the reading changes, without asking for it again.
//!
//! A file for each source in a folder beside the database: what is written once and read almost never would only slow the
//! database down. A file that is lost or torn costs one request: it is believed only when its hash is the one noted there.

use std::fs;
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

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

/// The folder of the answers.
#[derive(Debug, Clone)]
pub struct Answers {
    folder: PathBuf,
    /// The largest body that is kept, in bytes on the wire.
    most: u64,
}

impl Answers {
    /// Those beside the database at `path`.
    pub fn beside(path: &Path, most: u64) -> Self {
        Self { folder: path.with_extension("answers"), most }
    }

    /// Keeps an answer in the place of the last one of that source. One that is too large takes the old one away.
    ///
    /// # Errors
    /// What the disk says; then there may be none.
    pub fn keep(&self, source: &SourceId, answer: &KeptAnswer) -> io::Result<()> {
        let place = self.folder.join(source.as_str());
        if answer.wire.len() as u64 > self.most {
            return match fs::remove_file(&place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        // In place: what is torn by a kill does not have its hash, and is none.
        let made = fs::File::create(&place).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.folder).and_then(|()| fs::File::create(&place))
            }
            _ => Err(error),
        });
        let mut bytes = serde_json::to_vec(&answer.head)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&answer.wire);
        made?.write_all(&bytes)
    }

    /// The answer of that source; `None` when none is kept, or what is there cannot be read.
    pub fn kept(&self, source: &SourceId) -> Option<KeptAnswer> {
        let mut file = io::BufReader::new(fs::File::open(self.folder.join(source.as_str())).ok()?);
        let mut head = Vec::new();
        file.read_until(b'\n', &mut head).ok()?;
        let mut wire = Vec::new();
        file.read_to_end(&mut wire).ok()?;
        Some(KeptAnswer { head: serde_json::from_slice(&head).ok()?, wire })
    }

    /// Takes away what is kept of sources that `is_known` does not know any more.
    pub fn forget_others(&self, is_known: impl Fn(&str) -> bool) {
        let Ok(files) = fs::read_dir(&self.folder) else { return };
        for file in files.flatten() {
            if file.file_name().to_str().is_none_or(|name| !is_known(name)) {
                // What cannot be taken away is tried again the next time.
                let _ = fs::remove_file(file.path());
            }
        }
    }
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
        fs::write(home.path().join("h.answers/b"), "{torn").unwrap();
        assert_eq!(answers.kept(&id("b")), None);
        answers.keep(&id("c"), &answer).unwrap();
        answers.forget_others(|id| id == "c");
        assert_eq!(fs::read_dir(home.path().join("h.answers")).unwrap().count(), 1);
        assert!(answers.kept(&id("c")).is_some());
    }
}
