//! Chance that is the same each time: xorshift64*, seeded by names.

/// A sequence of numbers that hangs on its seed alone.
pub struct Chance(u64);

impl Chance {
    /// Seeded by the bytes of `name` (FNV-1a).
    pub fn of(name: &str) -> Self {
        let seed = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        let mut chance = Self(seed | 1);
        // The first ones still show the seed.
        for _ in 0..4 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// From 0 to below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// In another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// So many different places of `length`, in order.
    pub fn places(&mut self, count: usize, length: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..length).collect();
        self.shuffle(&mut places);
        places.truncate(count);
        places.sort_unstable();
        places
    }

    /// One of them.
    pub fn pick<'a>(&mut self, items: &'a [String]) -> &'a str {
        let at = self.below(items.len());
        items.get(at).map_or("", String::as_str)
    }
}
