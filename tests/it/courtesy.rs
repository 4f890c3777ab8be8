//! What is owed to hosts beyond a question: when they open again, when a run was killed, when a redirect leads to one that is
//! left alone, and what is kept of their `robots.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use harkara::daemon::Clock;

use crate::support::by_hand::ByHand;
use crate::support::daemon::PATIENCE;
use crate::support::home::Home;
use crate::support::site::{Asked, Reply, Site};

fn start() -> DateTime<Utc> {
    "2026-11-02T06:00:00Z".parse().unwrap()
}

fn feed(name: &str, number: i64) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>{name}</title><link>https://{name}.example/</link><description/>\
         <item><title>{name} {number}</title><link>https://{name}.example/{number}</link></item></channel></rss>"
    )
}

/// Minutes at which each path was asked.
type Seen = Arc<Mutex<BTreeMap<String, Vec<i64>>>>;

/// The daemon by hand, with sources of a site that answers by path and minute.
fn world(
    sources: &[(String, &str, &str)],
    answer: impl Fn(&Asked, i64) -> Reply + Send + Sync + 'static,
) -> Option<(ByHand, Site, Seen, Home)> {
    let site = Site::open_at("0.0.0.0:0")?;
    let (clock, hand) = Clock::by_hand(start());
    let (seen, time) = (Seen::default(), clock.clone());
    let noted = Arc::clone(&seen);
    site.answer_by(move |asked| {
        let minute = (time.now() - start()).num_minutes();
        noted.lock().unwrap().entry(asked.path.clone()).or_default().push(minute);
        answer(asked, minute)
    });
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut text = format!(
        "[serve]\nlisten = \"{address}\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[publish]\ncompress = []\n\
         [feed.all]\nformats = [\"json\"]\n"
    );
    for (name, host, every) in sources {
        let url = site.url_as(host, &format!("/{name}"));
        text.push_str(&format!("[source.{name}]\nurl = \"{url}\"\nevery = \"{every}\"\n"));
    }
    let home = Home::new(&text);
    let daemon = ByHand::start(&home, address, (clock, hand));
    Some((daemon, site, seen, home))
}

#[test]
fn when_a_host_opens_again_who_waited_comes_by_and_by() {
    let sources: Vec<_> = (0..40).map(|n| (format!("s{n}"), "127.0.0.2", "1h")).collect();
    let refuses = 30..150;
    let answer = move |asked: &Asked, minute: i64| match (30..150).contains(&minute) {
        true => Reply::new("429 Too Many Requests", &["Retry-After: 7200"], ""),
        false => Reply::feed(feed(asked.path.trim_start_matches('/'), 1)),
    };
    let Some((daemon, _site, seen, _home)) = world(&sources, answer) else { return };
    daemon.live_until(start() + TimeDelta::minutes(300));
    let seen = seen.lock().unwrap();
    let asked = |minutes: std::ops::Range<i64>| -> Vec<&str> {
        let within = |(path, times): (&'_ String, &'_ Vec<i64>)| {
            times.iter().filter(|minute| minutes.contains(minute)).map(|_| path.clone()).collect::<Vec<_>>()
        };
        let all: Vec<String> = seen.iter().flat_map(within).collect();
        all.iter().map(|path| seen.get_key_value(path).unwrap().0.as_str()).collect()
    };
    // The second that is refused closes it; those on their way came too.
    assert!((2..=4).contains(&asked(refuses).len()), "{:?}", asked(30..150));
    let open = seen.values().flatten().filter(|minute| **minute >= 150).min().copied().unwrap();
    let back = asked(open..open + 17);
    let distinct: BTreeSet<&&str> = back.iter().collect();
    assert_eq!((back.len(), distinct.len()), (40, 40), "each of them once, within a quarter of an hour");
    for minute in open..open + 17 {
        let count = asked(minute..minute + 1).len();
        assert!(count <= 10, "{count} in minute {}", minute - open);
    }
}

