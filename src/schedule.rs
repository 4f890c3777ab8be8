//! When a source is asked again: a function of what is configured, what happened, and now.

pub mod host;
mod rounds;

use std::time::Duration;

use chrono::{DurationRound, SubsecRound, TimeDelta, Timelike};
use chrono_tz::Tz;
use url::Url;

use crate::model::Timestamp;
use crate::source::Schedule;

pub use rounds::Rounds;

/// Nobody is asked more often without being told to.
pub const SHORTEST: Duration = Duration::from_secs(15 * 60);
/// Nobody is asked more seldom without being told to, however long nothing comes.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// How often a source is asked that said that it is gone; also the longest that `Retry-After` is obeyed.
pub const PROBE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How often a source is asked whose rhythm is not known yet.
const USUAL: Duration = Duration::from_secs(60 * 60);
/// So many of the latest entries tell the rhythm.
const RECENT: usize = 10;

/// What is known of a source when its next time is reckoned.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// When it was asked last; `None` = just now, unless it was never asked.
    pub last_try: Option<Timestamp>,
    /// When it answered well last.
    pub last_success: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// The server said 410.
    pub gone: bool,
    /// The server said that we ask too often, or that it can do no more (429, 503).
    pub refused: bool,
    /// What the last answer asked for, from then on.
    pub retry_after: Option<Duration>,
    /// For how long the last answer said that it stays fresh.
    pub max_age: Option<Duration>,
    /// The same, as the feed itself says (`ttl`, `sy:updatePeriod`).
    pub ttl_minutes: Option<u32>,
    /// A moment from which `ttl_minutes` is counted (`sy:updateBase`): the feed changes at that rhythm, then.
    pub update_base: Option<Timestamp>,
    /// Hours (0 to 23, GMT) in which nobody need ask.
    pub skip_hours: Vec<u8>,
    /// English names of days (GMT) on which nobody need ask.
    pub skip_days: Vec<String>,
    /// When its latest entries were published, in any order; times to come are passed over.
    pub recent: Vec<Timestamp>,
}

/// True when a source whose next time is `next_due` should be asked now. Files cost nobody anything: they are always due.
pub fn is_due(url: &Url, next_due: Option<Timestamp>, now: Timestamp) -> bool {
    url.scheme() == "file" || next_due.is_none_or(|due| due <= now)
}

/// The next time to ask, not before `now`, in whole seconds.
///
/// * Never asked: now. Missed while nobody ran: now, once.
/// * `Every`: so much after the last try, or up to a tenth less, so that sources do not march in step. Failures double
///   it, up to a day (or stay at it, where it is longer).
/// * `Cron`: the next time of the calendar in `zone`. Failures leave out more and more of them, up to a day's worth.
/// * `Adaptive`: between [`SHORTEST`] and [`LONGEST`], see `adaptive`; failures begin at the one and double to the other.
/// * Refused (429, 503): as with failures, but a quarter of an hour at the least, and doubled from the first.
/// * `Retry-After` is never undercut (up to [`PROBE`]), and who is gone is asked once in [`PROBE`].
///
/// `seed` tells sources apart: the same one always leans the same way.
pub fn next(schedule: &Schedule, zone: Tz, history: &History, now: Timestamp, seed: &str) -> Timestamp {
    if history.last_success.is_none() && history.failures == 0 && !history.gone {
        return whole(now);
    }
    let from = history.last_try.map_or(now, |last| last.min(now));
    let lean = lean(seed);
    // Who says that we come too often is not asked again after the usual time.
    let (failures, least) = match history.refused {
        true => (history.failures.max(1).saturating_add(1), SHORTEST),
        false => (history.failures, Duration::ZERO),
    };
    let wait = match schedule {
        _ if history.gone => less(PROBE, lean),
        Schedule::Every(every) => less(backoff((*every).max(least), failures).min(LONGEST).max(*every), lean),
        Schedule::Adaptive if failures > 0 => settle(backoff(SHORTEST, failures), lean),
        Schedule::Adaptive => settle(adaptive(history, now), lean),
        Schedule::Cron(_) => {
            let skipped = backoff(SHORTEST, failures).saturating_sub(SHORTEST);
            skipped.min(LONGEST)
        }
    };
    // More, not less: the server has said when.
    let asked = history.retry_after.unwrap_or_default().min(PROBE);
    let wait = wait.max(asked + mul(asked, lean / 10.0));
    let due = match schedule {
        Schedule::Cron(cron) if !history.gone => {
            cron.next(after(from, wait), zone).unwrap_or_else(|| after(from, LONGEST))
        }
        Schedule::Adaptive if failures == 0 && asked.is_zero() && !history.gone => {
            let time = at_its_beat(from, wait, history, lean);
            beyond_skipped(time, after(from, LONGEST), history)
        }
        _ => after(from, wait),
    };
    whole(due.max(now))
}

