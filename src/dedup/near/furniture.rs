//! Lines that are no part of an article (labels, calls to like and share, rights), and datelines: left out before texts are compared.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::unit::{Unit, units};
use crate::value::fold::fold_case;

#[derive(Deserialize)]
struct Written {
    separators: Vec<String>,
    signs: Vec<String>,
    verbs: Vec<String>,
    places: Vec<String>,
    labels: BTreeMap<String, Vec<String>>,
}

struct Words {
    /// Bits by the units that labels begin with, and those that places and signs begin with: most lines have none of them.
    labels_begin: Bits,
    calls_begin: Bits,
    labels: HashSet<String>,
    separators: Vec<char>,
    signs: Option<Regex>,
    verbs: Option<Regex>,
    places: Option<Regex>,
}

/// A set of units, told by some bits of each.
struct Bits(Vec<u64>);

impl Bits {
    fn of<'w>(words: impl Iterator<Item = &'w String>) -> Self {
        let mut bits = Self(vec![0; 1 << 10]);
        let mut first = Vec::new();
        for word in words {
            first.clear();
            units(&fold_case(word), &mut first);
            if let Some(unit) = first.first() {
                let (word, bit) = Self::place(*unit);
                bits.0[word] |= bit;
            }
        }
        bits
    }

    fn place(unit: Unit) -> (usize, u64) {
        ((unit.0 >> 22) as usize, 1 << (unit.0 >> 16 & 63))
    }

    fn has(&self, unit: Unit) -> bool {
        let (word, bit) = Self::place(unit);
        self.0[word] & bit != 0
    }
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    // Shipped data: a test reads it, so it cannot be broken in a build that passed.
    let written: Option<Written> = toml::from_str(include_str!("../../../config/furniture.toml")).ok();
    let any = |words: &[String]| {
        let words: Vec<String> = words.iter().map(|word| regex::escape(&fold_case(word))).collect();
        Regex::new(&words.join("|")).ok().filter(|_| !words.is_empty())
    };
    let labels = |written: &Written| {
        written.labels.values().flatten().map(|label| bare(&fold_case(label)).to_owned()).collect()
    };
    Words {
        labels_begin: Bits::of(written.iter().flat_map(|written| written.labels.values().flatten())),
        calls_begin: Bits::of(written.iter().flat_map(|written| written.signs.iter().chain(&written.places))),
        labels: written.as_ref().map(labels).unwrap_or_default(),
        separators: written
            .iter()
            .flat_map(|written| &written.separators)
            .filter_map(|it| it.chars().next())
            .collect(),
        signs: written.as_ref().and_then(|written| any(&written.signs)),
        verbs: written.as_ref().and_then(|written| any(&written.verbs)),
        places: written.as_ref().and_then(|written| any(&written.places)),
    }
});

/// Longer lines are read as text, in bytes: a call is short.
const LONGEST_CALL: usize = 600;
/// Shorter ones say nothing else.
const SHORTEST_CALL: usize = 60;
/// A label is shorter still.
const LONGEST_LABEL: usize = 90;

/// True for a line that is none of the article. `line` is folded and in lower case, `units` are those of it.
pub(super) fn is_furniture(line: &str, units: &[Unit]) -> bool {
    if line.len() > LONGEST_CALL {
        return false;
    }
    let words = &*WORDS;
    let Some(first) = units.first() else { return true };
    words.labels_begin.has(*first) && is_label(line, words)
        || (units.iter().any(|unit| words.calls_begin.has(*unit)) || line.contains('©'))
            && is_call(line, words)
}

/// A label, or a label and what it announces.
fn is_label(line: &str, words: &Words) -> bool {
    if line.len() <= LONGEST_LABEL && words.labels.contains(bare(line)) {
        return true;
    }
    let begin = &line[..line.floor_char_boundary(LONGEST_LABEL)];
    let label = begin.split_once(words.separators.as_slice()).map(|(label, _)| bare(label));
    line.len() <= LONGEST_CALL / 2 && label.is_some_and(|label| words.labels.contains(label))
}

fn is_call(line: &str, words: &Words) -> bool {
    if words.signs.as_ref().is_some_and(|signs| signs.is_match(line)) {
        return true;
    }
    let count = |what: &Option<Regex>| what.as_ref().map_or(0, |what| what.find_iter(line).take(2).count());
    // One verb and one place are a call only where there is room for nothing else.
    let (places, needed) = (count(&words.places), if line.len() < SHORTEST_CALL { 2 } else { 3 });
    let verbs = if places > 0 { count(&words.verbs) } else { 0 };
    verbs > 0 && places + verbs >= needed
}

