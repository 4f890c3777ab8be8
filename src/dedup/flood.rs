//! Floods: whether what a known source offers as new is news, or a history that comes again or was never ours.
//!
//! Two tests. *Age*: several items are much older than what the source had published already when it was read last (a blog
//! was imported, an archive came back). *Share*: nearly the whole list is new at once, by far more than the rhythm of the source
//! explains, though its list overlapped before, and the dates tell nothing: none, the moment of the fetch, a time to come.
//! What fails neither passes at once, whatever came with it.

use chrono::TimeDelta;

use super::date::said;
use super::decide::{Decision, Known, KnownEntry, Row, Settled, is_another};
use crate::model::{Item, Timestamp};

/// How much of a source an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that it shows.
    Whole,
    /// Some of it: says nothing of its share.
    Part,
}

/// When the last entries of a source were published, and when they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// When it was read for the first time; what came then is its history.
    pub first_read: Timestamp,
    /// When it was read last.
    pub last_read: Timestamp,
    /// Of its last entries: published, first seen; the newest first.
    pub last: Vec<(Timestamp, Timestamp)>,
}

/// An entry of the source, as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which.
    pub row: Row,
    /// When it came.
    pub first_seen: Timestamp,
    /// What is known of it.
    pub known: KnownEntry,
    /// What the source gave last.
    pub item: Item,
}

/// What is known of a source whose reading is looked at more closely.
#[derive(Debug, Clone)]
pub struct Past {
    /// Its pace.
    pub pace: Pace,
    /// Its last entries, the newest first.
    pub kept: Vec<Kept>,
}

/// Fewer old items than this are no flood: authors date back one or two.
const LEAST_OLD: usize = 3;
/// In a list with fewer new items than this nothing is told by their share.
const LEAST_SHARE: usize = 5;
/// So many items out of their order tell that a list has none.
const LEAST_BACK: usize = 3;
/// What is older than the newest entry by less may just be late. FeedMail leaves out what is seven days older and reports
/// that it lost almost nothing.
const LATE: TimeDelta = TimeDelta::days(7);
/// Dates that lie so near to each other tell when they were written down, not when the articles were.
const MOMENT: TimeDelta = TimeDelta::minutes(10);

impl Pace {
    /// How many entries its rhythm lets expect until `now`.
    fn expected(&self, now: Timestamp) -> f64 {
        let gap = seconds(now - self.last_read);
        let newest = self.last.first().map(|(published, _)| *published);
        let oldest = self.last.last().map(|(published, _)| *published);
        let by_date = newest.zip(oldest).map_or(0.0, |(newest, oldest)| {
            // Dates of the first sight may be made up one second apart.
            let span = seconds(newest - oldest);
            if span < 60.0 { 0.0 } else { (self.last.len() - 1) as f64 / span }
        });
        gap * by_date.max(self.arrivals_per_second())
    }

    fn arrivals_per_second(&self) -> f64 {
        let arrived = || self.last.iter().map(|(_, seen)| *seen).filter(|seen| *seen > self.first_read);
        let Some(first) = arrived().min() else { return 0.0 };
        // Of many only the last ones are told: then they are counted from the first of those.
        let began = if arrived().count() == self.last.len() { first } else { self.first_read };
        arrived().count() as f64 / seconds(self.last_read - began).max(3600.0)
    }

    /// When entries came, the first sight aside, and how many together.
    fn batches(&self) -> Vec<(Timestamp, usize)> {
        let mut seen: Vec<Timestamp> =
            self.last.iter().map(|(_, seen)| *seen).filter(|seen| *seen > self.first_read).collect();
        seen.sort_unstable();
        seen.chunk_by(|a, b| a == b).filter_map(|batch| Some((*batch.first()?, batch.len()))).collect()
    }

    /// How many came together after a silence as long as that before `now`, at the most: who brings twenty once a month may
    /// bring twenty after a month, not after an hour.
    fn most(&self, now: Timestamp) -> f64 {
        let (mut before, mut most) = (self.first_read, Vec::new());
        for (seen, count) in self.batches() {
            most.push((count as f64, seconds(seen - before).max(1.0)));
            before = seen;
        }
        let silence = seconds(now - before);
        let share = |silence_then: f64| (3.0 * silence / silence_then).min(1.0);
        most.into_iter().map(|(count, then)| count * share(then)).fold(0.0, f64::max)
    }

