//! The command line: one file per verb. Data goes to standard output, everything else to standard error.

mod check;
mod complete;
mod diff;
mod export;
mod healthcheck;
mod held;
mod import;
mod parse;
mod preview;
mod run;
mod schema;
mod serve;
mod signal;
mod status;
mod templates;
mod why;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Paint};
use crate::model::Timestamp;
use crate::report::exit;
use crate::run::Fault;

/// Feed aggregator and publisher: many sources in, clean RSS, Atom and JSON Feed out.
#[derive(Debug, Parser)]
#[command(name = "harkara", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Verb,
}

/// What every verb takes.
#[derive(Debug, Args)]
struct Common {
    /// The configuration; without it `./harkara.toml`, else `./config/harkara.toml`
    #[arg(short, long, global = true, env = "HARKARA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Takes this instant (RFC 3339) for now: for tests and for runs that can be repeated to the byte
    #[arg(long, global = true, env = "HARKARA_NOW", value_name = "TIME", hide = true)]
    now: Option<Timestamp>,
}

impl Common {
    fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(chrono::Utc::now)
    }

    /// The configuration file that is meant.
    fn path(&self) -> PathBuf {
        let here = || Some(PathBuf::from("harkara.toml")).filter(|path| path.exists());
        self.config.clone().or_else(here).unwrap_or_else(|| PathBuf::from("config/harkara.toml"))
    }

    /// Loads it, or shows its mistakes.
    fn load(&self) -> Result<Config, ExitCode> {
        load(&self.path())
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Ask the sources that are due, publish every feed, and end
    Run(run::Args),
    /// Ask sources when they are due and serve the feeds over HTTP, until SIGTERM
    Serve,
    /// Ask whether the daemon is ready
    Healthcheck(healthcheck::Args),
    /// Check the configuration, with --online the sources too
    Check(check::Args),
    /// Read a feed from a file or standard input and print what was read
    Parse(parse::Args),
    /// Read a source now and show what it would give; nothing is stored
    Preview(preview::Args),
    /// Show what another configuration would add to and remove from each feed; nothing is published
    Diff(diff::Args),
    /// Tell the whole way of an entry: who gave it, its story, which feeds show it and why
    Why(why::Args),
    /// Show the sources: last success, next time, what went wrong
    Status(status::Args),
    /// Show what looks like a flood of old entries and is held back; release or drop it
    Held(held::Args),
    /// Print the sources of an OPML list as configuration
    Import(import::Args),
    /// Print the configured sources as OPML
    Export,
    /// Print the JSON Schema of the configuration
    Schema,
    /// Write the built-in page templates into a folder, to be changed there
    Templates(templates::Args),
    /// Print a completion script for a shell
    Completions(complete::Args),
}

/// Runs what the command line asks for.
pub fn main() -> ExitCode {
    let Cli { common, verb } = Cli::parse();
    match verb {
        Verb::Run(args) => run::run(&common, &args),
        Verb::Serve => serve::run(&common),
        Verb::Healthcheck(args) => healthcheck::run(&common, &args),
        Verb::Check(args) => check::run(&common, &args),
        Verb::Parse(args) => parse::run(&args),
        Verb::Preview(args) => preview::run(&common, &args),
        Verb::Diff(args) => diff::run(&common, &args),
        Verb::Why(args) => why::run(&common, &args),
        Verb::Status(args) => status::run(&common, &args),
        Verb::Held(args) => held::run(&common, &args),
        Verb::Import(args) => import::run(&args),
        Verb::Export => export::run(&common),
        Verb::Schema => schema::run(),
        Verb::Templates(args) => templates::run(&args),
        Verb::Completions(args) => complete::run(&args),
    }
}

/// Loads a configuration, or shows its mistakes and gives the exit code.
fn load(path: &Path) -> Result<Config, ExitCode> {
    config::load(path).map_err(|mistakes| {
        say(&mistakes.render(paint()));
        ExitCode::from(exit::MISTAKE)
    })
}

/// Colour for people at a terminal only.
fn paint() -> Paint {
    if std::io::stderr().is_terminal() { Paint::Colour } else { Paint::Plain }
}

/// Waits for `work` on the runtime that all verbs use.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, ExitCode> {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let done = runtime.block_on(work);
            // Not dropped: that would wait for whoever still looks up a name of a dead host.
            runtime.shutdown_background();
            Ok(done)
        }
        Err(error) => {
            say(&format!("error: no threads to work with: {error}"));
            Err(ExitCode::from(exit::FAULT))
        }
    }
}

/// Shows a broken promise of our own.
fn fault(fault: &Fault) -> ExitCode {
    say(&format!("error: {fault}"));
    if let Some(help) = fault.help() {
        say(&format!("  help: {help}"));
    }
    ExitCode::from(exit::FAULT)
}

/// A message for people. Where standard error is closed there is nobody to tell.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

/// Data for standard output. A reader that has gone (`| head`) wants no more, and that is well.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match done {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            say(&format!("error: standard output: {error}"));
            ExitCode::from(exit::FAULT)
        }
        _ => ExitCode::from(exit::WELL),
    }
}

/// Pretty JSON for standard output.
fn print_json(value: &impl serde::Serialize) -> ExitCode {
    match serde_json::to_string_pretty(value) {
        Ok(text) => print(&(text + "\n")),
        Err(error) => {
            say(&format!("error: no JSON: {error}"));
            ExitCode::from(exit::FAULT)
        }
    }
}
