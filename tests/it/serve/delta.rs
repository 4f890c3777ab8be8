//! RFC 3229 with the instance manipulation `feed`: who has a version gets what is new since.

use super::{ADMIN, feed, home};
use crate::support::daemon::{Daemon, Told};

fn titles(told: &Told) -> Vec<String> {
    let text = told.text();
    let xml = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let entries = xml.descendants().filter(|node| matches!(node.tag_name().name(), "entry" | "item"));
    entries
        .filter_map(|entry| {
            entry.children().find(|child| {
                child.has_tag_name((entry.tag_name().namespace().unwrap_or(""), "title"))
                    || child.tag_name().name() == "title"
            })
        })
        .filter_map(|title| title.text().map(str::to_owned))
        .collect()
}

fn changed(daemon: &Daemon, path: &str, before: &str) -> Told {
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until(path, &[], |told| told.etag() != before)
}

#[test]
fn only_what_is_new_or_changed_is_sent() {
    for path in ["/city.atom", "/city.rss"] {
        let home = home("", "");
        home.write("a.xml", feed(&["দুই", "এক"]));
        let daemon = Daemon::start(&home);
        let first = daemon.until(path, &[], |told| told.status == 200);
        let first_gzip = daemon.get(path, &["Accept-Encoding: gzip"]);
        home.write("a.xml", feed(&["তিন", "দুই", "এক"]));
        let second = changed(&daemon, path, &first.etag());
        assert_eq!(titles(&second), ["তিন", "দুই", "এক"]);
        let asks = |tag: &str, im: &str| {
            daemon.get(path, &[&format!("If-None-Match: {tag}"), &format!("A-IM: {im}")])
        };

        let delta = asks(&first.etag(), "feed");
        assert_eq!(delta.status, 226, "{path}");
        assert_eq!(titles(&delta), ["তিন"]);
        assert_eq!(delta.header("im"), Some("feed"));
        assert_eq!(delta.etag(), second.etag(), "the tag is that of the whole document");
        assert!(delta.header("cache-control").unwrap().split(", ").any(|word| word == "im"));
        assert!(delta.header("vary").unwrap().contains("A-IM"));
        assert_eq!(delta.header("accept-ranges"), None);
        // The client has the new version now.
        assert_eq!(asks(&delta.etag(), "feed").status, 304);
        // Whoever had it packed is told as well, and other manipulations do not hide it.
        assert_eq!(asks(&first_gzip.etag(), "vcdiff, feed;q=0.5, gzip").status, 226);

        // Not asked for, refused, not known: the whole.
        assert_eq!(asks(&first.etag(), "vcdiff").status, 200);
        assert_eq!(asks(&first.etag(), "feed;q=0").status, 200);
        // feedparser says so for programs that know nothing of it (tests/it/serve/subscribers.rs has rss2email).
        let by_feedparser = [
            &format!("If-None-Match: {}", first.etag()),
            "A-IM: feed",
            "Accept: application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml;q=0.9",
        ];
        assert_eq!(daemon.get(path, &by_feedparser).status, 200);
        assert_eq!(asks("\"0123456789abcdef0123456789abcdef\"", "feed").status, 200);
        assert_eq!(daemon.get(path, &["A-IM: feed"]).status, 200);
        let head = daemon.ask("HEAD", path, &[&format!("If-None-Match: {}", first.etag()), "A-IM: feed"]);
        assert_eq!(head.status, 200);

        // An edited entry is told too, with what came since the version before the last.
        let edited =
            feed(&["চার", "তিন", "দুই", "এক"]).replace("<title>এক</title>", "<title>এক, সংশোধিত</title>");
        home.write("a.xml", edited);
        let third = changed(&daemon, path, &second.etag());
        let mut told = titles(&asks(&first.etag(), "feed"));
        told.sort();
        let mut expected = ["চার", "তিন", "এক, সংশোধিত"].map(str::to_owned);
        expected.sort();
        assert_eq!(told, expected);
        assert_eq!(asks(&third.etag(), "feed").status, 304);
    }
}

#[test]
fn versions_are_not_remembered_for_ever() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    let first = daemon.until("/city.atom", &[], |told| told.status == 200);
    let mut last = first.etag();
    for n in 0..34 {
        let titles: Vec<String> =
            (0..=n).rev().map(|k| format!("খবর {k}")).chain(["এক".to_owned()]).collect();
        home.write("a.xml", feed(&titles.iter().map(String::as_str).collect::<Vec<_>>()));
        last = changed(&daemon, "/city.atom", &last).etag();
    }
    let asks = daemon.get("/city.atom", &[&format!("If-None-Match: {}", first.etag()), "A-IM: feed"]);
    assert_eq!(asks.status, 200);
    assert_eq!(titles(&asks).len(), 35);
}
