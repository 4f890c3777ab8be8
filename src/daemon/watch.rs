//! When the configuration should be read again: SIGHUP, or the file changed.

use std::path::Path;
use std::time::{Duration, SystemTime};

/// So often the file is looked at. A look is cheap, and works on every file system.
const OFTEN: Duration = Duration::from_secs(2);

/// By what a changed file is told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    modified: Option<SystemTime>,
    length: u64,
}

fn look(path: &Path) -> Option<Look> {
    let found = std::fs::metadata(path).ok()?;
    Some(Look { modified: found.modified().ok(), length: found.len() })
}

/// Watches a configuration.
pub(super) struct Watch<'p> {
    path: &'p Path,
    seen: Option<Look>,
    looks: tokio::time::Interval,
    #[cfg(unix)]
    hangups: Option<tokio::signal::unix::Signal>,
}

impl<'p> Watch<'p> {
    /// Begins to watch. From now on SIGHUP does not end the process.
    pub(super) fn begin(path: &'p Path) -> Self {
        #[cfg(unix)]
        let hangups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
        let mut looks = tokio::time::interval(OFTEN);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        Self {
            path,
            seen: look(path),
            looks,
            #[cfg(unix)]
            hangups,
        }
    }

    /// Waits until it should be read again. May be dropped and begun anew: no look is put off by that.
    pub(super) async fn changed(&mut self) {
        loop {
            tokio::select! {
                () = Self::hangup(#[cfg(unix)] &mut self.hangups) => {
                    self.seen = look(self.path);
                    return;
                }
                _ = self.looks.tick() => {
                    let now = look(self.path);
                    // A file that is not there is being replaced, or its owner will say so by SIGHUP.
                    if now.is_some() && now != self.seen {
                        self.seen = now;
                        return;
                    }
                }
            }
        }
    }

    #[cfg(unix)]
    async fn hangup(hangups: &mut Option<tokio::signal::unix::Signal>) {
        match hangups {
            Some(hangups) => drop(hangups.recv().await),
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    async fn hangup() {
        std::future::pending().await
    }
}
