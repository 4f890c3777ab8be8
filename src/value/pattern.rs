//! A regular expression that does not care how a text is encoded: both sides are folded before they meet.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::Deserialize;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::Flaw;
use super::fold::{fold, is_invisible, plain};

/// A regular expression (syntax of the Rust crate `regex`; `(?i)` for any case). Unicode form, joiners, curly quotes
/// and the script of digits do not matter: `১০` finds `10`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Pattern {
    written: String,
    regex: Regex,
}

impl TryFrom<String> for Pattern {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        let folded = Folded::of(&written);
        if folded.text.is_empty() {
            return Err(Flaw::new("an empty pattern matches everything").help("leave the key out instead"));
        }
        match RegexBuilder::new(&folded.text).size_limit(8 << 20).build() {
            Ok(regex) => Ok(Self { written, regex }),
            Err(error) => Err(flaw(&folded, &error)),
        }
    }
}

impl Pattern {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// True when the pattern is found anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(&whole(fold(text)))
    }

    /// Puts `with` in the place of every match, and leaves the rest of `text` byte for byte as it was. `$1` and
    /// `${name}` in `with` stand for groups, as they were written in `text`; `$$` for a dollar sign.
    pub fn replace<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        let folded = Folded::of(text);
        let mut out = String::new();
        let mut done = 0;
        for found in self.regex.captures_iter(&folded.text) {
            let Some(all) = found.get(0).map(|all| folded.original(all.range())) else { continue };
            // Two matches inside one cluster of the original: the first has taken the whole of it.
            let Some(before) = text.get(done..all.start) else { continue };
            out.push_str(before);
            for part in parts(with) {
                out.push_str(match part {
                    Part::Text(text) => text,
                    Part::Group(name) => group(&found, name)
                        .and_then(|group| text.get(folded.original(group.range())))
                        .unwrap_or_default(),
                });
            }
            done = all.end;
        }
        if done == 0 && out.is_empty() {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Refuses a replacement that names a group which this pattern does not have.
    pub fn check_replacement(&self, with: &str) -> Result<(), Flaw> {
        for part in parts(with) {
            let Part::Group(name) = part else { continue };
            let known = match name.parse::<usize>() {
                Ok(index) => index < self.regex.captures_len(),
                Err(_) => self.regex.capture_names().flatten().any(|known| known == name),
            };
            if !known {
                return Err(Flaw::new(format!("the pattern has no group `{name}` for `with`")).help(
                    "groups are counted from `$1`; for a dollar sign write `$$`, before a letter `${1}`",
                ));
            }
        }
        Ok(())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

fn group<'t>(found: &regex::Captures<'t>, name: &str) -> Option<regex::Match<'t>> {
    match name.parse::<usize>() {
        Ok(index) => found.get(index),
        Err(_) => found.name(name),
    }
}

/// A piece of a replacement.
enum Part<'w> {
    Text(&'w str),
    Group(&'w str),
}

/// Takes a replacement apart, as the crate `regex` does: `$name` is as long as it can be.
fn parts(with: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = with;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(after) = rest.strip_prefix('$') else {
            let (text, tail) = rest.split_at(rest.find('$').unwrap_or(rest.len()));
            rest = tail;
            return Some(Part::Text(text));
        };
        if let Some(tail) = after.strip_prefix('$') {
            rest = tail;
            return Some(Part::Text("$"));
        }
        if let Some((name, tail)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            rest = tail;
            return Some(Part::Group(name));
        }
        let (name, tail) = after.split_at(after.find(|c: char| !in_name(c)).unwrap_or(after.len()));
        rest = tail;
        Some(if name.is_empty() { Part::Text("$") } else { Part::Group(name) })
    })
}

fn in_name(c: char) -> bool {
    c == '_' || c.is_ascii_digit() || c.is_ascii_uppercase() || c.is_ascii_lowercase()
}

