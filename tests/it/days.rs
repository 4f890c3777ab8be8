//! Eight days with servers of every kind, a round each half hour: what each was asked, when, and what is known of it.
//!
//! Time is a parameter: the real run is made at each simulated moment against a site on loopback, where each server has
//! an address of its own (127.0.0.2, 127.0.0.3, …).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use harkara::config;
use harkara::run::{self, Stop, Wish};

use crate::support::home::Home;
use crate::support::site::{Asked, Reply, Site};

const STEP: i64 = 30;
const DAYS: i64 = 8;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// The number of the oldest entry; that of the first minute is 0.
const FIRST: i64 = -5;

fn start() -> DateTime<Utc> {
    "2026-11-02T00:00:00Z".parse().unwrap()
}

fn at(minute: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minute)
}

/// A feed that brings an entry each three hours, newest first, as it is at this minute.
fn feed(name: &str, minute: i64) -> String {
    let newest = minute.div_euclid(3 * HOUR);
    let items: String = (newest - 19..=newest)
        .rev()
        .filter(|n| *n >= FIRST)
        .map(|n| {
            let date = at(n * 3 * HOUR).to_rfc2822();
            format!("<item><title>{name} {n}</title><link>https://{name}.example/{n}</link><guid>https://{name}.example/{n}</guid><pubDate>{date}</pubDate></item>")
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>{name}</title><link>https://{name}.example/</link><description>d</description>{items}</channel></rss>"
    )
}

fn good(name: &str, minute: i64, headers: &[&str]) -> Reply {
    Reply::new("200 OK", headers, feed(name, minute))
}

/// How one server answers: what was asked, the minute, how many questions came before.
type Server = fn(&str, &Asked, i64, usize) -> Reply;

/// A source: name, host number, what its table says, how its server answers.
const SERVERS: &[(&str, u8, &str, Server)] = &[
    ("steady", 2, "", |name, asked, minute, _| {
        let etag = format!("\"{}\"", minute.div_euclid(3 * HOUR));
        if asked.header("if-none-match") == Some(&etag) {
            return Reply::new("304 Not Modified", &[], "");
        }
        good(name, minute, &[&format!("ETag: {etag}")])
    }),
    ("keeps", 3, "", |name, _, minute, _| good(name, minute, &["Cache-Control: max-age=21600"])),
    ("expires", 4, "", |name, _, minute, _| {
        let date = |minute| at(minute).format("%a, %d %b %Y %H:%M:%S GMT");
        let (now, then) = (date(minute), date(minute + 4 * HOUR));
        good(name, minute, &[&format!("Date: {now}"), &format!("Expires: {then}")])
    }),
    ("often", 5, "every = \"5m\"", |name, _, minute, _| good(name, minute, &[])),
    ("two-hours", 6, "every = \"2h\"", |name, _, minute, _| good(name, minute, &[])),
    ("morning", 7, "cron = \"0 6 * * *\"\ntimezone = \"Asia/Kolkata\"", |name, _, minute, _| {
        good(name, minute, &[])
    }),
    ("sleeps", 8, "", |name, _, minute, _| {
        let skip = "<ttl>20</ttl><skipHours><hour>0</hour><hour>1</hour><hour>2</hour><hour>3</hour></skipHours></channel>";
        Reply::feed(feed(name, minute).replace("</channel>", skip))
    }),
    ("beats", 20, "", |name, _, minute, _| {
        let beat = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>8</sy:updateFrequency><sy:updateBase>2000-01-01T00:15:00Z</sy:updateBase></channel>";
        let text = feed(name, minute).replace("</channel>", beat);
        Reply::feed(text.replace("<rss ", "<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\" "))
    }),
    ("later", 9, "every = \"25m\"", |name, _, minute, before| match before {
        1 => Reply::new("503 Service Unavailable", &["Retry-After: 10800"], ""),
        _ => good(name, minute, &[]),
    }),
    ("later-date", 10, "every = \"25m\"", |name, _, minute, before| {
        let date = |minute, form| at(minute).format(form).to_string();
        let form = match before {
            1 => "%a, %d %b %Y %H:%M:%S GMT",
            2 => "%A, %d-%b-%y %H:%M:%S GMT",
            3 => "%a %b %e %H:%M:%S %Y",
            _ => return good(name, minute, &[]),
        };
        let (now, then) = (date(minute, "%a, %d %b %Y %H:%M:%S GMT"), date(minute + 5 * HOUR, form));
        Reply::new("429 Too Many Requests", &[&format!("Date: {now}"), &format!("Retry-After: {then}")], "")
    }),
    ("too-often", 11, "every = \"25m\"", |name, _, minute, before| match before {
        0 => good(name, minute, &[]),
        _ => Reply::new("429 Too Many Requests", &[], ""),
    }),
    ("missing", 12, "", |name, _, minute, before| match before {
        0 => good(name, minute, &[]),
        _ => Reply::new("404 Not Found", &[], "no"),
    }),
    ("broken", 13, "every = \"1h\"", |name, _, minute, _| match minute {
        DAY..4320 => Reply::new("500 Oh", &[], ""),
        _ => good(name, minute, &[]),
    }),
    ("gone", 14, "", |name, _, minute, before| match before {
        0 => good(name, minute, &[]),
        _ => Reply::new("410 Gone", &[], ""),
    }),
    ("moved", 15, "every = \"6h\"", |name, asked, minute, _| match asked.path.as_str() {
        "/moved" => Reply::redirect(301, "/moved/new"),
        _ => good(name, minute, &[]),
    }),
    ("lent", 16, "every = \"6h\"", |name, asked, minute, _| match asked.path.as_str() {
        "/lent" => Reply::redirect(302, "/lent/new"),
        _ => good(name, minute, &[]),
    }),
    ("usurped", 17, "every = \"6h\"", |name, asked, minute, before| match asked.path.as_str() {
        "/usurped" if before == 0 => good(name, minute, &[]),
        "/usurped" => Reply::redirect(301, "/usurped/new"),
        _ => Reply::feed(format!(
            "<rss version=\"2.0\"><channel><title>sale {before}</title><item><title>buy {before}</title><link>https://shop.example/{before}</link></item></channel></rss>"
        )),
    }),
    ("walled", 18, "every = \"6h\"", |name, _, minute, before| match before {
        0 => good(name, minute, &[]),
        _ => Reply::new(
            "200 OK",
            &["Content-Type: text/html"],
            "<html><script src='/cdn-cgi/challenge-platform/x'></script></html>",
        ),
    }),
    // Three sources of one host that begins to refuse.
    ("full-a", 19, "every = \"25m\"", full),
    ("full-b", 19, "every = \"25m\"", full),
    ("full-c", 19, "every = \"25m\"", full),
];

fn full(name: &str, _: &Asked, minute: i64, _: usize) -> Reply {
    match minute {
        DAY..2160 => Reply::new("429 Too Many Requests", &["Retry-After: 7200"], ""),
        _ => good(name, minute, &[]),
    }
}

/// What was asked: path and minute, by source.
type Log = BTreeMap<String, Vec<(String, i64)>>;

/// Lives through the eight days; gives what was asked, and `status` at the end.
fn live() -> Option<(Log, Home, serde_json::Value)> {
    let site = Site::open_at("0.0.0.0:0")?;
    let clock = Arc::new(AtomicI64::new(0));
    let log = Arc::new(Mutex::new(Log::new()));
    let (now, seen) = (Arc::clone(&clock), Arc::clone(&log));
    site.answer_by(move |asked| {
        let minute = now.load(Ordering::SeqCst);
        let name = asked.path.split('/').nth(1).unwrap_or_default();
        let (name, _, _, server) = SERVERS.iter().find(|server| server.0 == name).expect("a server");
        let mut seen = seen.lock().unwrap();
        let visits = seen.entry((*name).to_owned()).or_default();
        let before = visits.iter().filter(|(path, _)| *path == asked.path).count();
        visits.push((asked.path.clone(), minute));
        server(name, asked, minute, before)
    });
    let mut text = "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[publish]\ncompress = []\n[feed.all]\nkeep = { entries = 10 }\nformats = [\"json\"]\n".to_owned();
    for (name, host, table, _) in SERVERS {
        let url = site.url_as(&format!("127.0.0.{host}"), &format!("/{name}"));
        text.push_str(&format!("[source.{name}]\nurl = \"{url}\"\n{table}\n"));
    }
    let home = Home::new(&text);
    let config = Arc::new(config::load(&home.at("harkara.toml")).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (_stopper, stop) = Stop::pair();
    let opened = run::open(Arc::clone(&config)).unwrap();
    for minute in (0..DAYS * DAY).step_by(STEP as usize) {
        clock.store(minute, Ordering::SeqCst);
        runtime.block_on(opened.round(&Wish::Due, at(minute), &stop, &|_| ())).unwrap();
    }
    drop(opened);
    // Everything that was ever read, nobody being asked.
    home.write("harkara.toml", text.replace("entries = 10 }", "entries = 9999 }"));
    let end = at(DAYS * DAY - STEP).to_rfc3339();
    assert_eq!(home.harkara(&["run", "--now", &end]).code, 0);
    let status = home.harkara(&["status", "--json", "--now", &at(DAYS * DAY).to_rfc3339()]);
    let status = serde_json::from_str(&status.stdout).unwrap();
    let log = log.lock().unwrap().clone();
    Some((log, home, status))
}

/// Minutes between the visits of a source (a redirect that is followed is the same visit).
fn gaps(log: &Log, name: &str) -> Vec<i64> {
    let mut minutes: Vec<i64> = log[name].iter().map(|(_, minute)| *minute).collect();
    minutes.dedup();
    minutes.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn eight_days_with_servers_of_every_kind() {
    let Some((log, home, status)) = live() else { return };
    let of =
        |name: &str| status.as_array().unwrap().iter().find(|line| line["source"] == name).unwrap().clone();
    let within = |name: &str, least: i64, most: i64| {
        let gaps = gaps(&log, name);
        let good = gaps.iter().all(|gap| (least..=most).contains(gap));
        assert!(good && !gaps.is_empty(), "{name}: gaps of {least} to {most} minutes are promised: {gaps:?}");
        assert_eq!(of(name)["state"], "well", "{name}");
    };
    // A rhythm of three hours: half of it, a tenth less, and up to the next round.
    within("steady", 80, 120);
    within("keeps", 6 * HOUR * 9 / 10, 6 * HOUR + STEP);
    within("expires", 4 * HOUR * 9 / 10, 4 * HOUR + STEP);
    within("often", STEP, STEP);
    within("two-hours", 2 * HOUR * 9 / 10, 2 * HOUR + STEP);
    let morning: Vec<i64> = log["morning"].iter().skip(1).map(|(_, minute)| minute % DAY).collect();
    assert_eq!(morning, [30; 8], "06:00 in Kolkata is 00:30 UTC");
    // What was due just before such an hour may be asked by the round at its beginning.
    let awake = |minute: i64| at(minute).hour() > 3 || minute % DAY == 0;
    assert!(log["sleeps"].iter().all(|(_, minute)| awake(*minute)), "{:?}", log["sleeps"]);

    // Each three hours, at a quarter past; a little later, and up to the next round.
    let beats: BTreeSet<i64> = log["beats"].iter().skip(1).map(|(_, minute)| minute % (3 * HOUR)).collect();
    assert!(beats.iter().all(|minute| [30, 60].contains(minute)) && log["beats"].len() > 60, "{beats:?}");

    // What a server asks for is never undercut, once it answers all is as before.
    let later = gaps(&log, "later");
    assert!(
        (3 * HOUR..=4 * HOUR).contains(&later[1]) && later[2..].iter().all(|gap| *gap == STEP),
        "{later:?}"
    );
    let dates = gaps(&log, "later-date");
    assert!(dates[1..4].iter().all(|gap| (5 * HOUR..=6 * HOUR).contains(gap)), "{dates:?}");
    assert!(dates[4..].iter().all(|gap| *gap == STEP), "{dates:?}");

    // Who refuses without a word is asked more and more seldom, and never given up.
    let refused = gaps(&log, "too-often");
    assert!((45..=HOUR).contains(&refused[1]), "twice the 25 minutes: {refused:?}");
    assert!(refused[1..].windows(2).all(|pair| pair[1] + STEP >= pair[0]), "{refused:?}");
    assert!(
        refused.iter().all(|gap| *gap <= DAY + STEP) && (10..=16).contains(&refused.len()),
        "{refused:?}"
    );
    let missing = gaps(&log, "missing");
    assert!(
        (12..=18).contains(&missing.len()) && missing.iter().all(|gap| *gap <= DAY + STEP),
        "{missing:?}"
    );
    for (name, state, code) in
        [("too-often", "failing", 429), ("missing", "failing", 404), ("gone", "gone", 410)]
    {
        let line = of(name);
        assert_eq!((&line["state"], &line["status"]), (&state.into(), &code.into()), "{line}");
        assert!(
            line["next_due"].is_string() && line["message"].as_str().unwrap().contains(&code.to_string())
        );
    }
    assert_eq!(of("broken")["state"], "well", "two days of 500 pass");
    let gone = gaps(&log, "gone");
    assert!(gone[1] > 6 * DAY && gone.len() == 2, "{gone:?}");

    // Moves: adopted when they lasted for three days and led to the same feed.
    let asked = |name: &str, path: &str| -> Vec<i64> {
        log[name].iter().filter(|visit| visit.0 == path).map(|visit| visit.1).collect()
    };
    let (old, new) = (asked("moved", "/moved"), asked("moved", "/moved/new"));
    let last = *old.last().unwrap();
    assert!((3 * DAY..3 * DAY + 13 * HOUR).contains(&last) && new.len() > old.len() + 10, "{old:?} {new:?}");
    assert!(of("moved")["moved"]["adopted"].is_string(), "{}", of("moved"));
    for name in ["lent", "usurped"] {
        assert!(asked(name, &format!("/{name}")).len() > 30, "{name} is asked where it is configured");
        assert!(of(name)["moved"]["adopted"].is_null(), "{}", of(name));
    }
    assert!(of("walled")["message"].as_str().unwrap().contains("a challenge of Cloudflare keeps us out"));

    // Of a host that refuses several, none is asked before the time that it named.
    let mut full: Vec<i64> =
        ["full-a", "full-b", "full-c"].iter().flat_map(|name| asked(name, &format!("/{name}"))).collect();
    full.sort_unstable();
    let during: Vec<i64> = full.iter().copied().filter(|minute| (DAY..2160).contains(minute)).collect();
    assert!((4..=21).contains(&during.len()), "{during:?} {full:?}");
    let mut rounds = during.clone();
    rounds.dedup();
    assert!(rounds.windows(2).all(|pair| pair[1] - pair[0] >= 2 * HOUR), "{during:?}");
    for name in ["full-a", "full-b", "full-c"] {
        assert!(asked(name, &format!("/{name}")).len() > 250 && of(name)["state"] == "well");
    }

    // Whatever happened to a server: every entry that it showed came once, with its own date.
    let json: serde_json::Value = serde_json::from_str(&home.read("public/all.json")).unwrap();
    let items = json["items"].as_array().unwrap();
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for item in items {
        let (name, n) = item["title"].as_str().unwrap().rsplit_once(' ').unwrap();
        *counts.entry(name).or_default() += 1;
        if !["buy"].contains(&name) {
            let date: DateTime<Utc> = item["date_published"].as_str().unwrap().parse().unwrap();
            assert_eq!(date, at(n.parse::<i64>().unwrap() * 3 * HOUR), "{name} {n}");
        }
    }
    for (name, ..) in SERVERS {
        let all = DAYS * DAY / (3 * HOUR) - FIRST;
        let expected = match *name {
            "too-often" | "missing" | "gone" | "walled" | "usurped" => 1 - FIRST..=1 - FIRST,
            _ => all - 8..=all,
        };
        assert!(expected.contains(&counts[name]), "{name}: {} of {all} entries", counts[name]);
    }
}
