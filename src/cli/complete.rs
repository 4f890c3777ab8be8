//! `harkara completions`: a script that completes verbs and flags in a shell.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "harkara", &mut script);
    super::print(&String::from_utf8_lossy(&script))
}
