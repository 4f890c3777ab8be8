//! Of several elements that say the same, the one to believe: the lowest rank, then the first.

/// A value and the rank of who said it.
#[derive(Debug)]
pub(super) struct Pick<T> {
    rank: u8,
    value: Option<T>,
}

impl<T> Default for Pick<T> {
    fn default() -> Self {
        Self { rank: u8::MAX, value: None }
    }
}

impl<T> Pick<T> {
    /// Takes what was said unless something better was said before; nothing said changes nothing.
    pub fn offer(&mut self, rank: u8, value: Option<T>) {
        if value.is_some() && rank < self.rank {
            self.rank = rank;
            self.value = value;
        }
    }

    /// True when nobody of that rank or a better one has said anything: only then is it worth making the value.
    pub fn wants(&self, rank: u8) -> bool {
        rank < self.rank
    }

    /// The best that was said.
    pub fn take(self) -> Option<T> {
        self.value
    }
}

/// All values of the best rank that said anything.
#[derive(Debug)]
pub(super) struct PickAll<T> {
    rank: u8,
    values: Vec<T>,
}

impl<T> Default for PickAll<T> {
    fn default() -> Self {
        Self { rank: u8::MAX, values: Vec::new() }
    }
}

impl<T: PartialEq> PickAll<T> {
    /// Takes a value beside those of its rank; a better rank replaces them.
    pub fn offer(&mut self, rank: u8, value: Option<T>) {
        let Some(value) = value else { return };
        if rank < self.rank {
            self.rank = rank;
            self.values.clear();
        }
        if rank == self.rank && !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    /// The values.
    pub fn take(self) -> Vec<T> {
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_rank_wins_then_the_first() {
        let mut pick = Pick::default();
        for (rank, value) in [(2, Some("c")), (1, Some("a")), (1, Some("b")), (0, None)] {
            pick.offer(rank, value);
        }
        assert_eq!(pick.take(), Some("a"));
        let mut all = PickAll::default();
        for (rank, value) in [(2, "x"), (1, "a"), (1, "b"), (1, "a"), (3, "y")] {
            all.offer(rank, Some(value));
        }
        assert_eq!(all.take(), ["a", "b"]);
    }
}
