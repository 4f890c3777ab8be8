//! Hubs that are down for hours and for days, each in its own way: sources are polled as if there were none, hubs are asked within
//! bounds, nothing comes twice, and once they are back they are used again.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use harkara::daemon::Clock;

use crate::support::by_hand::ByHand;
use crate::support::catcher::{Catcher, Sent};
use crate::support::daemon::send;
use crate::support::home::Home;
use crate::support::site::{Reply, Site};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// Each source brings an entry so often, and is polled so often, half an hour later.
const RHYTHM: i64 = 2 * HOUR;
const CRON: &str = "30 */2 * * *";
const SOURCES: usize = 20;
/// The hubs, by how they are down.
const HUBS: [&str; 4] = ["refuses", "breaks", "forgets", "garbles"];

fn start() -> DateTime<Utc> {
    "2026-11-02T06:00:00Z".parse().unwrap()
}

fn at(minute: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minute)
}

/// When hubs are down: two hours from the beginning, and two days later on.
fn is_down(minute: i64) -> bool {
    (0..2 * HOUR).contains(&minute) || (DAY..3 * DAY).contains(&minute)
}
const END: i64 = 5 * DAY;

/// An entry of each rhythm until this minute, the newest first, as source `n` shows it.
fn feed(n: usize, minute: i64, hub: &str) -> String {
    let newest = minute / RHYTHM;
    let item = |number: i64| {
        let date = at(number * RHYTHM).to_rfc2822();
        format!(
            "<item><title>s{n} {number}</title><link>https://s{n}.example/{number}</link><pubDate>{date}</pubDate></item>"
        )
    };
    let items: String = (newest - 15..=newest).rev().filter(|number| *number >= 0).map(item).collect();
    format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>s{n}</title><link>https://s{n}.example/</link>\
         <description>d</description><atom:link rel=\"hub\" href=\"{hub}\"/>{items}</channel></rss>"
    )
}

/// What a hub knows and saw.
#[derive(Default)]
struct Known {
    /// Callback and secret by topic.
    subscribers: BTreeMap<String, (String, String)>,
    /// Minute and topic of each question.
    asked: Vec<(i64, String)>,
}

/// Answers a subscription as this hub does at this minute: a good one verifies at once.
fn hub_answers(way: &str, minute: i64, sent: &Sent, known: &Mutex<Known>) -> (u16, String) {
    let field = |name: &str| sent.field(name).unwrap_or_default();
    let (topic, callback) = (field("hub.topic"), field("hub.callback"));
    known.lock().unwrap().asked.push((minute, topic.clone()));
    let told = match (is_down(minute), way) {
        (false, _) | (true, "garbles") => (202, String::new()),
        (true, "refuses") => return (0, String::new()),
        (true, "breaks") => return (503, String::new()),
        (true, _) => return (202, String::new()),
    };
    // A verification that went wrong on its way.
    let about = if is_down(minute) { "https://other.example/" } else { topic.as_str() };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("hub.mode", "subscribe"),
            ("hub.topic", about),
            ("hub.challenge", "c"),
            ("hub.lease_seconds", "864000"),
        ])
        .finish();
    let url = url::Url::parse(&callback).unwrap();
    let address: SocketAddr = url.authority().parse().unwrap();
    let answer = send(address, "GET", &format!("{}?{query}", url.path()), &[], b"");
    if !is_down(minute) {
        assert_eq!((answer.status, answer.text().as_str()), (200, "c"));
        known.lock().unwrap().subscribers.insert(topic, (callback, field("hub.secret")));
    }
    told
}

struct Hub {
    way: &'static str,
    address: SocketAddr,
    clock: Clock,
    known: Arc<Mutex<Known>>,
    /// `None`: nobody listens.
    open: Mutex<Option<Catcher>>,
}

impl Hub {
    fn new(way: &'static str, clock: &Clock) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let hub = Self { way, address, clock: clock.clone(), known: Arc::default(), open: Mutex::default() };
        if way != "refuses" {
            hub.open();
        }
        hub
    }

    fn open(&self) {
        let (way, clock, known) = (self.way, self.clock.clone(), Arc::clone(&self.known));
        let answer = move |sent: &Sent| hub_answers(way, (clock.now() - start()).num_minutes(), sent, &known);
        *self.open.lock().unwrap() = Some(Catcher::open_at(&self.address.to_string(), answer));
    }

    fn url(&self) -> String {
        format!("http://{}/hub", self.address)
    }

    /// How often it was asked for each topic in these minutes.
    fn asked(&self, minutes: &std::ops::Range<i64>) -> BTreeMap<String, usize> {
        let known = self.known.lock().unwrap();
        let mut counts = BTreeMap::new();
        for (_, topic) in known.asked.iter().filter(|(minute, _)| minutes.contains(minute)) {
            *counts.entry(topic.clone()).or_default() += 1;
        }
        counts
    }
}

