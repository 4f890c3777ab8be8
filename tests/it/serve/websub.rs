//! WebSub (w3.org/TR/websub): publishing, the hub, and our own subscriptions; between two daemons, and by a table of its rules.

use std::net::TcpListener;

use super::{ADMIN, feed};
use crate::support::catcher::{Catcher, Sent};
use crate::support::daemon::{Daemon, PATIENCE, send};
use crate::support::example::{project, python_with};
use crate::support::home::Home;

/// A port that was free a moment ago: the address must be known before the daemon listens.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn config(port: u16, serve: &str, url: &str) -> String {
    format!(
        "[site]\nbase_url = \"http://127.0.0.1:{port}/\"\n[serve]\nlisten = \"127.0.0.1:{port}\"\nadmin_token = \"s3cret\"\n{serve}\n\
         [fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\ncontact = \"mailto:a@b.example\"\n\
         [source.a]\nurl = \"{url}\"\nevery = \"1h\"\n[feed.city]\ntitle = \"শহর\"\n"
    )
}

/// A daemon with a hub, its home and its port.
fn hub() -> (Daemon, Home, u16) {
    let port = port();
    let home = Home::new(&config(port, "hub = true", "a.xml"));
    home.write("a.xml", feed(&["এক"]));
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    (daemon, home, port)
}

fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// Answers a verification as a willing subscriber does.
fn willing(sent: &Sent) -> (u16, String) {
    (200, sent.field("hub.challenge").unwrap_or_default())
}

#[test]
fn a_run_tells_the_hubs_and_a_hub_that_is_down_is_only_a_note() {
    let hub = Catcher::open(|_| (204, String::new()));
    let config =
        |hub: &str| config(8080, "", "a.xml").replace("[serve]", &format!("hubs = [\"{hub}\"]\n[serve]"));
    let home = Home::new(&config(&hub.url("/hub")));
    home.write("a.xml", feed(&["এক"]));
    home.run_at("2026-11-23T00:00:00Z", 0);
    let told: Vec<String> = hub.all().iter().map(|sent| sent.field("hub.url").unwrap()).collect();
    let mut told_sorted = told.clone();
    told_sorted.sort();
    assert_eq!(
        told_sorted,
        ["atom", "json", "rss"].map(|format| format!("http://127.0.0.1:8080/city.{format}"))
    );
    let last = &hub.all()[0];
    assert_eq!((last.method.as_str(), last.field("hub.mode").as_deref()), ("POST", Some("publish")));
    // Nothing changed: nobody is told.
    home.run_at("2026-11-23T01:00:00Z", 0);
    assert_eq!(hub.all().len(), 3);
    home.write("harkara.toml", config(&format!("http://127.0.0.1:{}/hub", port())));
    home.write("a.xml", feed(&["দুই", "এক"]));
    let answer = home.run_at("2026-11-23T02:00:00Z", 0);
    assert!(answer.stderr.contains("note: the hub could not be told what changed"), "{}", answer.stderr);
}

#[test]
fn from_one_daemon_to_another_without_a_poll() {
    let (publisher, source, port_of_publisher) = hub();
    let port = port();
    let home =
        Home::new(&config(port, "websub = true", &format!("http://127.0.0.1:{port_of_publisher}/city.atom")));
    let reader = Daemon::start(&home);
    let before = reader.until("/city.atom", &[], |told| told.status == 200).etag();
    reader.logged("subscribed");
    publisher.logged("subscribed");
    source.write("a.xml", feed(&["দুই", "এক"]));
    publisher.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    // The reader would poll in an hour.
    let after = reader.until("/city.atom", &[], |told| told.etag() != before);
    assert!(after.text().contains("দুই"));
    assert!(reader.get("/metrics", &[]).text().contains("harkara_websub_pushes_total{kind=\"received\"} 1"));
    let status: serde_json::Value =
        serde_json::from_slice(&reader.get("/api/status", &[ADMIN]).body).unwrap();
    let source_line = &status["sources"][0];
    assert_eq!(source_line["entries"].as_u64(), Some(2));
    let at = |key: &str| source_line[key].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let wait = at("next_due") - at("last_try");
    assert!(wait >= chrono::TimeDelta::hours(5), "polled seldom while pushes work: {wait}");
    // A restart of either forgets nothing.
    drop(reader);
    let reader = Daemon::start(&home);
    source.write("a.xml", feed(&["তিন", "দুই", "এক"]));
    publisher.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    reader.until("/city.atom", &[], |told| told.text().contains("তিন"));
}

