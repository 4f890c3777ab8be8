//! The clock that the daemon goes by: that of the system, one that goes on from an instant, or one whose hand is moved.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::model::Timestamp;

/// Tells the time, and lets the daemon sleep by it.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    From(Timestamp, Instant),
    ByHand(Arc<Dial>),
}

/// A clock that stands still until its hand is moved.
#[derive(Debug)]
struct Dial {
    now: watch::Sender<Timestamp>,
    sleep: Mutex<Sleep>,
    changed: Condvar,
}

/// How the daemon sleeps.
#[derive(Debug, Clone, Copy, Default)]
struct Sleep {
    /// Until then; `None` while it is awake.
    until: Option<Timestamp>,
    /// So many letters are under way meanwhile.
    under_way: usize,
    /// So often it has lain down.
    times: u64,
}

/// Moves the hand of a clock, so that days pass in a moment.
#[derive(Debug, Clone)]
pub struct Hand(Arc<Dial>);

impl Clock {
    /// The clock of the system, or one that stands at `from` now and goes on as usual.
    pub fn new(from: Option<Timestamp>) -> Self {
        Self(from.map_or(Kind::System, |from| Kind::From(from, Instant::now())))
    }

    /// One that stands at `at` until its hand is moved.
    pub fn by_hand(at: Timestamp) -> (Self, Hand) {
        let (now, _) = watch::channel(at);
        let dial = Arc::new(Dial { now, sleep: Mutex::default(), changed: Condvar::new() });
        (Self(Kind::ByHand(Arc::clone(&dial))), Hand(dial))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => chrono::Utc::now(),
            Kind::From(from, since) => *from + since.elapsed(),
            Kind::ByHand(dial) => *dial.now.borrow(),
        }
    }

    /// Sleeps for so long; `under_way` letters may end meanwhile.
    pub(super) async fn sleep(&self, wait: Duration, under_way: usize) {
        let Kind::ByHand(dial) = &self.0 else { return tokio::time::sleep(wait).await };
        let until = self.now() + TimeDelta::from_std(wait).unwrap_or_default();
        let mut hand = dial.now.subscribe();
        dial.change(|sleep| {
            *sleep = Sleep { until: Some(until), under_way, times: sleep.times + 1 };
        });
        // Something else may wake it: then this is dropped.
        let _awake = Awake(dial);
        // The sender is in the dial, so it does not end.
        let _ = hand.wait_for(|now| *now >= until).await;
    }
}

impl Dial {
    fn sleep(&self) -> MutexGuard<'_, Sleep> {
        self.sleep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Sleep)) {
        change(&mut self.sleep());
        self.changed.notify_all();
    }
}

struct Awake<'d>(&'d Dial);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.change(|sleep| sleep.until = None);
    }
}

impl Hand {
    /// Moves it. Who sleeps until then or until earlier wakes.
    pub fn set(&self, now: Timestamp) {
        self.0.now.send_replace(now);
    }

    /// So often the daemon has lain down.
    pub fn sleeps(&self) -> u64 {
        self.0.sleep().times
    }

    /// Waits until the daemon has lain down more than `times` times and sleeps with nothing under way; tells until when it
    /// sleeps. `None`: it did not within `patience`.
    pub fn asleep(&self, times: u64, patience: Duration) -> Option<Timestamp> {
        let awake = |sleep: &mut Sleep| {
            let sleeps = sleep.until.is_some_and(|until| until > *self.0.now.borrow());
            !(sleeps && sleep.under_way == 0 && sleep.times > times)
        };
        let waited = self.0.changed.wait_timeout_while(self.0.sleep(), patience, awake);
        let (sleep, late) = waited.unwrap_or_else(PoisonError::into_inner);
        sleep.until.filter(|_| !late.timed_out())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_sleeps_by_a_hand_wakes_when_it_was_moved_far_enough() {
        let start: Timestamp = "2026-11-02T06:00:00Z".parse().unwrap();
        let at = |seconds| start + TimeDelta::seconds(seconds);
        let (clock, hand) = Clock::by_hand(start);
        let patience = Duration::from_secs(20);
        let sleeper = clock.clone();
        let sleep = tokio::spawn(async move { sleeper.sleep(Duration::from_secs(60), 0).await });
        let watcher = hand.clone();
        let until = tokio::task::spawn_blocking(move || watcher.asleep(0, patience)).await.unwrap();
        assert_eq!(until, Some(at(60)));
        hand.set(at(59));
        tokio::task::yield_now().await;
        assert!(!sleep.is_finished() && clock.now() == at(59));
        hand.set(at(60));
        sleep.await.unwrap();
        assert_eq!((hand.sleeps(), hand.asleep(0, Duration::ZERO)), (1, None));
        // With letters under way it is not told that it sleeps.
        let mut sleep = std::pin::pin!(clock.sleep(Duration::from_secs(1), 1));
        assert!(tokio::time::timeout(Duration::ZERO, sleep.as_mut()).await.is_err());
        assert_eq!((hand.sleeps(), hand.asleep(0, Duration::ZERO)), (2, None));
    }
}
