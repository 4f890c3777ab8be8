//! When a hub is asked for a subscription of ours, and whether its pushes can be relied on: told by the row and the time alone.

use std::time::Duration;

use chrono::TimeDelta;

use crate::model::Timestamp;
use crate::store::Subscription;

/// A lease is renewed when this is left of it, or a fifth of it where that is less.
const EARLY: Duration = Duration::from_secs(24 * 60 * 60);
/// While pushes work, a source is polled this seldom.
const SELDOM: Duration = Duration::from_secs(6 * 60 * 60);
/// A hub that does not answer is asked again after this, and after twice as long each time, up to [`MOST`].
const AGAIN: Duration = Duration::from_secs(10 * 60);
/// The longest pause between two questions; and a hub that holds a lease and does not push is not asked more often.
const MOST: Duration = EARLY;

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or_default()
}

/// Whether the hub should be asked now: never asked, or it has not verified and the pause is over, or the lease ends soon.
pub(super) fn is_due(one: &Subscription, now: Timestamp) -> bool {
    // The clock was set back: nobody knows how long ago that was.
    let Some(asked) = one.asked_at.filter(|asked| *asked <= now) else { return true };
    // 10, 20, 40 … minutes.
    let pause = (AGAIN * 2u32.saturating_pow(one.failures.saturating_sub(1).min(8))).min(MOST);
    if asked + delta(pause) > now {
        return false;
    }
    // A renewal that was not verified is a failure like any: what is left of the old lease does not make it wait.
    match renewal(one) {
        Some(renewal) if one.failures == 0 => renewal <= now,
        _ => true,
    }
}

/// When a lease that was verified should be renewed.
fn renewal(one: &Subscription) -> Option<Timestamp> {
    let (asked, until) = (one.asked_at?, one.until?);
    // Short leases are renewed when a fifth of them is left.
    Some(until - ((until - asked) / 5).clamp(TimeDelta::zero(), delta(EARLY)))
}

/// Until when a source that was `polled` last then need not be polled. `None`: pushes do not work, or nobody knows whether they do.
///
/// Pushes do not make it longer: a hub may push often and leave something out. And never beyond the renewal: then it is seen
/// whether the hub is there still.
pub(super) fn rest(one: &Subscription, polled: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let works = one.pushed > 0 && one.failures == 0 && one.until.is_some_and(|until| until > now);
    Some(renewal(one)?.min(polled.min(now) + delta(SELDOM))).filter(|until| works && *until > now)
}

