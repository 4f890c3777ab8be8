//! SIGTERM and SIGINT: the first one asks harkara to stop, the second one ends it where it stands.

use crate::report::exit;
use crate::run::Stopper;

/// A signal that asks to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C at a terminal.
    Interrupt,
    /// What service managers send.
    Terminate,
}

impl Signal {
    /// 128 and the number of the signal, as shells tell it.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Signal::Interrupt => exit::INTERRUPTED,
            Signal::Terminate => exit::TERMINATED,
        }
    }
}

/// Waits for the first signal, tells `stopper`, and gives it back. From then on a second one ends the process at once: the
/// state stands that (a commit is whole or not there), and somebody is in a hurry.
pub(super) async fn watch(stopper: Stopper) -> Signal {
    let first = next().await;
    stopper.stop();
    tokio::spawn(async {
        let second = next().await;
        std::process::exit(i32::from(second.exit_code()));
    });
    first
}

#[cfg(unix)]
async fn next() -> Signal {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| async move {
        match signal(kind) {
            Ok(mut signals) => drop(signals.recv().await),
            // Without a handler the signal ends the process by itself, as it always did.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = listen(SignalKind::interrupt()) => Signal::Interrupt,
        () = listen(SignalKind::terminate()) => Signal::Terminate,
    }
}

#[cfg(not(unix))]
async fn next() -> Signal {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Signal::Interrupt,
        Err(_) => std::future::pending().await,
    }
}
