//! `harkara status`: how the sources are, from what was noted at the last visits. Asks nobody.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::{Common, fault, print, print_json, say};
use crate::config::Config;
use crate::model::{SourceId, Timestamp};
use crate::report::exit;
use crate::run::Fault;
use crate::store::{self, Desk, SourceState, StoreError};

/// What `status` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// One source.
#[derive(Debug, Serialize)]
struct Line {
    source: SourceId,
    url: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    found_url: Option<String>,
    last_success: Option<Timestamp>,
    last_try: Option<Timestamp>,
    next_due: Option<Timestamp>,
    failures: u32,
    failing_since: Option<Timestamp>,
    message: Option<String>,
    items: u64,
    entries: u64,
    newest: Option<Timestamp>,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let lines = store::reader(&config.store.path).and_then(|desk| lines(&config, desk.as_ref()));
    let lines = match lines {
        Ok(lines) => lines,
        Err(error) => return fault(&Fault::Store(error)),
    };
    let failing = lines.iter().any(|line| line.failures > 0);
    if !args.json && lines.iter().all(|line| line.last_try.is_none()) {
        say(&format!("nothing was read yet into `{}`; `harkara run` does", config.store.path.display()));
    }
    let code = if args.json { print_json(&lines) } else { print(&text(&lines, common.now())) };
    if code == ExitCode::from(exit::WELL) && failing { ExitCode::from(exit::SOME_FAILED) } else { code }
}

fn lines(config: &Config, desk: Option<&Desk>) -> Result<Vec<Line>, StoreError> {
    let mut out = Vec::new();
    for source in &config.sources {
        let state = match desk {
            Some(desk) => desk.source(&source.id)?,
            None => None,
        };
        let (entries, newest) = match (desk, &state) {
            (Some(desk), Some(state)) => desk.holdings(state.row)?,
            _ => (0, None),
        };
        let word = word(source.enabled, state.as_ref());
        let state = state.unwrap_or_default();
        out.push(Line {
            source: source.id.clone(),
            url: shown(&source.url),
            state: word,
            found_url: state.found_url.as_ref().map(shown),
            last_success: state.last_success,
            last_try: state.last_try,
            next_due: state.next_due,
            failures: state.failures,
            failing_since: state.failing_since,
            message: state.message,
            items: state.items,
            entries,
            newest,
        });
    }
    Ok(out)
}

/// The address without credentials.
fn shown(url: &url::Url) -> String {
    let mut url = url.clone();
    // Both fail only where there is no host, and then there are no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

fn word(enabled: bool, state: Option<&SourceState>) -> &'static str {
    match state {
        _ if !enabled => "off",
        None => "new",
        Some(state) if state.gone => "gone",
        Some(state) if state.failures > 0 => "failing",
        Some(_) => "well",
    }
}

fn text(lines: &[Line], now: Timestamp) -> String {
    let mut out = String::new();
    for line in lines {
        let _ = writeln!(
            out,
            "{:8} {}  {}",
            line.state,
            line.source,
            line.found_url.as_ref().unwrap_or(&line.url)
        );
        let mut told = vec![format!("{} entries", line.entries)];
        if let Some(at) = line.newest {
            told.push(format!("newest {}", ago(at, now)));
        }
        if let Some(at) = line.last_success {
            told.push(format!("last success {}", ago(at, now)));
        }
        if let Some(at) = line.next_due {
            told.push(if at <= now { "due now".to_owned() } else { format!("next in {}", span(at - now)) });
        }
        let _ = writeln!(out, "         {}", told.join(", "));
        if let Some(message) = &line.message {
            let since = line.failing_since.map(|at| format!(", since {}", ago(at, now))).unwrap_or_default();
            let _ = writeln!(out, "         {} times in a row{since}: {message}", line.failures);
        }
    }
    out
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    if at > now { "just now".to_owned() } else { format!("{} ago", span(now - at)) }
}

/// The two largest units are enough for people.
fn span(delta: chrono::TimeDelta) -> String {
    let seconds = delta.num_seconds().unsigned_abs();
    let rounded = match seconds {
        0..=119 => seconds,
        120..=86_399 => seconds / 60 * 60,
        _ => seconds / 3600 * 3600,
    };
    humantime::format_duration(std::time::Duration::from_secs(rounded)).to_string()
}
