//! Sources on disk: a `file:` address is answered like any other, the state of the file being its validator.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::failure::{Failure, Limit, shown};
use super::{Answer, Request, Seen, Settings, hear};

/// What a file answered.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// It is as it was.
    Unchanged,
    /// Its bytes, and the validator for the next time.
    Fresh {
        /// All of it.
        bytes: Vec<u8>,
        /// Size and time of change.
        validator: Vec<u8>,
    },
}

/// Answers a question for a `file:` address.
pub async fn ask(request: &Request, settings: &Settings) -> Result<Answer, Failure> {
    let path =
        request.url.to_file_path().map_err(|()| Failure::File("it names another machine".to_owned()))?;
    let (known, limit) = (request.etag.clone(), settings.max_body);
    let found = tokio::task::spawn_blocking(move || read(&path, known.as_deref(), limit)).await;
    let url = shown(&request.url);
    match found.map_err(|e| Failure::File(e.to_string()))?? {
        Found::Unchanged => Ok(Answer::Unchanged(Seen {
            url,
            permanent_url: None,
            etag: request.etag.clone(),
            last_modified: None,
            max_age: None,
        })),
        Found::Fresh { bytes, validator } => {
            let inflated = hear::undo(bytes, String::new(), settings.max_inflated).await?;
            let mut response = hear::response(url, 200, inflated);
            if !response.truncated {
                response.etag = Some(validator);
            }
            Ok(Answer::Fresh(response))
        }
    }
}

/// Reads `path`, of at most `limit` bytes, unless `known` is still its validator. Blocks.
///
/// The validator is `SIZE-NANOSECONDS`, as taken before reading: a file that is written meanwhile differs next time.
pub fn read(path: &Path, known: Option<&[u8]>, limit: u64) -> Result<Found, Failure> {
    let about = fs::metadata(path).map_err(failure)?;
    if about.is_dir() {
        return Err(Failure::Directory);
    }
    if !about.is_file() {
        // Opening a pipe that nobody writes to would never end.
        return Err(Failure::File("it is a pipe, a socket or a device: name a regular file".to_owned()));
    }
    let changed =
        about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let validator = format!("{}-{}", about.len(), changed.as_nanos()).into_bytes();
    if known == Some(validator.as_slice()) {
        return Ok(Found::Unchanged);
    }
    let mut bytes = Vec::new();
    // One byte more tells that there is more; the size told may be wrong (/proc).
    let read = File::open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(failure)?;
    if bytes.len() as u64 > limit {
        return Err(Failure::TooLarge { limit: Limit::Body, bytes: limit });
    }
    Ok(Found::Fresh { bytes, validator })
}

fn failure(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Failure::NoFile,
        io::ErrorKind::IsADirectory => Failure::Directory,
        io::ErrorKind::PermissionDenied => Failure::Denied,
        _ => Failure::File(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_and_again_when_it_changed() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("feed.xml");
        fs::write(&path, "<rss/>").unwrap();
        let Ok(Found::Fresh { bytes, validator }) = read(&path, None, 100) else { panic!("not read") };
        assert_eq!(bytes, b"<rss/>");
        assert_eq!(read(&path, Some(&validator), 100), Ok(Found::Unchanged));
        fs::write(&path, "<rss />").unwrap();
        assert!(matches!(read(&path, Some(&validator), 100), Ok(Found::Fresh { .. })));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("feed.xml");
        fs::write(&path, "<rss/>").unwrap();
        assert_eq!(read(&path, None, 5), Err(Failure::TooLarge { limit: Limit::Body, bytes: 5 }));
        assert!(matches!(read(&path, None, 6), Ok(Found::Fresh { .. })));
        assert_eq!(read(&place.path().join("gone"), None, 5), Err(Failure::NoFile));
        assert_eq!(read(&path.join("below"), None, 5), Err(Failure::NoFile));
        assert_eq!(read(place.path(), None, 5), Err(Failure::Directory));
        #[cfg(unix)]
        assert!(matches!(read(Path::new("/dev/zero"), None, 5), Err(Failure::File(_))));
    }
}
