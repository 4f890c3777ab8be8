//! The world around a run fails: each trouble has its own message, other sources go on, published files stay whole.

use crate::support::home::Home;

const CONFIG: &str = r#"
[source.good]
url = "good.xml"
[source.bad]
url = "bad.xml"
[feed.all]
title = "all"
"#;

const GOOD: &str = r#"<rss version="2.0"><channel><title>good</title><link>https://good.example/</link><description>d</description>
<item><title>ভালো খবর</title><link>https://good.example/1</link><pubDate>Sun, 01 Nov 2026 10:00:00 +0000</pubDate></item></channel></rss>"#;

const NOW: &str = "2026-11-23T01:00:00Z";

fn home_with(bad: Option<&str>) -> Home {
    let home = Home::new(CONFIG);
    home.write("good.xml", GOOD);
    if let Some(bad) = bad {
        home.write("bad.xml", bad);
    }
    home
}

/// A bad source is told by `words`, the good one is published, and the exit code is 1.
fn check(bad: Option<&str>, words: &[&str]) {
    let home = home_with(bad);
    let answer = home.run_at(NOW, 1);
    for word in words.iter().chain(&["bad: "]) {
        assert!(answer.stderr.contains(word), "`{word}` is not in:\n{}", answer.stderr);
    }
    assert_eq!(home.entries("all").len(), 1);
    assert!(home.read("public/all.rss").contains("ভালো খবর"));
    let status = home.harkara(&["status", "--now", NOW]);
    assert_eq!(status.code, 1);
    assert!(status.stdout.contains("failing  bad"), "{}", status.stdout);
}

#[test]
fn what_is_no_feed_is_named() {
    check(
        Some("<!doctype html><html><head><title>Down for maintenance</title></head><body>…</body></html>"),
        &["Down for maintenance", "HTML"],
    );
    check(Some(""), &["empty"]);
    check(Some("{\"error\": \"not found\"}"), &["JSON"]);
    check(None, &["bad.xml", "help: "]);
}

#[test]
fn a_feed_that_breaks_off_gives_what_is_there() {
    let home = home_with(Some(
        "<rss version=\"2.0\"><channel><title>bad</title><item><title>one & two</title><link>https://bad.example/1</link></item><item><title>thr",
    ));
    let answer = home.run_at(NOW, 0);
    assert!(home.read("public/all.json").contains("one & two"), "{}", answer.stderr);
}

#[test]
fn a_source_that_falls_silent_empties_nothing() {
    let home = home_with(Some(GOOD.replace("good", "bad").as_str()));
    home.run_at(NOW, 0);
    let before = home.tree();
    home.write("bad.xml", "<html><title>502</title></html>");
    home.write("good.xml", "");
    home.run_at("2026-11-23T02:00:00Z", 1);
    assert_eq!(home.tree(), before);
}

#[test]
fn the_second_run_changes_no_byte_and_says_so() {
    let home = home_with(Some(GOOD.replace("good", "bad").as_str()));
    home.run_at(NOW, 0);
    let times = |home: &Home| {
        let files = std::fs::read_dir(home.at("public")).unwrap();
        files
            .map(|file| file.unwrap())
            .map(|file| (file.file_name(), file.metadata().unwrap().modified().unwrap()))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let (tree, written) = (home.tree(), times(&home));
    let answer = home.run_at("2026-11-23T02:00:00Z", 0);
    assert!(answer.stderr.contains("not a byte changed"), "{}", answer.stderr);
    assert_eq!((home.tree(), times(&home)), (tree, written));
    let quiet = home.harkara(&["run", "--all", "--now", "2026-11-23T03:00:00Z"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""), "silence under cron");
}

#[test]
fn a_feed_that_would_be_empty_is_kept_unless_told() {
    let home = home_with(Some(GOOD.replace("good", "bad").as_str()));
    home.run_at(NOW, 0);
    let before = home.tree();
    let nothing = "rules = [{ drop = { title = \".\" } }]\n";
    home.write("harkara.toml", format!("{CONFIG}{nothing}"));
    let answer = home.run_at("2026-11-23T02:00:00Z", 1);
    assert!(answer.stderr.contains("all.rss") && answer.stderr.contains("allow_empty"), "{}", answer.stderr);
    assert_eq!(home.tree(), before);
    home.write("harkara.toml", format!("{CONFIG}{nothing}allow_empty = true\n"));
    home.run_at("2026-11-23T03:00:00Z", 0);
    assert!(home.entries("all").is_empty());
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let home = home_with(None);
    home.write("state/harkara.lock", "");
    let lock = std::fs::File::options().write(true).open(home.at("state/harkara.lock")).unwrap();
    lock.lock().unwrap();
    let cron = home.harkara(&["run", "--now", NOW]);
    assert_eq!((cron.code, cron.stderr.as_str()), (3, ""), "cron sends no mail each minute");
    let answer = home.harkara(&["run", "--all", "--now", NOW]);
    assert_eq!(answer.code, 3);
    assert!(
        answer.stderr.contains("another harkara is at work") && answer.stderr.contains("help: "),
        "{}",
        answer.stderr
    );
    drop(lock);
    home.run_at(NOW, 1);
}

#[test]
fn a_damaged_or_foreign_state_is_named_and_published_files_stay() {
    let home = home_with(Some(GOOD.replace("good", "bad").as_str()));
    home.run_at(NOW, 0);
    let before = home.tree();
    home.write("state/harkara.db", vec![0x55u8; 8192]);
    let answer = home.harkara(&["run", "--now", NOW]);
    assert_eq!(answer.code, 3);
    assert!(answer.stderr.contains("is damaged"), "{}", answer.stderr);
    assert_eq!(home.tree(), before);
    std::fs::remove_file(home.at("state/harkara.db")).unwrap();
    home.run_at("2026-11-23T05:00:00Z", 0);
    assert_eq!(home.tree(), before, "a lost state gives the same ids and dates again");
}

#[test]
fn a_newer_state_is_refused() {
    let home = home_with(None);
    home.run_at(NOW, 1);
    let database = rusqlite::Connection::open(home.at("state/harkara.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let answer = home.harkara(&["run", "--now", NOW]);
    assert_eq!(answer.code, 3);
    assert!(answer.stderr.contains("newer harkara (state version 99"), "{}", answer.stderr);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    // A file where the folder should be: it stops even a superuser.
    let home = home_with(None);
    home.write("public", "not a folder");
    let answer = home.harkara(&["run", "--now", NOW]);
    assert_eq!(answer.code, 3, "{}", answer.stderr);
    assert!(answer.stderr.contains("public") && answer.stderr.contains("help: "), "{}", answer.stderr);
    let home = home_with(None);
    home.write("state", "not a folder");
    let answer = home.harkara(&["run", "--now", NOW]);
    assert_eq!(answer.code, 3, "{}", answer.stderr);
    assert!(answer.stderr.contains("state"), "{}", answer.stderr);
}

#[test]
fn a_source_that_is_not_there_does_not_stop_the_others_from_growing() {
    let home = home_with(None);
    home.run_at(NOW, 1);
    home.write(
        "good.xml",
        GOOD.replace(
            "</channel>",
            "<item><title>second</title><link>https://good.example/2</link></item></channel>",
        ),
    );
    home.run_at("2026-11-23T02:00:00Z", 1);
    assert_eq!(home.entries("all").len(), 2);
}