/// The hub is Flask-WebSub; its standard input keeps it alive.
#[test]
fn from_one_daemon_to_another_through_a_hub_of_others() {
    let Some(mut python) = python_with("flask_websub") else { return };
    let script = project().join("tests/readers/websub_hub.py");
    let mut foreign = python
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(foreign.stdout.take().unwrap()), &mut line)
        .unwrap();
    let hub = format!("http://127.0.0.1:{}/hub", line.trim());
    let port_of_publisher = port();
    let source = Home::new(
        &config(port_of_publisher, "", "a.xml").replace("[serve]", &format!("hubs = [\"{hub}\"]\n[serve]")),
    );
    source.write("a.xml", feed(&["এক"]));
    let publisher = Daemon::start(&source);
    publisher.until("/city.atom", &[], |told| told.status == 200);
    let topic = format!("http://127.0.0.1:{port_of_publisher}/city.atom");
    let home = Home::new(&config(port(), "websub = true", &topic));
    let reader = Daemon::start(&home);
    reader.until("/city.atom", &[], |told| told.status == 200);
    reader.logged("subscribed");
    // It notes a subscriber only after the answer to its question: until then nothing is pushed.
    let received = || {
        let text = reader.get("/metrics", &[]).text();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("harkara_websub_pushes_total{kind=\"received\"} "));
        line.map_or(0, |count| count.parse::<u64>().unwrap())
    };
    let began = std::time::Instant::now();
    while received() == 0 {
        assert!(began.elapsed() < PATIENCE, "nothing is pushed: {}", reader.log());
        let publish = form(&[("hub.mode", "publish"), ("hub.topic", &topic)]);
        let address = hub.strip_prefix("http://").unwrap().strip_suffix("/hub").unwrap().parse().unwrap();
        assert_eq!(send(address, "POST", "/hub", &[FORM], &publish).status, 202);
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    // The reader would poll in an hour.
    for titles in [&["দুই", "এক"][..], &["তিন", "দুই", "এক"]] {
        source.write("a.xml", feed(titles));
        publisher.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
        reader.until("/city.atom", &[], |told| told.text().contains(titles[0]));
    }
    drop(foreign.stdin.take());
    foreign.wait().unwrap();
}

