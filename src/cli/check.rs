//! `harkara check`: the configuration, and with `--online` every source, without storing anything.

use std::process::ExitCode;

use serde::Serialize;

use super::{Common, block_on, fault, print, print_json, say};
use crate::report::{counted, exit};
use crate::run::preview;

/// What `check` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask and read every source that is switched on
    #[arg(long)]
    online: bool,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

/// One source that was asked.
#[derive(Debug, Serialize)]
struct Line {
    source: String,
    ok: bool,
    said: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    if !config.warnings.is_empty() {
        say(&config.warnings.render(super::paint()));
    }
    let mut lines = Vec::new();
    if args.online {
        for source in config.sources.iter().filter(|source| source.enabled) {
            let seen = match block_on(preview(&config, source)) {
                Err(code) => return code,
                Ok(Err(broken)) => return fault(&broken),
                Ok(Ok(seen)) => seen,
            };
            let line = match seen {
                Ok(seen) if seen.items.len() < source.min_items => Line {
                    source: source.id.to_string(),
                    ok: false,
                    said: format!("{} items, expected are {} or more", seen.items.len(), source.min_items),
                    help: None,
                },
                Ok(seen) => Line {
                    source: source.id.to_string(),
                    ok: true,
                    said: format!("{} items, {} remarks", seen.items.len(), seen.remarks.len()),
                    help: None,
                },
                Err(failure) => Line {
                    source: source.id.to_string(),
                    ok: false,
                    said: format!("{}: {}", failure.stage, failure.message),
                    help: failure.help,
                },
            };
            if !args.json {
                tell(&line);
            }
            lines.push(line);
        }
    }
    let good = lines.iter().all(|line| line.ok);
    if args.json {
        print_json(&lines);
    } else {
        let (sources, feeds) = (config.sources.len(), config.feeds.len());
        let (sources, feeds) = (counted(sources, "source"), counted(feeds, "feed"));
        print(&format!("{}: well, {sources}, {feeds}\n", common.path().display()));
    }
    ExitCode::from(if good { exit::WELL } else { exit::SOME_FAILED })
}

fn tell(line: &Line) {
    if line.ok {
        print(&format!("{}: {}\n", line.source, line.said));
        return;
    }
    say(&format!("{}: {}", line.source, line.said));
    if let Some(help) = &line.help {
        say(&format!("  help: {help}"));
    }
}
