//! When the next round comes: sources are due, documents may have aged, or something was pushed. Told by times alone.

use std::time::Duration;

use chrono::TimeDelta;

use crate::model::Timestamp;

/// Rounds do not follow each other faster, unless the owner asks for one.
const LEAST: Duration = Duration::from_secs(1);
/// After the longest rounds, so long passes.
const MOST: Duration = Duration::from_secs(60);
/// After a round that asked none of those who are due (they wait for something that is not known here) or broke.
const PATIENCE: Duration = Duration::from_secs(30);
/// Without anybody who is due, there is a round so often: what feeds keep for hours grows old. Shorter than any downtime.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// What came of a round, as far as the next one hangs on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// It asked somebody, or nobody was due.
    Well,
    /// Nobody was asked of those who are due.
    ToNothing,
    /// Something of our own failed: the state could not be read, or nothing be published.
    Broke,
}

/// When the next rounds may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// When it was made: the end of a round.
    made: Timestamp,
    /// Then there is a round of whoever is due.
    next: Timestamp,
    /// From then on what was pushed is read.
    pushes: Timestamp,
}

impl Plan {
    /// A round at once.
    pub(super) fn at_once(now: Timestamp) -> Self {
        Self { made: now, next: now, pushes: now }
    }

    /// After a round that ended `now` and lasted for `took`; the first source is due at `due`.
    ///
    /// A fifth of the time at the most goes into rounds that come by themselves, half of it where hubs push without end.
    pub(super) fn after(now: Timestamp, took: Duration, due: Option<Timestamp>, came: Came) -> Self {
        let at = |wait: Duration| now + TimeDelta::from_std(wait).unwrap_or_default();
        let least = at((took * 4).clamp(LEAST, MOST));
        let idle = at(IDLE).max(least);
        let next = match (came, due) {
            (Came::Broke, _) => at(PATIENCE).max(least),
            (Came::ToNothing, Some(due)) if due <= now => at(PATIENCE).max(least),
            (_, due) => due.map_or(idle, |due| due.clamp(least, idle)),
        };
        Self { made: now, next, pushes: at(took.clamp(LEAST, MOST)) }
    }

    /// Whether there is a round of whoever is due.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        // The clock was set back: nobody knows how long ago that round was.
        now >= self.next || now < self.made
    }

    /// Whether what was pushed is read.
    pub(super) fn takes_pushes(&self, now: Timestamp) -> bool {
        now >= self.pushes || now < self.made
    }

    /// How long to sleep at the most: until the next round, a minute at the most. The clock may be set, the machine may sleep.
    pub(super) fn sleep(&self, now: Timestamp, are_pushes_there: impl FnOnce() -> bool) -> Duration {
        let until = if are_pushes_there() { self.next.min(self.pushes) } else { self.next };
        (until - now).to_std().unwrap_or_default().min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        "2026-11-02T06:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::seconds(seconds)
    }

    /// After how many seconds the next round comes, and from when on what was pushed is read.
    fn check(told: &str, took: u64, due: Option<i64>, came: Came, next: i64, pushes: i64) {
        let plan = Plan::after(at(0), Duration::from_secs(took), due.map(at), came);
        let expected = Plan { made: at(0), next: at(next), pushes: at(pushes) };
        assert_eq!(plan, expected, "{told}");
    }

    #[test]
    fn the_next_round_by_the_table() {
        check("due in a minute", 0, Some(60), Came::Well, 60, 1);
        check("due already", 0, Some(-5), Came::Well, 1, 1);
        check("due at once, after a long round", 5, Some(0), Came::Well, 20, 5);
        check("due at once, after the longest round", 600, Some(0), Came::Well, 60, 60);
        check("due in hours", 0, Some(9000), Came::Well, 300, 1);
        check("no source", 0, None, Came::Well, 300, 1);
        check("nobody could be asked", 0, Some(0), Came::ToNothing, 30, 1);
        check("nobody could be asked, and one can be soon", 0, Some(7), Came::ToNothing, 7, 1);
        check("it broke", 0, None, Came::Broke, 30, 1);
    }

    #[test]
    fn sleeps_are_short_and_a_clock_that_was_set_back_ends_them() {
        let plan = Plan::after(at(0), Duration::from_secs(2), None, Came::Well);
        assert_eq!(plan.sleep(at(0), || false), MOST);
        assert_eq!(plan.sleep(at(295), || false), Duration::from_secs(5));
        assert_eq!(plan.sleep(at(0), || true), Duration::from_secs(2));
        assert_eq!(plan.sleep(at(400), || false), Duration::ZERO);
        assert!(!plan.is_due(at(299)) && plan.is_due(at(300)) && plan.is_due(at(-1)));
        assert!(!plan.takes_pushes(at(1)) && plan.takes_pushes(at(2)) && plan.takes_pushes(at(-1)));
        assert!(Plan::at_once(at(0)).is_due(at(0)));
    }
}