    /// True when so many at once are by far more than the rhythm explains.
    fn is_beyond(&self, news: usize, now: Timestamp) -> bool {
        let news = news as f64;
        news > 3.0 * self.expected(now) + 2.0 && news > 1.5 * self.most(now)
    }

    /// True when so many at once are more than the rhythm lets expect.
    fn is_more(&self, news: usize, now: Timestamp) -> bool {
        news as f64 > 1.5 * self.expected(now) + 1.0
    }

    /// What is dated before this came late, if it came for the first time now.
    fn line(&self, late: TimeDelta) -> Option<Timestamp> {
        self.last.first().and_then(|(newest, _)| newest.checked_sub_signed(late))
    }
}

fn seconds(delta: TimeDelta) -> f64 {
    delta.num_seconds().max(0) as f64
}

/// Why a reading is worth a closer look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// What was known is not what it was, or more is new than usual: so it may be with what is called new.
    Other,
    /// A flood, as it seems: old items, or by far more than the rhythm explains.
    Flood,
}

/// Whether a reading may be odd, by what it tells itself.
pub fn may_be_odd(settled: &Settled, known: &Known) -> bool {
    let news = news(settled).count();
    news >= LEAST_OLD || (news > 0 && is_another(&settled.decided, known))
}

/// Whether it is, by figures that cost little.
pub fn oddity(settled: &Settled, known: &Known, pace: &Pace, now: Timestamp) -> Option<Oddity> {
    let dates: Vec<Option<Timestamp>> = news(settled).map(|(_, said)| said).collect();
    let line = pace.line(LATE)?;
    let newest = pace.line(TimeDelta::zero());
    let old = dates.iter().filter(|said| said.is_some_and(|at| at < line)).count();
    let news = dates.len();
    if old >= LEAST_OLD {
        return Some(Oddity::Flood);
    }
    let same =
        settled.decided.iter().filter(|(_, decision)| matches!(decision, Decision::Same { .. })).count();
    let known_ones = settled.decided.len() - news;
    let is_much = news >= LEAST_OLD && pace.is_beyond(news, now);
    // Many that are dated behind all that is known, beside others that are as they were, are a busy hour.
    let are_later = same > 0 && dates.iter().all(|said| *said > newest);
    match (is_much, are_later) {
        (true, false) => return Some(Oddity::Flood),
        (true, true) => return Some(Oddity::Other),
        _ => {}
    }
    let is_renewed = news >= LEAST_OLD && same == 0 && (known_ones > 0 || pace.is_more(news, now));
    let is_other = news > 0 && is_another(&settled.decided, known);
    (is_renewed || is_other).then_some(Oddity::Other)
}

/// Holds back what is doubtful: those decisions get the reason. Items of the reading that are older entries of the source
/// have been found out before (`again`).
pub fn hold(settled: &mut Settled, past: &Past, extent: Extent, now: Timestamp) {
    let old = too_old(settled, past);
    let mute = (extent == Extent::Whole).then(|| of_no_date(settled, past, now)).flatten();
    for (places, why) in [Some(old), mute].into_iter().flatten() {
        for place in places {
            if let Some((_, Decision::New { held, .. })) = settled.decided.get_mut(place) {
                held.get_or_insert_with(|| why.clone());
            }
        }
    }
}

/// The new items by their places in the reading, with what they say of their date.
fn news(settled: &Settled) -> impl Iterator<Item = (usize, Option<Timestamp>)> + '_ {
    let is_new = |(_, (_, decision)): &(usize, &(_, Decision))| matches!(decision, Decision::New { .. });
    settled.decided.iter().enumerate().filter(is_new).map(|(place, (keyed, _))| (place, said(&keyed.item)))
}

type Doubt = (Vec<usize>, String);

