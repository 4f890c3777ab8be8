//! Other people's readers subscribe to the running daemon: they see what is new and what was edited, and are told when nothing is.

use std::process::Command;

use super::{ADMIN, home};
use crate::support::daemon::Daemon;
use crate::support::example::{program, project, python_with, say};

/// Each item: a number, a title, a text.
fn source(items: &[(usize, &str, &str)]) -> String {
    let one = |(n, title, text): &(usize, &str, &str)| {
        format!(
            "<item><title>{title}</title><link>https://a.example/{n}</link><guid>https://a.example/{n}</guid>\
             <pubDate>Sun, 01 Nov 2026 {n:02}:00:00 +0000</pubDate><description>{text}</description></item>"
        )
    };
    let items: String = items.iter().rev().map(one).collect();
    format!(
        "<rss version=\"2.0\"><channel><title>a</title><link>https://a.example/</link><description/>{items}</channel></rss>"
    )
}

/// What the reader has after one more visit, sorted: title and text.
fn visit(reader: &str, mut python: Command, address: &str, home: &std::path::Path) -> Vec<(String, String)> {
    let script = project().join("tests/readers/visit.py");
    let told = say(python.arg(script).args([reader, address]).arg(home));
    let mut entries: Vec<(String, String)> = told
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON lines");
            let text = |key: &str| line[key].as_str().unwrap_or_default().trim().to_owned();
            (text("title"), text("content"))
        })
        .collect();
    entries.sort();
    entries
}

/// Subscribes with a reader to each of these documents, of which one is a view.
fn subscribe(reader: &str, module: &str, paths: &[&str]) {
    let home = home("log_level = \"debug\"", "");
    let before = [(1, "এক: প্রথম খবর", "নদীর জল বাড়ছে"), (2, "Two", "The ferry is late")];
    let after = [(1, "এক: প্রথম খবর", "নদীর জল বাড়ছে"), (2, "Two", "The ferry has come"), (3, "তিন", "নতুন ঘাট")];
    home.write("a.xml", source(&before));
    let daemon = Daemon::start(&home);
    for path in paths {
        daemon.until(path, &[], |told| told.status == 200 && told.text().contains("ferry is late"));
    }
    let mut readers = Vec::new();
    for path in paths {
        let Some(python) = python_with(module) else { return };
        let place = tempfile::tempdir().unwrap();
        let address = format!("http://{}{path}", daemon.address());
        let first = visit(reader, python, &address, place.path());
        let has = |seen: &[(String, String)], title: &str, text: &str| {
            seen.iter().filter(|(t, c)| t == title && c.contains(text)).count()
        };
        for (_, title, text) in before {
            assert_eq!(has(&first, title, text), 1, "{reader} {path}: {first:?}");
        }
        assert_eq!(first.len(), before.len(), "{reader} {path}: {first:?}");
        // Nothing happened: it is told so, and shows nothing twice.
        let plain = path.split('?').next().unwrap();
        let told = || {
            daemon.log().lines().filter(|line| line.contains(plain) && line.contains("status=304")).count()
        };
        let said = told();
        // newsboat notes its validators before it has a row for the feed: the second visit is as the first one.
        for _ in 0..2 {
            let again = visit(reader, python_with(module).unwrap(), &address, place.path());
            assert_eq!(again, first, "{reader} {path}");
        }
        assert!(told() > said, "{reader} {path} was not answered 304:\n{}", daemon.log());
        readers.push((path, address, place, has));
    }
    home.write("a.xml", source(&after));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    for (path, address, place, has) in readers {
        daemon.until(path, &[], |told| {
            told.text().contains("ferry has come") && told.text().contains("নতুন ঘাট")
        });
        let seen = visit(reader, python_with(module).unwrap(), &address, place.path());
        for (_, title, text) in after {
            assert_eq!(has(&seen, title, text), 1, "{reader} {path}: {seen:?}");
        }
        // A mail that was sent stays sent; every other reader has each entry once.
        let sent = usize::from(reader == "rss2email");
        assert_eq!(seen.len(), after.len() + sent, "{reader} {path}: {seen:?}");
    }
}

const DOCUMENTS: [&str; 3] = ["/city.rss", "/city.atom", "/city.atom?source=a&limit=9"];

#[test]
fn newsboat_subscribes() {
    if program("newsboat").is_some() {
        subscribe("newsboat", "sqlite3", &DOCUMENTS);
    }
}

#[test]
fn rss2email_subscribes() {
    if program("r2e").is_some() {
        subscribe("rss2email", "mailbox", &DOCUMENTS);
    }
}

#[test]
fn feedparser_subscribes() {
    if python_with("feedparser").is_some() {
        subscribe("feedparser", "feedparser", &DOCUMENTS);
    }
}

#[test]
fn reader_subscribes() {
    if python_with("reader").is_some() {
        subscribe(
            "reader",
            "reader",
            &["/city.rss", "/city.atom", "/city.json", "/city.json?source=a&limit=9"],
        );
    }
}