const RECEIVED: &str = "harkara_websub_pushes_total{kind=\"received\"}";

struct World {
    daemon: Option<ByHand>,
    site: Site,
    hubs: Vec<Hub>,
    /// Minute of each poll, by source.
    polls: Arc<Mutex<BTreeMap<usize, Vec<i64>>>>,
    home: Home,
}

fn number(path: &str) -> usize {
    path.trim_start_matches("/s").parse().unwrap()
}

impl World {
    fn begin() -> Self {
        let (clock, hand) = Clock::by_hand(start());
        let hubs: Vec<Hub> = HUBS.iter().map(|way| Hub::new(way, &clock)).collect();
        let site = Site::open();
        let polls: Arc<Mutex<BTreeMap<usize, Vec<i64>>>> = Arc::default();
        let (seen, urls) = (Arc::clone(&polls), hubs.iter().map(Hub::url).collect::<Vec<_>>());
        let time = clock.clone();
        site.answer_by(move |asked| {
            let minute = (time.now() - start()).num_minutes();
            let n = number(&asked.path);
            seen.lock().unwrap().entry(n).or_default().push(minute);
            let mark = format!("\"{}\"", minute / RHYTHM);
            match asked.header("if-none-match") == Some(mark.as_str()) {
                true => Reply::new("304 Not Modified", &[], ""),
                false => {
                    Reply::new("200 OK", &[&format!("ETag: {mark}")], feed(n, minute, &urls[n % urls.len()]))
                }
            }
        });
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut text = format!(
            "[site]\nbase_url = \"http://{address}/\"\n[serve]\nlisten = \"{address}\"\nwebsub = true\n\
             [fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\n[publish]\ncompress = []\n\
             [feed.all]\nkeep = {{ entries = 20 }}\nformats = [\"json\"]\n"
        );
        for n in 0..SOURCES {
            text.push_str(&format!(
                "[source.s{n}]\nurl = \"{}\"\ncron = \"{CRON}\"\n",
                site.url(&format!("/s{n}"))
            ));
        }
        let home = Home::new(&text);
        let daemon = ByHand::start(&home, address, (clock, hand));
        Self { daemon: Some(daemon), site, hubs, polls, home }
    }

    /// The hubs push what the sources show at this minute to who subscribed.
    fn push(&self, minute: i64) -> usize {
        let (before, mut pushes) = (self.daemon().figure(RECEIVED), 0);
        for hub in &self.hubs {
            let subscribers = hub.known.lock().unwrap().subscribers.clone();
            for (topic, (callback, secret)) in subscribers {
                let topic = url::Url::parse(&topic).unwrap();
                let body = feed(number(topic.path()), minute, &hub.url());
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
                let tag = ring::hmac::sign(&key, body.as_bytes());
                let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
                let path = url::Url::parse(&callback).unwrap().path().to_owned();
                let signed = format!("X-Hub-Signature: sha256={tag}");
                assert_eq!(self.daemon().send("POST", &path, &[&signed], body.as_bytes()).status, 202);
                pushes += 1;
            }
        }
        self.daemon().until(RECEIVED, before + pushes as u64);
        pushes
    }

    fn daemon(&self) -> &ByHand {
        self.daemon.as_ref().unwrap()
    }

    fn live_until(&self, minute: i64) {
        self.daemon().live_until(at(minute));
    }

    /// Minutes between the polls of each source from `minutes.start` to `minutes.end`, both counted as one.
    fn gaps(&self, minutes: &std::ops::Range<i64>) -> BTreeSet<i64> {
        let polls = self.polls.lock().unwrap();
        let of_one = |polls: &Vec<i64>| -> Vec<i64> {
            let within = polls.iter().copied().filter(|minute| minutes.contains(minute));
            let times: Vec<i64> = [minutes.start].into_iter().chain(within).chain([minutes.end]).collect();
            times.windows(2).map(|pair| pair[1] - pair[0]).collect()
        };
        assert_eq!(polls.len(), SOURCES);
        polls.values().flat_map(of_one).collect()
    }
}

