//! Figures of two texts, and words that tell as much (`config/telling.toml`): where the same words stand around one, is it the same?
//!
//! The daily price of gold, a weather bulletin, the exchange rate say the same each day in other figures. How many
//! figures two texts share tells nothing (a copy that leaves out a paragraph shares few); what tells is a figure that
//! stands in the same place and is another.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::shingle::shared;
use super::unit::{Unit, units};
use crate::value::fold::fold_case;

/// The units of words that tell as much as a figure, each with what it tells.
static TELLING: LazyLock<HashMap<Unit, Unit>> = LazyLock::new(|| {
    // Shipped data: a test reads it, so it cannot be broken in a build that passed.
    type Written = BTreeMap<String, BTreeMap<String, Vec<String>>>;
    let written: Written = toml::from_str(include_str!("../../../config/telling.toml")).unwrap_or_default();
    let mut found = HashMap::new();
    for (kind, lists) in &written {
        for (key, words) in lists {
            let number = one(key).filter(|_| kind == "numbers");
            let told = words.iter().filter_map(|word| one(word)).map(|unit| (unit, number.unwrap_or(unit)));
            found.extend(told);
        }
    }
    found
});

/// The unit of a text that is one.
fn one(text: &str) -> Option<Unit> {
    let mut found = Vec::new();
    units(&fold_case(text), &mut found);
    if let [unit] = found[..] { Some(unit) } else { None }
}

/// What a unit tells, if it tells something.
fn told(unit: Unit) -> Option<Unit> {
    if unit.is_figure() { Some(unit) } else { TELLING.get(&unit).copied() }
}

/// The figures of a text by what stands around them, sorted; in a list of prices many stand in the same words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Figures(Vec<(u64, u32)>);

impl Figures {
    pub fn of(units: &[Unit]) -> Self {
        let around =
            |unit: Option<&Unit>| unit.map_or(0, |unit| if told(*unit).is_some() { 1 } else { unit.0 });
        let mut found: Vec<(u64, u32)> = units
            .iter()
            .enumerate()
            .filter_map(|(at, unit)| Some((at, told(*unit)?)))
            .map(|(at, told)| {
                let before = around(at.checked_sub(1).and_then(|at| units.get(at)));
                let behind = around(units.get(at + 1));
                (u64::from(before) << 32 | u64::from(behind), told.0)
            })
            .collect();
        found.sort_unstable();
        Self(found)
    }

    /// How many figures both have in the same words, and how many are others there. Of figures that stand in the same words the text
    /// with fewer counts: it may leave some out.
    pub fn compared(&self, other: &Self) -> (usize, usize) {
        let (mut same, mut differ) = (0, 0);
        let mut rest = other.0.as_slice();
        for ours in self.0.chunk_by(|a, b| a.0 == b.0) {
            let Some((place, _)) = ours.first() else { continue };
            let from = rest.partition_point(|(there, _)| there < place);
            let until = rest.partition_point(|(there, _)| there <= place);
            let Some(theirs) = rest.get(from..until) else { continue };
            let figures = |of: &[(u64, u32)]| of.iter().map(|(_, figure)| *figure).collect::<Vec<u32>>();
            let common = shared(&figures(ours), &figures(theirs));
            same += common;
            differ += ours.len().min(theirs.len()) - common;
            rest = rest.get(until..).unwrap_or_default();
        }
        (same, differ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(a: &str, b: &str) -> (usize, usize) {
        let of = |text: &str| {
            let mut out = Vec::new();
            units(&fold_case(text), &mut out);
            Figures::of(&out)
        };
        of(a).compared(&of(b))
    }

    #[test]
    fn a_figure_in_the_same_place_is_the_same_or_another() {
        assert_eq!(
            compared("gold at 1,575 a gram, silver at 20", "gold at 1575 a gram, silver at 21"),
            (1, 1)
        );
        assert_eq!(compared("gold at 1,575 a gram", "silver was sold for 1,575"), (0, 0));
        assert_eq!(compared("৫ জন আহত", "৭ জন আহত"), (0, 1));
    }

    #[test]
    fn words_tell_as_much() {
        assert_eq!(compared("prices rose on monday again", "prices fell on friday again"), (0, 2));
        assert_eq!(compared("the three men went", "the 3 men went"), (1, 0), "a number is its figure");
        assert_eq!(compared("এক জন আহত", "১ জন আহত"), (1, 0));
        assert_eq!(compared("দেশের চার বিভাগে রোববার সকালে", "দেশের তিন বিভাগে মঙ্গলবার সকালে"), (0, 2));
        assert_eq!(compared("气温升至", "气温降至"), (0, 1));
    }
}
