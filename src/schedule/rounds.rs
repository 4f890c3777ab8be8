//! Coming back after a sleep or a downtime: what was missed is caught up once, and not all of it in the same minute.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{after, lean, mul, whole};
use crate::model::Timestamp;

/// Nothing is put off longer than this.
const MOST: Duration = Duration::from_secs(15 * 60);
/// A pause of less than this is nobody's downtime.
const LEAST: Duration = Duration::from_secs(10 * 60);

/// The longest of so many pauses between rounds is the usual one.
const REMEMBERED: usize = 4;

/// What is remembered of the rounds before this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rounds {
    /// When the last one began.
    last: Option<Timestamp>,
    /// Seconds between the last ones, latest first.
    pauses: Vec<u64>,
    /// How we came back from a downtime.
    back: Option<Back>,
}

/// A downtime that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Back {
    /// When we came back.
    at: Timestamp,
    /// What was due before this was missed.
    missed: Timestamp,
    /// Over so many seconds it is spread.
    spread: u64,
}

impl Rounds {
    /// A round begins at `now`.
    ///
    /// A pause that is ten times as long as each of the four before it, and ten minutes at least, was a downtime: then
    /// what was missed is spread over a quarter of it, a quarter of an hour at the most. Who comes by too seldom for that
    /// (from cron once an hour) has everything at once: the next chance would be too late.
    #[must_use]
    pub fn begin(mut self, now: Timestamp) -> Self {
        // A clock that was set back must not put anything off.
        self.back = self.back.filter(|back| back.at <= now);
        let pause = self.last.and_then(|last| (now - last).to_std().ok());
        self.last = Some(now);
        let Some(pause) = pause else { return self };
        let usual = self.usual();
        let spread = (pause / 4).min(MOST);
        let known = self.pauses.len() >= REMEMBERED;
        if known && pause >= LEAST && pause >= usual * 10 && usual * 4 <= spread {
            let missed = now - TimeDelta::from_std(usual * 2).unwrap_or_default();
            self.back = Some(Back { at: now, missed, spread: spread.as_secs() });
        }
        self.pauses.insert(0, pause.as_secs());
        self.pauses.truncate(REMEMBERED);
        self
    }

    /// The usual pause between two of them.
    fn usual(&self) -> Duration {
        Duration::from_secs(self.pauses.iter().copied().max().unwrap_or_default())
    }

    /// Whether they usually follow each other within so long.
    pub(super) fn come_within(&self, span: Duration) -> bool {
        self.pauses.len() >= REMEMBERED && self.usual() <= span
    }

    /// When a source is asked whose time was `due`: then, or, where that was missed in a downtime, at a moment of its own
    /// after we came back.
    pub fn moment(&self, due: Timestamp, seed: &str) -> Timestamp {
        match self.back {
            Some(back) if due <= back.missed => {
                whole(after(back.at, mul(Duration::from_secs(back.spread), lean(seed))))
            }
            _ => due,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn at(minutes: i64) -> Timestamp {
        start() + TimeDelta::minutes(minutes)
    }

    fn rounds(minutes: &[i64]) -> Rounds {
        minutes.iter().fold(Rounds::default(), |rounds, minute| rounds.begin(at(*minute)))
    }

    /// How many of a hundred sources that were due five minutes after the last round but one are asked by each minute.
    fn caught_up(rounds: &Rounds, due: i64, minutes: &[i64]) -> Vec<usize> {
        let asked = |minute: &i64| {
            let due = |n: &u32| rounds.moment(at(due), &n.to_string()) <= at(*minute);
            (0..100).filter(due).count()
        };
        minutes.iter().map(asked).collect()
    }

    #[test]
    fn what_a_night_has_missed_is_spread_over_a_quarter_of_an_hour() {
        let back = rounds(&[0, 1, 2, 3, 4, 602]);
        let [first, some, most, all] = caught_up(&back, 7, &[602, 607, 612, 617])[..] else { panic!() };
        assert!(first < 10 && (15..55).contains(&some) && (45..90).contains(&most), "{first} {some} {most}");
        assert_eq!(all, 100);
        // The rounds that follow do not put it off again.
        let later = [603, 604, 605].iter().fold(back.clone(), |rounds, minute| rounds.begin(at(*minute)));
        assert_eq!(later.moment(at(7), "a"), back.moment(at(7), "a"));
        // What was not missed is not put off.
        assert_eq!(later.moment(at(601), "a"), at(601));
        assert_eq!(later.moment(at(650), "a"), at(650));
    }

    #[test]
    fn nothing_is_put_off_without_a_downtime_or_where_nobody_would_come_by() {
        let check = |minutes: &[i64], due: i64, what: &str| {
            let last = *minutes.last().unwrap();
            assert_eq!(caught_up(&rounds(minutes), due, &[last]), [100], "{what}");
        };
        check(&[0, 1, 2, 3, 4, 12], 5, "a pause of eight minutes");
        check(&[0, 60, 120, 180, 240, 300], 245, "cron once an hour");
        check(&[0, 60, 120, 180, 240, 2000], 245, "the same after a night");
        check(&[0, 60, 120, 180, 180, 180, 240], 185, "once an hour, and twice by hand");
        check(&[600], 7, "the first round");
        check(&[0, 1, 600], 7, "no habit yet");
        check(&[0, 1, 2, 3, 4, 604, 1204], 610, "what happens twice is no downtime");
        check(&[0, 1, 2, 3, 4, 600, -600, -599], -700, "a clock set back");
    }
}
