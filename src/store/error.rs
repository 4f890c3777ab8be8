//! What can go wrong with the store, in words that say what to do.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A promise of our own that could not be kept: the state cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another harkara works on this state.
    #[error("another harkara is at work on `{}`", .0.display())]
    Busy(PathBuf),
    /// Another program holds the database.
    #[error("`{}` is locked by another program", .0.display())]
    Locked(PathBuf),
    /// The state was written by a later version.
    #[error("`{}` was written by a newer harkara (state version {found}, this one knows {known})", .path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The state was written by an earlier version, and only a run may bring it up to date.
    #[error("`{}` was written by an older harkara", .path.display())]
    Older {
        /// The database.
        path: PathBuf,
    },
    /// A database, but not one of ours.
    #[error("`{}` is a database of another program", .path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// The bytes make no sense.
    #[error("`{}` is damaged: {cause}", .path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
    /// No room on the disk.
    #[error("no space left for `{}`", .0.display())]
    Full(PathBuf),
    /// It may not be written.
    #[error("`{}` cannot be written: {cause}", .path.display())]
    ReadOnly {
        /// The database or its folder.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// It may not be read.
    #[error("`{}` cannot be opened: {cause}", .path.display())]
    Closed {
        /// The database or its folder.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// Anything else that SQLite refuses.
    #[error("`{}`: {cause}", .path.display())]
    Other {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
}

impl StoreError {
    /// Names what SQLite said.
    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let cause = error.to_string();
        use rusqlite::Error;
        if matches!(
            error,
            Error::FromSqlConversionFailure(..) | Error::Utf8Error(..) | Error::InvalidColumnType(..)
        ) {
            return Self::Damaged { path, cause };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, cause },
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { path, cause },
            Some(ErrorCode::CannotOpen) => Self::Closed { path, cause },
            _ => Self::Other { path, cause },
        }
    }

    /// Names what the system said about a file or folder.
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        let (path, cause) = (path.to_owned(), error.to_string());
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full(path),
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { path, cause }
            }
            _ => Self::Closed { path, cause },
        }
    }

    /// The next step for the owner.
    pub fn help(&self) -> String {
        match self {
            Self::Busy(_) => "wait for it to end; it takes the same sources, so nothing is missed".to_owned(),
            Self::Locked(_) => {
                "close what has it open (a backup, the `sqlite3` shell) and run again".to_owned()
            }
            Self::Newer { .. } => "use that version again, or another `store.path` for this one".to_owned(),
            Self::Older { .. } => "`harkara run` brings it up to date".to_owned(),
            Self::Foreign { .. } => "give `store.path` a file of its own".to_owned(),
            Self::Damaged { path, .. } => format!(
                "published files stay as they are; put a backup in its place, or try `sqlite3 {0} .recover | sqlite3 new.db`, \
                 or move {0} away: the sources are then read anew, and what they still show keeps its ids, unless they changed theirs since",
                path.display()
            ),
            Self::Full(_) => {
                "make room and run again; what was fetched and not stored is fetched again".to_owned()
            }
            Self::ReadOnly { path, .. } => format!(
                "let this user write the folder of `{}`, or set `store.path` elsewhere",
                path.display()
            ),
            Self::Closed { .. } | Self::Other { .. } => {
                "look at the file and its folder, or set `store.path` elsewhere".to_owned()
            }
        }
    }
}
