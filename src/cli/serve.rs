//! `harkara serve`: rounds by themselves, and the published tree over HTTP, until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use super::{Common, block_on, say, signal};
use crate::daemon::{self, Clock, DaemonError, Start};
use crate::report::exit;
use crate::run::Stop;

pub(super) fn run(common: &Common) -> ExitCode {
    let config = match common.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    if !config.warnings.is_empty() {
        say(&config.warnings.render(super::paint()));
    }
    daemon::log::begin(&config.serve);
    let listeners = match daemon::listen(&config) {
        Ok(listeners) => listeners,
        Err(error) => return refused(&error.into()),
    };
    let start =
        Start { path: common.path(), config: Arc::new(config), listeners, clock: Clock::new(common.now) };
    let work = async {
        let (stopper, stop) = Stop::pair();
        tokio::spawn(signal::watch(stopper));
        daemon::serve(start, &stop).await
    };
    match block_on(work) {
        Err(code) => code,
        // Being told to stop is how a daemon ends well.
        Ok(Ok(())) => ExitCode::from(exit::WELL),
        Ok(Err(error)) => refused(&error),
    }
}

fn refused(error: &DaemonError) -> ExitCode {
    say(&format!("error: {error}"));
    if let Some(help) = error.help() {
        say(&format!("  help: {help}"));
    }
    ExitCode::from(exit::FAULT)
}
