//! Cutting text where a reader would: between words, never inside a grapheme cluster (UAX #29).

use unicode_segmentation::UnicodeSegmentation;

/// At most `length` grapheme clusters of `text`, an ellipsis (U+2026) included where something was cut off.
///
/// Cuts after a whole word if one ends in the last third; scripts that write no spaces are cut between clusters.
pub fn cut(text: &str, length: usize) -> String {
    let mut clusters = text.grapheme_indices(true);
    let Some((limit, _)) = clusters.nth(length) else { return text.to_owned() };
    if length == 0 {
        return String::new();
    }
    let room = text.grapheme_indices(true).nth(length - 1).map_or(limit, |(at, _)| at);
    let earliest = text.grapheme_indices(true).nth(length * 2 / 3).map_or(0, |(at, _)| at);
    let word = text
        .split_word_bound_indices()
        .take_while(|(at, _)| *at <= room)
        .filter(|(_, w)| w.trim().is_empty())
        .last();
    let end = word.map(|(at, _)| at).filter(|at| *at >= earliest && *at > 0).unwrap_or(room);
    let kept = text[..end].trim_end_matches(|c: char| c.is_whitespace() || ",;:—–-".contains(c));
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, length: usize, expected: &str) {
        assert_eq!(cut(text, length), expected);
        assert!(cut(text, length).graphemes(true).count() <= length);
    }

    #[test]
    fn a_cut_falls_between_words() {
        check("one two three", 20, "one two three");
        check("one two three four", 10, "one two…");
        check("দু’ঘণ্টা বন্ধ ছিল পরিষেবা", 12, "দু’ঘণ্টা বন্ধ ছিল…");
        check("a", 0, "");
    }

    #[test]
    fn a_script_without_spaces_is_cut_between_clusters() {
        check("通信障害が約二時間続いた", 5, "通信障害…");
        check("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2, "👨‍👩‍👧…");
    }
}
