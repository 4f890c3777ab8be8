//! Permanent redirects: believed only after they repeated over days and led to the same feed.

use chrono::TimeDelta;
use url::Url;

use crate::model::{Channel, Move, Timestamp};

/// At so many visits at the least.
const VISITS: u32 = 3;
/// Over so many days at the least.
const DAYS: i64 = 3;

/// Whether what a redirect led to is the feed that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// Entries that we know were in it, or it calls itself as before, or nothing changed.
    Same,
    /// It may be anything: a page of maintenance, another feed.
    Unknown,
}

/// What a visit makes of the `Move` that was seen `before`, when permanent redirects led to `target`. `None` = nothing
/// is known of a move (any more).
pub fn seen(before: Option<&Move>, target: Option<&Url>, same: Sameness, now: Timestamp) -> Option<Move> {
    if let Some(adopted) = before.filter(|before| before.adopted.is_some()) {
        // Where it moves on from there is followed each time; one address can be told to the owner.
        return Some(adopted.clone());
    }
    let target = target.filter(|_| same == Sameness::Same)?;
    let first = Move { to: target.clone(), since: now, times: 0, adopted: None };
    let mut moved = before.filter(|before| before.to == *target).cloned().unwrap_or(first);
    moved.times = moved.times.saturating_add(1);
    if moved.times >= VISITS && now - moved.since >= TimeDelta::days(DAYS) {
        moved.adopted = Some(now);
    }
    Some(moved)
}

/// Tells by what a feed says of itself whether it is the one that we know.
pub fn compare(before: &Channel, after: &Channel, known_entries: usize) -> Sameness {
    let own = before.self_url.is_some() && before.self_url == after.self_url;
    let titled = before.title.is_some() && before.title == after.title && before.home_url == after.home_url;
    if known_entries > 0 || own || titled { Sameness::Same } else { Sameness::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `HOUR TARGET` is a visit that was redirected to `TARGET` (`-`: not at all; with `?`: to something unknown); told is
    /// what is remembered at the end.
    fn check(visits: &[&str], expected: &str) {
        let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let base = Url::parse("https://a.example/").unwrap();
        let mut moved = None;
        for visit in visits {
            let (hour, target) = visit.split_once(' ').unwrap();
            let same = if target.ends_with('?') { Sameness::Unknown } else { Sameness::Same };
            let target = (target != "-").then(|| base.join(target.trim_end_matches('?')).unwrap());
            let now = start + TimeDelta::hours(hour.parse().unwrap());
            moved = seen(moved.as_ref(), target.as_ref(), same, now);
        }
        let told = moved.map_or_else(
            || "-".to_owned(),
            |moved| {
                let word = if moved.adopted.is_some() { "adopted" } else { "seen" };
                format!("{word} {} {}", moved.to.path(), moved.times)
            },
        );
        assert_eq!(told, expected, "{visits:?}");
    }

    #[test]
    fn it_is_adopted_after_three_visits_over_three_days() {
        check(&["0 /b", "1 /b", "2 /b", "71 /b"], "seen /b 4");
        check(&["0 /b", "1 /b", "72 /b"], "adopted /b 3");
        check(&["0 /b", "100 /b"], "seen /b 2");
    }

    #[test]
    fn it_begins_anew_when_it_leads_elsewhere_or_stops() {
        check(&["0 /b", "40 /b", "72 /c"], "seen /c 1");
        check(&["0 /b", "40 -", "72 /b"], "seen /b 1");
        check(&["0 /b", "40 /b?", "72 /b"], "seen /b 1");
        check(&["0 -", "40 -"], "-");
    }

    #[test]
    fn what_was_adopted_stays_until_it_is_found_lost() {
        let adopted = ["0 /b", "40 /b", "72 /b"];
        check(&[&adopted[..], &["80 -", "90 -"]].concat(), "adopted /b 3");
        check(&[&adopted[..], &["80 /c?"]].concat(), "adopted /b 3");
    }

    #[test]
    fn a_feed_is_known_by_its_entries_or_by_what_it_says_of_itself() {
        let channel = |title: Option<&str>, own: Option<&str>| Channel {
            title: title.map(str::to_owned),
            self_url: own.map(|own| Url::parse(own).unwrap()),
            ..Channel::default()
        };
        let (here, there) = (Some("https://a.example/feed"), Some("https://b.example/feed"));
        let khobor = channel(Some("খবর"), here);
        assert_eq!(compare(&khobor, &channel(None, None), 1), Sameness::Same);
        assert_eq!(compare(&khobor, &channel(None, here), 0), Sameness::Same);
        assert_eq!(compare(&khobor, &channel(Some("খবর"), there), 0), Sameness::Same);
        assert_eq!(compare(&khobor, &channel(Some("down"), there), 0), Sameness::Unknown);
        assert_eq!(compare(&channel(None, None), &channel(None, None), 0), Sameness::Unknown);
    }
}
