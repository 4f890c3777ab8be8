//! Tests of the tree on disk, with faults: torn copies, leftovers, places that cannot be written.

use super::*;

fn document(path: &str, text: &str) -> Document {
    Document { path: path.to_owned(), media_type: "text/plain", entries: 1, bytes: text.as_bytes().to_vec() }
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn open(dir: &Path) -> Tree {
    Tree::open(dir, &Compression::ALL).expect("the tree opens")
}

fn put(tree: &Tree, text: &str, demand: Demand) -> Put {
    tree.put(&document("a.rss", text), demand).expect("it is put")
}

/// Name and content of every file, sorted.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .expect("readable")
        .map(|entry| entry.expect("readable"))
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap_or_default())
        })
        .collect();
    files.sort();
    files
}

fn assert_whole(dir: &Path, text: &str) {
    let files = files(dir);
    assert_eq!(
        files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["a.rss", "a.rss.br", "a.rss.gz"]
    );
    assert_eq!(files[0].1, text.as_bytes());
    assert!(Compression::Brotli.holds(&files[1].1, text.as_bytes()));
    assert!(Compression::Gzip.holds(&files[2].1, text.as_bytes()));
}

#[test]
fn the_second_time_nothing_is_touched() {
    let home = home();
    let dir = home.path().join("deep/public");
    let tree = open(&dir);
    assert_eq!(put(&tree, "এক", Demand::Change), Put::Written);
    assert_whole(&dir, "এক");
    let stamp = |name: &str| fs::metadata(dir.join(name)).and_then(|m| m.modified()).expect("a time");
    let before = ["a.rss", "a.rss.gz", "a.rss.br"].map(stamp);
    assert_eq!(put(&tree, "এক", Demand::Change), Put::Same);
    assert_eq!(put(&tree, "এক", Demand::Repair), Put::Same);
    assert_eq!(before, ["a.rss", "a.rss.gz", "a.rss.br"].map(stamp));
    assert_eq!(put(&tree, "দুই", Demand::Change), Put::Written);
    assert_whole(&dir, "দুই");
}

#[test]
fn missing_copies_are_made_and_torn_ones_are_found_by_repair() {
    let home = home();
    let tree = open(home.path());
    put(&tree, "text", Demand::Change);
    fs::remove_file(home.path().join("a.rss.gz")).expect("removed");
    assert_eq!(put(&tree, "text", Demand::Change), Put::Same);
    assert_whole(home.path(), "text");
    fs::write(home.path().join("a.rss.br"), b"torn").expect("written");
    put(&tree, "text", Demand::Repair);
    assert_whole(home.path(), "text");
}

#[test]
fn copies_that_are_not_wanted_any_more_go() {
    let home = home();
    put(&open(home.path()), "text", Demand::Change);
    let tree = Tree::open(home.path(), &[]).expect("opens");
    assert_eq!(put(&tree, "text", Demand::Change), Put::Same);
    assert_eq!(files(home.path()).len(), 1);
    tree.remove("a.rss").expect("removed");
    tree.remove("a.rss").expect("twice is once");
    assert!(files(home.path()).is_empty());
}

#[test]
fn what_a_killed_run_left_is_swept_and_nothing_else() {
    let home = home();
    for name in [".harkara-abc.unfinished", ".htaccess", "harkara-x.unfinished"] {
        fs::write(home.path().join(name), b"x").expect("written");
    }
    fs::create_dir_all(home.path().join("city")).expect("made");
    fs::write(home.path().join("city/.harkara-d.unfinished"), b"x").expect("written");
    open(home.path());
    let names: Vec<_> = files(home.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [".htaccess", "city", "harkara-x.unfinished"]);
    assert!(files(&home.path().join("city")).is_empty());
}

#[cfg(unix)]
#[test]
fn published_files_may_be_read_by_the_web_server() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    put(&open(home.path()), "text", Demand::Change);
    fs::write(home.path().join("plain"), b"x").expect("written");
    let mode = |name: &str| fs::metadata(home.path().join(name)).expect("there").permissions().mode() & 0o777;
    // Like any file that this user makes.
    assert_eq!(mode("a.rss"), mode("plain"));
    assert_eq!(mode("a.rss.gz"), mode("plain"));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let home = home();
    let file = home.path().join("file");
    fs::write(&file, b"x").expect("written");
    for dir in [file.clone(), file.join("public")] {
        let message = Tree::open(&dir, &[]).expect_err("no directory").to_string();
        assert!(
            message.starts_with(&format!("cannot make the directory `{}`: ", dir.display())),
            "{message}"
        );
        assert!(message.contains("a file stands where a directory should be"), "{message}");
    }
    let tree = open(home.path());
    fs::create_dir(home.path().join("b.rss")).expect("made");
    let message = tree.put(&document("b.rss", "x"), Demand::Change).expect_err("a directory").to_string();
    assert!(message.contains("a directory stands where the document should be"), "{message}");
    for path in ["../x", "/x", "", "a/../../x"] {
        assert!(tree.put(&document(path, "x"), Demand::Change).is_err(), "{path}");
    }
}

#[test]
fn a_write_that_fails_leaves_the_old_document_whole() {
    // A directory where the copy should go: the write fails at its very end, as on a disk that is full.
    let home = home();
    let tree = open(home.path());
    put(&tree, "old", Demand::Change);
    fs::remove_file(home.path().join("a.rss.gz")).expect("removed");
    fs::create_dir(home.path().join("a.rss.gz")).expect("made");
    assert!(tree.put(&document("a.rss", "new"), Demand::Change).is_err());
    assert_eq!(tree.get("a.rss").expect("readable").as_deref(), Some("old".as_bytes()));
    let left = files(home.path()).into_iter().any(|(name, _)| name.starts_with(".harkara-"));
    assert!(!left, "an unfinished file was left");
}
