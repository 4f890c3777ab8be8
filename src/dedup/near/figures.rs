//! Figures of two texts: where the same words stand around a number, is it the same number?
//!
//! The daily price of gold, a weather bulletin, the exchange rate say the same each day in other figures. How many
//! figures two texts share tells nothing (a copy that leaves out a paragraph shares few); what tells is a figure that
//! stands in the same place and is another.

use super::unit::Unit;

/// The figures of a text by what stands around them; a place that comes twice is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Figures(Vec<(u64, u32)>);

impl Figures {
    pub fn of(units: &[Unit]) -> Self {
        let around = |unit: Option<&Unit>| unit.map_or(0, |unit| if unit.is_figure() { 1 } else { unit.0 });
        let mut found: Vec<(u64, u32)> = units
            .iter()
            .enumerate()
            .filter(|(_, unit)| unit.is_figure())
            .map(|(at, unit)| {
                let before = around(at.checked_sub(1).and_then(|at| units.get(at)));
                let behind = around(units.get(at + 1));
                (u64::from(before) << 32 | u64::from(behind), unit.0)
            })
            .collect();
        found.sort_unstable();
        let mut once = Vec::with_capacity(found.len());
        for group in found.chunk_by(|a, b| a.0 == b.0) {
            if let [only] = group {
                once.push(*only);
            }
        }
        Self(once)
    }

    /// How many places both have with the same figure, and with another.
    pub fn compared(&self, other: &Self) -> (usize, usize) {
        let (mut same, mut differ) = (0, 0);
        for (place, figure) in &self.0 {
            if let Ok(at) = other.0.binary_search_by_key(place, |(place, _)| *place) {
                match other.0[at].1 == *figure {
                    true => same += 1,
                    false => differ += 1,
                }
            }
        }
        (same, differ)
    }
}
