//! SIGTERM and SIGINT in the middle of a run, sent to the real binary: no visit is begun any more, those under way end within
//! five seconds, what was read is stored, documents are whole, and the next run goes on from there.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::support::home::{Answer, Home, answer};
use crate::support::site::{Reply, Site};

const NOW: &str = "2026-11-23T00:00:00Z";

fn feed(name: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>{name}</title><link>https://{name}.example/</link><description/>\
         <item><title>খবর {name}</title><link>https://{name}.example/1</link><guid>https://{name}.example/1</guid>\
         <pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate></item></channel></rss>"
    )
}

/// Two visits at once, to hosts that need not be spared.
fn config(addresses: &[(&str, String)]) -> String {
    let sources: String =
        addresses.iter().map(|(name, url)| format!("[source.{name}]\nurl = \"{url}\"\n")).collect();
    format!(
        "[fetch]\ncontact = \"mailto:a@b.example\"\nallow = [\"127.0.0.0/8\"]\nconcurrency = 1\nspacing = \"0s\"\n\
         {sources}[feed.all]\ntitle = \"all\"\n"
    )
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits until `met`, at most half a minute.
fn until(what: &str, met: impl Fn() -> bool) {
    let began = Instant::now();
    while !met() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}: waited in vain");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn start(home: &Home) -> Child {
    let mut command = home.command(&["run", "--all", "--now", NOW]);
    command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Answer {
    answer(child.wait_with_output().unwrap())
}

/// Source, failures, entries and whether it was ever tried.
fn status(home: &Home) -> Vec<(String, u64, bool)> {
    let told = home.harkara(&["status", "--json", "--now", NOW]);
    let lines: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let line = |line: &serde_json::Value| {
        (
            line["source"].as_str().unwrap().to_owned(),
            line["entries"].as_u64().unwrap(),
            !line["last_try"].is_null(),
        )
    };
    lines.as_array().unwrap().iter().map(line).collect()
}

fn check(signal: &str, code: i32) {
    let site = Site::open();
    for path in ["/second", "/third", "/fourth"] {
        site.set(path, Reply::raw("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n").hold());
    }
    let names = ["first", "second", "third", "fourth", "fifth"];
    // A file takes no turn of the client: whatever the order of the tasks, it is read.
    let address = |name| match name {
        "first" => "first.xml".to_owned(),
        other => site.url(&format!("/{other}")).into(),
    };
    let home = Home::new(&config(&names.map(|name| (name, address(name)))));
    home.write("first.xml", feed("first"));
    let child = start(&home);
    until("one is asked", || !site.asked().is_empty());
    let began = Instant::now();
    send(&child, signal);
    let told = end(child);
    assert_eq!(told.code, code, "{}", told.stderr);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    // The third may have been waiting for its turn already.
    let ways = ["3 not asked, 1 not waited for", "2 not asked, 2 not waited for"];
    assert!(ways.iter().any(|way| told.stderr.contains(way)), "{}", told.stderr);
    // The first was read and is stored; the others were not asked, as far as anybody remembers.
    let first = ("first".to_owned(), 1, true);
    let others = ["second", "third", "fourth", "fifth"].map(|name| (name.to_owned(), 0, false));
    assert_eq!(status(&home), [&[first][..], &others].concat());
    assert!(!home.at("public/all.atom").exists(), "nothing was published");

    for name in names {
        site.set(&format!("/{name}"), Reply::feed(feed(name)));
    }
    assert_eq!(home.run_at(NOW, 0).code, 0);
    let mut titles: Vec<String> = home.entries("all").into_iter().map(|(_, title)| title).collect();
    titles.sort();
    let mut expected = names.map(|name| format!("খবর {name}"));
    expected.sort();
    assert_eq!(titles, expected, "nothing is lost and nothing doubled");
}

#[cfg(unix)]
#[test]
fn sigterm_ends_a_run_within_five_seconds() {
    check("-TERM", 143);
}

#[cfg(unix)]
#[test]
fn sigint_ends_a_run_within_five_seconds() {
    check("-INT", 130);
}

#[cfg(unix)]
#[test]
fn an_answer_that_comes_in_time_is_still_taken_in() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/slow", listener.local_addr().unwrap());
    let (asked, was_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
        asked.send(()).unwrap();
        released.recv().unwrap();
        let body = feed("slow");
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    });
    let home = Home::new(&config(&[("slow", url)]));
    let child = start(&home);
    was_asked.recv_timeout(Duration::from_secs(30)).unwrap();
    send(&child, "-TERM");
    release.send(()).unwrap();
    let told = end(child);
    server.join().unwrap();
    assert_eq!(told.code, 143, "{}", told.stderr);
    assert!(told.stderr.contains("1 new"), "{}", told.stderr);
    assert_eq!(status(&home), [("slow".to_owned(), 1, true)]);
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_it_at_once_and_the_state_stands_it() {
    let site = Site::open();
    site.set("/slow", Reply::raw("HTTP/1.1 200 OK\r\n\r\n").hold());
    let home = Home::new(&config(&[("slow", site.url("/slow").into())]));
    let mut child = start(&home);
    until("it is asked", || !site.asked().is_empty());
    let began = Instant::now();
    // One that comes before the last was heard is the same one: until it has ended.
    while child.try_wait().unwrap().is_none() {
        send(&child, "-INT");
    }
    assert!(began.elapsed() < Duration::from_secs(4), "it did not wait for what is under way");
    assert_eq!(end(child).code, 130);
    site.set("/slow", Reply::feed(feed("slow")));
    home.run_at(NOW, 0);
    assert_eq!(home.entries("all").len(), 1);
}
