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
    }
}
