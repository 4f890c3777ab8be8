//! Dates that never drift: what a new entry's `published` and `updated` become, once and for all.

use chrono::{Duration, TimeZone, Utc};

use super::key::Keyed;
use crate::model::{Item, Timestamp};

/// Settled dates of the items of a reading, as if all of them were new.
///
/// A date in the future is clamped to `now`; one before 1971 is a clock that was not set, and none. An undated item
/// of a source that is seen for the first time stands just behind its dated neighbour in the list, so that a history
/// does not come up as news; later it gets the time of first sight. A second apart keeps the order of the list.
///
/// `history`: only on the first sight of a source; the date of the whole list, where it tells one.
pub(super) fn settle(
    items: &[Keyed],
    history: Option<Option<Timestamp>>,
    now: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    let told: Vec<Option<Timestamp>> = items.iter().map(|keyed| told(keyed, now)).collect();
    let first_sight = history.is_some();
    let list_date = history.flatten().and_then(|at| believed(at, now));
    let mut above: Option<Timestamp> = None;
    let mut out = Vec::with_capacity(items.len());
    for (index, keyed) in items.iter().enumerate() {
        let later = || told[index..].iter().flatten().next().copied();
        let neighbour = above.or_else(later).or(list_date).filter(|_| first_sight);
        let published = match (told[index], neighbour) {
            (Some(at), _) => at,
            (None, Some(at)) => at - Duration::seconds(1),
            // Nothing tells how old a list is that is seen for the first time: a day for each place in it keeps its
            // history out of the news.
            (None, None) if first_sight => now - Duration::days(index as i64),
            (None, None) => now - Duration::seconds(index as i64),
        };
        above = told[index].or(neighbour).map(|_| published);
        let updated = keyed.item.updated.filter(|at| *at > published && *at <= now).unwrap_or(published);
        out.push((whole(published), whole(updated)));
    }
    out
}

/// What the item says, if it can be believed.
fn told(keyed: &Keyed, now: Timestamp) -> Option<Timestamp> {
    let said = [keyed.item.published, keyed.item.updated];
    said.into_iter().flatten().find_map(|at| believed(at, now))
}

/// The same before anything is done about the future: no clock that was not set.
pub(super) fn said(item: &Item) -> Option<Timestamp> {
    [item.published, item.updated]
        .into_iter()
        .flatten()
        .find(|at| believed(*at, Timestamp::MAX_UTC).is_some())
}

fn believed(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let year_one = Utc.timestamp_opt(365 * 86_400, 0).single()?;
    (at >= year_one).then(|| at.min(now))
}

/// Whole seconds: RSS knows no finer ones, and all formats should tell the same instant.
pub(super) fn whole(at: Timestamp) -> Timestamp {
    Utc.timestamp_opt(at.timestamp(), 0).single().unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::super::key::keyed;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn check(dates: &[Option<&str>], history: Option<Option<&str>>, settled: &[&str]) {
        let items: Vec<Keyed> =
            dates.iter().map(|d| keyed(Item { published: d.map(at), ..Item::default() }, None)).collect();
        let got: Vec<Timestamp> =
            settle(&items, history.map(|date| date.map(at)), at("2026-11-23T12:00:00Z"))
                .into_iter()
                .map(|(p, _)| p)
                .collect();
        assert_eq!(got, settled.iter().map(|s| at(s)).collect::<Vec<_>>());
    }

    #[test]
    fn the_future_is_clamped_and_1970_is_no_date() {
        check(&[Some("2030-01-01T00:00:00Z")], None, &["2026-11-23T12:00:00Z"]);
        check(&[Some("1970-01-01T00:00:00Z")], None, &["2026-11-23T12:00:00Z"]);
        check(&[Some("1999-05-01T10:00:00.7Z")], None, &["1999-05-01T10:00:00Z"]);
    }

    #[test]
    fn undated_items_keep_the_order_of_the_list() {
        check(&[None, None], None, &["2026-11-23T12:00:00Z", "2026-11-23T11:59:59Z"]);
    }

    #[test]
    fn a_history_without_any_date_is_as_old_as_its_list() {
        check(
            &[None, None],
            Some(Some("2020-05-01T08:00:00Z")),
            &["2020-05-01T07:59:59Z", "2020-05-01T07:59:58Z"],
        );
        check(&[None, None], Some(None), &["2026-11-23T12:00:00Z", "2026-11-22T12:00:00Z"]);
    }

    #[test]
    fn a_history_seen_for_the_first_time_is_no_news() {
        check(
            &[None, Some("2020-01-02T00:00:00Z"), None, None],
            Some(None),
            &["2020-01-01T23:59:59Z", "2020-01-02T00:00:00Z", "2020-01-01T23:59:59Z", "2020-01-01T23:59:58Z"],
        );
    }
}