/// The test of age. Of a source that does not go by dates, it tells nothing.
fn too_old(settled: &Settled, past: &Past) -> Doubt {
    if !past.goes_by_dates() {
        return Doubt::default();
    }
    let Some(line) = past.pace.line(past.lateness()) else { return Doubt::default() };
    let is_old = |said: Option<Timestamp>| said.is_some_and(|at| at < line);
    let old: Vec<usize> = news(settled).filter(|(_, said)| is_old(*said)).map(|(place, _)| place).collect();
    if old.len() < LEAST_OLD {
        return Doubt::default();
    }
    let newest =
        past.pace.last.first().map(|(newest, _)| newest.date_naive().to_string()).unwrap_or_default();
    let why = format!(
        "{} items came for the first time with dates from before {}, though what was read before goes up to {newest}",
        old.len(),
        line.date_naive(),
    );
    (old, why)
}

/// The test of share.
fn of_no_date(settled: &Settled, past: &Past, now: Timestamp) -> Option<Doubt> {
    let all = settled.decided.len();
    let news: Vec<(usize, Option<Timestamp>)> = news(settled).collect();
    let dates: Vec<Option<Timestamp>> = news.iter().map(|(_, said)| *said).collect();
    let (mute, what) = mute(&dates, now);
    let is_most = news.len() >= LEAST_SHARE && news.len() * 4 >= all * 3 && mute.len() * 2 >= all;
    if !is_most || mute.len() < LEAST_SHARE || !past.overlapped(all) || !past.pace.is_beyond(news.len(), now)
    {
        return None;
    }
    let why = format!("{} of {all} items are new at once, and their dates tell nothing: {what}", news.len());
    Some((mute.into_iter().filter_map(|index| news.get(index)).map(|(place, _)| *place).collect(), why))
}

/// Which of these dates tell nothing, and why most of them do not.
fn mute(dates: &[Option<Timestamp>], now: Timestamp) -> (Vec<usize>, &'static str) {
    let is_future = |at: Timestamp| at > now + MOMENT;
    let mut told: Vec<Timestamp> = dates.iter().flatten().copied().filter(|at| !is_future(*at)).collect();
    told.sort_unstable();
    let moment = crowd(&told).filter(|(_, count)| *count >= LEAST_SHARE && count * 2 >= dates.len());
    let moment = moment.map(|(from, _)| from..=from + MOMENT);
    let is_crowded = |at: Timestamp| moment.as_ref().is_some_and(|moment| moment.contains(&at));
    let is_mute = |said: &Option<Timestamp>| said.is_none_or(|at| is_future(at) || is_crowded(at));
    let mute: Vec<usize> =
        dates.iter().enumerate().filter(|(_, said)| is_mute(said)).map(|(index, _)| index).collect();
    let none = dates.iter().filter(|said| said.is_none()).count();
    let future = dates.iter().flatten().filter(|at| is_future(**at)).count();
    let what = match (none * 2 > mute.len(), future * 2 > mute.len()) {
        (true, _) => "there are none",
        (_, true) => "they are yet to come",
        _ => "they are of one moment",
    };
    (mute, what)
}

/// The moment that holds most of these dates, which are in order, and how many it holds; of several the first.
fn crowd(dates: &[Timestamp]) -> Option<(Timestamp, usize)> {
    let mut most: Option<(Timestamp, usize)> = None;
    let mut end = 0;
    for (begin, from) in dates.iter().enumerate() {
        while dates.get(end).is_some_and(|at| *at - *from <= MOMENT) {
            end += 1;
        }
        if most.is_none_or(|(_, count)| end - begin > count) {
            most = Some((*from, end - begin));
        }
    }
    most
}

impl Past {
    /// True when the lists of the source have shown old entries beside new ones, as far as that can be told: it gave dates that
    /// tell when articles were published, or something came to it little by little.
    fn overlapped(&self, list: usize) -> bool {
        self.pace.batches().iter().any(|(_, count)| count * 2 < list) || self.tells_dates()
    }

    /// Entries that are held tell nothing of what is usual.
    fn shown(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().filter(|kept| kept.row > 0)
    }

