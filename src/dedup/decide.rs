//! The decision for each item of a reading: new, changed, the same. Order of the items does not matter.

use std::collections::HashMap;

use super::claim::claims;
use super::date::{settle, whole};
use super::key::{Alias, AliasKind, Keyed};
use super::sift::Sifted;
use crate::model::{Remark, Timestamp};

/// The store's number of an entry.
pub type Row = i64;

/// What the ledger says of an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAlias {
    /// The entry that had it first.
    pub row: Row,
    /// True when several entries had it at the same time: it tells nothing any more.
    pub shared: bool,
}

/// What the store knows of an entry that some alias points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// See [`Keyed::text_hash`].
    pub text_hash: [u8; 16],
    /// See [`Keyed::item_hash`].
    pub item_hash: [u8; 16],
    /// Settled at first sight.
    pub published: Timestamp,
    /// As last settled.
    pub updated: Timestamp,
    /// How many aliases it has in the ledger.
    pub marks: u32,
}

/// No entry gets more aliases than this: some sources make a new id, or count something in the text, at each request.
pub const MOST_MARKS: u32 = 64;

/// What the store knows that bears on one reading.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// True when this source was never read before at its address.
    pub first_sight: bool,
    /// True when entries of it are known, be it from another address.
    pub has_past: bool,
    /// Aliases of this source.
    pub aliases: HashMap<Alias, KnownAlias>,
    /// The entries they point to.
    pub entries: HashMap<Row, KnownEntry>,
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Never seen: gets an id and its dates.
    New {
        /// For ever.
        published: Timestamp,
        /// Until it is edited.
        updated: Timestamp,
        /// Why it is kept back for now, in words: see [`super::flood`].
        held: Option<String>,
    },
    /// Known, and people would read something else now.
    Changed {
        /// Which entry.
        row: Row,
        /// The new `updated`.
        updated: Timestamp,
    },
    /// Known and it reads the same, but a link, a category, a picture is different.
    Retouched {
        /// Which entry.
        row: Row,
    },
    /// Known and unchanged.
    Same {
        /// Which entry.
        row: Row,
    },
}

/// Everything decided about one reading.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    /// In document order; an item that stood twice in the reading is here once.
    pub decided: Vec<(Keyed, Decision)>,
    /// Aliases that turned out to be shared by several items of this reading.
    pub shared: Vec<Alias>,
    /// What was odd.
    pub remarks: Vec<Remark>,
    /// What becomes of the links of entries that were known.
    pub links: Links,
}

/// Under which address a known entry is shown, when the source gives another one than before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Links {
    /// Under the new one: somebody mended the link of an article.
    #[default]
    Follow,
    /// Under the one that was announced: the whole list moved at once, and a reader who knows entries by their links would be told
    /// all of it again.
    Keep,
}

/// So many entries have to change their links together.
const MOVING: usize = 3;

/// Decides about the items of one reading. `list_date`: the date of the whole list, where it tells one. `now` is the
/// time of the fetch.
pub fn decide(sifted: Sifted, known: &Known, list_date: Option<Timestamp>, now: Timestamp) -> Settled {
    let Sifted { items, count: _, shared, remarks } = sifted;
    let mut out =
        Settled { decided: Vec::with_capacity(items.len()), shared, remarks, links: Links::default() };
    let claims = claims(&items, known);
    let dates = settle(&items, known.first_sight.then_some(list_date), now);
    for ((mut keyed, claim), (published, updated)) in items.into_iter().zip(claims).zip(dates) {
        let decision = match claim.and_then(|row| known.entries.get(&row).map(|entry| (row, entry))) {
            Some((row, entry)) => {
                // The date by which it is known is the settled one: what is stamped anew each time is no mark.
                keyed.at(entry.published);
                compare(&keyed, row, entry, now)
            }
            None => Decision::New { published, updated, held: None },
        };
        out.decided.push((keyed, decision));
    }
    out.links = links(&out.decided, known);
    out
}

/// What becomes of links: whether most of the entries that were known have some that they never had.
pub(super) fn links(decided: &[(Keyed, Decision)], known: &Known) -> Links {
    let has_other = |(keyed, _): &&(Keyed, Decision)| {
        keyed.alias(AliasKind::Link).is_some_and(|link| !known.aliases.contains_key(&link))
    };
    if are_most(has_other, decided) { Links::Keep } else { Links::Follow }
}

