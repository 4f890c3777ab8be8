//! `harkara status`: how the sources are, from what was noted at the last visits. Asks nobody.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::{Common, fault, print, print_json, say};
use crate::config::Config;
use crate::fetch::status_in_words;
use crate::model::{Host, Move, SourceId, Timestamp};
use crate::report::exit;
use crate::run::{self, Fault};
use crate::schedule;
use crate::source::Schedule;
use crate::store::{self, Desk, HeldCount, SourceState, StoreError};

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
    /// Seconds from the last time to the next one.
    interval: Option<i64>,
    /// What it would be if all were well, in seconds; `None` where that is not configured.
    usual_interval: Option<u64>,
    /// Of the last answer.
    status: Option<u16>,
    /// The same in words.
    said: Option<String>,
    /// Before this the server does not want to be asked.
    retry_at: Option<Timestamp>,
    /// Before this its host does not want to be asked.
    host_closed_until: Option<Timestamp>,
    /// A permanent redirect that was seen.
    moved: Option<Move>,
    failures: u32,
    failing_since: Option<Timestamp>,
    message: Option<String>,
    items: u64,
    entries: u64,
    /// Entries that are held back, besides those.
    held: u64,
    /// Entries that somebody dropped.
    dropped: u64,
    newest: Option<Timestamp>,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let lines =
        store::reader(&config.store.path).and_then(|desk| lines(&config, desk.as_ref(), common.now()));
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

fn lines(config: &Config, desk: Option<&Desk>, now: Timestamp) -> Result<Vec<Line>, StoreError> {
    let held = desk.map(Desk::held_counts).transpose()?.unwrap_or_default();
    let hosts = desk.map(Desk::hosts).transpose()?.unwrap_or_default();
    let closed: HashMap<&str, Timestamp> = hosts.iter().filter_map(|host| closed(host, now)).collect();
    let mut out = Vec::new();
    for source in &config.sources {
        let state = match desk {
            Some(desk) => desk.source(&source.id)?,
            None => None,
        };
        let newest = match (desk, &state) {
            (Some(desk), Some(state)) => desk.newest(state.row)?,
            _ => None,
        };
        let word = word(source.enabled, state.as_ref());
        let host = run::address(source, state.as_ref()).host_str();
        let host_closed_until = host.and_then(|host| closed.get(host)).copied();
        let usual_interval = match &source.schedule {
            Schedule::Every(every) => Some(every.as_secs()),
            Schedule::Adaptive | Schedule::Cron(_) => None,
        };
        let state = state.unwrap_or_default();
        let HeldCount { held, dropped } = held.get(&state.row).copied().unwrap_or_default();
        out.push(Line {
            source: source.id.clone(),
            url: shown(&source.url),
            state: word,
            found_url: state.found_url.as_ref().map(shown),
            last_success: state.last_success,
            last_try: state.last_try,
            next_due: state.next_due,
            interval: state.next_due.zip(state.last_try).map(|(next, last)| (next - last).num_seconds()),
            usual_interval,
            status: state.status,
            said: state.status.map(status_in_words),
            retry_at: state.retry_at,
            host_closed_until,
            moved: state.moved,
            failures: state.failures,
            failing_since: state.failing_since,
            message: state.message,
            items: state.items,
            entries: state.entries,
            held,
            dropped,
            newest,
        });
    }
    Ok(out)
}

fn closed(host: &Host, now: Timestamp) -> Option<(&str, Timestamp)> {
    Some((host.name.as_str(), schedule::host::closed(host, now)?))
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
        if let Some(grown) = grown(line) {
            told.push(grown);
        }
        let _ = writeln!(out, "         {}", told.join(", "));
        if line.held > 0 {
            let (id, also) = (&line.source, dropped_too(line.dropped));
            let _ = writeln!(
                out,
                "         {} held back{also}: `harkara held` shows them, `harkara held release {id}` publishes them, `harkara held drop {id}` never does",
                line.held
            );
        }
        if let Some(said) = line.said.as_ref().filter(|_| line.message.is_none()) {
            let _ = writeln!(out, "         answered {said}");
        }
        if let Some(message) = &line.message {
            let since = line.failing_since.map(|at| format!(", since {}", ago(at, now))).unwrap_or_default();
            let _ = writeln!(out, "         {} times in a row{since}: {message}", line.failures);
        }
        let day = |at: Timestamp| at.format("%Y-%m-%d %H:%M UTC");
        if let Some(until) = line.retry_at.filter(|at| *at > now) {
            let _ = writeln!(out, "         the server asks to be left alone until {}", day(until));
        }
        if let Some(until) = line.host_closed_until {
            let _ = writeln!(
                out,
                "         its host has refused several sources and is left alone until {}",
                day(until)
            );
        }
        if let Some(moved) = &line.moved {
            let _ = match moved.adopted {
                Some(since) => writeln!(
                    out,
                    "         has moved for good and is asked at {} since {}: put that into `url`",
                    moved.to,
                    day(since)
                ),
                None => writeln!(
                    out,
                    "         says since {} that it has moved for good to {} (seen {} times)",
                    day(moved.since),
                    moved.to,
                    moved.times
                ),
            };
        }
    }
    out
}

fn dropped_too(dropped: u64) -> String {
    if dropped > 0 { format!(" and {dropped} dropped") } else { String::new() }
}

/// How far failures have stretched the time between two visits.
fn grown(line: &Line) -> Option<String> {
    let interval = line.interval.filter(|_| line.failures > 0)?;
    let now = span(chrono::TimeDelta::seconds(interval));
    Some(match line.usual_interval {
        Some(usual) if i64::try_from(usual).is_ok_and(|usual| usual < interval) => {
            let usual = span(chrono::TimeDelta::seconds(i64::try_from(usual).unwrap_or(i64::MAX)));
            format!("asked each {now} instead of {usual}")
        }
        _ => format!("asked each {now}"),
    })
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
