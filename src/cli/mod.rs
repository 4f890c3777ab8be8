//! The command line: one file per verb.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub mod parse;

/// Reads feeds, makes them clean and whole.
#[derive(Debug, Parser)]
#[command(name = "harkara", version)]
struct Call {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Prints what a feed holds, normalized, as one JSON document.
    Parse(parse::Args),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    match Call::parse().verb {
        Verb::Parse(args) => parse::run(&args),
    }
}
