//! `harkara held`: what is held back, and what becomes of it.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::{Common, fault, print, print_json, say};
use crate::config::Config;
use crate::model::{EntryId, SourceId};
use crate::report::exit;
use crate::run::{self, Fault, HeldEntry, HeldOf};
use crate::store::{self, Fate, StoreError, Which, Writer};

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

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    match &args.verb {
        None => list(&config, args),
        Some(Verb::Release(names)) => settle(&config, names, Fate::Release),
        Some(Verb::Drop(names)) => settle(&config, names, Fate::Drop),
    }
}

fn list(config: &Config, args: &Args) -> ExitCode {
    let held = store::reader(&config.store.path)
        .and_then(|desk| desk.as_ref().map(run::held).transpose().map(Option::unwrap_or_default));
    let lines = match held {
        Ok(lines) => lines,
        Err(error) => return fault(&Fault::Store(error)),
    };
    if args.json {
        return print_json(&lines);
    }
    if lines.is_empty() {
        say("nothing is held back");
    }
    print(&text(&lines))
}

fn text(lines: &[HeldOf]) -> String {
    let mut out = String::new();
    for line in lines {
        let HeldOf { source, held, dropped, entries } = line;
        let mut also = if *dropped > 0 { format!(", {dropped} dropped") } else { String::new() };
        let released = entries.iter().filter(|entry| entry.state == "released").count();
        if released > 0 {
            let _ = write!(also, ", {released} released and not yet published");
        }
        let _ = writeln!(out, "{source}: {held} held{also}");
        let waiting: Vec<&HeldEntry> = entries.iter().filter(|entry| entry.state == "held").collect();
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

fn settle(config: &Config, names: &Names, fate: Fate) -> ExitCode {
    let which: Vec<Which> = names.names.iter().map(|name| which(name)).collect();
    let done = Writer::open(&config.store.path).and_then(|writer| {
        let work = writer.call(move |desk| run::release_or_drop(desk, &which, fate));
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
                "  help: if it is the daemon, ask it: `POST /api/held/{verb}?source=ID` or `?id=ID` (README, \"The daemon\")"
            ));
            ExitCode::from(exit::FAULT)
        }
        Err(error) => fault(&Fault::Store(error)),
    }
}

/// A source, which need not be configured any more; else the entry of that id: ids are URIs, and no source has a colon in its name.
fn which(name: &str) -> Which {
    match SourceId::try_from(name.to_owned()) {
        Ok(id) => Which::Of(id),
        Err(_) => Which::One(EntryId::kept(name.to_owned())),
    }
}