/// Without what stands around a label: signs, dashes, pictures.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c))
}

/// So far into a text a dateline may reach, in bytes and in words.
const DATELINE: usize = 200;
const DATELINE_WORDS: usize = 10;

/// The text without the place, date and agency in front of it: `DHAKA, Oct 25 (Reuters) - `. `text` is folded.
pub(super) fn without_dateline(text: &str) -> &str {
    let end = text
        .char_indices()
        .take_while(|(at, _)| *at < DATELINE)
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    let opening = &text[..end];
    let mut from = 0;
    while let Some((at, sign)) = opening[from..]
        .char_indices()
        .find(|(_, c)| matches!(c, '—' | '–' | '-' | ':' | '।' | '|' | '电' | '電' | '\n'))
    {
        let at = from + at;
        let behind = at + sign.len_utf8();
        from = behind;
        let dateline = &opening[..at];
        // A colon introduces many things: few words stand before it in a dateline.
        let most = if sign == ':' { DATELINE_WORDS / 2 } else { DATELINE_WORDS };
        let stands_free = match sign {
            '-' => dateline.ends_with(' ') && text[behind..].starts_with(' '),
            // The time of day has one too.
            ':' => !text[behind..].starts_with(|c: char| c.is_ascii_digit()),
            '电' | '電' => dateline.ends_with('日'),
            '।' | '\n' => return text,
            // As a separator it stands between spaces; behind a word it is a danda.
            '|' if !dateline.ends_with(' ') => return text,
            _ => true,
        };
        if stands_free {
            return if is_dateline(dateline, most) { text[behind..].trim_start() } else { text };
        }
    }
    text
}

/// A place with a date or an agency: few words, with a figure, a bracket or a comma among them, and no sentence.
fn is_dateline(text: &str, most_words: usize) -> bool {
    let is_marked = text.contains(|c: char| c.is_ascii_digit() || matches!(c, '(' | ',' | '،' | '、' | '，'));
    let is_sentence = text.contains(['"', '?', '!', '。']);
    is_marked && !is_sentence && text.split_whitespace().count() <= most_words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_it(line: &str) -> bool {
        let line = fold_case(line);
        let mut of_line = Vec::new();
        units(&line, &mut of_line);
        is_furniture(&line, &of_line)
    }

    #[test]
    fn furniture_is_known_and_sentences_are_not() {
        for line in [
            "বিজ্ঞাপন",
            "আরও পড়ুন: মেট্রোর নতুন সূচি",
            "আমাদের ফেসবুক পেজ লাইক করুন এবং ইউটিউব চ্যানেল সাবস্ক্রাইব করুন",
            "Read more: Council votes again",
            "The post Council votes appeared first on City Paper.",
            "Follow us on Facebook and subscribe to our YouTube channel",
            "© 2026 City Paper",
            "اقرأ أيضا: الخبر",
            "相关阅读：市政府通知",
        ] {
            assert!(is_it(line), "{line}");
        }
        for line in [
            "ফেসবুকের পরিষেবা দু’ঘণ্টা বন্ধ ছিল",
            "The council related the events of the night",
            "Facebook said on Monday that the outage had lasted two hours",
            "বিজ্ঞাপন সংস্থার কর্মীরা সোমবার কাজ বন্ধ রাখেন",
        ] {
            assert!(!is_it(line), "{line}");
        }
    }

    #[test]
    fn datelines_go_and_nothing_else() {
        let check =
            |from: &str, to: &str| assert_eq!(without_dateline(&fold_case(from)), fold_case(to), "{from}");
        check("DHAKA, Oct 25 (Reuters) - The river rose.", "The river rose.");
        check("ঢাকা, ২৫ অক্টোবর (বাসস): নদীর জল বেড়েছে।", "নদীর জল বেড়েছে।");
        check("নিজস্ব সংবাদদাতা, কলকাতা: নদীর জল বেড়েছে।", "নদীর জল বেড়েছে।");
        check("新华社北京10月25日电 记者获悉", "记者获悉");
        check("The well-known river rose - again.", "The well-known river rose - again.");
        check(
            "At 10:30 on Monday the river rose: nobody slept.",
            "At 10:30 on Monday the river rose: nobody slept.",
        );
        check("নদীর জল বেড়েছে। ২৫ জন: আহত", "নদীর জল বেড়েছে। ২৫ জন: আহত");
        check("রবিবার আহত ২৫ জন| নদীর জল বেড়েছে|", "রবিবার আহত ২৫ জন| নদীর জল বেড়েছে|");
        check("ঢাকা, ২৫ অক্টোবর | নদীর জল বেড়েছে", "নদীর জল বেড়েছে");
    }
}
