//! How fast feeds are read, beside the other readers there are, in one run: MB of source bytes per second of CPU time.
//!
//! ```text
//! cargo run --release --manifest-path benches/Cargo.toml [-- READER PASSES]
//! ```
//!
//! The corpus is `$HARKARA_CORPUS` (a folder, searched through), else `../shared/bench/bench-data/farm/www` where it was
//! generated, else the fixtures of this repository. `$HARKARA_CORPUS_FILES` feeds of it are taken (1,000). Every reader
//! reads the whole corpus once in each pass, in turn, so that what else the machine does meets all of them; the median
//! of the passes counts. CPU time is that of this thread, from `/proc` (elsewhere the clock on the wall stands in).

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use harkara::{normalize, parse};

/// A reader: its name, and how many entries it finds in a document (`None`: it gives the document up).
type Reader = (&'static str, fn(&[u8]) -> Option<usize>);

const READERS: [Reader; 7] = [
    ("quick-xml (tokens only)", tokens),
    ("feed-rs", |bytes| feed_rs_with(bytes, false)),
    ("feedparser-rs", |bytes| feedparser_rs_with(bytes, false)),
    ("harkara", |bytes| Some(parse::read(bytes, None, None).drafts.len())),
    ("feed-rs, cleaned", |bytes| feed_rs_with(bytes, true)),
    ("feedparser-rs, cleaned", |bytes| feedparser_rs_with(bytes, true)),
    ("harkara, cleaned", |bytes| {
        let reading = parse::read(bytes, None, None);
        Some(normalize::reading(reading, &normalize::Settings::default()).items.len())
    }),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let only = arguments.next().filter(|it| !it.is_empty() && !it.starts_with('-'));
    let passes: usize = arguments.next().and_then(|it| it.parse().ok()).unwrap_or(5);
    let (name, corpus) = corpus();
    let bytes: usize = corpus.iter().map(Vec::len).sum();
    println!("{name}: {} documents, {:.1} MB; median of {passes} passes", corpus.len(), bytes as f64 / 1e6);
    let readers: Vec<Reader> =
        READERS.into_iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)).collect();
    let mut rates = vec![Vec::new(); readers.len()];
    let mut found = vec![(0, 0); readers.len()];
    // A small corpus is read several times in a pass, so that the time can be told.
    let rounds = (20_000_000 / bytes.max(1)).max(1);
    for _ in 0..passes {
        for (n, (_, read)) in readers.iter().enumerate() {
            found[n] = (0, 0);
            let before = cpu_seconds();
            for document in std::iter::repeat_n(&corpus, rounds).flatten() {
                match read(black_box(document)) {
                    Some(entries) => found[n].0 += entries,
                    None => found[n].1 += 1,
                }
            }
            rates[n].push((bytes * rounds) as f64 / 1e6 / (cpu_seconds() - before));
        }
    }
    let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
    let rate_of = |name: &str| {
        readers.iter().position(|(it, _)| *it == name).and_then(|at| medians.get(at)).copied()
    };
    println!("{:<26} {:>8} {:>17} {:>9} {:>6} {:>10}", "reader", "MB/s", "min-max", "entries", "lost", "of feed-rs");
    for (n, (name, _)) in readers.iter().enumerate() {
        let rates = &rates[n];
        let range = format!("{:.0}-{:.0}", rates[0], rates[rates.len() - 1]);
        let peer = if name.ends_with("cleaned") { "feed-rs, cleaned" } else { "feed-rs" };
        let ratio = rate_of(peer).map_or(String::new(), |peer| format!("{:.2}", medians[n] / peer));
        let (entries, lost) = (found[n].0 / rounds, found[n].1 / rounds);
        println!("{name:<26} {:>8.1} {range:>17} {entries:>9} {lost:>6} {ratio:>10}", medians[n]);
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn tokens(bytes: &[u8]) -> Option<usize> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut entries = 0;
    loop {
        match reader.read_event().ok()? {
            quick_xml::events::Event::Start(tag) if matches!(tag.name().as_ref(), b"item" | b"entry") => entries += 1,
            quick_xml::events::Event::Eof => return Some(entries),
            _ => {}
        }
    }
}

fn feed_rs_with(bytes: &[u8], sanitize: bool) -> Option<usize> {
    let parser = feed_rs::parser::Builder::new().sanitize_content(sanitize).build();
    parser.parse(bytes).ok().map(|feed| feed.entries.len())
}

fn feedparser_rs_with(bytes: &[u8], sanitize: bool) -> Option<usize> {
    let mut options = feedparser_rs::ParseOptions::default();
    options.sanitize_html = sanitize;
    feedparser_rs::parse_with_options(bytes, &options).ok().map(|feed| feed.entries.len())
}

/// Where the corpus is from, and its documents.
fn corpus() -> (String, Vec<Vec<u8>>) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = std::env::var_os("HARKARA_CORPUS").map(PathBuf::from);
    let generated = here.join("../../shared/bench/bench-data/farm/www");
    let most = std::env::var("HARKARA_CORPUS_FILES").ok().and_then(|it| it.parse().ok()).unwrap_or(1000);
    let folder = told.or_else(|| generated.is_dir().then_some(generated)).unwrap_or_else(|| here.join("../fixtures/feeds"));
    let mut files = Vec::new();
    list(&folder, &mut files);
    // Numbers in the order of numbers: the first thousand are the same thousand whatever the corpus' size.
    files.sort_by_key(|file| (file.as_os_str().len(), file.clone()));
    files.truncate(most);
    let documents: Vec<Vec<u8>> = files.iter().filter_map(|file| std::fs::read(file).ok()).collect();
    assert!(!documents.is_empty(), "no feeds (.rss, .atom, .rdf, .xml) under `{}`", folder.display());
    (folder.display().to_string(), documents)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|it| ["rss", "atom", "rdf", "xml"].iter().any(|known| it == *known)) {
            files.push(path);
        }
    }
}

/// CPU seconds of this thread.
fn cpu_seconds() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|it| it.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.with(|start| start.elapsed().as_secs_f64()), |it| it / 1e9)
}
