//! Sketches: what is kept of a text so that its likes are found among a hundred thousand without reading them.
//!
//! MinHash (Broder 1997) with one permutation (Li, Owen, Zhang 2012): each shingle falls into one of 32 buckets by its first bits, the
//! least of a bucket stands for it, empty buckets borrow from the next (Shrivastava and Li 2014). Of two texts so many
//! buckets agree as their shingles do.

use super::shingle::shingles;
use super::unit::Unit;

/// Buckets.
const SIZE: usize = 32;

/// A sketch of a set of shingles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch([u16; SIZE]);

/// Bytes of a sketch as it is kept.
pub const BYTES: usize = SIZE * 2;

impl Sketch {
    /// Nothing to compare by.
    pub const NONE: Self = Self([0; SIZE]);

    pub(super) fn of(units: &[Unit], width: usize) -> Self {
        let mut least = [u32::MAX; SIZE];
        let mut any = false;
        for shingle in shingles(units, width) {
            let bucket = (shingle >> 27) as usize;
            let rest = shingle & 0x7ff_ffff;
            least[bucket] = least[bucket].min(rest);
            any = true;
        }
        if !any {
            return Self::NONE;
        }
        let mut out = [0; SIZE];
        for (at, slot) in out.iter_mut().enumerate() {
            let there = (0..SIZE).find(|step| least[(at + step) % SIZE] != u32::MAX).unwrap_or_default();
            // How far it was borrowed is part of it, so that two texts agree only where both had to.
            let value = least[(at + there) % SIZE] as u16 ^ (there as u16).wrapping_mul(0x9e37);
            // Zero is for what is not there.
            *slot = value.max(1);
        }
        Self(out)
    }

    /// True when there is nothing to compare by.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// How many of 32 buckets agree.
    pub fn agreeing(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| u32::from(a == b)).sum()
    }

    /// Pairs of buckets as hashes, the first `out.len()` of them: of texts that share half of their shingles 99 in 100 have one of
    /// the first 16 in common. `kind` keeps sketches of two kinds apart.
    pub(super) fn bands(&self, kind: u32, out: &mut [u32]) {
        for (band, hash) in out.iter_mut().enumerate() {
            // First each bucket with the next, then with one that lies apart.
            let (a, b) = if band < SIZE / 2 { (2 * band, 2 * band + 1) } else { (2 * band, 2 * band + 11) };
            let pair = u32::from(self.0[a % SIZE]) << 16 | u32::from(self.0[b % SIZE]);
            *hash = (pair ^ (band as u32 + kind).wrapping_mul(0x85eb_ca6b)).wrapping_mul(0x9e37_79b1);
        }
    }

    /// As it is kept.
    pub fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        for (two, value) in bytes.chunks_exact_mut(2).zip(self.0) {
            two.copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// As it was kept.
    pub fn from_bytes(bytes: &[u8; BYTES]) -> Self {
        let mut out = [0; SIZE];
        for (value, two) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            *value = u16::from_le_bytes([two[0], two[1]]);
        }
        Self(out)
    }
}
