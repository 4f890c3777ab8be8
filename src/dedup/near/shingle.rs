//! Shingles: runs of units as sets of numbers, and how much two sets have in common.

use super::unit::{Unit, mixed};

/// Words in a shingle.
const WORDS: usize = 3;
/// Characters in one of a script without gaps.
pub(super) const CHARACTERS: usize = 5;

/// How many units make a shingle of this text: measured, three words tell Indic, Arabic, Latin and Cyrillic text best, five
/// characters Chinese, Japanese, Korean and Thai.
pub(super) fn width(units: &[Unit]) -> usize {
    let runs = units.iter().filter(|unit| unit.is_run()).count();
    if runs * 2 > units.len() { CHARACTERS } else { WORDS }
}

/// The shingles of a text in order, each as a number.
pub(super) fn shingles(units: &[Unit], width: usize) -> impl Iterator<Item = u32> {
    units.windows(width).map(|window| {
        let hash =
            window.iter().fold(0u32, |hash, unit| (hash.rotate_left(7) ^ unit.0).wrapping_mul(0x9e37_79b1));
        mixed(hash)
    })
}

/// The shingles of a text as a sorted set.
pub(super) fn set(units: &[Unit], width: usize) -> Vec<u32> {
    let mut set: Vec<u32> = shingles(units, width).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// How many numbers two sorted sets share.
pub(super) fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut a, mut b, mut count) = (a.iter().peekable(), b.iter().peekable(), 0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                count += 1;
                a.next();
                b.next();
            }
        }
    }
    count
}

/// What two sets share of all that either has (Jaccard), 0 to 1.
pub(super) fn jaccard(a: &[u32], b: &[u32]) -> f32 {
    let common = shared(a, b);
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f32 / all as f32 }
}

/// What the smaller set has in the larger one, 0 to 1.
pub(super) fn containment(a: &[u32], b: &[u32]) -> f32 {
    let least = a.len().min(b.len());
    if least == 0 { 0.0 } else { shared(a, b) as f32 / least as f32 }
}
