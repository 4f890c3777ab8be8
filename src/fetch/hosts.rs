//! Whose turn it is: so many requests at once, so many to one host, and a pause between two starts to one host.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// Who was asked since [`Hosts::paused`] told it last.
    asked: Mutex<BTreeSet<String>>,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    times: Mutex<Times>,
}

#[derive(Debug, Clone, Copy)]
struct Times {
    /// Before this, no further request starts.
    free_at: Instant,
    /// Before this, nobody even waits.
    closed_until: Option<Instant>,
}

/// The host wants to be left alone for so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed(pub Duration);

/// The right to ask one host once; it ends when dropped, after the body was read.
#[derive(Debug)]
#[must_use]
pub struct Turn {
    _host: Option<OwnedSemaphorePermit>,
    _everywhere: Option<OwnedSemaphorePermit>,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Above so many known hosts, those that nobody waits for are forgotten.
const MANY: usize = 1024;

impl Hosts {
    /// At most `concurrency` turns at once, `per_host` of them at one host, whose starts lie `spacing` apart.
    pub fn new(concurrency: usize, per_host: usize, spacing: Duration) -> Self {
        // Zero would wait for ever.
        let (concurrency, per_host) = (concurrency.max(1), per_host.max(1));
        let everywhere = Arc::new(Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS)));
        // More than a day is never, and no clock can tell it.
        let spacing = spacing.min(DAY);
        Self { everywhere, per_host, spacing, known: Mutex::default(), asked: Mutex::default() }
    }

    /// Nobody asks `name` before so much time has passed.
    pub fn pause(&self, name: &str, left: Duration) {
        let free_at = Instant::now() + left.min(self.spacing);
        self.host(name).set(|times| times.free_at = times.free_at.max(free_at));
    }

    /// Nobody waits for `name` before so much time has passed: who does now is sent away.
    pub fn close(&self, name: &str, left: Duration) {
        let until = Instant::now() + left.min(2 * DAY);
        self.host(name).set(|times| times.closed_until = times.closed_until.max(Some(until)));
    }

    /// Every host is open again; pauses stay.
    pub fn open(&self) {
        for host in lock(&self.known).values() {
            host.set(|times| times.closed_until = None);
        }
    }

    /// Who was asked since this was called last and may not be asked again yet: for so long.
    pub fn paused(&self) -> Vec<(String, Duration)> {
        let asked = std::mem::take(&mut *lock(&self.asked));
        let known = lock(&self.known);
        let now = Instant::now();
        let left = |name: String| {
            let free_at = lock(&known.get(&name)?.times).free_at;
            let left = free_at.saturating_duration_since(now);
            (!left.is_zero()).then_some((name, left))
        };
        asked.into_iter().filter_map(left).collect()
    }

    /// Waits until `name` may be asked.
    ///
    /// # Errors
    /// When the host is closed, at once or while waiting.
    ///
    /// The place among all requests is taken last and given back for a pause, so that many sources of one slow host never
    /// hold up the others.
    pub async fn turn(&self, name: &str) -> Result<Turn, Closed> {
        let host = self.host(name);
        host.open()?;
        // The semaphores are never closed, so there is always a permit.
        let slot = Arc::clone(&host.slots).acquire_owned().await.ok();
        loop {
            let free_at = host.open()?.free_at;
            // A sleep until now is not over at once: timers count in milliseconds.
            if free_at > Instant::now() {
                tokio::time::sleep_until(free_at).await;
            }
            let place = Arc::clone(&self.everywhere).acquire_owned().await.ok();
            host.open()?;
            let mut times = lock(&host.times);
            let now = Instant::now();
            if now >= times.free_at {
                times.free_at = now + self.spacing;
                drop(times);
                if !self.spacing.is_zero() {
                    lock(&self.asked).insert(name.to_owned());
                }
                return Ok(Turn { _host: slot, _everywhere: place });
            }
        }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut known = lock(&self.known);
        if known.len() >= MANY && !known.contains_key(name) {
            let now = Instant::now();
            known.retain(|_, host| {
                let times = *lock(&host.times);
                let awaited = Arc::strong_count(host) > 1 || host.slots.available_permits() < self.per_host;
                awaited || times.free_at > now || times.closed_until.is_some_and(|until| until > now)
            });
        }
        if let Some(host) = known.get(name) {
            return Arc::clone(host);
        }
        let slots = Arc::new(Semaphore::new(self.per_host.min(Semaphore::MAX_PERMITS)));
        let times = Mutex::new(Times { free_at: Instant::now(), closed_until: None });
        let host = Arc::new(Host { slots, times });
        known.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

impl Host {
    fn set(&self, change: impl FnOnce(&mut Times)) {
        change(&mut lock(&self.times));
    }

    fn open(&self) -> Result<Times, Closed> {
        let times = *lock(&self.times);
        let left = times.closed_until.map(|until| until.saturating_duration_since(Instant::now()));
        match left {
            Some(left) if !left.is_zero() => Err(Closed(left)),
            _ => Ok(times),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let a = hosts.turn("a.example").await.unwrap();
        let _b = hosts.turn("a.example").await.unwrap();
        assert!(!ready(hosts.turn("a.example")), "a third at one host");
        let _c = hosts.turn("b.example").await.unwrap();
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
    async fn a_pause_from_before_is_kept_and_told_again() {
        let hosts = Hosts::new(64, 8, Duration::from_secs(3600));
        hosts.pause("a.example", Duration::from_secs(60));
        assert!(!ready(hosts.turn("a.example")));
        assert!(hosts.paused().is_empty(), "nobody was asked");
        drop(hosts.turn("b.example").await);
        let paused = hosts.paused();
        assert_eq!(paused[0].0, "b.example");
        assert!(paused[0].1 > Duration::from_secs(3590) && paused.len() == 1);
        assert!(hosts.paused().is_empty(), "told once");
        // A clock that jumped must not make it longer than a pause can be.
        hosts.pause("c.example", Duration::MAX);
        assert!(lock(&hosts.host("c.example").times).free_at <= Instant::now() + Duration::from_secs(3600));
    }

    #[tokio::test]
    async fn who_waits_for_a_host_that_closes_is_sent_away() {
        let hosts = Arc::new(Hosts::new(64, 1, Duration::ZERO));
        let first = hosts.turn("a.example").await.unwrap();
        let queue = Arc::clone(&hosts);
        let second = tokio::spawn(async move { queue.turn("a.example").await.map(drop) });
        tokio::task::yield_now().await;
        hosts.close("a.example", Duration::from_secs(3600));
        drop(first);
        let Err(Closed(left)) = second.await.unwrap() else { panic!("asked") };
        assert!(left > Duration::from_secs(3590));
        assert!(hosts.turn("a.example").await.is_err());
        assert!(hosts.turn("b.example").await.is_ok());
        hosts.open();
        assert!(hosts.turn("a.example").await.is_ok());
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
