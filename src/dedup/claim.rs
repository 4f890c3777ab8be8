//! Which entry an item is: stronger marks first, each mark believed only where enough else agrees.

use std::collections::HashSet;

use super::date::whole;
use super::decide::{Known, Row};
use super::key::{AliasKind, Keyed};

/// For each item the entry that it is, if any: strongest aliases first, each entry claimed once.
pub(super) fn claims(items: &[Keyed], known: &Known) -> Vec<Option<Row>> {
    let mut claims: Vec<Option<Row>> = vec![None; items.len()];
    let mut taken: HashSet<Row> = HashSet::new();
    use AliasKind::{Guid, Link, Moment, Place, Print, Short};
    for kind in [Guid, Link, Place, Print, Short, Moment] {
        let many = !matches!(kind, Guid | Short) && mass_change(items, &claims, kind, known);
        for (index, keyed) in items.iter().enumerate() {
            if claims[index].is_some() {
                continue;
            }
            let Some(row) = lookup(keyed, kind, known).filter(|row| !taken.contains(row)) else { continue };
            let entry = known.entries.get(&row);
            let same_date = keyed
                .item
                .published
                .is_some_and(|at| entry.is_some_and(|entry| whole(at) == entry.published));
            let same_text = lookup(keyed, Print, known) == Some(row);
            let same_item = entry.is_some_and(|entry| entry.item_hash == keyed.item_hash);
            let undated = keyed.item.published.is_none();
            let unmarked = is_unmarked(keyed, known);
            let believed = match kind {
                Guid => is_own_id(keyed, row, known),
                // A page that shows something new each day, under new ids, brings new dates with it.
                Link => {
                    let named = lookup(keyed, Place, known) == Some(row);
                    keyed.alias(Guid).is_none() || same_item || same_date || undated || (many && named)
                }
                // Two hosts may have the same path and the same title.
                Place => same_text || same_date || many,
                // The same words every hour are still a new bulletin.
                Print => same_date || undated || unmarked || many,
                Short => unmarked,
                Moment => many,
            };
            if believed {
                claims[index] = Some(row);
                taken.insert(row);
            }
        }
    }
    claims
}

fn lookup(keyed: &Keyed, kind: AliasKind, known: &Known) -> Option<Row> {
    keyed
        .alias(kind)
        .and_then(|alias| known.aliases.get(&alias))
        .filter(|alias| !alias.shared)
        .map(|alias| alias.row)
}

/// An id is believed unless the source hands the same ids out again and again (the place in a list, a counter that
/// was set back): another entry has this item's link and words; or the id is no URI, and nothing else agrees.
fn is_own_id(keyed: &Keyed, row: Row, known: &Known) -> bool {
    if let Some(other) = lookup(keyed, AliasKind::Link, known).filter(|other| *other != row)
        && has_words_of(keyed, other, known)
    {
        return false;
    }
    let unique = keyed.item.id.as_deref().is_some_and(|id| id.contains(':') || id.len() >= 20);
    unique
        || lookup(keyed, AliasKind::Link, known) == Some(row)
        || lookup(keyed, AliasKind::Moment, known) == Some(row)
        || has_words_of(keyed, row, known)
        || known.entries.get(&row).is_some_and(|entry| {
            keyed.item.published.is_none_or(|at| whole(at) == entry.published) || keyed.item.title.is_none()
        })
}

fn has_words_of(keyed: &Keyed, row: Row, known: &Known) -> bool {
    lookup(keyed, AliasKind::Place, known) == Some(row)
        || lookup(keyed, AliasKind::Print, known) == Some(row)
        || known.entries.get(&row).is_some_and(|entry| entry.text_hash == keyed.text_hash)
}

/// True when neither an id nor a link that is its own tells this item: it has none, or shared them before.
fn is_unmarked(keyed: &Keyed, known: &Known) -> bool {
    [AliasKind::Guid, AliasKind::Link].into_iter().all(|kind| {
        keyed.alias(kind).is_none_or(|alias| known.aliases.get(&alias).is_some_and(|mark| mark.shared))
    })
}

/// True when most of what the list holds is found by this mark and by no stronger one: the source changed its ids,
/// or its ids and addresses, all at once, and then each of these marks is believed.
fn mass_change(items: &[Keyed], claims: &[Option<Row>], kind: AliasKind, known: &Known) -> bool {
    let open = items.iter().zip(claims).filter(|(_, claim)| claim.is_none());
    let found = open.filter(|(keyed, _)| lookup(keyed, kind, known).is_some()).count();
    // Title and date of three items at once are no chance, however long the list has grown.
    found >= 3 && (kind == AliasKind::Moment || found * 2 >= items.len())
}
