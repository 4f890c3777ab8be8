//! A thousand sources on ten hosts that are all down for two hours, and ourselves being away for a night: nothing that is
//! published changes meanwhile, and what comes afterwards is no flood.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use harkara::config::{self, Config};
use harkara::report::{Report, Visit};
use harkara::run::{self, Stop, Wish};

use crate::support::home::Home;
use crate::support::site::{Reply, Site};

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-02T06:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

/// What the site saw: minute and path of each question, and the most that one host had to answer at once.
#[derive(Default)]
struct Seen {
    asked: Vec<(i64, String)>,
    busy: BTreeMap<String, usize>,
    most: usize,
}

/// A site on which each host 127.0.0.x is a server, which answers by path and minute; and the clock it goes by.
fn site(
    answer: impl Fn(&str, i64) -> Reply + Send + Sync + 'static,
) -> Option<(Site, Arc<AtomicI64>, Arc<Mutex<Seen>>)> {
    let site = Site::open_at("0.0.0.0:0")?;
    let (clock, seen) = (Arc::new(AtomicI64::new(0)), Arc::new(Mutex::new(Seen::default())));
    let (now, book, more) = (Arc::clone(&clock), Arc::clone(&seen), Condvar::new());
    site.answer_by(move |asked| {
        let minute = now.load(Ordering::SeqCst);
        let host = asked.header("host").unwrap_or_default().to_owned();
        {
            let mut seen = book.lock().unwrap();
            seen.asked.push((minute, asked.path.clone()));
            let busy = seen.busy.entry(host.clone()).or_default();
            *busy += 1;
            let busy = *busy;
            seen.most = seen.most.max(busy);
        }
        let reply = match asked.header("if-none-match") {
            Some(etag) if etag == mark(minute) && !is_down(minute) => Reply::new("304 Not Modified", &[], ""),
            _ => answer(&asked.path, minute),
        };
        // A question more than may be asked at once has a moment to come in.
        let seen = book.lock().unwrap();
        let (mut seen, _) =
            more.wait_timeout_while(seen, Duration::from_millis(2), |seen| seen.most <= PER_HOST).unwrap();
        more.notify_all();
        *seen.busy.entry(host).or_default() -= 1;
        reply
    });
    Some((site, clock, seen))
}

/// The default of `connections_per_host`.
const PER_HOST: usize = 2;

/// Each source brings an entry every two hours, all at the same time.
const RHYTHM: i64 = 120;

fn mark(minute: i64) -> String {
    format!("\"{}\"", minute / RHYTHM)
}

fn feed(path: &str, minute: i64) -> Reply {
    let name = path.trim_start_matches('/');
    let items: String = (-3..=minute / RHYTHM)
        .rev()
        .map(|n| {
            let date = at(n * RHYTHM).to_rfc2822();
            format!("<item><title>{name} {n}</title><link>https://{name}.example/{n}</link><pubDate>{date}</pubDate></item>")
        })
        .collect();
    let undated =
        format!("<item><title>{name} undated</title><link>https://{name}.example/undated</link></item>");
    let text = format!(
        "<rss version=\"2.0\"><channel><title>{name}</title><link>https://{name}.example/</link><description>d</description>{items}{undated}</channel></rss>"
    );
    Reply::new("200 OK", &["Content-Type: application/rss+xml", &format!("ETag: {}", mark(minute))], text)
}

const HOSTS: u16 = 10;
const SOURCES: u16 = 1000;
const DOWN: std::ops::Range<i64> = 75..195;
const STEP: i64 = 15;
const END: i64 = 345;

fn is_down(minute: i64) -> bool {
    DOWN.contains(&minute)
}

/// How a server is down: each host in its own way.
fn down(path: &str) -> Reply {
    // The last figure of its number is that of its host.
    match path.bytes().last().map_or(0, |digit| digit % 4) {
        0 => Reply::new("503 Service Unavailable", &[], ""),
        1 => Reply::new("503 Service Unavailable", &["Retry-After: 1800"], ""),
        2 => Reply::raw(""),
        _ => Reply::new("200 OK", &["Content-Type: text/html"], "<html><title>maintenance</title></html>"),
    }
}

fn read(home: &Home, text: &str) -> Arc<Config> {
    home.write("harkara.toml", text);
    Arc::new(config::load(&home.at("harkara.toml")).unwrap())
}

/// A run at this minute.
fn round(config: &Arc<Config>, minute: i64) -> Report {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (_stopper, stop) = Stop::pair();
    runtime.block_on(run::run(Arc::clone(config), &Wish::Due, at(minute), &stop, &|_| ())).unwrap()
}

/// Title and date of every entry of the published JSON Feed, by id; none of them twice.
fn entries(home: &Home) -> BTreeMap<String, (String, String)> {
    let json: serde_json::Value = serde_json::from_str(&home.read("public/all.json")).unwrap();
    let items = json["items"].as_array().unwrap();
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap().to_owned();
    let entry = |item| (text(item, "id"), (text(item, "title"), text(item, "date_published")));
    let all: BTreeMap<_, _> = items.iter().map(entry).collect();
    assert_eq!(all.len(), items.len(), "an id twice");
    all
}

