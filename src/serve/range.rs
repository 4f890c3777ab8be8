//! Ranges of bytes: one range of a document as it is; everything else is answered with the whole (RFC 9110 section 14).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The whole: other units, several ranges, what cannot be read.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not there: 416.
    Nowhere,
}

/// Reads a `Range` header for a document of `length` bytes.
pub fn wish(header: &str, length: u64) -> Wish {
    let Some((unit, set)) = header.split_once('=') else { return Wish::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Wish::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else { return Wish::Whole };
    let number = |text: &str| {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // More than fits is more than there is.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), _) if first >= length && (last.trim().is_empty() || number(last).is_some()) => {
            Wish::Nowhere
        }
        (Some(first), Some(last)) if first <= last => Wish::Part(first..last.saturating_add(1).min(length)),
        (Some(first), None) if last.trim().is_empty() => Wish::Part(first..length),
        (None, Some(0)) if first.trim().is_empty() => Wish::Nowhere,
        (None, Some(suffix)) if first.trim().is_empty() && length > 0 => {
            Wish::Part(length.saturating_sub(suffix)..length)
        }
        (None, Some(_)) if first.trim().is_empty() => Wish::Nowhere,
        _ => Wish::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_cut_and_all_else_is_the_whole() {
        for (header, expected) in [
            ("bytes=0-0", Wish::Part(0..1)),
            ("bytes=2-4", Wish::Part(2..5)),
            ("Bytes=2-4", Wish::Part(2..5)),
            ("bytes=8-", Wish::Part(8..10)),
            ("bytes=8-99", Wish::Part(8..10)),
            ("bytes=-3", Wish::Part(7..10)),
            ("bytes=-99", Wish::Part(0..10)),
            ("bytes=0-99999999999999999999999", Wish::Part(0..10)),
            ("bytes=10-", Wish::Nowhere),
            ("bytes=10-12", Wish::Nowhere),
            ("bytes=-0", Wish::Nowhere),
            ("bytes=4-2", Wish::Whole),
            ("bytes=0-1,4-5", Wish::Whole),
            ("lines=0-1", Wish::Whole),
            ("bytes=", Wish::Whole),
            ("bytes=-", Wish::Whole),
            ("bytes=a-b", Wish::Whole),
            ("bytes=1-b", Wish::Whole),
            ("bytes=+1-2", Wish::Whole),
            ("", Wish::Whole),
        ] {
            assert_eq!(wish(header, 10), expected, "{header}");
        }
        assert_eq!(wish("bytes=-5", 0), Wish::Nowhere);
    }
}