/// Section 5.1: fields of a subscription, and what the hub answers.
#[test]
fn what_the_hub_answers_by_the_table() {
    let (daemon, _home, port) = hub();
    let topic = format!("http://127.0.0.1:{port}/city.atom");
    let subscriber = Catcher::open(willing);
    let callback = subscriber.url("/cb?a=1");
    let long = "x".repeat(200);
    let base =
        [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.callback", callback.as_str())];
    let with = |name: &'static str, value: &'static str| {
        let kept = base.iter().filter(move |(key, _)| *key != name).copied();
        kept.chain([(name, value)].into_iter().filter(|(_, value)| !value.is_empty())).collect::<Vec<_>>()
    };
    let mut secret = base.to_vec();
    secret.push(("hub.secret", &long));
    for (pairs, status) in [
        (base.to_vec(), 202),
        (with("hub.mode", ""), 400),
        (with("hub.mode", "dance"), 400),
        (with("hub.mode", "publish"), 202),
        (with("hub.topic", ""), 400),
        (with("hub.topic", "https://elsewhere.example/city.atom"), 404),
        (with("hub.callback", ""), 400),
        (with("hub.callback", "javascript:alert(1)"), 400),
        (with("hub.callback", "file:///etc/passwd"), 400),
        (with("hub.lease_seconds", "soon"), 400),
        (with("hub.lease_seconds", "3600"), 202),
        (with("hub.lease_seconds", "99999999999"), 202),
        (secret, 400),
    ] {
        let told = daemon.send("POST", "/hub", &[FORM], &form(&pairs));
        assert_eq!(told.status, status, "{pairs:?}: {}", told.text());
    }
    assert_eq!(daemon.get("/hub", &[]).status, 405);
    assert_eq!(daemon.send("POST", "/hub", &[FORM], &vec![b'a'; 64 << 10]).status, 413);
    let atom = daemon.get("/city.atom", &[]);
    assert!(
        atom.all("link").contains(&format!("<http://127.0.0.1:{port}/hub>; rel=\"hub\"").as_str()),
        "section 4"
    );
    assert!(atom.all("link").contains(&format!("<{topic}>; rel=\"self\"").as_str()), "section 4");
}

#[test]
fn verified_intent_then_signed_pushes_until_it_is_taken_back() {
    let (daemon, home, port) = hub();
    let topic = format!("http://127.0.0.1:{port}/city.atom");
    let subscriber = Catcher::open(willing);
    let callback = subscriber.url("/cb?a=1");
    let ask = |mode: &str| {
        let pairs = [
            ("hub.mode", mode),
            ("hub.topic", topic.as_str()),
            ("hub.callback", callback.as_str()),
            ("hub.secret", "গোপন"),
            ("hub.lease_seconds", "7200"),
        ];
        assert_eq!(daemon.send("POST", "/hub", &[FORM], &form(&pairs)).status, 202);
    };
    ask("subscribe");
    // Section 5.3: the query of the callback stays, the rest is added.
    let asked = subscriber.wait(1, |sent| sent.method == "GET");
    assert!(asked.path.starts_with("/cb?a=1&"), "{}", asked.path);
    assert_eq!(asked.field("hub.mode").as_deref(), Some("subscribe"));
    assert_eq!(asked.field("hub.topic").as_deref(), Some(topic.as_str()));
    assert_eq!(asked.field("hub.lease_seconds").as_deref(), Some("7200"));
    assert!(asked.field("hub.challenge").unwrap().len() >= 32);
    daemon.logged("subscribed");
    home.write("a.xml", feed(&["দুই", "এক"]));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    let push = subscriber.wait(1, |sent| sent.method == "POST");
    // Section 7: the whole document, its type, its links, its signature.
    let atom = daemon.get("/city.atom", &[]);
    assert_eq!(push.body, atom.body);
    assert_eq!(push.path, "/cb?a=1");
    assert_eq!(push.header("content-type"), atom.header("content-type"));
    let link = push.header("link").unwrap();
    assert!(link.contains(&format!("<{topic}>; rel=\"self\"")) && link.contains("rel=\"hub\""), "{link}");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, "গোপন".as_bytes());
    let signed = ring::hmac::sign(&key, &push.body);
    let digits: String = signed.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(push.header("x-hub-signature"), Some(format!("sha256={digits}").as_str()));

    ask("unsubscribe");
    daemon.logged("unsubscribed");
    home.write("a.xml", feed(&["তিন", "দুই", "এক"]));
    let before = atom.etag();
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until("/city.atom", &[], |told| told.etag() != before);
    assert_eq!(subscriber.all().iter().filter(|sent| sent.method == "POST").count(), 1);
}

