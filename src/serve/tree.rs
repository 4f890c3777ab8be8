//! The published folder in memory: read once, and again where files changed; what did not change stays as it is.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::access::Access;
use super::media;
use super::page::{Page, Parts};
use crate::publish::Compression;

/// How deep the folder is read: `city/archive/2026-10.atom` and some more.
const DEPTH: usize = 6;
/// Larger documents are left on disk, whatever room there is.
const LARGE: u64 = 8 << 20;

/// All documents by path, beginning with `/`.
#[derive(Debug, Default, Clone)]
pub struct Tree {
    pages: HashMap<Box<str>, Arc<Page>>,
    stamps: HashMap<Box<str>, Stamp>,
}

/// What the tree is read with.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Feeds that not everybody may have, by id.
    pub access: HashMap<String, Arc<Access>>,
    /// So many bytes may be held in memory; the rest is left on disk.
    pub memory: u64,
}

/// By what a changed file is told, without reading it: of the document and its packed forms.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp([Option<FileStamp>; 3]);

#[derive(Debug, Clone, PartialEq, Eq)]
struct FileStamp {
    modified: SystemTime,
    length: u64,
    number: u64,
}

impl Tree {
    /// The document at a path that begins with `/`.
    pub fn get(&self, path: &str) -> Option<&Arc<Page>> {
        self.pages.get(path)
    }

    /// Every feed by id, with when its newest entry came, in seconds since 1970.
    pub fn feeds(&self) -> impl Iterator<Item = (&str, i64)> {
        self.pages.iter().filter_map(|(path, page)| {
            let id = path.strip_prefix('/').filter(|name| !name.contains('/'))?.split('.').next()?;
            Some((id, page.newest()?))
        })
    }

    /// Every path, sorted.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.pages.keys().map(AsRef::as_ref).collect();
        paths.sort_unstable();
        paths
    }

    /// Reads the folder. Documents whose files did not change are taken over from `before`. With the files that could not be
    /// read, in words; what stood there before stays.
    ///
    /// `now`: no document is told to be from a time to come.
    pub fn read(dir: &Path, facts: &Facts, before: &Tree, now: SystemTime) -> (Tree, Vec<String>) {
        let mut files = BTreeMap::new();
        let mut faults = Vec::new();
        if let Err(error) = walk(dir, "", DEPTH, &mut files) {
            // Nothing was published yet; or something happened to the folder, and what we have is all that is left.
            if error.kind() != io::ErrorKind::NotFound || !before.pages.is_empty() {
                faults.push(format!(
                    "cannot read `{}`: {error}; what was read before is served",
                    dir.display()
                ));
            }
            return (before.clone(), faults);
        }
        let mut tree = Tree::default();
        let mut room = facts.memory;
        let mut names: Vec<&String> = files.keys().filter(|name| !is_copy(name, &files)).collect();
        // Those that lie on top are asked for most: they get the room.
        names.sort_by_key(|name| (name.matches('/').count(), *name));
        for name in names {
            let copies = [format!("{name}.gz"), format!("{name}.br")];
            let [gzip, brotli] = copies.each_ref().map(|copy| files.get(copy).cloned());
            let stamp = Stamp([files.get(name).cloned(), gzip, brotli]);
            let path = format!("/{name}");
            let known = before.pages.get(path.as_str());
            let access = access(name, facts);
            let same = before.stamps.get(path.as_str()) == Some(&stamp);
            let page = match known {
                Some(known) if same && same_access(known, access.as_ref()) => Arc::clone(known),
                _ => match load(&dir.join(name), name, &stamp, access, known.map(AsRef::as_ref), now) {
                    Ok(mut page) => {
                        if page.weight() > room.min(LARGE) {
                            page.leave_on_disk(&dir.join(name));
                        }
                        Arc::new(page)
                    }
                    Err(error) => {
                        faults.push(format!("cannot read `{}`: {error}", dir.join(name).display()));
                        let Some(known) = known else { continue };
                        Arc::clone(known)
                    }
                },
            };
            room = room.saturating_sub(page.weight());
            tree.pages.insert(path.as_str().into(), page);
            tree.stamps.insert(path.into(), stamp);
        }
        (tree, faults)
    }
}

fn same_access(page: &Page, access: Option<&Arc<Access>>) -> bool {
    match (&page.access, access) {
        (None, None) => true,
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// `city.rss`, `city/archive/2026-10.rss`, `city.html` → the access of `city`.
fn access(name: &str, facts: &Facts) -> Option<Arc<Access>> {
    let first = name.split('/').next().unwrap_or(name);
    let id = first.split('.').next().unwrap_or(first);
    facts.access.get(id).map(Arc::clone)
}

/// Whether the name is that of a packed form beside its document.
fn is_copy(name: &str, files: &BTreeMap<String, FileStamp>) -> bool {
    Compression::ALL.iter().any(|kind| {
        name.strip_suffix(kind.extension())
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|main| files.contains_key(main))
    })
}

/// Finds the files below `dir`. Links are not followed, hidden files not shown, names that no address can hold passed over.
fn walk(dir: &Path, prefix: &str, depth: usize, files: &mut BTreeMap<String, FileStamp>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || name.contains(['/', '\\']) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            // One that we may not enter is none of ours.
            let _ = walk(&entry.path(), &format!("{path}/"), depth - 1, files);
        } else if kind.is_file()
            && let Ok(found) = entry.metadata()
        {
            files.insert(path, stamp(&found));
        }
    }
    Ok(())
}

fn stamp(found: &fs::Metadata) -> FileStamp {
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(found);
    #[cfg(not(unix))]
    let number = 0;
    FileStamp { modified: found.modified().unwrap_or(UNIX_EPOCH), length: found.len(), number }
}

fn load(
    file: &Path,
    name: &str,
    stamp: &Stamp,
    access: Option<Arc<Access>>,
    before: Option<&Page>,
    now: SystemTime,
) -> io::Result<Page> {
    let bytes = Bytes::from(fs::read(file)?);
    let Stamp([main, gzip, brotli]) = stamp;
    let changed = main.as_ref().map_or(now, |main| main.modified);
    let packed = |kind: Compression, copy: &Option<FileStamp>| {
        packed(file, kind, copy.as_ref().map(|copy| copy.modified > changed), name, &bytes)
    };
    let packed = [packed(Compression::Gzip, gzip), packed(Compression::Brotli, brotli)];
    Ok(Page::new(Parts { path: name, bytes, packed, modified: whole(changed.min(now)), access, before }))
}

/// A packed form: the copy beside the document where it is right, else one of our own, where that is shorter. `newer`: the
/// copy is younger than its document, which may be what a killed run left.
fn packed(file: &Path, kind: Compression, newer: Option<bool>, name: &str, bytes: &Bytes) -> Option<Bytes> {
    if let Some(newer) = newer {
        let mut copy = file.as_os_str().to_owned();
        copy.push(".");
        copy.push(kind.extension());
        let found = read_some(Path::new(&copy), bytes.len() as u64 * 2 + 1024);
        if let Some(found) = found.filter(|found| !newer || kind.holds(found, bytes)) {
            return Some(found.into());
        }
    }
    let text = media::is_text(media::of(name, b""));
    if !text || bytes.len() < 256 || bytes.len() as u64 > LARGE {
        return None;
    }
    kind.pack(bytes).ok().filter(|packed| packed.len() < bytes.len()).map(Bytes::from)
}

fn read_some(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Whole seconds: more does not fit into a header.
fn whole(time: SystemTime) -> SystemTime {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UNIX_EPOCH + Duration::from_secs(seconds)
}
