//! The words that are looked for: each term of them a word, a `"phrase"`, a `beginning*`, or one of these that must not be there.

use std::fmt;

use unicode_normalization::char::is_combining_mark;

use crate::value::Flaw;
use crate::value::tokens::{Piece, pieces};

/// So many terms.
const MOST: usize = 8;
/// So many tokens in all of them.
const TOKENS: usize = 32;
/// The longest text, in characters.
const LONGEST: usize = 256;

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// As it would be typed, without what it means.
    text: String,
    /// It must not be there.
    pub without: bool,
    /// It is the beginning of a word.
    open: bool,
    /// What it is in the tokens of a text: all of these.
    pub phrases: Vec<Phrase>,
}

/// Tokens that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// The tokens; never none.
    pub tokens: Vec<String>,
    /// The last is only the beginning of one.
    pub open: bool,
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, without, open, phrases: _ } = self;
        let sign = if *without { "-" } else { "" };
        let star = if *open { "*" } else { "" };
        match text.contains(char::is_whitespace) {
            true => write!(f, "{sign}\"{text}\"{star}"),
            false => write!(f, "{sign}{text}{star}"),
        }
    }
}

impl Term {
    /// Whether the term is in a text of these tokens.
    pub fn is_in(&self, tokens: &[String]) -> bool {
        self.phrases.iter().all(|phrase| phrase.is_in(tokens))
    }
}

impl Phrase {
    fn is_in(&self, tokens: &[String]) -> bool {
        let Some((last, before)) = self.tokens.split_last() else { return true };
        tokens.windows(self.tokens.len()).any(|window| {
            let Some((end, begin)) = window.split_last() else { return false };
            begin == before && if self.open { end.starts_with(last.as_str()) } else { end == last }
        })
    }
}

/// Reads what was typed; terms that say the same are one.
pub(super) fn read(typed: &str) -> Result<Vec<Term>, Flaw> {
    if typed.chars().count() > LONGEST {
        return Err(Flaw::new(format!("`q` is longer than {LONGEST} characters")));
    }
    let mut terms: Vec<Term> = Vec::new();
    let mut rest = typed.trim_start();
    while !rest.is_empty() {
        let (term, after) = next(rest);
        if let Some(term) = term
            && !terms.iter().any(|known| (known.without, &known.phrases) == (term.without, &term.phrases))
        {
            terms.push(term);
        }
        rest = after.trim_start();
    }
    let tokens: usize = terms.iter().flat_map(|term| &term.phrases).map(|phrase| phrase.tokens.len()).sum();
    // The whole feed would be no answer to that.
    if terms.is_empty() && !typed.trim().is_empty() {
        return Err(Flaw::new("`q` has no word in it").help("signs alone cannot be looked for"));
    }
    if terms.len() > MOST {
        return Err(Flaw::new(format!("`q` has {} words; at most {MOST} are looked for", terms.len())));
    }
    if tokens > TOKENS {
        return Err(Flaw::new("`q` is too long").help("a few words find more"));
    }
    let short = |phrase: &Phrase| {
        phrase.open && phrase.tokens.last().is_some_and(|last| last.is_ascii() && last.len() < 2)
    };
    if let Some(term) = terms.iter().find(|term| term.phrases.iter().any(short)) {
        return Err(Flaw::new(format!("`{term}` is the beginning of too many words")));
    }
    Ok(terms)
}

/// The first term and what stands behind it; no term where it has no letter.
fn next(typed: &str) -> (Option<Term>, &str) {
    let (without, typed) = match typed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, typed),
    };
    let quoted = typed.strip_prefix(['"', '“', '”', '„']);
    let (text, rest) = match quoted {
        // One that is never closed goes to the end.
        Some(inside) => inside.split_once(['"', '“', '”']).unwrap_or((inside, "")),
        None => {
            let end = typed.find(|c: char| c.is_whitespace()).unwrap_or(typed.len());
            typed.split_at(end)
        }
    };
    let (text, rest, open) = match (quoted, text.strip_suffix('*'), rest.strip_prefix('*')) {
        (None, Some(text), _) => (text, rest, true),
        (Some(_), _, Some(rest)) => (text, rest, true),
        _ => (text, rest, false),
    };
    let text = in_one_form(text);
    let phrases = phrases(&text, open);
    let term =
        Term { open: open && phrases.last().is_some_and(|phrase| phrase.open), text, without, phrases };
    (Some(term).filter(|term| !term.phrases.is_empty()), rest)
}

/// Without what means something to us, and without what is no part of a word at its ends.
fn in_one_form(text: &str) -> String {
    let text: String = text.chars().filter(|c| c.is_whitespace() || !super::turns(*c)).collect();
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '„' | '*'));
    let text = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    text.trim_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)).to_owned()
}