#[test]
fn a_redirect_to_a_host_that_is_left_alone_does_not_bring_us_back_to_the_first_and_nothing_is_made_for_nothing()
 {
    let full: Vec<_> = (0..6).map(|n| (format!("full{n}"), "127.0.0.3", "1h")).collect();
    let sources = [full, vec![("leads".to_owned(), "127.0.0.2", "80m")]].concat();
    let answer = |asked: &Asked, minute: i64| match asked.path.as_str() {
        "/leads" => {
            let port = asked.header("host").unwrap().rsplit_once(':').unwrap().1.to_owned();
            Reply::redirect(302, &format!("http://127.0.0.3:{port}/there"))
        }
        _ if (30..150).contains(&minute) => Reply::new("429 Too Many Requests", &["Retry-After: 14400"], ""),
        path => Reply::feed(feed(path.trim_start_matches('/'), minute / 60)),
    };
    let Some((daemon, _site, seen, _home)) = world(&sources, answer) else { return };
    daemon.live_until(start() + TimeDelta::minutes(90));
    let made = daemon.figure("harkara_documents_total{kind=\"same\"}");
    let asked = |path: &str, minutes: std::ops::Range<i64>| {
        let seen = seen.lock().unwrap();
        let times = seen.iter().filter(|(asked, _)| asked.starts_with(path)).flat_map(|(_, times)| times);
        times.filter(|minute| minutes.contains(minute)).count()
    };
    assert_eq!(asked("/full", 30..90), 2, "then the host is closed");
    assert_eq!((asked("/leads", 30..90), asked("/there", 30..90)), (1, 0), "before anybody was led there");
    daemon.live_until(start() + TimeDelta::minutes(240));
    assert!(asked("/leads", 90..240) <= 1, "{:?}", seen.lock().unwrap());
    // The feed keeps entries for hours: looked at each quarter of an hour, with the pages and the lists beside.
    let more = daemon.figure("harkara_documents_total{kind=\"same\"}") - made;
    assert!(more <= 11 * 4, "{more} documents were made for nothing, {made} before");
    daemon.live_until(start() + TimeDelta::minutes(420));
    assert!(asked("/full", 240..420) >= 6 && asked("/there", 240..420) >= 1, "{:?}", seen.lock().unwrap());
}