/// Letters that NFC takes apart, put together again: in a pattern `[য়]` and `.` must mean one letter.
fn whole(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(is_nukta) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match out.chars().next_back().and_then(|base| join(base, c)) {
            Some(letter) => {
                out.pop();
                out.push(letter);
            }
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_nukta(c: char) -> bool {
    matches!(c, '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{b3c}')
}

/// The Indic letters with a nukta that Unicode excludes from composition (CompositionExclusions.txt).
fn join(base: char, nukta: char) -> Option<char> {
    let letter = match (base, nukta) {
        ('\u{915}'..='\u{917}', '\u{93c}') => base as u32 - 0x915 + 0x958,
        ('\u{91c}', '\u{93c}') => 0x95b,
        ('\u{921}'..='\u{922}', '\u{93c}') => base as u32 - 0x921 + 0x95c,
        ('\u{92b}', '\u{93c}') => 0x95e,
        ('\u{92f}', '\u{93c}') => 0x95f,
        ('\u{9a1}'..='\u{9a2}', '\u{9bc}') => base as u32 - 0x9a1 + 0x9dc,
        ('\u{9af}', '\u{9bc}') => 0x9df,
        ('\u{a32}', '\u{a3c}') => 0xa33,
        ('\u{a38}', '\u{a3c}') => 0xa36,
        ('\u{a16}'..='\u{a17}', '\u{a3c}') => base as u32 - 0xa16 + 0xa59,
        ('\u{a1c}', '\u{a3c}') => 0xa5b,
        ('\u{a2b}', '\u{a3c}') => 0xa5e,
        ('\u{b21}'..='\u{b22}', '\u{b3c}') => base as u32 - 0xb21 + 0xb5c,
        _ => return None,
    };
    char::from_u32(letter)
}

/// Folded text that knows where each character stood in the original.
struct Folded {
    text: String,
    /// For each character of `text`: where it begins there, and the bytes of the original that it stands for.
    places: Vec<(usize, Range<usize>)>,
    /// Length of the original.
    end: usize,
}

impl Folded {
    fn of(original: &str) -> Self {
        let mut folded = Self { text: String::new(), places: Vec::new(), end: original.len() };
        let mut cluster: Vec<(usize, char)> = Vec::new();
        for (at, c) in original.char_indices().filter(|(_, c)| !is_invisible(*c)) {
            if begins_cluster(c) {
                folded.push(&cluster);
                cluster.clear();
            }
            cluster.push((at, c));
        }
        folded.push(&cluster);
        folded
    }

    /// Folds characters that may compose with one another, and with no others.
    fn push(&mut self, cluster: &[(usize, char)]) {
        let (Some(first), Some(last)) = (cluster.first(), cluster.last()) else { return };
        let all = first.0..last.0 + last.1.len_utf8();
        let nfc: String = cluster.iter().map(|(_, c)| *c).nfc().map(plain).collect();
        let nfc = whole(Cow::Owned(nfc));
        let one_to_one = nfc.chars().count() == cluster.len();
        for (c, (at, from)) in nfc.chars().zip(cluster.iter().chain(std::iter::repeat(last))) {
            let place = if one_to_one { *at..at + from.len_utf8() } else { all.clone() };
            self.places.push((self.text.len(), place));
            self.text.push(c);
        }
    }

    /// The bytes of the original behind a range of the folded text.
    fn original(&self, range: Range<usize>) -> Range<usize> {
        let index = |at: usize| self.places.partition_point(|(start, _)| *start < at);
        let (first, after) = (index(range.start), index(range.end));
        let start = self.places.get(first).map_or(self.end, |(_, place)| place.start);
        match after.checked_sub(1).filter(|last| *last >= first).and_then(|last| self.places.get(last)) {
            Some((_, place)) => start..place.end.max(start),
            None => start..start,
        }
    }
}

/// True when `c` composes with nothing before it.
fn begins_cluster(c: char) -> bool {
    c.is_ascii()
        || (canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}

/// What the crate says about a bad pattern, with the place as the crate draws it under a pattern of one line.
fn flaw(folded: &Folded, error: &regex::Error) -> Flaw {
    let regex::Error::Syntax(drawing) = error else {
        return Flaw::new("the pattern grows too large when it is compiled")
            .help("use smaller repetitions, or several rules");
    };
    let reason =
        drawing.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or("cannot be read");
    let flaw = Flaw::new(format!("bad regular expression: {reason}"))
        .help("a character that should mean itself is written after a backslash, as in `\\(`, or in `'…'` quotes of TOML");
    let carets = drawing.lines().find(|line| line.contains('^') && line.trim_matches([' ', '^']).is_empty());
    let place = carets.and_then(|line| {
        let start = line.find('^')?.checked_sub(4)?;
        let count = line.rfind('^')? + 1 - 4 - start;
        // The drawing counts characters, and so do the places.
        let first = folded.places.get(start)?.1.start;
        let end = folded.places.get(start + count - 1)?.1.end;
        Some(first..end)
    });
    match place {
        Some(at) if !folded.text.contains('\n') => flaw.at(at),
        _ => flaw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::try_from(text.to_owned()).unwrap()
    }

    fn check(written: &str, text: &str, found: bool) {
        assert_eq!(pattern(written).is_match(text), found, "{written} in {text}");
    }

    fn check_replace(written: &str, with: &str, text: &str, expected: &str) {
        assert_eq!(pattern(written).replace(text, with), expected, "{written} in {text}");
    }

    fn check_flaw(written: &str, at: Option<Range<usize>>) {
        let flaw = Pattern::try_from(written.to_owned()).unwrap_err();
        assert_eq!(flaw.at, at, "{flaw}");
    }

    #[test]
    fn it_does_not_matter_how_a_letter_is_encoded() {
        for written in ["সম\u{9df}", "সম\u{9af}\u{9bc}"] {
            for text in ["এ সম\u{9df} কি", "এ সম\u{9af}\u{9bc} কি"] {
                check(written, text, true);
            }
        }
        check("কো", "ক\u{9c7}\u{9be}থায়", true);
        check("র\u{200d}্যাব", "র্যাব", true);
        check("উইকেট", "উই\u{200c}কেট", true);
        check("‘এক’", "'এক'", true);
    }

    #[test]
    fn one_letter_is_one_character() {
        for text in ["ব\u{9df}স", "ব\u{9af}\u{9bc}স"] {
            check("ব.স", text, true);
            check("^ব[\u{9af}\u{9bc}]স$", text, true);
            check("^ব[\u{9df}]স$", text, true);
        }
        check("^ব[\u{9df}]স$", "ব\u{9af}স", false);
    }

    #[test]
    fn the_script_of_digits_does_not_matter() {
        check("১০", "top 10", true);
        check("10", "সেরা ১০", true);
        check("[০-৯]{2}", "९९", true);
        check(r"^\d+$", "১২৩", true);
    }

    #[test]
    fn case_matters_unless_asked() {
        check("ad", "Ad", false);
        check("(?i)ad", "Ad", true);
    }

    #[test]
    fn replacing_leaves_the_rest_byte_for_byte() {
        let kept = "র\u{200d}্যাব “১২” ব\u{9df}স";
        check_replace("বিজ্ঞাপন", "", &format!("{kept}বিজ্ঞাপন{kept}"), &format!("{kept}{kept}"));
        check_replace("nothing", "x", kept, kept);
        check_replace("12", "<$0>", "“১২” ১২", "“<১২>” <১২>");
        check_replace("সময়: (.+)", "$1", "সম\u{9af}\u{9bc}: উই\u{200c}কেট", "উই\u{200c}কেট");
        check_replace("(?<a>b)", "${a}${a}$$", "abc", "abb$c");
        check_replace("^", "> ", "খবর", "> খবর");
        check_replace("$", "।", "খবর", "খবর।");
        // A joiner inside of what was found goes with it.
        check_replace("উইকেট", "", "উই\u{200c}কেট।", "।");
    }

    #[test]
    fn a_match_inside_a_cluster_takes_the_whole_of_it() {
        // U+1E69 is s with two dots: NFC of the folded text has one character for three.
        check_replace("ṩ", "x", "as\u{323}\u{307}b", "axb");
    }

    #[test]
    fn a_bad_pattern_says_where() {
        check_flaw("(ab", Some(0..1));
        check_flaw("ভালো (খবর", Some(13..14));
        check_flaw("a{2,1}", Some(1..6));
        check_flaw("", None);
        check_flaw("\u{200d}", None);
        check_flaw("(?:a{1000}){1000}", None);
    }

    #[test]
    fn a_replacement_names_only_groups_that_exist() {
        let pattern = pattern("(a)(?<b>b)");
        assert!(pattern.check_replacement("$1 ${b} $0 $2 $$9").is_ok());
        for bad in ["$3", "$c", "${1x}", "$1x"] {
            assert!(pattern.check_replacement(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn replacing_what_is_not_there_changes_nothing(text in "[ক-ৰ়্\u{200c}\u{200d}a-c ]{0,30}") {
            proptest::prop_assert_eq!(pattern("Q").replace(&text, "x"), text.as_str());
        }

        #[test]
        fn replacing_all_by_itself_keeps_what_is_seen(text in "[ক-ৰ়্া\u{301}\u{323}a-c ]{0,30}") {
            let out = pattern("(?s).").replace(&text, "$0").into_owned();
            proptest::prop_assert_eq!(out, text);
        }
    }
}
