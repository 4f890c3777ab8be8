//! What a list does to itself: items that hold nothing, that stand twice, that share a mark with others.

use std::collections::{HashMap, HashSet};

use unicode_segmentation::UnicodeSegmentation;

use super::key::{Alias, AliasKind, Keyed, link_key};
use crate::model::{Item, Remark, Stage};
use crate::value::fold::fold_case;

/// The items of one reading, each once, with the marks that tell it from the others.
#[derive(Debug, Clone, Default)]
pub struct Sifted {
    /// In document order. Of their items only id, title and dates are left: nothing after this looks at more, and `json`
    /// has it.
    pub items: Vec<Keyed>,
    /// How many there were before.
    pub count: usize,
    /// Aliases that several of them have.
    pub shared: Vec<Alias>,
    /// What was odd.
    pub remarks: Vec<Remark>,
}

/// Takes out items that hold nothing or stand twice, and takes away aliases that several different items of the reading
/// share. Looks at the reading only, not at what is known.
pub fn sift(items: Vec<Keyed>) -> Sifted {
    let mut out = Sifted { count: items.len(), ..Sifted::default() };
    out.items = sifted(items, &mut out);
    for Keyed { item, .. } in &mut out.items {
        let Item { id, title, published, updated, .. } = std::mem::take(item);
        *item = Item { id, title, published, updated, ..Item::default() };
    }
    out
}

fn sifted(items: Vec<Keyed>, out: &mut Sifted) -> Vec<Keyed> {
    let items = without_blanks(items, out);
    let items = fold_kind(items, AliasKind::Guid, out);
    let items = fold_kind(items, AliasKind::Link, out);
    let mut items = without_echoes(items, out);
    for kind in [AliasKind::Place, AliasKind::Moment, AliasKind::Print, AliasKind::Short] {
        take_shared(&mut items, kind, out);
    }
    items
}

/// Of items that have nothing to tell them by but their words, and the same words, one is enough.
fn without_echoes(items: Vec<Keyed>, out: &mut Sifted) -> Vec<Keyed> {
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(items.len());
    for (index, keyed) in items.into_iter().enumerate() {
        let words = keyed.alias(AliasKind::Print).or(keyed.alias(AliasKind::Short));
        if keyed.is_unmarked() && words.is_some_and(|words| !seen.insert(words)) {
            out.remarks.push(Remark::at(
                Stage::Dedup,
                index,
                "says what another says and has no id; taken once",
            ));
        } else {
            kept.push(keyed);
        }
    }
    kept
}

/// A weaker mark that several items of the list share tells none of them.
fn take_shared(items: &mut [Keyed], kind: AliasKind, out: &mut Sifted) {
    let mut counts: HashMap<Alias, usize> = HashMap::new();
    for alias in items.iter().filter_map(|keyed| keyed.alias(kind)) {
        *counts.entry(alias).or_default() += 1;
    }
    let is_shared = |alias: &Alias| counts.get(alias).is_some_and(|count| *count > 1);
    for keyed in items {
        keyed.aliases.retain(|(k, alias)| *k != kind || !is_shared(alias));
    }
    let mut shared: Vec<Alias> =
        counts.iter().filter(|(_, count)| **count > 1).map(|(alias, _)| *alias).collect();
    shared.sort_unstable();
    out.shared.extend(shared);
}

