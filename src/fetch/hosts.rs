//! Whose turn it is: so many requests at once, so many to one host, and a pause between two starts to one host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// All hosts that are being asked, or were not long ago.
#[derive(Debug)]
pub struct Hosts {
    everywhere: Arc<Semaphore>,
    per_host: usize,
    spacing: Duration,
    known: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    /// Before this, no further request starts.
    free_at: Mutex<Instant>,
}

/// The right to ask one host once; it ends when dropped, after the body was read.
#[derive(Debug)]
#[must_use]
pub struct Turn {
    _host: Option<OwnedSemaphorePermit>,
    _everywhere: Option<OwnedSemaphorePermit>,
}

/// Above so many known hosts, those that nobody waits for are forgotten.
const MANY: usize = 1024;

impl Hosts {
    /// At most `concurrency` turns at once, `per_host` of them at one host, whose starts lie `spacing` apart.
    pub fn new(concurrency: usize, per_host: usize, spacing: Duration) -> Self {
        // Zero would wait for ever.
        let (concurrency, per_host) = (concurrency.max(1), per_host.max(1));
        let everywhere = Arc::new(Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS)));
        // More than a day is never, and no clock can tell it.
        let spacing = spacing.min(Duration::from_secs(24 * 60 * 60));
        Self { everywhere, per_host, spacing, known: Mutex::default() }
    }

    /// Waits until `name` may be asked.
    ///
    /// The place among all requests is taken last and given back for a pause, so that many sources of one slow host never
    /// hold up the others.
    pub async fn turn(&self, name: &str) -> Turn {
        let host = self.host(name);
        // The semaphores are never closed, so there is always a permit.
        let slot = Arc::clone(&host.slots).acquire_owned().await.ok();
        loop {
            let free_at = *host.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            // A sleep until now is not over at once: timers count in milliseconds.
            if free_at > Instant::now() {
                tokio::time::sleep_until(free_at).await;
            }
            let place = Arc::clone(&self.everywhere).acquire_owned().await.ok();
            let mut free_at = host.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            if now >= *free_at {
                *free_at = now + self.spacing;
                return Turn { _host: slot, _everywhere: place };
            }
        }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            let now = Instant::now();
            known.retain(|_, host| {
                let paused = *host.free_at.lock().unwrap_or_else(PoisonError::into_inner) > now;
                paused || Arc::strong_count(host) > 1 || host.slots.available_permits() < self.per_host
            });
        }
        let fresh = || {
            let slots = Arc::new(Semaphore::new(self.per_host.min(Semaphore::MAX_PERMITS)));
            Arc::new(Host { slots, free_at: Mutex::new(Instant::now()) })
        };
        Arc::clone(known.entry(name.to_owned()).or_insert_with(fresh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready<F: Future>(future: F) -> bool {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        future.as_mut().poll(&mut context).is_ready()
    }

    #[tokio::test]
    async fn a_host_is_asked_so_often_at_once_and_others_are_not_held_up() {
        let hosts = Hosts::new(3, 2, Duration::ZERO);
        let a = hosts.turn("a.example").await;
        let _b = hosts.turn("a.example").await;
        assert!(!ready(hosts.turn("a.example")), "a third at one host");
        let _c = hosts.turn("b.example").await;
        assert!(!ready(hosts.turn("c.example")), "a fourth at all");
        drop(a);
        assert!(ready(hosts.turn("a.example")));
    }

    #[tokio::test]
    async fn starts_to_one_host_lie_apart() {
        let hosts = Hosts::new(64, 8, Duration::from_secs(3600));
        drop(hosts.turn("a.example").await);
        assert!(!ready(hosts.turn("a.example")));
        assert!(ready(hosts.turn("b.example")));
    }

    #[tokio::test]
    async fn hosts_that_nobody_waits_for_are_forgotten() {
        let hosts = Hosts::new(64, 2, Duration::ZERO);
        for n in 0..3 * MANY {
            drop(hosts.turn(&format!("{n}.example")).await);
        }
        assert!(hosts.known.lock().unwrap().len() <= MANY);
    }
}
