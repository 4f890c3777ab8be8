//! A run that is killed at any moment: published files are whole at all times, the next run ends well, nothing is
//! lost and nothing doubled.

use std::io::Read;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::support::home::Home;

const KILLS: usize = 100;
const SOURCES: usize = 6;

fn config() -> String {
    let sources: String = (0..SOURCES)
        .map(|n| format!("[source.s{n}]\nurl = \"s{n}.xml\"\ntags = [\"t{}\"]\n", n % 2))
        .collect();
    format!(
        "{sources}[feed.all]\ntitle = \"all\"\nkeep = {{ entries = 5000 }}\n[feed.even]\ntitle = \"even\"\ntags = [\"t0\"]\nkeep = {{ entries = 5000 }}\n"
    )
}

/// Source `n` after `round` rounds: three more items in each.
fn write_sources(home: &Home, round: usize) {
    for n in 0..SOURCES {
        let items: String = (0..=round * 3)
            .rev()
            .map(|k| {
                format!(
                    "<item><title>খবর {n}-{k}</title><link>https://s{n}.example/{k}</link><guid>https://s{n}.example/{k}</guid>\
                     <pubDate>Sun, 01 Nov 2026 {:02}:{:02}:{n:02} +0000</pubDate><description>{}</description></item>",
                    k / 60 % 24, k % 60, "পরিষেবা বন্ধ ".repeat(20)
                )
            })
            .collect();
        // Beside and rename: a source is never half written itself.
        home.write(&format!("s{n}.new"), format!("<rss version=\"2.0\"><channel><title>s{n}</title><link>https://s{n}.example/</link><description/>{items}</channel></rss>"));
        std::fs::rename(home.at(&format!("s{n}.new")), home.at(&format!("s{n}.xml"))).unwrap();
    }
}

/// Every document is whole, and so is every compressed copy of it.
fn assert_whole(home: &Home) {
    if !home.at("public").exists() {
        return;
    }
    for (name, bytes) in home.tree() {
        let bytes = match name.rsplit('.').next() {
            Some("gz") => {
                let mut out = Vec::new();
                flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut out).unwrap();
                out
            }
            Some("br") => {
                let mut out = Vec::new();
                brotli::Decompressor::new(&bytes[..], 4096).read_to_end(&mut out).unwrap();
                out
            }
            Some("rss" | "atom" | "json" | "opml" | "css") => bytes,
            // A file being written, under a name of its own: swept away by the next run.
            _ => continue,
        };
        let text = String::from_utf8(bytes).unwrap();
        if name.contains(".css") {
            assert!(text.ends_with("}\n"), "{name}");
        } else if name.contains(".json") {
            serde_json::from_str::<serde_json::Value>(&text)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        } else {
            roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn a_hundred_kills_lose_nothing_and_double_nothing() {
    let home = Home::new(&config());
    write_sources(&home, 0);
    let started = Instant::now();
    home.run_at("2026-11-23T00:00:00Z", 0);
    let usual = started.elapsed();
    // A fixed seed: the moments differ from kill to kill, the test does not from day to day.
    let mut chance: u64 = 0x5eed;
    let mut killed = 0;
    for round in 1..=KILLS {
        write_sources(&home, round);
        chance = chance.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let moment = usual.mul_f64((chance >> 33) as f64 / f64::from(1 << 30) * 0.6);
        let mut child =
            home.command(&["run", "--all", "-q", "--now", "2026-11-23T01:00:00Z"]).spawn().unwrap();
        let (_open, never) = mpsc::channel::<()>();
        // Nobody ever sends: this is a wait until the moment has come.
        assert!(never.recv_timeout(moment.max(Duration::from_micros(1))).is_err());
        child.kill().unwrap();
        killed += usize::from(child.wait().unwrap().code().is_none());
        assert_whole(&home);
    }
    assert!(killed > KILLS / 2, "only {killed} runs were still at work when they were killed");
    home.run_at("2026-11-23T02:00:00Z", 0);
    assert_whole(&home);

    let calm = Home::new(&config());
    write_sources(&calm, KILLS);
    calm.run_at("2026-11-23T02:00:00Z", 0);
    let (after, expected) = (home.tree(), calm.tree());
    assert_eq!(after.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in expected {
        assert!(after[&name] == bytes, "{name} differs from what an undisturbed run publishes");
    }
    let mut ids: Vec<String> = home.entries("all").into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), SOURCES * (KILLS * 3 + 1));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), SOURCES * (KILLS * 3 + 1));
}