fn fold_kind(items: Vec<Keyed>, kind: AliasKind, out: &mut Sifted) -> Vec<Keyed> {
    let mut groups: HashMap<Alias, Vec<usize>> = HashMap::new();
    for (index, keyed) in items.iter().enumerate() {
        if let Some(alias) = keyed.alias(kind) {
            groups.entry(alias).or_default().push(index);
        }
    }
    let mut gone = HashSet::new();
    let mut robbed = HashSet::new();
    let mut crowded: Vec<(Alias, Vec<usize>)> =
        groups.into_iter().filter(|(_, group)| group.len() > 1).collect();
    crowded.sort_by_key(|(_, group)| group[0]);
    for (alias, group) in crowded {
        if group[1..].iter().all(|&i| is_double(&items[group[0]], &items[i], kind)) {
            // The copy that was edited last speaks for all; of equals the first of the list.
            let best = group
                .iter()
                .copied()
                .max_by_key(|&i| (items[i].item.updated.max(items[i].item.published), std::cmp::Reverse(i)));
            gone.extend(group.iter().copied().filter(|i| Some(*i) != best));
            out.remarks.push(Remark::at(
                Stage::Dedup,
                group[0],
                format!("stands {} times in the feed; taken once", group.len()),
            ));
        } else {
            let (what, value) = match kind {
                AliasKind::Guid => ("id", items[group[0]].item.id.clone().unwrap_or_default()),
                _ => ("link", items[group[0]].item.url.as_ref().map(|u| u.to_string()).unwrap_or_default()),
            };
            out.remarks.push(Remark::of(
                Stage::Dedup,
                format!(
                    "{} different items share the {what} `{value}`; it is not used to tell them apart",
                    group.len()
                ),
            ));
            out.shared.push(alias);
            robbed.extend(group);
        }
    }
    let mut kept = Vec::with_capacity(items.len());
    for (index, mut keyed) in items.into_iter().enumerate() {
        if gone.contains(&index) {
            continue;
        }
        if robbed.contains(&index) {
            keyed.aliases.retain(|(k, _)| *k != kind);
        }
        kept.push(keyed);
    }
    kept
}

/// Two items with the same alias of `kind`: one item twice, or two items? A constant id or link, or words that are the
/// same each hour, do not make two bulletins one; an outlet that makes a new id for each revision tells one article.
fn is_double(a: &Keyed, b: &Keyed, kind: AliasKind) -> bool {
    let same = |kind| matches!((a.alias(kind), b.alias(kind)), (Some(x), Some(y)) if x == y);
    let files =
        |keyed: &Keyed| keyed.item.attachments.iter().map(|file| file.url.clone()).collect::<Vec<_>>();
    let words = a.says_what(b) || same(AliasKind::Place);
    let time = a.item.published == b.item.published;
    let copy = words && files(a) == files(b) && (time || (kind == AliasKind::Link && reads_alike(a, b)));
    match kind {
        AliasKind::Guid => copy || (same(AliasKind::Link) && (words || a.item.published == b.item.published)),
        _ => copy || (id_is_link(a) && id_is_link(b)),
    }
}

/// Most of their words are the same, and there are enough of them: an edit of one article, not another under its title.
fn reads_alike(a: &Keyed, b: &Keyed) -> bool {
    let text = |keyed: &Keyed| {
        let html = keyed.item.content.as_ref().or(keyed.item.summary.as_ref());
        html.map(|html| fold_case(&html.text()).into_owned()).unwrap_or_default()
    };
    let (a, b) = (text(a), text(b));
    let (a, b): (HashSet<&str>, HashSet<&str>) = (a.unicode_words().collect(), b.unicode_words().collect());
    let common = a.intersection(&b).count();
    common >= 20 && common * 10 >= (a.len() + b.len() - common) * 6
}

fn id_is_link(keyed: &Keyed) -> bool {
    let (Some(id), Some(url)) = (&keyed.item.id, &keyed.item.url) else { return false };
    url::Url::parse(id).is_ok_and(|id| link_key(&id) == link_key(url))
}

/// Takes out items that nobody could read or follow.
fn without_blanks(items: Vec<Keyed>, out: &mut Sifted) -> Vec<Keyed> {
    let is_blank = |item: &Item| {
        let texts = [item.summary.as_ref(), item.content.as_ref()];
        let says = texts.into_iter().flatten().any(|html| !html.is_empty());
        !says && item.title.is_none() && item.url.is_none() && item.attachments.is_empty()
    };
    let mut kept = Vec::with_capacity(items.len());
    for (index, keyed) in items.into_iter().enumerate() {
        if is_blank(&keyed.item) {
            out.remarks.push(Remark::at(
                Stage::Dedup,
                index,
                "has no title, text, link or file; it is left out",
            ));
        } else {
            kept.push(keyed);
        }
    }
    kept
}