#[test]
fn hubs_that_are_down_cost_nobody_anything() {
    let mut world = World::begin();
    // Two hours without any hub. Polls go on at their rhythm.
    world.live_until(2 * HOUR);
    let first = 0..2 * HOUR;
    assert_eq!(world.daemon().figure(RECEIVED), 0);
    for hub in &world.hubs {
        let (asked, sources) = (hub.asked(&first), SOURCES / HUBS.len());
        let all: usize = asked.values().sum();
        match hub.way {
            // Nobody was there to count.
            "refuses" => assert_eq!(all, 0),
            // After 0, 10, 30 and 70 minutes; one letter each time, for all that are with it.
            "breaks" => assert_eq!(all, 4),
            // Who answers is asked for each.
            _ => assert!(asked.len() == sources && asked.values().all(|count| *count == 4), "{asked:?}"),
        }
    }
    world.hubs[0].open();

    // They are back: within 150 minutes from the beginning each was asked again, and verified. Then they push.
    let mut pushes = 0;
    for minute in (2 * HOUR..DAY).step_by(RHYTHM as usize) {
        world.live_until(minute);
        pushes += world.push(minute);
    }
    world.live_until(DAY);
    for hub in &world.hubs {
        assert_eq!(hub.known.lock().unwrap().subscribers.len(), SOURCES / HUBS.len(), "{}", hub.way);
        assert!(hub.asked(&(151..DAY)).is_empty(), "{}: a lease that holds is not renewed", hub.way);
    }
    assert_eq!(pushes, SOURCES * 10);
    assert_eq!(world.daemon().figure(RECEIVED) as usize, pushes);
    // Now polls come each six hours, though pushes come each two.
    let slow = world.gaps(&(7 * HOUR..DAY));
    assert!(slow.iter().all(|gap| *gap <= 6 * HOUR + 1), "{slow:?}");
    let counts: Vec<usize> = {
        let polls = world.polls.lock().unwrap();
        polls
            .values()
            .map(|polls| polls.iter().filter(|minute| (7 * HOUR..DAY).contains(*minute)).count())
            .collect()
    };
    assert!(counts.iter().all(|count| (2..=3).contains(count)), "{counts:?}");

    // Two days without hubs, which forget who subscribed. The first poll sees that something was not pushed; from then on all is
    // as if there were no hub.
    for hub in &world.hubs {
        hub.known.lock().unwrap().subscribers.clear();
    }
    *world.hubs[0].open.lock().unwrap() = None;
    world.live_until(3 * DAY);
    let gaps = world.gaps(&(DAY + 6 * HOUR + 1..3 * DAY));
    assert!(gaps.iter().all(|gap| *gap <= RHYTHM + 1), "{gaps:?}");
    for hub in &world.hubs {
        let asked = hub.asked(&(DAY..3 * DAY));
        let all: usize = asked.values().sum();
        // 10, 20, 40 … minutes, up to a day: at the most ten times in two days.
        match hub.way {
            "refuses" | "breaks" => assert!((4..=40).contains(&all), "{}: {all}", hub.way),
            _ => assert!(asked.values().all(|count| (4..=10).contains(count)), "{asked:?}"),
        }
    }

    // Back again: within a day they are used as before.
    for minute in (3 * DAY..END).step_by(RHYTHM as usize) {
        world.live_until(minute);
        world.push(minute);
    }
    world.live_until(END);
    for hub in &world.hubs {
        assert_eq!(hub.known.lock().unwrap().subscribers.len(), SOURCES / HUBS.len(), "{}", hub.way);
    }
    let counts: Vec<usize> = {
        let polls = world.polls.lock().unwrap();
        polls
            .values()
            .map(|polls| polls.iter().filter(|minute| (4 * DAY + 7 * HOUR..END).contains(*minute)).count())
            .collect()
    };
    assert!(counts.iter().all(|count| (2..=3).contains(count)), "{counts:?}");

    // Nothing was lost, nothing came twice, by push or by poll, and no date has moved.
    world.daemon = None;
    world
        .home
        .write("harkara.toml", world.home.read("harkara.toml").replace("entries = 20", "entries = 99999"));
    world.home.harkara(&["run", "--now", &at(END).to_rfc3339()]);
    let json: serde_json::Value = serde_json::from_str(&world.home.read("public/all.json")).unwrap();
    let items = json["items"].as_array().unwrap();
    let titles: BTreeSet<&str> = items.iter().map(|item| item["title"].as_str().unwrap()).collect();
    assert_eq!(titles.len(), items.len(), "an entry came twice");
    let until = (END - 6 * HOUR) / RHYTHM;
    for (n, number) in (0..SOURCES).flat_map(|n| (0..until).map(move |number| (n, number))) {
        assert!(titles.contains(format!("s{n} {number}").as_str()), "s{n} {number} is lost");
    }
    for item in items {
        let (_, number) = item["title"].as_str().unwrap().rsplit_once(' ').unwrap();
        let date: DateTime<Utc> = item["date_published"].as_str().unwrap().parse().unwrap();
        assert_eq!(date, at(number.parse::<i64>().unwrap() * RHYTHM), "{item}");
    }
    drop(world.site);
}