#[test]
fn a_pause_outlives_a_run_that_was_killed() {
    let site = Site::open();
    site.on("/a", Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").hold());
    site.on("/a", Reply::feed(feed("a", 1)));
    let home = Home::new(&format!(
        "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"1500ms\"\n[feed.all]\n[source.a]\nurl = \"{}\"\n",
        site.url("/a")
    ));
    let mut run = home.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while site.asked().is_empty() {
        assert!(began.elapsed() < PATIENCE, "nobody is asked");
        std::thread::park_timeout(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(home.harkara(&["run"]).code, 0);
    let times: Vec<Instant> = site.asked().iter().map(|asked| asked.at).collect();
    assert_eq!(times.len(), 2);
    let pause = times[1] - times[0];
    assert!(pause >= Duration::from_millis(1500), "asked again after {pause:?}");
    // One that ended well is remembered by what it wrote, and one a day later waits for nobody.
    let later = Instant::now();
    assert_eq!(home.harkara(&["run", "--all", "--now", "2100-01-01T00:00:00Z"]).code, 0);
    assert!(later.elapsed() < PATIENCE && site.asked().len() == 3);
}

/// After a part of an answer (226) what is kept is older than the validators: another reading asks for the whole.
#[test]
fn after_a_delta_another_reading_asks_for_the_whole() {
    let site = Site::open();
    let whole = |tag: &str, number| {
        Reply::new(
            "200 OK",
            &["Content-Type: application/rss+xml", &format!("ETag: \"{tag}\"")],
            feed("a", number),
        )
    };
    site.on("/a", whole("1", 1));
    site.on(
        "/a",
        Reply::new(
            "226 IM Used",
            &["Content-Type: application/rss+xml", "IM: feed", "ETag: \"2\""],
            feed("a", 2),
        ),
    );
    site.on("/a", Reply::new("304 Not Modified", &[], ""));
    site.on("/a", whole("2", 2));
    let config = |more: &str| {
        format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[feed.all]\nformats = [\"json\"]\n[source.a]\nurl = \"{}\"\n{more}",
            site.url("/a")
        )
    };
    let home = Home::new(&config(""));
    let marks = |site: &Site| site.last().header("if-none-match").map(str::to_owned);
    home.run_at("2026-11-02T06:00:00Z", 0);
    home.run_at("2026-11-02T08:00:00Z", 0);
    assert_eq!(marks(&site).as_deref(), Some("\"1\""));
    home.run_at("2026-11-02T10:00:00Z", 0);
    assert_eq!(marks(&site).as_deref(), Some("\"2\""));
    assert_eq!(home.entries("all").len(), 2);
    home.write("harkara.toml", config("language = \"bn\"\n"));
    home.run_at("2026-11-02T12:00:00Z", 0);
    assert_eq!(marks(&site), None, "the whole is asked for");
    assert_eq!(home.entries("all").len(), 2);
}

/// The news of a source come in another reading before the whole has: the whole is read so too, with the next visit.
#[test]
fn a_delta_in_another_reading_is_followed_by_the_whole() {
    let site = Site::open();
    let rss = |status: &str, more: &[&str], numbers: &[i64]| {
        let text = feed("a", numbers[0]);
        let second = numbers.get(1).map(|number| {
            let text = feed("a", *number);
            text[text.find("<item>").unwrap()..text.find("</channel>").unwrap()].to_owned()
        });
        let body = text.replace("</channel>", &format!("{}</channel>", second.unwrap_or_default()));
        Reply::new(status, &[&["Content-Type: application/rss+xml"], more].concat(), body)
    };
    site.on("/a", rss("200 OK", &["ETag: \"1\""], &[1]));
    site.on("/a", rss("226 IM Used", &["IM: feed", "ETag: \"2\""], &[2]));
    site.on("/a", rss("200 OK", &["ETag: \"2\""], &[2, 1]));
    let config = |more: &str| {
        format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[feed.all]\nformats = [\"json\"]\n[source.a]\nurl = \"{}\"\n{more}",
            site.url("/a")
        )
    };
    let home = Home::new(&config(""));
    let bengali = || home.read("public/all.json").matches("\"language\": \"bn\"").count();
    home.run_at("2026-11-02T06:00:00Z", 0);
    home.write("harkara.toml", config("language = \"bn\"\n"));
    home.run_at("2026-11-02T08:00:00Z", 0);
    let after_the_part = bengali();
    home.run_at("2026-11-02T10:00:00Z", 0);
    assert_eq!(site.last().header("if-none-match"), None, "the whole is asked for");
    assert!(bengali() > after_the_part, "{}", home.read("public/all.json"));
    assert_eq!(home.entries("all").len(), 2);
}

/// What `robots.txt` said is kept from one run to the next for a day, and then forgotten.
#[test]
fn what_robots_said_is_kept_for_a_day() {
    let home = Home::new("[feed.all]\nformats = [\"json\"]\n[source.a]\nurl = \"a.xml\"\n");
    home.write("a.xml", feed("a", 1));
    home.run_at("2026-11-02T06:00:00Z", 0);
    let state = || rusqlite::Connection::open(home.at("state/harkara.db")).unwrap();
    let read_at = "2026-11-02T06:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp();
    state()
        .execute(
            "INSERT INTO robots (origin, read_at, rules) VALUES ('https://a.example', ?1, 'x')",
            [read_at],
        )
        .unwrap();
    let kept = || state().query_row("SELECT count(*) FROM robots", [], |row| row.get::<_, i64>(0)).unwrap();
    home.run_at("2026-11-03T05:59:00Z", 0);
    assert_eq!(kept(), 1);
    home.run_at("2026-11-03T06:01:00Z", 0);
    assert_eq!(kept(), 0);
}