/// A poll found what no push had told: pushes do not work. A hub that lost us while it was down is asked anew, though the lease
/// holds; one that was asked within a day is not.
pub(super) fn missed(one: &mut Subscription, now: Timestamp) {
    one.pushed = 0;
    if one.failures == 0 && one.asked_at.is_some_and(|asked| asked + delta(MOST) <= now) {
        one.failures = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes since a fixed time.
    fn at(minute: i64) -> Timestamp {
        "2026-11-02T06:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
    }

    const DAY: i64 = 24 * 60;

    fn one(asked: Option<i64>, until: Option<i64>, failures: u32, pushed: u32) -> Subscription {
        Subscription {
            source: "a".to_owned(),
            hub: "https://hub.example/".to_owned(),
            topic: "https://a.example/feed".to_owned(),
            token: "t".to_owned(),
            secret: "s".to_owned(),
            until: until.map(at),
            asked_at: asked.map(at),
            failures,
            pushed,
        }
    }

    /// The first minute from `from` on at which the hub is due.
    fn due_from(one: &Subscription, from: i64) -> i64 {
        (from..from + 400 * DAY).find(|minute| is_due(one, at(*minute))).unwrap()
    }

    #[test]
    fn when_a_hub_is_asked_by_the_table() {
        for (told, asked, until, failures, expected) in [
            ("never asked", None, None, 0, 0),
            ("the clock was set back", Some(90), None, 3, 0),
            ("asked once", Some(0), None, 1, 10),
            ("asked twice", Some(0), None, 2, 20),
            ("asked five times", Some(0), None, 5, 160),
            ("asked for days", Some(0), None, 9, DAY),
            ("asked for years", Some(0), None, u32::MAX, DAY),
            ("refused after it was verified", Some(0), None, 0, 10),
            ("ten days", Some(0), Some(10 * DAY), 0, 9 * DAY),
            ("an hour", Some(0), Some(60), 0, 48),
            ("a minute", Some(0), Some(1), 0, 10),
            ("over before it began", Some(0), Some(-60), 0, 10),
            ("renewal not verified", Some(9 * DAY), Some(10 * DAY), 1, 9 * DAY + 10),
            ("renewal not verified, third time", Some(9 * DAY), Some(10 * DAY), 3, 9 * DAY + 40),
            ("lease over, hub down", Some(9 * DAY), Some(8 * DAY), 4, 9 * DAY + 80),
        ] {
            let one = one(asked, until, failures, 0);
            let from = if asked.is_some_and(|asked| asked >= DAY) { 9 * DAY } else { 0 };
            assert_eq!(due_from(&one, from), expected, "{told}");
        }
    }

    #[test]
    fn how_long_a_source_is_left_alone_by_the_table() {
        let ten_days = |failures, pushed| one(Some(0), Some(10 * DAY), failures, pushed);
        for (told, one, polled, expected) in [
            ("pushes work", ten_days(0, 1), 100, Some(100 + 360)),
            ("pushed often since the last poll", ten_days(0, 99), 70, Some(70 + 360)),
            ("polled long ago", ten_days(0, 99), -260, None),
            ("the clock was set back", ten_days(0, 1), 9000, Some(100 + 360)),
            ("never pushed", ten_days(0, 0), 100, None),
            ("not verified", one(Some(0), None, 1, 1), 100, None),
            ("lease over", one(Some(0), Some(100), 0, 1), 100, None),
            ("renewal not verified", ten_days(1, 1), 100, None),
            ("renewal is near", one(Some(0), Some(300), 0, 1), 100, Some(240)),
            ("renewal is due", one(Some(0), Some(125), 0, 1), 100, None),
        ] {
            assert_eq!(rest(&one, at(polled), at(100)), expected.map(at), "{told}");
        }
    }

    #[test]
    fn a_hub_that_does_not_push_what_it_promised_is_asked_anew_once_a_day() {
        let mut one = one(Some(0), Some(10 * DAY), 0, 3);
        missed(&mut one, at(60));
        assert_eq!((one.pushed, one.failures), (0, 0));
        assert!(!is_due(&one, at(60)));
        missed(&mut one, at(DAY));
        assert!(is_due(&one, at(DAY)));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
        /// Whatever a hub does (`true`: it verifies) with leases however short: it is asked at the most each ten minutes, at
        /// the latest a day after an unanswered question, and never later than its lease ends.
        #[test]
        fn questions_to_a_hub_stay_in_bounds(answers in proptest::collection::vec((proptest::bool::ANY, 0..3 * DAY), 1..16)) {
            let mut one = one(None, None, 0, 0);
            let mut now = 0;
            for (verifies, lease) in answers {
                let due = due_from(&one, now);
                let wait = due - now;
                if one.asked_at.is_some() {
                    proptest::prop_assert!(wait >= 10, "after {wait} minutes");
                    match one.until.filter(|_| one.failures == 0) {
                        Some(until) => proptest::prop_assert!(at(due) <= until.max(at(now + 10))),
                        None => proptest::prop_assert!(wait <= DAY, "after {wait} minutes"),
                    }
                }
                now = due;
                (one.asked_at, one.failures) = (Some(at(now)), one.failures + 1);
                if verifies {
                    (one.until, one.failures) = (Some(at(now + lease)), 0);
                }
            }
        }
    }
}
