//! Running it: health, figures, orders, a configuration that changes, faults that readers must not feel.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use super::{ADMIN, config, feed, home};
use crate::support::daemon::{Daemon, PATIENCE};

#[test]
fn health_and_figures() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    assert_eq!(daemon.get("/healthz", &[]).text(), "alive\n");
    assert_eq!(daemon.get("/readyz", &[]).text(), "ready\n");
    assert_eq!(daemon.ask("POST", "/healthz", &[]).status, 405);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let figures = daemon.get("/metrics", &[]);
    assert!(figures.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = figures.text();
    for line in [
        "harkara_visits_total{kind=\"read\"} 1",
        "harkara_entries_total{kind=\"new\"} 1",
        "harkara_documents_total{kind=\"written\"} ",
        "harkara_round_duration_seconds_count 1",
        "harkara_queue 0",
        "harkara_feed_newest_timestamp_seconds{feed=\"city\"} 1793491200",
        "harkara_http_answers_total{kind=\"2xx\"} ",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    // Somebody far away does not see them, unless the token is brought.
    let far = "X-Forwarded-For: 203.0.113.9";
    assert_eq!(daemon.get("/metrics", &[far]).status, 403);
    assert_eq!(daemon.get("/metrics", &[far, ADMIN]).status, 200);
    let answer = home.harkara(&["healthcheck", "--at", &daemon.address().to_string()]);
    assert_eq!((answer.code, answer.stdout.as_str()), (0, "ready\n"));
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn how_the_sources_stand_is_counted_and_told_by_the_configuration_that_holds() {
    let home = home("", "[source.b]\nurl = \"b.xml\"\n[source.c]\nurl = \"http://127.0.0.1:1/\"\n");
    home.write("b.xml", feed(&["এক"]));
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    daemon.ask("POST", "/api/sources/b/pause", &[ADMIN]);
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    let figures = |text: &str| {
        ["twin\"} 1", "paused\"} 1", "failing\"} 1", "waiting\"} 0"]
            .iter()
            .all(|figure| text.contains(figure))
    };
    daemon.until("/metrics", &[], |told| figures(&told.text()));
    let sources = || -> Vec<String> {
        let status: serde_json::Value =
            serde_json::from_slice(&daemon.get("/api/status", &[ADMIN]).body).unwrap();
        let lines = status["sources"].as_array().unwrap();
        lines.iter().map(|line| line["source"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(sources(), ["a", "b", "c"]);
    home.write("harkara.toml", config("", "[source.d]\nurl = \"b.xml\"\n"));
    assert_eq!(daemon.ask("POST", "/api/reload", &[ADMIN]).status, 200);
    assert_eq!(sources(), ["a", "d"]);
}

#[test]
fn orders_of_the_owner() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    let before = daemon.until("/city.atom", &[], |told| told.status == 200).etag();
    for headers in [&[][..], &["Authorization: Bearer s3cre"], &["Authorization: Basic czNjcmV0"]] {
        assert_eq!(daemon.ask("POST", "/api/sources/a/refresh", headers).status, 401);
    }
    assert_eq!(
        daemon.get("/api/status?token=s3cret", &[]).status,
        401,
        "an address is written down everywhere"
    );
    assert_eq!(daemon.get("/api/sources/a/refresh", &[ADMIN]).status, 405);
    assert_eq!(daemon.ask("POST", "/api/sources/b/refresh", &[ADMIN]).status, 409);
    assert_eq!(daemon.ask("POST", "/api/sources/%0a/refresh", &[ADMIN]).status, 404);
    home.write("a.xml", feed(&["দুই", "এক"]));
    assert_eq!(daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]).text(), "`a` is asked\n");
    daemon.until("/city.atom", &[], |told| told.etag() != before);
    assert_eq!(daemon.ask("POST", "/api/sources/a/pause", &[ADMIN]).status, 200);
    let status: serde_json::Value =
        serde_json::from_slice(&daemon.get("/api/status", &[ADMIN]).body).unwrap();
    let source = &status["sources"][0];
    assert_eq!(
        (source["source"].as_str(), source["paused"].as_bool(), source["entries"].as_u64()),
        (Some("a"), Some(true), Some(2))
    );
    drop(daemon);
    // A pause outlives the daemon, and a run from cron heeds it.
    let answer = home.harkara(&["run", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!((report["sources"].as_array().map(Vec::len), report["not_due"].as_u64()), (Some(0), Some(1)));
    let daemon = Daemon::start(&home);
    daemon.ask("POST", "/api/sources/a/resume", &[ADMIN]);
    let status: serde_json::Value =
        serde_json::from_slice(&daemon.get("/api/status", &[ADMIN]).body).unwrap();
    assert_eq!(status["sources"][0]["paused"].as_bool(), Some(false));
}

#[test]
fn without_a_token_there_is_no_api() {
    let home = home("", "");
    home.write("harkara.toml", config("", "").replace("admin_token = \"s3cret\"\n", ""));
    let daemon = Daemon::start(&home);
    assert_eq!(daemon.get("/api/status", &[]).status, 404);
    assert_eq!(daemon.get("/api/status", &["Authorization: Bearer "]).status, 404);
}

#[test]
fn a_source_that_is_due_is_asked_by_itself() {
    let home = home("", "");
    home.write(
        "harkara.toml",
        config("", "").replace("every = \"1h\"", "every = \"1s\"").replace("a.xml", "http://127.0.0.1:1/"),
    );
    let site = crate::support::site::Site::open();
    site.set("/a.xml", crate::support::site::Reply::feed(feed(&["এক"])));
    let text = config("", "")
        .replace(
            "url = \"a.xml\"\nevery = \"1h\"",
            &format!("url = \"{}\"\nevery = \"1s\"", site.url("/a.xml")),
        )
        .replace("[source.a]", "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[source.a]");
    home.write("harkara.toml", text);
    let daemon = Daemon::start(&home);
    let before = daemon.until("/city.atom", &[], |told| told.status == 200).etag();
    site.set("/a.xml", crate::support::site::Reply::feed(feed(&["দুই", "এক"])));
    daemon.until("/city.atom", &[], |told| told.etag() != before);
    assert!(site.asked().len() < 60, "{} questions", site.asked().len());
}

#[test]
fn a_changed_configuration_is_taken_over_and_a_broken_one_refused() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    home.write("harkara.toml", config("", "[feed.second]\n"));
    // By itself, when the file changes.
    daemon.until("/second.atom", &[], |told| told.status == 200);
    home.write("harkara.toml", config("", "[feed.third]\nkeeep = 1\n"));
    daemon.signal("-HUP");
    let line = daemon.logged("the configuration was refused");
    assert!(line.contains("ERROR"), "{line}");
    daemon.logged("unknown key `keeep`");
    assert_eq!(daemon.get("/second.atom", &[]).status, 200, "the old one goes on");
    assert!(daemon.until("/readyz", &[], |told| told.text().contains("mistakes")).status == 200);
    let status: serde_json::Value =
        serde_json::from_slice(&daemon.get("/api/status", &[ADMIN]).body).unwrap();
    assert!(status["configuration"].as_str().unwrap().contains("did you mean `keep`"), "{status}");
    let told = daemon.ask("POST", "/api/reload", &[ADMIN]);
    assert!(told.status == 409 && told.text().contains("keeep"), "{told:?}");
    home.write("harkara.toml", config("", "[feed.third]\n"));
    assert_eq!(daemon.ask("POST", "/api/reload", &[ADMIN]).status, 200);
    assert_eq!(daemon.get("/readyz", &[]).text(), "ready\n");
    home.write("harkara.toml", config("[store]\nanswers = \"1MiB\"\n", ""));
    assert_eq!(
        daemon.ask("POST", "/api/reload", &[ADMIN]).status,
        200,
        "only the place of the state is fixed"
    );
    home.write("harkara.toml", config("", "").replace("127.0.0.1:0", "127.0.0.1:1"));
    let told = daemon.ask("POST", "/api/reload", &[ADMIN]);
    assert!(told.status == 409 && told.text().contains("restart"), "{told:?}");
}

#[test]
fn feeds_are_served_whatever_becomes_of_the_state() {
    let home = home("", "");
    let mut daemon = Daemon::start(&home);
    let before = daemon.until("/city.atom", &[], |told| told.status == 200).etag();
    // The folder cannot be written any more: a file stands where it was.
    std::fs::rename(home.at("public"), home.at("away")).unwrap();
    home.write("public", "in the way");
    home.write("a.xml", feed(&["দুই", "এক"]));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.logged("cannot");
    assert_eq!(daemon.get("/city.atom", &[]).etag(), before);
    std::fs::remove_file(home.at("public")).unwrap();
    std::fs::rename(home.at("away"), home.at("public")).unwrap();
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until("/city.atom", &[], |told| told.etag() != before);
    assert!(daemon.is_alive());
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn what_was_published_is_served_before_anybody_is_asked() {
    let home = home("", "");
    home.run_at("2026-11-02T00:00:00Z", 0);
    let site = crate::support::site::Site::open();
    site.set("/slow", crate::support::site::Reply::raw("HTTP/1.1 200 OK\r\n\r\n").hold());
    let text = config("", "").replace(
        "[source.a]",
        &format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\n[source.slow]\nurl = \"{}\"\n[source.a]",
            site.url("/slow")
        ),
    );
    home.write("harkara.toml", text);
    let daemon = Daemon::start(&home);
    assert_eq!(daemon.get("/city.atom", &[]).status, 200);
    let began = std::time::Instant::now();
    assert_eq!(daemon.stop(), 0);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn two_on_one_state_or_one_port_end_with_a_reason() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    let second = home.harkara(&["serve"]);
    assert!(second.code == 3 && second.stderr.contains("another harkara is at work"), "{second:?}");
    let other = super::home("", "");
    other.write("harkara.toml", config("", "").replace("127.0.0.1:0", &daemon.address().to_string()));
    let taken = other.harkara(&["serve"]);
    assert!(taken.code == 3 && taken.stderr.contains("another program listens there"), "{taken:?}");
}

#[test]
fn systemd_is_told() {
    let home = home("", "");
    let socket = home.at("notify");
    let listener = UnixDatagram::bind(&socket).unwrap();
    listener.set_read_timeout(Some(PATIENCE)).unwrap();
    let daemon = Daemon::start_with(&home, |command| {
        command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "200000").env("JOURNAL_STREAM", "8:1");
    });
    assert!(daemon.logged("serving at").starts_with("<6>"), "{}", daemon.log());
    let heard = |wanted: &str| {
        let mut buffer = [0; 1024];
        loop {
            let length = listener.recv(&mut buffer).unwrap_or_else(|error| panic!("{wanted}: {error}"));
            if String::from_utf8_lossy(&buffer[..length]).contains(wanted) {
                return;
            }
        }
    };
    heard("READY=1");
    heard("WATCHDOG=1");
    heard("WATCHDOG=1");
    daemon.signal("-HUP");
    heard("RELOADING=1");
    heard("READY=1");
    daemon.signal("-TERM");
    heard("STOPPING=1");
}

#[test]
fn the_log_for_programs() {
    let home = home("log = \"json\"", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let line = daemon.logged("\"read\"");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (line["level"].as_str(), line["source"].as_str(), line["new"].as_u64()),
        (Some("INFO"), Some("a"), Some(1))
    );
}
