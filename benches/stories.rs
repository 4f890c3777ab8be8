//! What it costs to decide whether a new article tells a known story, beside a million that are stored.
//!
//! ```text
//! cargo run --release --manifest-path benches/Cargo.toml --bin stories [-- ENTRIES WINDOW]
//! ```
//!
//! Fills a state with `ENTRIES` (1,000,000) articles of 120 words by the real road, of which `WINDOW` (100,000) were published within
//! the window of a new one, 72 hours before and behind. Then sources with 0, 1, 100 and 1,000 new articles are read, once compared by their texts and
//! once by their addresses only; the difference of CPU time is what comparing costs. Half of the new ones are copies with small
//! edits, so candidates are read and compared too.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use harkara::config;
use harkara::run::{Stop, Wish, run};

const PER_SOURCE: usize = 2_000;
/// A quarter of it, because a window reaches 72 hours before and behind.
const WINDOW_SECONDS: usize = 6 * 86_400;
const NOW: i64 = 1_795_000_000;
const BATCHES: [usize; 4] = [1, 100, 1_000, 10_000];

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|it| it.parse().ok()).collect();
    let entries = arguments.first().copied().unwrap_or(1_000_000);
    let window = arguments.get(1).copied().unwrap_or(100_000).min(entries);
    let home = tempfile::tempdir_in(std::env::var_os("HARKARA_BENCH_DIR").unwrap_or(".".into())).expect("a folder");
    let sources = entries / PER_SOURCE;
    // Evenly spread, so that so many lie in the window of a new one, which stands 72 hours before the newest.
    let span = WINDOW_SECONDS * entries / window;
    for source in 0..sources {
        let numbers = (0..PER_SOURCE).map(|at| source + at * sources);
        write(home.path(), &format!("old{source}"), numbers.map(|number| (number, number * span / entries)), "");
    }
    let mut config = "[store]\npath = \"h.db\"\nanswers = \"1B\"\n[publish]\ndir = \"out\"\ncompress = []\n[fetch]\nmax_body = \"1GiB\"\nmax_inflated = \"1GiB\"\n".to_owned();
    let _ = write!(config, "[feed.all]\nformats = [\"json\"]\nkeep = {{ entries = 50, hours = 0 }}\n");
    for source in 0..sources {
        let _ = write!(config, "[source.old{source}]\nurl = \"old{source}.json\"\n");
    }
    for (place, batch) in BATCHES.iter().enumerate() {
        for mode in ["near", "url"] {
            let _ = write!(config, "[source.new{batch}{mode}]\nurl = \"new{batch}{mode}.json\"\ndedup = \"{mode}\"\n");
            // The one half copies of what lies in the middle of the window, the other half never heard of.
            let numbers = (0..*batch).map(|at| match at % 2 {
                0 => (entries * 2 + place * 100_000 + at, WINDOW_SECONDS / 2),
                _ => (entries * (WINDOW_SECONDS / 2) / span + at, WINDOW_SECONDS / 2),
            });
            write(home.path(), &format!("new{batch}{mode}"), numbers, mode);
        }
    }
    std::fs::write(home.path().join("harkara.toml"), config).expect("written");
    let config = Arc::new(config::load(&home.path().join("harkara.toml")).expect("a sound configuration"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let trip = |wish: Wish| {
        let before = cpu();
        let now = chrono::DateTime::from_timestamp(NOW, 0).expect("a time");
        let report = runtime.block_on(run(Arc::clone(&config), &wish, now, &Stop::never(), &|_| {})).expect("a run");
        (cpu() - before, report)
    };
    let ids = |begins: &str| -> Vec<_> {
        config.sources.iter().map(|source| source.id.clone()).filter(|id| id.as_str().starts_with(begins)).collect()
    };
    let (seconds, report) = trip(Wish::These(ids("old")));
    let told: usize = report.sources.iter().filter(|line| matches!(line.visit, harkara::report::Visit::Read { .. })).count();
    println!("{entries} entries of {told} sources stored: {seconds:.1} s of CPU, {:.1} µs each", seconds * 1e6 / entries as f64);
    sizes(&home.path().join("h.db"), entries);
    println!("{:>7} {:>12} {:>12} {:>16} {:>8}", "new", "compared, s", "by url, s", "more, ms each", "twins");
    for batch in BATCHES {
        let id = |mode: &str| ids(&format!("new{batch}{mode}"));
        let (url, _) = trip(Wish::These(id("url")));
        let (near, report) = trip(Wish::These(id("near")));
        let twins: usize = report
            .sources
            .iter()
            .map(|line| if let harkara::report::Visit::Read { twins, .. } = line.visit { twins } else { 0 })
            .sum();
        println!("{batch:>7} {near:>12.3} {url:>12.3} {:>16.3} {twins:>8}", (near - url) * 1e3 / batch as f64);
    }
}

/// A JSON Feed of articles: a number, and how many seconds before now it was published.
fn write(home: &Path, name: &str, articles: impl Iterator<Item = (usize, usize)>, copy: &str) {
    let mut items = Vec::new();
    for (number, ago) in articles {
        let date = chrono::DateTime::from_timestamp(NOW - ago as i64, 0).expect("a time").to_rfc3339();
        let more = if copy.is_empty() { String::new() } else { " One sentence more than the others have.".to_owned() };
        items.push(format!(
            "{{\"id\":\"{name}-{number}\",\"url\":\"https://{name}.example/{number}\",\"title\":\"{}\",\"date_published\":\"{date}\",\"content_text\":\"{}{more}\"}}",
            words(number, 8, 1),
            words(number, 120, 2)
        ));
    }
    let feed = format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"{name}\",\"items\":[{}]}}", items.join(","));
    std::fs::write(home.join(format!("{name}.json")), feed).expect("written");
}

/// Words by a law as languages have it: some come often, most seldom.
fn words(number: usize, count: usize, kind: u64) -> String {
    let mut state = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ kind;
    let mut out = String::new();
    for _ in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let share = (state >> 11) as f64 / (1u64 << 53) as f64;
        let mut word = (30_000f64.powf(share)) as usize;
        if !out.is_empty() {
            out.push(' ');
        }
        loop {
            out.push(char::from(b'a' + (word % 26) as u8));
            word /= 26;
            if word == 0 {
                break;
            }
        }
    }
    out
}

fn sizes(path: &Path, entries: usize) {
    let connection = rusqlite::Connection::open(path).expect("the state");
    for table in ["sketch", "tie", "alias", "link"] {
        let sql = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = ?1 OR name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)";
        match connection.query_row(sql, [table], |row| row.get::<_, i64>(0)) {
            Ok(bytes) => println!("  {table}: {:.0} bytes an entry", bytes as f64 / entries as f64),
            Err(error) => println!("  {table}: {error}"),
        }
    }
}

/// Seconds of CPU that this process has taken, in user and system time.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}