#[test]
fn two_hours_without_any_source_change_nothing_and_end_without_a_flood() {
    let answer = |path: &str, minute| if is_down(minute) { down(path) } else { feed(path, minute) };
    let Some((site, clock, seen)) = site(answer) else { return };
    let mut text =
        "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"1ms\"\n[publish]\ncompress = []\n".to_owned();
    text.push_str("[feed.all]\nkeep = { entries = 30 }\nformats = [\"rss\", \"atom\", \"json\"]\n");
    for n in 0..SOURCES {
        let url = site.url_as(&format!("127.0.0.{}", n % HOSTS + 2), &format!("/s{n}"));
        text.push_str(&format!("[source.s{n}]\nurl = \"{url}\"\n"));
    }
    let home = Home::new(&text);
    let config = read(&home, &text);
    let large = read(&home, &text.replace("entries = 30", "entries = 99999"));
    let everything = |minute| {
        round(&large, minute);
        entries(&home)
    };
    let (mut before, mut tree) = (BTreeMap::new(), BTreeMap::new());
    for minute in (0..=END).step_by(STEP as usize) {
        clock.store(minute, Ordering::SeqCst);
        let report = round(&config, minute);
        if is_down(minute) {
            assert!(report.sources.iter().all(|line| !matches!(line.visit, Visit::Read { .. })), "{minute}");
            assert!(tree == home.tree(), "what is published has changed at minute {minute}");
        } else if minute + STEP == DOWN.start {
            before = everything(minute);
            round(&config, minute);
            tree = home.tree();
        }
    }
    let after = everything(END);

    // Nothing lost, nothing doubled, no date has moved.
    let each = (END / RHYTHM + 4 + 1) as usize;
    assert_eq!(after.len(), each * usize::from(SOURCES), "entries");
    for (id, entry) in &before {
        assert_eq!(after.get(id), Some(entry), "{id}");
    }
    for (title, date) in after.values() {
        let (_, n) = title.rsplit_once(' ').unwrap();
        let date: DateTime<Utc> = date.parse().unwrap();
        match n.parse::<i64>() {
            Ok(n) => assert_eq!(date, at(n * RHYTHM), "{title}"),
            Err(_) => assert!(date <= at(0) && date > at(-RHYTHM * 4), "{title}: {date}"),
        }
    }

    let seen = seen.lock().unwrap();
    assert!((1..=PER_HOST).contains(&seen.most), "one host had {} questions at once", seen.most);
    // Who is down is asked after a quarter of an hour, a half, an hour: four times at the most.
    let during = |minutes: std::ops::Range<i64>| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, path) in seen.asked.iter().filter(|(minute, _)| minutes.contains(minute)) {
            *counts.entry(path).or_default() += 1;
        }
        counts
    };
    let failed = during(DOWN);
    assert!(failed.values().all(|count| (1..=4).contains(count)), "{:?}", failed.values().max());
    // Afterwards they do not come all at once, and all of them have come within four hours.
    let back = during(DOWN.end..END + 1);
    assert_eq!(back.len(), usize::from(SOURCES), "everybody is asked again");
    let most = (DOWN.end..=END).step_by(STEP as usize).map(|minute| during(minute..minute + 1).len()).max();
    assert!(most.unwrap() < usize::from(SOURCES) * 2 / 3, "{most:?} sources in one round");
}

#[test]
fn after_a_night_without_us_what_was_missed_is_caught_up_once_and_spread_out() {
    let Some((site, clock, seen)) = site(feed) else { return };
    let mut text = "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[publish]\ncompress = []\n[feed.all]\nformats = [\"json\"]\n".to_owned();
    for n in 0..100 {
        let url = site.url_as(&format!("127.0.0.{}", n % HOSTS + 2), &format!("/s{n}"));
        text.push_str(&format!("[source.s{n}]\nurl = \"{url}\"\nevery = \"1h\"\n"));
    }
    let home = Home::new(&text);
    let config = read(&home, &text);
    // From cron each minute, then ten hours of nothing, then each minute again.
    let minutes = (0..6).chain(604..626);
    for minute in minutes {
        clock.store(minute, Ordering::SeqCst);
        round(&config, minute);
    }
    let seen = seen.lock().unwrap();
    let asked = |minutes: std::ops::Range<i64>| -> Vec<&str> {
        let within = seen.asked.iter().filter(|(minute, _)| minutes.contains(minute));
        within.map(|(_, path)| path.as_str()).collect()
    };
    assert_eq!(asked(0..1).len(), 100, "what was never asked is asked at once");
    let back = asked(604..626);
    let distinct: BTreeSet<&&str> = back.iter().collect();
    assert_eq!((back.len(), distinct.len()), (100, 100), "each of them, once");
    assert_eq!(asked(604..620).len(), 100, "within a quarter of an hour");
    for minute in 604..620 {
        assert!(
            asked(minute..minute + 1).len() <= 25,
            "{} in minute {minute}",
            asked(minute..minute + 1).len()
        );
    }
}
