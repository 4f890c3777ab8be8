//! `harkara held`: what is held back, and what becomes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::{Common, fault, print, print_json, say};
use crate::config::Config;
use crate::model::{EntryId, SourceId, Timestamp};
use crate::report::exit;
use crate::run::{self, Fault};
use crate::store::{self, Desk, Fate, Held, StoreError, Which, Writer};

/// What `held` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print everything as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Publish them with the next run, as if they had come now
    Release(Names),
    /// Never publish them; they stay known, so that they do not come again
    Drop(Names),
}

#[derive(Debug, clap::Args)]
struct Names {
    /// A source, for all that is held of it, or the id of an entry
    #[arg(required = true, value_name = "SOURCE|ID")]
    names: Vec<String>,
}

/// Titles shown of a source.
const TITLES: usize = 5;

/// One source.
#[derive(Debug, Serialize)]
struct Line {
    source: String,
    held: usize,
    dropped: usize,
    entries: Vec<Entry>,
}

/// One entry.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    state: &'static str,
    since: Timestamp,
    why: String,
    published: Timestamp,
    title: Option<String>,
    url: Option<String>,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    match &args.verb {
        None => list(&config, args),
        Some(Verb::Release(names)) => settle(common, &config, names, Fate::Release),
        Some(Verb::Drop(names)) => settle(common, &config, names, Fate::Drop),
    }
}

fn list(config: &Config, args: &Args) -> ExitCode {
    let held = store::reader(&config.store.path)
        .and_then(|desk| desk.as_ref().map(Desk::held).transpose().map(Option::unwrap_or_default));
    let held = match held {
        Ok(held) => held,
        Err(error) => return fault(&Fault::Store(error)),
    };
    let lines = lines(held);
    if args.json {
        return print_json(&lines);
    }
    if lines.is_empty() {
        say("nothing is held back");
    }
    print(&text(&lines))
}

fn lines(held: Vec<Held>) -> Vec<Line> {
    let mut sources: BTreeMap<String, Line> = BTreeMap::new();
    for Held { source, id, since, dropped, why, published, item } in held {
        let line = sources.entry(source.clone()).or_insert_with(|| Line {
            source,
            held: 0,
            dropped: 0,
            entries: Vec::new(),
        });
        *(if dropped { &mut line.dropped } else { &mut line.held }) += 1;
        line.entries.push(Entry {
            id: id.to_string(),
            state: if dropped { "dropped" } else { "held" },
            since,
            why,
            published,
            title: item.title,
            url: item.url.map(String::from),
        });
    }
    sources.into_values().collect()
}

fn text(lines: &[Line]) -> String {
    let mut out = String::new();
    for line in lines {
        let Line { source, held, dropped, entries } = line;
        let also = if *dropped > 0 { format!(", {dropped} dropped") } else { String::new() };
        let _ = writeln!(out, "{source}: {held} held{also}");
        let waiting: Vec<&Entry> = entries.iter().filter(|entry| entry.state == "held").collect();
        for group in waiting.chunk_by(|a, b| (a.since, &a.why) == (b.since, &b.why)) {
            let Some(first) = group.first() else { continue };
            let since = first.since.format("%Y-%m-%d %H:%M UTC");
            let _ = writeln!(out, "  since {since}: {}", first.why);
            for entry in group.iter().take(TITLES) {
                let title = entry.title.as_deref().or(entry.url.as_deref()).unwrap_or("without a title");
                let _ = writeln!(out, "    {}  {title}", entry.published.format("%Y-%m-%d"));
                let _ = writeln!(out, "                {}", entry.id);
            }
            if group.len() > TITLES {
                let _ = writeln!(out, "    and {} more", group.len() - TITLES);
            }
        }
        if *held > 0 {
            let _ = writeln!(
                out,
                "  `harkara held release {source}` publishes them, `harkara held drop {source}` never does"
            );
        }
    }
    out
}

fn settle(common: &Common, config: &Config, names: &Names, fate: Fate) -> ExitCode {
    let which: Vec<Which> = names.names.iter().map(|name| which(config, name)).collect();
    let now = common.now();
    let done = Writer::open(&config.store.path).and_then(|writer| {
        let work = writer.call(move |desk| run::release_or_drop(desk, &which, fate, now));
        match super::block_on(work) {
            Ok(done) => done.map(Ok),
            Err(code) => Ok(Err(code)),
        }
    });
    match done {
        Ok(Ok(Ok(told))) => {
            let next = if fate == Fate::Release { "; `harkara run` publishes them" } else { "" };
            say(&format!("{told}{next}"));
            ExitCode::from(exit::WELL)
        }
        Ok(Ok(Err(refused))) => {
            say(&format!("error: {refused}\n  help: `harkara held` shows what is"));
            ExitCode::from(exit::MISTAKE)
        }
        Ok(Err(code)) => code,
        Err(error @ StoreError::Busy(_)) => {
            say(&format!("error: {error}"));
            let verb = if fate == Fate::Release { "release" } else { "drop" };
            say(&format!(
                "  help: if it is the daemon, ask it: `POST /api/held/{verb}?source=ID` or `?id=ID` (README, \"The API\")"
            ));
            ExitCode::from(exit::FAULT)
        }
        Err(error) => fault(&Fault::Store(error)),
    }
}

/// The configured source of that name; else the entry of that id.
fn which(config: &Config, name: &str) -> Which {
    let source = SourceId::try_from(name.to_owned()).ok();
    match source.filter(|id| config.sources.iter().any(|source| source.id == *id)) {
        Some(id) => Which::Of(id),
        None => Which::One(EntryId::kept(name.to_owned())),
    }
}
