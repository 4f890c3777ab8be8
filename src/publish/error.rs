//! Why a document could not be put into the tree: which path, what the system said, what to do.

use std::io;
use std::path::{Path, PathBuf};

/// A file of the tree could not be read, written or removed. Whatever was published before is still whole.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} `{}`: {cause}", path.display())]
pub struct PublishError {
    /// What was tried: `write`, `read`, `remove`, `make the directory`.
    pub doing: &'static str,
    /// On what.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub cause: io::Error,
    /// What the owner can do.
    advice: &'static str,
}

impl PublishError {
    pub(super) fn new(doing: &'static str, path: &Path, cause: io::Error) -> Self {
        let advice = advice(&cause);
        Self { doing, path: path.to_owned(), cause, advice }
    }

    /// The next step for the owner.
    pub fn help(&self) -> &'static str {
        self.advice
    }
}

fn advice(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull => "free some space on this disk, then run again",
        io::ErrorKind::QuotaExceeded => "the quota of this user is used up: free some space, then run again",
        io::ErrorKind::ReadOnlyFilesystem => {
            "this disk is read-only: mount it for writing, or set `dir` of [publish] to another place"
        }
        io::ErrorKind::PermissionDenied => {
            "let this user write there, or set `dir` of [publish] to another place"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file stands where a directory should be: move it, or set `dir` of [publish] to another place"
        }
        io::ErrorKind::IsADirectory | io::ErrorKind::DirectoryNotEmpty => {
            "a directory stands where the document should be: move it away"
        }
        io::ErrorKind::NotFound => "was it removed while harkara ran? then run again",
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => {
            "documents lie inside `dir` of [publish]: give the feed another id"
        }
        _ => "see what the system says of this disk, then run again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_path_the_cause_and_the_way_out() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(
            PublishError::new("write", Path::new("public/city.rss"), full).to_string(),
            "cannot write `public/city.rss`: no storage space"
        );
    }
}