    /// True unless the entries that came together, which have their rows by their places in the list, did not stand in the order
    /// of their dates: a search that goes by relevance brings old ones every day.
    fn goes_by_dates(&self) -> bool {
        let mut shown: Vec<&Kept> = self.shown().collect();
        shown.sort_unstable_by_key(|kept| kept.row);
        let (mut on, mut back) = (0, 0);
        for pair in shown.windows(2) {
            let [a, b] = pair else { continue };
            if a.first_seen == b.first_seen
                && let Some((a, b)) = said(&a.item).zip(said(&b.item))
            {
                on += usize::from(a < b);
                back += usize::from(b < a);
            }
        }
        // Some lists begin with the oldest.
        let against = on.min(back);
        against < LEAST_BACK || against * 4 < on + back
    }

    fn tells_dates(&self) -> bool {
        let dates: Vec<Option<Timestamp>> = self.shown().take(60).map(|kept| said(&kept.item)).collect();
        let (mute, _) = mute(&dates, self.pace.last_read);
        let telling = dates.len() - mute.len();
        telling >= LEAST_OLD && telling > mute.len()
    }

    /// So late items of this source may come: what is usual for it, twice, or a week.
    fn lateness(&self) -> TimeDelta {
        let arrived = self.shown().filter(|kept| kept.first_seen > self.pace.first_read);
        let mut late: Vec<TimeDelta> =
            arrived.filter_map(|kept| Some(kept.first_seen - said(&kept.item)?)).collect();
        late.sort_unstable();
        let usual = late.get(late.len() * 4 / 5).filter(|_| late.len() >= LEAST_OLD);
        usual.and_then(|usual| usual.checked_mul(2)).map_or(LATE, |late| late.max(LATE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::hours(hour)
    }

    /// A source that was read at hour 0 first, and of which each of these came at that hour, published an hour before.
    fn pace(hours: &[i64]) -> Pace {
        let mut last: Vec<_> =
            hours.iter().map(|hour| (at(*hour) - TimeDelta::hours(1), at(*hour))).collect();
        last.reverse();
        Pace { first_read: at(0), last_read: hours.last().map_or(at(0), |hour| at(*hour)), last }
    }

    #[test]
    fn a_silence_lets_expect_as_many_as_the_rhythm_has_for_it() {
        // One each six hours.
        let pace = pace(&[0, 6, 12, 18, 24, 30, 36]);
        let check =
            |news, hour, beyond| assert_eq!(pace.is_beyond(news, at(hour)), beyond, "{news} at {hour}");
        check(2, 37, false);
        check(3, 37, true);
        check(12, 60, false);
        check(15, 60, true);
        check(200, 36 + 24 * 30, false);
    }

    #[test]
    fn who_brings_many_after_a_month_brings_them_after_a_month() {
        let mut hours = vec![0; 10];
        hours.extend([720; 10]);
        let pace = pace(&hours);
        assert!(pace.is_beyond(12, at(721)));
        assert!(!pace.is_beyond(12, at(1440)));
    }

    #[test]
    fn dates_of_one_moment_tell_nothing() {
        let check = |hours: &[Option<i64>], expected: (&[usize], &str)| {
            let dates: Vec<Option<Timestamp>> = hours.iter().map(|hour| hour.map(at)).collect();
            let (mute, what) = mute(&dates, at(100));
            assert_eq!((&mute[..], what), expected, "{hours:?}");
        };
        check(&[Some(1), Some(2), Some(3), Some(4), Some(5)], (&[], "they are of one moment"));
        check(&[Some(9); 5], (&[0, 1, 2, 3, 4], "they are of one moment"));
        check(&[Some(9); 4], (&[], "they are of one moment"));
        check(
            &[Some(9), Some(1), Some(9), Some(9), Some(9), Some(9)],
            (&[0, 2, 3, 4, 5], "they are of one moment"),
        );
        check(&[None, None, Some(3)], (&[0, 1], "there are none"));
        check(&[Some(101), Some(2), Some(300)], (&[0, 2], "they are yet to come"));
    }
}
