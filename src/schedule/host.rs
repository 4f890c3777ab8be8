//! When a whole host is left alone: one source that is refused is its own affair, several of them are the host's.

use std::time::Duration;

use super::{LONGEST, Rounds, SHORTEST, after, backoff, lean, mul, whole};
use crate::model::{Host, SourceId, Timestamp};

/// Refusals of several sources within this time are one.
const WINDOW: Duration = Duration::from_secs(60 * 60);

/// Until when nobody of `host` is asked; `None` = it is open.
pub fn closed(host: &Host, now: Timestamp) -> Option<Timestamp> {
    // No closing lasts longer than this: a clock that was set back must not silence a host.
    host.closed_until.filter(|until| *until > now && *until <= after(now, 2 * LONGEST))
}

/// Notes that `host` said 429 or 503 to `by`, with what it asked for in `Retry-After`.
///
/// The second source that is told so within an hour closes the host for all of them: as long as was asked for, at most a
/// day; without a wish for a quarter of an hour, and twice as long each further time, up to a day. A host that
/// refuses the first source that comes after such a time is closed again at once.
pub fn refused(host: &mut Host, by: &SourceId, retry_after: Option<Duration>, now: Timestamp) {
    let recent = |at: Option<Timestamp>| at.is_some_and(|at| at <= now && after(at, WINDOW) >= now);
    let another = host.refused_by.as_ref().is_some_and(|other| other != by) && recent(host.refused_at);
    let again = host.closings > 0 && recent(host.closed_until);
    let shut = closed(host, now).is_some();
    if another || again || shut {
        if !shut {
            host.closings = host.closings.saturating_add(1);
        }
        let wait = match retry_after {
            Some(asked) => asked.min(LONGEST),
            None => backoff(SHORTEST, host.closings).min(LONGEST),
        };
        // A little more, and not the same for all: never less than was asked for.
        let until = whole(after(now, wait + mul(wait, lean(&host.name) / 10.0)));
        // Who is told nothing new while it is closed anyway does not make it longer.
        if !shut || retry_after.is_some() {
            host.closed_until = host.closed_until.filter(|_| shut).max(Some(until));
        }
    }
    host.refused_at = Some(now);
    host.refused_by = Some(by.clone());
}

/// Notes a good answer; true when that is news. What comes in while the host is closed was asked before and tells nothing.
pub fn answered(host: &mut Host, now: Timestamp) -> bool {
    if host.closings == 0 || closed(host, now).is_some() {
        return false;
    }
    // When it opened is still needed: who waited for it comes by and by.
    host.closings = 0;
    true
}

/// When a source whose time was `due` asks `host`: then; or, where the host was closed then, at a moment of its own after it
/// opened, so that not all who waited come at once. They are spread over a quarter of the time that they waited, a quarter of an
/// hour at the most, if rounds come often enough for that.
pub fn moment(host: &Host, due: Timestamp, rounds: &Rounds, seed: &str, now: Timestamp) -> Timestamp {
    // No closing lasts longer: the clock was set back.
    let Some(until) = host.closed_until.filter(|until| due <= *until && *until <= after(now, 2 * LONGEST))
    else {
        return due;
    };
    let waited = host.refused_at.and_then(|at| (until - at).to_std().ok()).unwrap_or_default();
    let spread = Some((waited / 4).min(SHORTEST)).filter(|spread| rounds.come_within(*spread));
    whole(after(until, mul(spread.unwrap_or_default(), lean(seed))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// `MINUTE SOURCE [SECONDS]` is a refusal, `MINUTE +` a good answer; told is for how many minutes from the last
    /// line on the host is closed, rounded down.
    fn check(told: &[&str], expected: Option<i64>) {
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut host = Host { name: "news.example".to_owned(), ..Host::default() };
        let mut now = start;
        for line in told {
            let mut words = line.split(' ');
            now = start + TimeDelta::minutes(words.next().unwrap().parse().unwrap());
            match words.next().unwrap() {
                "+" => drop(answered(&mut host, now)),
                by => {
                    let asked = words.next().map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
                    refused(&mut host, &SourceId::try_from(by.to_owned()).unwrap(), asked, now);
                }
            }
        }
        let minutes = closed(&host, now).map(|until| {
            let wait = (until - now).to_std().unwrap();
            // Up to a tenth more.
            (wait.as_secs_f64() / (1.0 + lean("news.example") / 10.0) / 60.0).round() as i64
        });
        assert_eq!(minutes, expected, "{told:?}");
    }

    #[test]
    fn one_source_that_is_refused_does_not_close_its_host() {
        check(&["0 a 7200", "5 a 7200", "10 a"], None);
        check(&["0 a 7200", "61 b 7200"], None);
    }

    #[test]
    fn two_sources_within_an_hour_close_it() {
        check(&["0 a 7200", "5 b 1800"], Some(30));
        check(&["0 a", "60 b"], Some(15));
        check(&["0 a", "1 b 9999999"], Some(24 * 60));
    }

    #[test]
    fn it_is_closed_longer_each_time_until_it_answers() {
        let twice = ["0 a", "0 b", "20 c"];
        check(&twice, Some(30));
        check(&[&twice[..], &["60 a"]].concat(), Some(60));
        check(&[&twice[..], &["60 +", "61 a"]].concat(), Some(15));
        check(&[&twice[..], &["60 +", "161 a"]].concat(), None);
    }

    #[test]
    fn what_was_on_its_way_when_it_closed_changes_little() {
        check(&["0 a", "0 b", "0 c", "0 d"], Some(15));
        check(&["0 a", "0 b", "0 c 3600"], Some(60));
        check(&["0 a", "0 b", "0 +"], Some(15));
        check(&["0 a", "0 b 3600", "0 c 60"], Some(60));
    }

    /// Of a hundred sources that were due before a host of two hours opened: how many come by so many minutes after.
    fn come(pauses: &[i64], minutes: &[i64]) -> Vec<usize> {
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let at = |minute| start + TimeDelta::minutes(minute);
        let rounds = pauses.iter().fold(Rounds::default(), |rounds, minute| rounds.begin(at(*minute)));
        let host = Host { refused_at: Some(at(0)), closed_until: Some(at(120)), ..Host::default() };
        let moment = |n: i64| moment(&host, at(n), &rounds, &format!("s{n}"), at(120));
        assert_eq!(moment(121), at(121), "what was not due then is not put off");
        let by = |minute: &i64| (0..100).filter(|n| moment(*n) <= at(120 + minute)).count();
        minutes.iter().map(by).collect()
    }

    #[test]
    fn who_waited_for_a_host_comes_by_and_by() {
        let often = [0, 1, 2, 3, 4];
        assert_eq!(come(&often, &[-1, 15]), [0, 100]);
        let [first, third, half] = come(&often, &[1, 5, 8])[..] else { panic!() };
        assert!(
            first < 15 && (20..50).contains(&third) && (40..70).contains(&half),
            "{first} {third} {half}"
        );
        // From cron once an hour the next chance would be too late.
        assert_eq!(come(&[0, 60, 120, 180, 240], &[-1, 0]), [0, 100]);
        assert_eq!(come(&[], &[-1, 0]), [0, 100]);
    }

    #[test]
    fn a_clock_that_was_set_back_silences_nobody() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let host = Host { closed_until: Some(now + TimeDelta::days(30)), ..Host::default() };
        assert_eq!(closed(&host, now), None);
        assert_eq!(moment(&host, now, &Rounds::default(), "a", now), now);
    }
}
