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

/// What is remembered of the rounds before this one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    /// When the last one began.
    last: Option<Timestamp>,
    /// How long after the one before it, in seconds: how often somebody comes by.
    usual: Option<u64>,
    /// When we came back after a downtime, and over how many seconds what was missed is spread.
    back: Option<(Timestamp, u64)>,
}

impl Rounds {
    /// A round begins at `now`.
    ///
    /// A pause that is ten times as long as the one before, and ten minutes at least, was a downtime: then what was
    /// missed is spread over a quarter of it, a quarter of an hour at the most. Who comes by too seldom for that (from
    /// cron once an hour) has everything at once: the next chance would be too late.
    #[must_use]
    pub fn begin(self, now: Timestamp) -> Self {
        let pause = self.last.and_then(|last| (now - last).to_std().ok());
        // A clock that was set back must not put anything off.
        let back = self.back.filter(|(back, _)| *back <= now);
        let Some(pause) = pause else { return Self { last: Some(now), back, ..self } };
        let usual = Duration::from_secs(self.usual.unwrap_or_default());
        let spread = (pause / 4).min(MOST);
        let down = self.usual.is_some() && pause >= LEAST && pause >= usual * 10 && usual * 4 <= spread;
        Self {
            last: Some(now),
            // What is no habit does not become one at once.
            usual: if down { self.usual } else { Some(pause.as_secs()) },
            back: if down { Some((now, spread.as_secs())) } else { back },
        }
    }

    /// When a source is asked whose time was `due`: then, or, where that was missed in a downtime, at a moment of its own
    /// after we came back.
    pub fn moment(&self, due: Timestamp, seed: &str) -> Timestamp {
        let Some((back, spread)) = self.back else { return due };
        let missed = Duration::from_secs(2 * self.usual.unwrap_or_default());
        if due > back - TimeDelta::from_std(missed).unwrap_or_default() {
            return due;
        }
        whole(after(back, mul(Duration::from_secs(spread), lean(seed))))
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
        let back = rounds(&[0, 1, 2, 602]);
        let [first, some, most, all] = caught_up(&back, 7, &[602, 607, 612, 617])[..] else { panic!() };
        assert!(first < 10 && (15..55).contains(&some) && (45..90).contains(&most), "{first} {some} {most}");
        assert_eq!(all, 100);
        // The rounds that follow do not put it off again.
        let later = [603, 604, 605].iter().fold(back, |rounds, minute| rounds.begin(at(*minute)));
        assert_eq!(later.moment(at(7), "a"), back.moment(at(7), "a"));
        // What was not missed is not put off.
        assert_eq!(later.moment(at(601), "a"), at(601));
        assert_eq!(later.moment(at(650), "a"), at(650));
    }

    #[test]
    fn nothing_is_put_off_without_a_downtime_or_where_nobody_would_come_by() {
        assert_eq!(caught_up(&rounds(&[0, 1, 2, 8]), 3, &[8]), [100], "a pause of six minutes");
        assert_eq!(caught_up(&rounds(&[0, 60, 120, 180]), 125, &[180]), [100], "cron once an hour");
        assert_eq!(caught_up(&rounds(&[0, 60, 120, 2000]), 125, &[2000]), [100], "the same after a night");
        assert_eq!(caught_up(&rounds(&[600]), 7, &[600]), [100], "the first round");
        assert_eq!(caught_up(&rounds(&[0, 600]), 7, &[600]), [100], "no habit yet");
        assert_eq!(caught_up(&rounds(&[0, 1, 2, -600, -599]), -700, &[-599]), [100], "a clock set back");
    }
}