/// How long a source that answers well may be left alone: half the usual time between its latest entries, or an
/// eighth of its silence, or as long as it says itself that its answer is good, whichever is the longest.
fn adaptive(history: &History, now: Timestamp) -> Duration {
    let mut times: Vec<Timestamp> = history.recent.iter().copied().filter(|time| *time <= now).collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.truncate(RECENT);
    let rhythm = match (times.first(), times.last()) {
        (Some(newest), Some(oldest)) => {
            let gaps = u32::try_from(times.len() - 1).unwrap_or(u32::MAX).max(1);
            let gap = (*newest - *oldest).to_std().unwrap_or_default() / gaps;
            let silence = (now - *newest).to_std().unwrap_or_default();
            (gap / 2).max(silence / 8)
        }
        _ => USUAL,
    };
    let ttl = Duration::from_secs(u64::from(history.ttl_minutes.unwrap_or_default()) * 60);
    rhythm.max(ttl).max(history.max_age.unwrap_or_default())
}

/// `wait` after `from`, moved to the beat that the feed names (`sy:updateBase`, and then each `ttl`), and a little later,
/// each source by an amount of its own.
fn at_its_beat(from: Timestamp, wait: Duration, history: &History, lean: f64) -> Timestamp {
    let time = after(from, wait);
    let period = Duration::from_secs(u64::from(history.ttl_minutes.unwrap_or_default()) * 60);
    let (Some(base), true) = (history.update_base, (SHORTEST..=LONGEST).contains(&period)) else {
        return time;
    };
    let seconds = i64::try_from(period.as_secs()).unwrap_or(i64::MAX);
    // The first beat after the last visit, unless there is another reason to wait longer; not the one just heard.
    let since = (time - base).num_seconds().saturating_sub(seconds / 8 * 7);
    let beat = since.div_euclid(seconds) + i64::from(since.rem_euclid(seconds) > 0);
    let delay = mul(period, lean / 10.0);
    let due =
        TimeDelta::try_seconds(beat.saturating_mul(seconds)).and_then(|span| base.checked_add_signed(span));
    // The bounds are an amount of its own away too: where many are held to one, they would come in step.
    let (earliest, latest) = (after(after(from, SHORTEST), delay), after(from, less(LONGEST, lean)));
    due.map_or(time, |beat| after(beat, delay).max(earliest).min(latest))
}

/// `base` doubled with each failure after the first.
fn backoff(base: Duration, failures: u32) -> Duration {
    base.saturating_mul(2u32.saturating_pow(failures.saturating_sub(1)))
}

/// Between the bounds, and up to a tenth less by `lean`, the lower bound being kept.
fn settle(wait: Duration, lean: f64) -> Duration {
    let lowest = SHORTEST + SHORTEST / 9 + Duration::from_secs(1);
    less(wait.clamp(lowest, LONGEST), lean).max(SHORTEST)
}

/// Up to a tenth less.
fn less(wait: Duration, lean: f64) -> Duration {
    wait.saturating_sub(mul(wait, lean / 10.0))
}

fn mul(wait: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(wait.as_secs_f64() * by).unwrap_or_default()
}

/// 0 to 1, the same for the same seed.
fn lean(seed: &str) -> f64 {
    let [a, b, c, d, ..] = *blake3::hash(seed.as_bytes()).as_bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / f64::from(u32::MAX)
}

/// `time` or the first full hour after it that is not to be skipped; `latest` where there is none before.
fn beyond_skipped(time: Timestamp, latest: Timestamp, history: &History) -> Timestamp {
    let skipped = |time: Timestamp| {
        let day = time.format("%A").to_string();
        let hour = u8::try_from(time.hour()).unwrap_or_default();
        history.skip_hours.contains(&hour)
            || history.skip_days.iter().any(|skip| skip.trim().eq_ignore_ascii_case(&day))
    };
    let mut time = time;
    while skipped(time) {
        let hour = time.duration_trunc(TimeDelta::hours(1)).unwrap_or(time);
        time = hour + TimeDelta::hours(1);
        if time > latest {
            return latest;
        }
    }
    time
}

fn after(time: Timestamp, wait: Duration) -> Timestamp {
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(36_500));
    time.checked_add_signed(wait).unwrap_or(Timestamp::MAX_UTC)
}

/// Rounded up: nobody is asked a part of a second too early.
fn whole(time: Timestamp) -> Timestamp {
    let down = time.trunc_subsecs(0);
    if down == time { time } else { down.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(down) }
}

#[cfg(test)]
mod tests;
