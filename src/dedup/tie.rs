//! Ties: that two entries are the same article, and why. A story is what ties hold together.
//!
//! Stories are the connected components of the graph of ties, so they hang neither on the order in which entries came nor on how
//! that was split into runs; only who is first of a story does.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::settings::Mode;
use super::{Row, near};

/// Why two entries are the same article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TieKind {
    /// They have the same address.
    Link,
    /// Their texts are alike.
    Near,
    /// Their titles and openings are alike, and one of them is an excerpt or cut.
    Excerpt,
}

impl TieKind {
    /// As it is kept.
    pub fn number(self) -> i64 {
        match self {
            Self::Link => 0,
            Self::Near => 1,
            Self::Excerpt => 2,
        }
    }

    /// As it was kept.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Link, Self::Near, Self::Excerpt].into_iter().find(|kind| kind.number() == number)
    }

    /// The least mode in which such a tie counts.
    pub fn mode(self) -> Mode {
        match self {
            Self::Link => Mode::Url,
            Self::Near | Self::Excerpt => Mode::Near,
        }
    }

    /// The tie that a comparison of texts makes, if any.
    pub fn of(verdict: near::Verdict) -> Option<Self> {
        match verdict {
            near::Verdict::SameText => Some(Self::Near),
            near::Verdict::SameOpening => Some(Self::Excerpt),
            _ => None,
        }
    }
}

/// That two entries are the same article.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tie {
    /// The one that came first.
    pub a: Row,
    /// The other.
    pub b: Row,
    /// Why.
    pub kind: TieKind,
    /// How alike they were when it was made, 0 to 1; 1 for an address.
    pub score: f32,
}

impl Tie {
    /// Between two entries, in either order.
    pub fn new(one: Row, other: Row, kind: TieKind, score: f32) -> Self {
        Self { a: one.min(other), b: one.max(other), kind, score }
    }
}

/// The rows that hang together with `row` by these ties, itself among them.
pub fn reached(row: Row, ties: &[Tie]) -> BTreeSet<Row> {
    let mut beside: BTreeMap<Row, Vec<Row>> = BTreeMap::new();
    for tie in ties {
        beside.entry(tie.a).or_default().push(tie.b);
        beside.entry(tie.b).or_default().push(tie.a);
    }
    let mut reached = BTreeSet::from([row]);
    let mut open = vec![row];
    while let Some(row) = open.pop() {
        for other in beside.get(&row).into_iter().flatten() {
            if reached.insert(*other) {
                open.push(*other);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_what_hangs_together() {
        let tie = |a, b| Tie::new(a, b, TieKind::Near, 0.8);
        let ties = [tie(1, 4), tie(9, 4), tie(2, 3)];
        assert_eq!(reached(9, &ties), BTreeSet::from([1, 4, 9]));
        assert_eq!(reached(3, &ties), BTreeSet::from([2, 3]));
        assert_eq!(reached(7, &ties), BTreeSet::from([7]));
    }

    #[test]
    fn kinds_are_kept_by_number() {
        for kind in [TieKind::Link, TieKind::Near, TieKind::Excerpt] {
            assert_eq!(TieKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(TieKind::from_number(9), None);
    }
}
