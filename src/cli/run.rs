//! `harkara run`: once over the whole road.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Common, block_on, fault, print_json, say, signal};
use crate::model::SourceId;
use crate::report::{Report, Telling, Visit, exit};
use crate::run::{self, Event, Stop, Wish};

/// What `run` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask every source, due or not
    #[arg(long, conflicts_with = "source")]
    all: bool,
    /// Ask this source only, due or not (may be given several times)
    #[arg(long, value_name = "ID")]
    source: Vec<SourceId>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Say what went wrong and nothing else
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what became of each source and document
    #[arg(short, long)]
    verbose: bool,
}

/// How much is said when all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// Nobody is there: what is said becomes a mail.
    Cron,
    Silent,
    Summary,
    Lines,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let wish = match wish(args) {
        Wish::These(ids) => {
            match ids.iter().find(|id| !config.sources.iter().any(|source| source.id == **id)) {
                Some(id) => {
                    let known: Vec<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
                    say(&format!("error: there is no source `{id}`\n  help: there are {}", known.join(", ")));
                    return ExitCode::from(exit::MISTAKE);
                }
                None => Wish::These(ids),
            }
        }
        other => other,
    };
    let bar = bar();
    let tell = |event: Event<'_>| match event {
        Event::Begun(count) => bar.set_length(count as u64),
        Event::Visited(line) => {
            bar.inc(1);
            bar.set_message(line.source.to_string());
            if let Visit::Failed(failure) = &line.visit {
                bar.println(format!("{}: {}: {}", line.source, failure.stage, failure.message));
            }
        }
        Event::Publishing => bar.set_message("publishing"),
    };
    let work = async {
        let (stopper, stop) = Stop::pair();
        let signals = tokio::spawn(signal::watch(stopper));
        let done = run::run(Arc::new(config), &wish, common.now(), &stop, &tell).await;
        signals.abort();
        // It ends with the signal that made the wish, or because it was told to end here.
        (done, signals.await.ok())
    };
    let done = block_on(work);
    bar.finish_and_clear();
    match done {
        Err(code) => code,
        // A line of cron each minute is harmless, however long a run takes: nobody is written to about it.
        Ok((Err(broken), _)) if broken.is_taken() && wish == Wish::Due && voice(args) == Voice::Cron => {
            ExitCode::from(exit::FAULT)
        }
        Ok((Err(broken), _)) => fault(&broken),
        Ok((Ok(report), signal)) => {
            let code = told(&report, args);
            match signal.filter(|_| report.cut.is_some()) {
                Some(signal) => ExitCode::from(signal.exit_code()),
                None => code,
            }
        }
    }
}

fn wish(args: &Args) -> Wish {
    match (args.all, args.source.is_empty()) {
        (true, _) => Wish::All,
        (false, true) => Wish::Due,
        (false, false) => Wish::These(args.source.clone()),
    }
}

fn told(report: &Report, args: &Args) -> ExitCode {
    let voice = voice(args);
    if voice == Voice::Lines {
        say_all(&report.lines());
    }
    say_all(&report.troubles(if voice == Voice::Cron { Telling::Lasting } else { Telling::All }));
    if matches!(voice, Voice::Summary | Voice::Lines) || report.cut.is_some() {
        say(&report.summary());
    }
    if args.json {
        let code = print_json(report);
        if code != ExitCode::from(exit::WELL) {
            return code;
        }
    }
    ExitCode::from(report.exit_code())
}

fn say_all(text: &str) {
    if !text.is_empty() {
        say(text);
    }
}

/// Cron and systemd give neither a terminal nor a kind of one (`TERM`): then nothing is said when all is well, so
/// that no mail is sent about it; nor is what fails now and worked within the last days, which `status` shows.
fn voice(args: &Args) -> Voice {
    let somebody = std::io::stderr().is_terminal() || std::env::var_os("TERM").is_some();
    match (args.verbose, args.quiet || args.json, somebody) {
        (true, ..) => Voice::Lines,
        (false, true, _) => Voice::Silent,
        (false, false, true) => Voice::Summary,
        (false, false, false) => Voice::Cron,
    }
}

/// A bar on a terminal; indicatif hides it everywhere else.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
    let bar = ProgressBar::new(0);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
