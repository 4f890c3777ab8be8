//! The tree on disk: every file replaced by rename, compressed copies before the document itself.
//!
//! The order makes one promise worth having: a document that equals what we would write was the last of its files to
//! be written, so its copies are there and right, and nothing need be read but the document. Only a process that was
//! killed between copies and document, and then found the old text again, can break it; [`Demand::Repair`] looks.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::{Compression, PublishError};
use crate::render::Document;

/// How the names of unfinished files begin and end. A dot first: web servers do not show them.
const UNFINISHED: (&str, &str) = (".harkara-", ".unfinished");
/// How deep [`Tree::open`] looks for unfinished files: documents lie at the top, archives one below.
const DEPTH: usize = 2;

/// The bytes of a document in the tree at `dir`, which is not touched; `None` where there is none.
pub fn look(dir: &Path, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
    read(&dir.join(path))
}

/// How sure `put` should be that what stands in the tree is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// A document with the right bytes has the right copies, if they are there.
    Change,
    /// The copies are unpacked and compared: after a run that did not end well.
    Repair,
}

/// What `put` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The document is new or was changed.
    Written,
    /// The document stood there with these very bytes. (A copy of it may have been made anew.)
    Same,
}

/// A directory of published documents. One process at a time may write to it.
#[derive(Debug)]
pub struct Tree {
    dir: PathBuf,
    compress: Vec<Compression>,
}

impl Tree {
    /// Opens the tree, makes its directory if it is missing, and removes what a killed run left unfinished.
    pub fn open(dir: &Path, compress: &[Compression]) -> Result<Self, PublishError> {
        make(dir)?;
        sweep(dir, DEPTH)?;
        Ok(Self { dir: dir.to_owned(), compress: compress.to_vec() })
    }

    /// The bytes of a document as it stands in the tree; `None` where there is none.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        read(&self.place(path)?)
    }

    /// Puts a document and its copies in place, if they are not there already.
    ///
    /// At every moment the document's path holds the old text or the new one, whole. The document must have passed the
    /// [gate](super::gate::check).
    pub fn put(&self, document: &Document, demand: Demand) -> Result<Put, PublishError> {
        let main = self.place(&document.path)?;
        let bytes = document.bytes.as_slice();
        let same = read(&main)?.is_some_and(|there| there == bytes);
        if !same && let Some(parent) = main.parent() {
            make(parent)?;
        }
        for kind in Compression::ALL {
            let copy = beside(&main, kind);
            if !self.compress.contains(&kind) {
                // It would be sent in place of the document for ever.
                remove(&copy)?;
            } else if !(same && stands(&copy, kind, bytes, demand)?) {
                let packed = kind.pack(bytes).map_err(|cause| PublishError::new("compress", &copy, cause))?;
                replace(&copy, &packed)?;
            }
        }
        if same {
            return Ok(Put::Same);
        }
        replace(&main, bytes)?;
        Ok(Put::Written)
    }

    /// Removes a document and its copies: a feed or format that is configured no more. Missing files are no error.
    pub fn remove(&self, path: &str) -> Result<(), PublishError> {
        let main = self.place(path)?;
        // The document first: copies without it are shown by no web server.
        remove(&main)?;
        Compression::ALL.into_iter().try_for_each(|kind| remove(&beside(&main, kind)))
    }

    /// The path on disk; refused when it would lead out of the tree.
    fn place(&self, path: &str) -> Result<PathBuf, PublishError> {
        let place = self.dir.join(path);
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !inside {
            return Err(PublishError::new("write", &place, io::ErrorKind::InvalidInput.into()));
        }
        Ok(place)
    }
}

fn beside(main: &Path, kind: Compression) -> PathBuf {
    let mut name = main.as_os_str().to_owned();
    name.push(".");
    name.push(kind.extension());
    PathBuf::from(name)
}

/// Whether the copy is there, and, when demanded, right.
fn stands(copy: &Path, kind: Compression, bytes: &[u8], demand: Demand) -> Result<bool, PublishError> {
    match demand {
        Demand::Change => Ok(copy.is_file()),
        Demand::Repair => Ok(read(copy)?.is_some_and(|packed| kind.holds(&packed, bytes))),
    }
}

fn make(dir: &Path) -> Result<(), PublishError> {
    fs::create_dir_all(dir).map_err(|cause| PublishError::new("make the directory", dir, cause))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, PublishError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(PublishError::new("read", path, cause)),
    }
}

fn remove(path: &Path) -> Result<(), PublishError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(PublishError::new("remove", path, cause))
        }
        _ => Ok(()),
    }
}

/// Writes beside, waits until the disk has it, and renames; then the old file, or the new one, survives a power cut.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    let fail = |cause| PublishError::new("write", path, cause);
    let parent = path.parent().unwrap_or(Path::new("."));
    let mut file = readable(tempfile::Builder::new().prefix(UNFINISHED.0).suffix(UNFINISHED.1))
        .tempfile_in(parent)
        .map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(path).map_err(|failed| fail(failed.error))?;
    // The rename itself. Not every system can sync a directory; the file is whole either way.
    File::open(parent).and_then(|dir| dir.sync_all()).ok();
    Ok(())
}

/// Temporary files are for their owner only; a published one is for everybody, as far as the umask allows.
#[cfg(unix)]
fn readable<'b, 'p, 's>(builder: &'b mut tempfile::Builder<'p, 's>) -> &'b mut tempfile::Builder<'p, 's> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable<'b, 'p, 's>(builder: &'b mut tempfile::Builder<'p, 's>) -> &'b mut tempfile::Builder<'p, 's> {
    builder
}

/// Removes unfinished files, in `dir` and `depth` levels of directories below it; links are not followed.
fn sweep(dir: &Path, depth: usize) -> Result<(), PublishError> {
    let entries = fs::read_dir(dir).map_err(|cause| PublishError::new("read", dir, cause))?;
    for entry in entries {
        let entry = entry.map_err(|cause| PublishError::new("read", dir, cause))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type().map_err(|cause| PublishError::new("read", &entry.path(), cause))?;
        if kind.is_file() && name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
            remove(&entry.path())?;
        } else if kind.is_dir() && depth > 0 && !name.starts_with('.') {
            // A directory that we may not read is none of ours.
            sweep(&entry.path(), depth - 1).ok();
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "dir_tests.rs"]
mod tests;
