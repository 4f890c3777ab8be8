//! A fixed set of words that is asked for every tag: looked up in a table that is made when the program is compiled.

/// `N` different words, and room for twice as many at least.
pub(crate) struct Words<const N: usize, const SLOTS: usize> {
    words: [&'static str; N],
    /// Where a word stands, from 1; 0 = nowhere. Words whose places collide take the next that is free.
    slots: [u16; SLOTS],
}

impl<const N: usize, const SLOTS: usize> Words<N, SLOTS> {
    /// The set of these words; for `static` tables.
    pub const fn new(words: [&'static str; N]) -> Self {
        assert!(SLOTS.is_power_of_two() && SLOTS >= 2 * N && N < 65_535, "a table of words needs more slots");
        let mut slots = [0; SLOTS];
        let mut n = 0;
        while n < N {
            let mut at = slot(words[n].as_bytes()) & (SLOTS - 1);
            while slots[at] != 0 {
                at = (at + 1) & (SLOTS - 1);
            }
            slots[at] = n as u16 + 1;
            n += 1;
        }
        Self { words, slots }
    }

    /// Where the word stands in the list; `None` = it is not in it.
    pub fn position(&self, word: &str) -> Option<usize> {
        let mut at = slot(word.as_bytes()) & (SLOTS - 1);
        loop {
            let n = usize::from(self.slots[at]).checked_sub(1)?;
            if self.words[n] == word {
                return Some(n);
            }
            at = (at + 1) & (SLOTS - 1);
        }
    }

    /// True when the word is in the list.
    pub fn contains(&self, word: &str) -> bool {
        self.position(word).is_some()
    }
}

/// Length, both ends and the middle tell names of elements apart well enough.
const fn slot(word: &[u8]) -> usize {
    let length = word.len();
    if length == 0 {
        return 0;
    }
    let (first, middle, last) = (word[0] as usize, word[length / 2] as usize, word[length - 1] as usize);
    let mixed = first
        .wrapping_mul(0x9E37)
        .wrapping_add(middle.wrapping_mul(0x85EB))
        .wrapping_add(last.wrapping_mul(0xC2B3));
    let mixed = mixed.wrapping_add(length.wrapping_mul(0x27D5));
    mixed ^ (mixed >> 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_where_it_stands_and_no_other() {
        static WORDS: Words<7, 16> = Words::new(["a", "b", "ab", "ba", "blockquote", "h1", "h2"]);
        for (n, word) in WORDS.words.iter().enumerate() {
            assert_eq!(WORDS.position(word), Some(n));
        }
        for word in ["", "c", "aa", "h3", "blockquotes", "ক"] {
            assert!(!WORDS.contains(word), "{word}");
        }
    }
}