/// Words beside each other make a phrase; a run makes one of its own, because the text has a token more at its end.
fn phrases(text: &str, open: bool) -> Vec<Phrase> {
    let mut out: Vec<Phrase> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let close = |words: &mut Vec<String>, out: &mut Vec<Phrase>| {
        if !words.is_empty() {
            out.push(Phrase { tokens: std::mem::take(words), open: false });
        }
    };
    let pieces = pieces(text);
    let ends_in_word = matches!(pieces.last(), Some(Piece::Word(_)));
    for piece in pieces {
        match piece {
            Piece::Word(word) => words.push(word),
            Piece::Run(run) => {
                close(&mut words, &mut out);
                let pairs: Vec<String> = run.windows(2).map(|pair| pair.iter().collect()).collect();
                // A single character begins every pair that it is in, or stands alone.
                out.push(match pairs.is_empty() {
                    true => Phrase { tokens: run.iter().map(char::to_string).collect(), open: true },
                    false => Phrase { tokens: pairs, open: false },
                });
            }
        }
    }
    close(&mut words, &mut out);
    if open
        && ends_in_word
        && let Some(last) = out.last_mut()
    {
        last.open = true;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::tokens::tokens;

    fn check(typed: &str, text: &str, found: bool) {
        let terms = read(typed).unwrap_or_else(|flaw| panic!("{typed}: {flaw}"));
        let tokens = tokens(text);
        let is = terms.iter().all(|term| term.is_in(&tokens) != term.without);
        assert_eq!(is, found, "{typed:?} in {text:?}: {terms:?}");
    }

    #[test]
    fn words_are_found_in_every_script() {
        for (typed, text, found) in [
            ("cafe", "Un CAFÉ noir", true),
            ("café noir", "noir et café", true),
            ("\"café noir\"", "noir café", false),
            ("\"café noir\"", "le Café noir.", true),
            ("caf*", "cafés", true),
            ("caf", "cafés", false),
            ("don’t", "I don't know", true),
            ("noir -café", "noir, un café", false),
            ("noir -thé", "noir, un café", true),
            ("কলকাতা", "কলকাতা শহরে", true),
            ("কলকাতা", "কলকাতায় বৃষ্টি", false),
            ("কলকাতা*", "কলকাতায় বৃষ্টি", true),
            ("সম\u{9df}", "সম\u{9af}\u{9bc}", true),
            ("উইকেট ২০২৬", "উই\u{200c}কেট 2026", true),
            // Not a part of it: the vowel sign is another word.
            ("কর", "করা", false),
            ("বৃষ্টি", "বৃষ্", false),
            ("محمد", "مُحَمَّدٌ", true),
            ("الاخبار", "الأخبار", true),
            ("новости", "НОВОСТИ", true),
            ("οδος", "ΟΔΌΣ", true),
            ("京都", "東京都", true),
            ("東京都", "東京と京都", false),
            ("都", "東京都", true),
            ("京", "東京都", true),
            ("大阪", "東京都", false),
            ("東京 tower", "Tower of 東京", true),
            ("\"東京 tower\"", "東京 Tower", true),
            ("서울", "서울에서", true),
            ("ข่าว", "อ่านข่าวเช้า", true),
            ("हिन्दी", "हिन्दी में", true),
            ("हिन्द", "हिन्दी में", false),
        ] {
            check(typed, text, found);
        }
    }

    #[test]
    fn what_is_typed_has_one_form() {
        for (typed, written) in [
            ("a  b a", "a b"),
            ("\"a  b\"", "\"a b\""),
            ("\"a\"", "a"),
            ("-\"a b", "-\"a b\""),
            ("ab* -c", "ab* -c"),
            ("\"a bc\"*", "\"a bc\"*"),
            ("“এক দুই”", "\"এক দুই\""),
            ("--a", "-a"),
            ("東京*", "東京"),
            ("a\"b", "\"a b\""),
        ] {
            let told = read(typed).unwrap();
            let shown = told.iter().map(Term::to_string).collect::<Vec<_>>().join(" ");
            assert_eq!(shown, written, "{typed}");
            assert_eq!(read(&shown).as_ref(), Ok(&told), "{typed}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        assert!(read("a*").unwrap_err().what.contains("beginning of too many"));
        for nothing in ["… - * \"\" !", "🔥", "\""] {
            assert!(read(nothing).unwrap_err().what.contains("no word"), "{nothing}");
        }
        assert_eq!(read("  "), Ok(Vec::new()));
        assert!(read(&"x".repeat(257)).is_err());
        assert!(read(&"東".repeat(40)).is_err());
        assert!(read("a b c d e f g h").is_ok() && read("a b c d e f g h i").is_err());
    }

    proptest::proptest! {
        #[test]
        fn reading_never_fails_by_panic_and_what_is_written_is_read_again(typed in "[\"a*\\- bé京ข\u{9be}“]{0,16}|\\PC{0,16}") {
            if let Ok(terms) = read(&typed) {
                let shown = terms.iter().map(Term::to_string).collect::<Vec<_>>().join(" ");
                proptest::prop_assert_eq!(read(&shown), Ok(terms), "{:?}", shown);
            }
        }
    }
}