/// True when most of the entries that were known are not what they were: their source did something to all of them.
pub(super) fn is_another(decided: &[(Keyed, Decision)], known: &Known) -> bool {
    let is_other = |(keyed, decision): &&(Keyed, Decision)| {
        let guid = keyed.alias(AliasKind::Guid);
        !matches!(decision, Decision::Same { .. }) || guid.is_some_and(|id| !known.aliases.contains_key(&id))
    };
    are_most(is_other, decided)
}

fn are_most(is_so: impl Fn(&&(Keyed, Decision)) -> bool, decided: &[(Keyed, Decision)]) -> bool {
    let all = decided.iter().filter(|(_, decision)| !matches!(decision, Decision::New { .. }));
    let some = all.clone().filter(is_so).count();
    some >= MOVING && some * 2 >= all.count()
}

pub(super) fn compare(keyed: &Keyed, row: Row, entry: &KnownEntry, now: Timestamp) -> Decision {
    if keyed.text_hash != entry.text_hash {
        let told = keyed.item.updated.max(keyed.item.published);
        let updated = whole(told.filter(|at| *at > entry.updated && *at <= now).unwrap_or(now));
        return Decision::Changed { row, updated: updated.max(entry.updated) };
    }
    if keyed.item_hash != entry.item_hash { Decision::Retouched { row } } else { Decision::Same { row } }
}

#[cfg(test)]
mod tests {
    use super::super::key::keyed;
    use super::super::sift::sift;
    use super::*;
    use crate::model::{Html, Item};

    fn item(id: &str, url: &str, title: &str, published: &str) -> Item {
        Item {
            id: Some(id.to_owned()).filter(|id| !id.is_empty()),
            url: url::Url::parse(url).ok(),
            title: Some(title.to_owned()),
            published: published.parse().ok(),
            content: Some(Html::from_cleaner(format!("<p>{title}</p>"))),
            ..Item::default()
        }
    }

