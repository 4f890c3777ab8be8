//! Entries that are held back, and the owner who decides over HTTP.

use super::{ADMIN, feed, home};
use crate::support::daemon::Daemon;

/// Five articles of 2026, and from `old` on some of another year.
fn source(old: bool) -> String {
    let text = feed(&["পাঁচ", "চার", "তিন", "দুই", "এক"]);
    let item = |n: usize| {
        format!(
            "<item><title>প্রাচীন {n}</title><link>https://b.example/{n}</link><guid>https://b.example/{n}</guid>\
             <pubDate>Fri, 0{n} Nov 2019 00:00:00 +0000</pubDate><description>{n}</description></item>"
        )
    };
    let items: String = if old { (1..=4).rev().map(item).collect() } else { String::new() };
    text.replace("</channel>", &format!("{items}</channel>"))
}

#[test]
fn what_is_held_is_listed_released_and_dropped() {
    let home = home("views = { enabled = true }", "");
    home.write("a.xml", source(false));
    let daemon = Daemon::start(&home);
    let first = daemon.until("/city.atom", &[], |told| told.status == 200);
    home.write("a.xml", source(true));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.logged("held back, until `/api/held` is told what to do: 4 items came for the first time");
    daemon.until("/metrics", &[], |told| told.text().contains("harkara_held_entries{kind=\"held\"} 4"));
    assert!(daemon.get("/metrics", &[]).text().contains("harkara_entries_total{kind=\"held\"} 4"));
    assert_eq!(daemon.get("/city.atom", &[]).etag(), first.etag());
    let json = |path: &str| -> serde_json::Value {
        serde_json::from_slice(&daemon.get(path, &[ADMIN]).body).unwrap()
    };
    assert_eq!(json("/api/status")["sources"][0]["held"], 4);
    let held = json("/api/held");
    assert_eq!(
        (held[0]["source"].as_str(), held[0]["entries"].as_array().map(Vec::len)),
        (Some("a"), Some(4))
    );

    for (method, path, status) in [
        ("GET", "/api/held/release?source=a", 405),
        ("POST", "/api/held", 405),
        ("POST", "/api/held/drop", 400),
        ("POST", "/api/held/drop?what=a", 400),
        ("POST", "/api/held/drop?source=a&id=urn:x:nobody", 409),
        ("POST", "/api/held/release?source=nobody", 409),
    ] {
        assert_eq!(daemon.ask(method, path, &[ADMIN]).status, status, "{method} {path}");
    }
    assert_eq!(daemon.ask("POST", "/api/held/release?source=a", &[]).status, 401);
    // The command line says where to go while the daemon has the state.
    let answer = home.harkara(&["held", "release", "a"]);
    assert_eq!(answer.code, 3);
    assert!(answer.stderr.contains("POST /api/held/release?source=ID"), "{}", answer.stderr);
    assert!(home.harkara(&["held"]).stdout.starts_with("a: 4 held\n"));

    let one = "/api/held/drop?id=https%3A%2F%2Fb.example%2F1";
    assert_eq!(daemon.ask("POST", one, &[ADMIN]).text(), "1 entry dropped\n");
    assert_eq!(daemon.ask("POST", "/api/held/release?source=a", &[ADMIN]).text(), "3 entries released\n");
    let then = daemon.until("/city.atom", &[], |told| told.etag() != first.etag()).text();
    assert!((2..=4).all(|n| then.contains(&format!("https://b.example/{n}"))), "{then}");
    assert!(!then.contains("https://b.example/1<"));
    // Views find what was released, and nothing else.
    daemon.until(
        "/city.json?q=%E0%A6%AA%E0%A7%8D%E0%A6%B0%E0%A6%BE%E0%A6%9A%E0%A7%80%E0%A6%A8",
        &[],
        |told| told.status == 200 && told.text().matches("\"url\": \"https://b.example/").count() == 3,
    );
    daemon.until("/metrics", &[], |told| {
        let text = told.text();
        text.contains("harkara_held_entries{kind=\"held\"} 0")
            && text.contains("harkara_held_entries{kind=\"dropped\"} 1")
    });
}