#[test]
fn who_does_not_confirm_is_sent_nothing() {
    let (daemon, home, port) = hub();
    let topic = format!("http://127.0.0.1:{port}/city.atom");
    // The wrong challenge, a refusal, and more than the challenge.
    let answers = Catcher::open(|sent| match sent.path.split('?').next() {
        Some("/wrong") => (200, "0".repeat(32)),
        Some("/no") => (404, String::new()),
        _ => (200, format!("{}\n", sent.field("hub.challenge").unwrap_or_default())),
    });
    for path in ["/wrong", "/no", "/more"] {
        let callback = answers.url(path);
        let pairs =
            [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.callback", callback.as_str())];
        assert_eq!(daemon.send("POST", "/hub", &[FORM], &form(&pairs)).status, 202);
    }
    daemon.logged_times("not subscribed", 3);
    let before = daemon.get("/city.atom", &[]).etag();
    home.write("a.xml", feed(&["দুই", "এক"]));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until("/city.atom", &[], |told| told.etag() != before);
    assert!(answers.all().iter().all(|sent| sent.method == "GET"));
}

#[test]
fn nobody_makes_the_hub_knock_at_private_doors() {
    let private = Catcher::open(willing);
    let port = port();
    // Nothing private is allowed here; the source is a file.
    let home = Home::new(&config(port, "hub = true", "a.xml").replace("allow = [\"127.0.0.0/8\"]\n", ""));
    home.write("a.xml", feed(&["এক"]));
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let topic = format!("http://127.0.0.1:{port}/city.atom");
    let doors = [
        private.url("/"),
        private.url("/").replace("127.0.0.1", "localhost"),
        private.url("/2").replace("127.0.0.1", "2130706433"),
        "http://169.254.169.254/latest/".to_owned(),
        "http://[::1]:1/".to_owned(),
    ];
    for callback in &doors {
        let pairs =
            [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.callback", callback.as_str())];
        daemon.send("POST", "/hub", &[FORM], &form(&pairs));
    }
    daemon.logged_times("not subscribed", doors.len());
    assert!(private.all().is_empty(), "{:?}", private.all());
}

/// What strangers may try at the callback of a subscription: nothing of it is read.
#[test]
fn pushes_that_nobody_signed_are_ignored() {
    let published = feed(&["এক"]);
    let topic_hub = Catcher::open(|_| (202, String::new()));
    let site = crate::support::site::Site::open();
    let announcing = published.replace("<link>https://a.example/</link>", &format!("<link>https://a.example/</link><atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"{}\"/>", topic_hub.url("/hub")));
    site.set("/feed", crate::support::site::Reply::feed(&announcing));
    let port = port();
    let home = Home::new(&config(port, "websub = true", site.url("/feed").as_str()));
    let daemon = Daemon::start(&home);
    let before = daemon.until("/city.atom", &[], |told| told.status == 200).etag();
    let asked = topic_hub.wait(1, |sent| sent.field("hub.mode").as_deref() == Some("subscribe"));
    assert_eq!(asked.field("hub.topic").as_deref(), Some(site.url("/feed").as_str()));
    let callback = asked.field("hub.callback").unwrap();
    let path = callback.strip_prefix(&format!("http://127.0.0.1:{port}")).unwrap().to_owned();
    let secret = asked.field("hub.secret").unwrap();
    assert!(secret.len() >= 32 && !path.contains(&secret));
    // Verification: only of what was asked for.
    let topic =
        url::form_urlencoded::byte_serialize(site.url("/feed").as_str().as_bytes()).collect::<String>();
    let verify = |query: &str| daemon.get(&format!("{path}?{query}"), &[]);
    assert_eq!(verify(&format!("hub.mode=unsubscribe&hub.topic={topic}&hub.challenge=c")).status, 404);
    assert_eq!(verify("hub.mode=subscribe&hub.topic=other&hub.challenge=c").status, 404);
    assert_eq!(verify(&format!("hub.mode=subscribe&hub.topic={topic}")).status, 404);
    let told = verify(&format!(
        "hub.mode=subscribe&hub.topic={topic}&hub.challenge=%3Cscript%3E&hub.lease_seconds=3600"
    ));
    assert_eq!((told.status, told.text().as_str()), (200, "<script>"));
    assert_eq!(told.header("content-type"), Some("text/plain; charset=utf-8"));
    daemon.logged("subscribed");

    let forged = announcing.replace("এক", "জাল");
    let sign = |key: &str| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        let tag = ring::hmac::sign(&key, forged.as_bytes());
        format!(
            "X-Hub-Signature: sha1={}",
            tag.as_ref().iter().map(|b| format!("{b:02x}")).collect::<String>()
        )
    };
    let push = |path: &str, headers: &[&str], body: &[u8]| daemon.send("POST", path, headers, body).status;
    assert_eq!(push(&path, &[], forged.as_bytes()), 202);
    assert_eq!(push(&path, &[&sign("other")], forged.as_bytes()), 202);
    assert_eq!(push(&path, &["X-Hub-Signature: sha1="], forged.as_bytes()), 202);
    assert_eq!(push("/websub/0123", &[&sign(&secret)], forged.as_bytes()), 410);
    assert_eq!(push(&path, &["Content-Encoding: gzip", &sign(&secret)], b"\x1f\x8b"), 415);
    assert_eq!(push(&path, &[], &vec![b'x'; (5 << 20) + 1]), 413);
    daemon.logged_times("a push without the right signature was ignored", 3);
    assert_eq!(daemon.get("/city.atom", &[]).etag(), before);
    // The right one, though by an old method, is taken.
    assert_eq!(push(&path, &[&sign(&secret)], forged.as_bytes()), 202);
    daemon.until("/city.atom", &[], |told| told.text().contains("জাল"));
}

/// Section 4: headers count, and what a hub pushes need not name it again.
#[test]
fn a_hub_that_only_headers_announce_is_used_and_kept() {
    let hub = Catcher::open(|_| (202, String::new()));
    let site = crate::support::site::Site::open();
    let link = format!("Link: <{}>; rel=\"hub\", </topic>; rel=self", hub.url("/hub"));
    let headers = ["Content-Type: application/rss+xml", link.as_str()];
    site.set("/feed", crate::support::site::Reply::new("200 OK", &headers, feed(&["এক"])));
    let port = port();
    let home = Home::new(&config(port, "websub = true", site.url("/feed").as_str()));
    let daemon = Daemon::start(&home);
    let asked = hub.wait(1, |sent| sent.field("hub.mode").as_deref() == Some("subscribe"));
    let topic = site.url("/topic").to_string();
    assert_eq!(asked.field("hub.topic").as_deref(), Some(topic.as_str()));
    let callback = asked.field("hub.callback").unwrap();
    let path = callback.strip_prefix(&format!("http://127.0.0.1:{port}")).unwrap();
    let query = String::from_utf8(form(&[
        ("hub.mode", "subscribe"),
        ("hub.topic", &topic),
        ("hub.challenge", "c"),
        ("hub.lease_seconds", "864000"),
    ]))
    .unwrap();
    assert_eq!(daemon.get(&format!("{path}?{query}"), &[]).status, 200);
    daemon.logged("subscribed");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, asked.field("hub.secret").unwrap().as_bytes());
    let push = |body: &str| {
        let tag = ring::hmac::sign(&key, body.as_bytes());
        let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let told = daemon.send("POST", path, &[&format!("X-Hub-Signature: sha256={tag}")], body.as_bytes());
        assert_eq!(told.status, 202);
    };
    // The second comes only after it was looked what is announced still.
    for titles in [&["দুই", "এক"][..], &["তিন", "দুই", "এক"]] {
        push(&feed(titles));
        daemon.until("/city.atom", &[], |told| told.status == 200 && told.text().contains(titles[0]));
    }
    // Only what is new, one after the other: none takes the place of another.
    let parts = ["চার", "পাঁচ", "ছয়", "সাত"];
    for (n, title) in parts.iter().enumerate() {
        push(&feed(&[title]).replace("a.example/0", &format!("a.example/{}", n + 10)));
    }
    daemon.until("/city.atom", &[], |told| parts.iter().all(|title| told.text().contains(title)));
}
