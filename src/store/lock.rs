//! One run on one state at a time: a lock file beside the database, let go by the system when we end, however we end.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::StoreError;

/// Held as long as the run lasts.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the state at `path`, making its folder where there is none.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another run holds it; otherwise what the system said of folder or file.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::io(folder, &error))?;
        }
        let name = path.with_extension("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&name)
            .map_err(|error| StoreError::io(&name, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(StoreError::io(&name, &error)),
        }
    }
}