    fn week() -> Vec<Item> {
        (1..=6)
            .map(|n| {
                item(
                    &format!("g{n}"),
                    &format!("https://a.example/{n}"),
                    &format!("t{n}"),
                    &format!("2026-11-0{n}T08:00:00Z"),
                )
            })
            .collect()
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn sifted(items: Vec<Item>) -> Sifted {
        sift(items.into_iter().map(|item| keyed(item, None)).collect())
    }

    /// What the store would know after `items` had been read.
    fn after(items: Vec<Item>) -> Known {
        let mut known = Known::default();
        let settled = decide(sifted(items), &known, None, now());
        for alias in &settled.shared {
            known.aliases.insert(*alias, KnownAlias { row: -1, shared: true });
        }
        for (row, (keyed, decision)) in settled.decided.into_iter().enumerate() {
            let Decision::New { published, updated, .. } = decision else { continue };
            let row = row as Row;
            for (_, alias) in &keyed.aliases {
                known.aliases.entry(*alias).or_insert(KnownAlias { row, shared: false });
            }
            known.entries.insert(
                row,
                KnownEntry {
                    text_hash: keyed.text_hash,
                    item_hash: keyed.item_hash,
                    published,
                    updated,
                    marks: 0,
                },
            );
        }
        known
    }

    fn new_ones(known: &Known, items: Vec<Item>) -> usize {
        let settled = decide(sifted(items), known, None, now());
        settled.decided.iter().filter(|(_, d)| matches!(d, Decision::New { .. })).count()
    }

    fn each(change: impl Fn(usize, &mut Item)) -> Vec<Item> {
        let mut items = week();
        items.iter_mut().enumerate().for_each(|(n, item)| change(n, item));
        items
    }

    #[test]
    fn nothing_a_source_does_to_one_of_its_marks_makes_old_entries_new() {
        let known = after(week());
        assert_eq!(new_ones(&known, week()), 0);
        assert_eq!(new_ones(&known, each(|n, item| item.id = Some(format!("new-{n}")))), 0, "ids");
        assert_eq!(new_ones(&known, each(|_, item| item.id = None)), 0, "ids gone");
        assert_eq!(new_ones(&known, each(|_, item| item.id = Some("same".into()))), 0, "one id for all");
        assert_eq!(new_ones(&known, each(|n, item| item.title = Some(format!("other {n}")))), 0, "titles");
        assert_eq!(new_ones(&known, each(|_, item| item.published = None)), 0, "dates");
        assert_eq!(new_ones(&known, each(|_, item| item.published = Some(now()))), 0, "fetch time as date");
        let domain = each(|n, item| {
            item.id = Some(format!("https://b.example/{n}"));
            item.url = url::Url::parse(&format!("https://b.example/{}", n + 1)).ok();
        });
        assert_eq!(new_ones(&known, domain), 0, "domain and ids");
        let permalinks = each(|n, item| {
            item.id = Some(format!("https://a.example/?p={n}"));
            item.url = url::Url::parse(&format!("https://a.example/2026/11/slug-{n}/")).ok();
        });
        assert_eq!(new_ones(&known, permalinks.clone()), 0, "ids and the form of permalinks");
        assert_eq!(
            new_ones(&known, permalinks[..1].to_vec()),
            1,
            "one with the title and date of another is new"
        );
        let both = each(|n, item| {
            item.id = Some(format!("x{n}"));
            item.title = Some(format!("other {n}"));
        });
        assert_eq!(new_ones(&known, both.clone()), 0, "ids and titles");
        let mut all = both;
        all.iter_mut().for_each(|item| item.published = None);
        assert_eq!(new_ones(&known, all), 0, "ids, titles and dates of all at once");
    }

    #[test]
    fn a_new_item_under_an_old_address_is_new() {
        let known = after(week());
        assert_eq!(
            new_ones(&known, vec![item("g9", "https://a.example/1", "tomorrow", "2026-11-22T08:00:00Z")]),
            1
        );
    }

    #[test]
    fn items_that_share_a_mark_stay_apart() {
        let same_link = || each(|_, item| item.url = url::Url::parse("https://a.example/live").ok());
        assert_eq!(new_ones(&Known::default(), same_link()), 6);
        assert_eq!(new_ones(&after(same_link()), same_link()), 0);
        let same_id = || each(|_, item| item.id = Some("id".into()));
        assert_eq!(new_ones(&Known::default(), same_id()), 6);
        assert_eq!(new_ones(&after(same_id()), same_id()), 0);
    }

    #[test]
    fn an_item_that_stands_twice_is_taken_once() {
        let mut items = week();
        items[0].id = Some("https://a.example/1".into());
        items.push(item("https://a.example/1#1", "https://a.example/1", "t1", "2026-11-01T09:00:00Z"));
        let settled = decide(sifted(items), &Known::default(), None, now());
        assert_eq!(settled.decided.len(), 6);
        assert!(settled.remarks[0].text.contains("taken once"));
    }

    #[test]
    fn an_item_that_holds_nothing_is_left_out() {
        let blank = Item { id: Some("only an id".into()), published: Some(now()), ..Item::default() };
        let settled = decide(sifted(vec![blank, week().remove(0)]), &Known::default(), None, now());
        assert_eq!(settled.decided.len(), 1);
        assert_eq!(settled.remarks[0].item, Some(1));
    }

    #[test]
    fn an_edit_moves_updated_and_nothing_else() {
        let known = after(week());
        let mut edited = week().remove(0);
        edited.content = Some(Html::from_cleaner("<p>corrected</p>".into()));
        edited.published = Some("2026-11-23T11:00:00Z".parse().unwrap());
        let settled = decide(sifted(vec![edited.clone()]), &known, None, now());
        assert_eq!(settled.decided[0].1, Decision::Changed { row: 0, updated: edited.published.unwrap() });
        let mut retouched = week().remove(0);
        retouched.rights = Some("CC0".into());
        let settled = decide(sifted(vec![retouched]), &known, None, now());
        assert_eq!(settled.decided[0].1, Decision::Retouched { row: 0 });
    }

    #[test]
    fn the_order_of_the_list_does_not_matter() {
        let known = after(week());
        let mut items = each(|n, item| item.id = Some(format!("g{}", 6 - n)));
        let forward: HashMap<String, Decision> = decide(sifted(items.clone()), &known, None, now())
            .decided
            .into_iter()
            .map(|(k, d)| (k.item.title.unwrap_or_default(), d))
            .collect();
        items.reverse();
        let backward: HashMap<String, Decision> = decide(sifted(items), &known, None, now())
            .decided
            .into_iter()
            .map(|(k, d)| (k.item.title.unwrap_or_default(), d))
            .collect();
        assert_eq!(forward, backward);
    }
}
