//! What somebody wants of a feed: words, tags, sources, languages, how many; read from the query of an address and written in
//! one form.

mod terms;
mod text;

use url::form_urlencoded;

use super::fold::fold_case;
use super::{Flaw, Language};

pub use terms::{Phrase, Term};
pub use text::searched;

/// The longest query, in bytes as it is sent.
const LONGEST: usize = 2_000;
/// So many tags, sources and languages.
const MOST: usize = 8;
/// The longest name of a tag or a source, in characters.
const NAME: usize = 100;

/// A filter; two that want the same are equal and written the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Filter {
    /// All of them must be in an entry, or must not.
    pub terms: Vec<Term>,
    /// All of these; as written.
    pub tags: Vec<String>,
    /// Ids of sources: any of these.
    pub sources: Vec<String>,
    /// Any of these; `bn` is `bn-IN` too.
    pub languages: Vec<Language>,
    /// So many entries.
    pub limit: Option<usize>,
}

impl Filter {
    /// Reads the query of an address. `None` where it asks for nothing that is ours: other parameters are passed over, and so
    /// are empty ones, which forms send. `most` is the largest `limit`; a larger one means that.
    ///
    /// # Errors
    /// What cannot be meant, or is too much.
    pub fn read(query: &str, most: usize) -> Result<Option<Self>, Flaw> {
        if query.is_empty() {
            return Ok(None);
        }
        let mut filter = Self::default();
        let mut words = String::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match name.as_ref() {
                // A long one of somebody else's is none of our business.
                "q" | "tag" | "source" | "lang" | "limit" if query.len() > LONGEST => {
                    return Err(Flaw::new(format!("the query is longer than {LONGEST} bytes")));
                }
                "q" => {
                    words.push(' ');
                    words.push_str(value);
                }
                "tag" => filter.tags.push(named("tag", value)?),
                "source" => filter.sources.push(named("source", value)?),
                "lang" => filter.languages.push(Language::try_from(value.to_owned())?),
                "limit" => filter.limit = Some(limit(value, most)?),
                _ => {}
            }
        }
        filter.terms = terms::read(&words)?;
        filter.tags.sort_by_key(|tag| fold_case(tag).into_owned());
        filter.tags.dedup_by_key(|tag| fold_case(tag).into_owned());
        filter.sources.sort();
        filter.sources.dedup();
        filter.languages.sort();
        filter.languages.dedup();
        for (name, count) in
            [("tag", filter.tags.len()), ("source", filter.sources.len()), ("lang", filter.languages.len())]
        {
            if count > MOST {
                return Err(Flaw::new(format!(
                    "`{name}` stands {count} times; at most {MOST} are looked for"
                )));
            }
        }
        Ok(Some(filter).filter(|filter| *filter != Self::default()))
    }

    /// The query in its one form, without `?`.
    pub fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        if !self.terms.is_empty() {
            out.append_pair("q", &self.words());
        }
        let languages = self.languages.iter().map(Language::as_str);
        out.extend_pairs(self.tags.iter().map(|tag| ("tag", tag)));
        out.extend_pairs(self.sources.iter().map(|source| ("source", source)));
        out.extend_pairs(languages.map(|language| ("lang", language)));
        if let Some(limit) = self.limit {
            out.append_pair("limit", &limit.to_string());
        }
        out.finish()
    }

    /// The words as they would be typed.
    pub fn words(&self) -> String {
        self.terms.iter().map(Term::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Whether an entry in this language is wanted.
    pub fn speaks(&self, language: Option<&str>) -> bool {
        let is = |wanted: &Language| {
            language.is_some_and(|told| {
                let (head, rest) = told.split_at_checked(wanted.as_str().len()).unwrap_or((told, "-"));
                head.eq_ignore_ascii_case(wanted.as_str()) && (rest.is_empty() || rest.starts_with('-'))
            })
        };
        self.languages.is_empty() || self.languages.iter().any(is)
    }
}

/// Whether two tags are the same to a reader.
pub fn same_tag(a: &str, b: &str) -> bool {
    fold_tag(a) == fold_tag(b)
}

/// A tag as it is compared: case, joiners and digits folded, gaps made one space.
pub fn fold_tag(tag: &str) -> String {
    fold_case(tag).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn named(key: &str, value: &str) -> Result<String, Flaw> {
    use unicode_normalization::UnicodeNormalization;
    if value.chars().count() > NAME {
        return Err(Flaw::new(format!("`{key}` is longer than {NAME} characters")));
    }
    let line: String = value.nfc().filter(|c| !turns(*c)).collect();
    Ok(line.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a character does something to what stands beside it in a title: breaks it, or turns it round.
fn turns(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn limit(value: &str, most: usize) -> Result<usize, Flaw> {
    let shown: String = value.chars().take(20).collect();
    let flaw = || Flaw::new(format!("`limit` is `{shown}`")).help(format!("write a number from 1 to {most}"));
    let is_number = value.len() <= 20 && value.bytes().all(|b| b.is_ascii_digit());
    match value.parse::<u128>() {
        Ok(wanted) if is_number && wanted > 0 => Ok(usize::try_from(wanted).unwrap_or(most).min(most)),
        _ => Err(flaw()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<Option<&str>, &str>) {
        let told = Filter::read(query, 200);
        match (&told, expected) {
            (Ok(filter), Ok(wanted)) => {
                let written = filter.as_ref().map(Filter::query);
                let plain = written.as_ref().map(|query| {
                    form_urlencoded::parse(query.as_bytes())
                        .map(|(k, v)| format!("{k}={v}"))
                        .collect::<Vec<_>>()
                        .join("&")
                });
                assert_eq!(plain.as_deref(), wanted, "{query}");
                if let Some(written) = written {
                    assert_eq!(Filter::read(&written, 200).as_ref(), Ok(filter), "{query}");
                }
            }
            (Err(flaw), Err(part)) => assert!(flaw.what.contains(part), "{query}: {flaw}"),
            _ => panic!("{query}: {told:?}"),
        }
    }

    #[test]
    fn queries_have_one_form() {
        check("", Ok(None));
        check("v=7&utm_source=x&token=t", Ok(None));
        check("q=&tag=+&limit=", Ok(None));
        check("limit=5&q=%E0%A6%96%E0%A6%AC%E0%A6%B0", Ok(Some("q=খবর&limit=5")));
        check("tag=b&tag=a&tag=A&x=1", Ok(Some("tag=a&tag=b")));
        check("tag=%20two%20%20words%20", Ok(Some("tag=two words")));
        check("lang=bn_IN", Err("`bn_IN` is no language tag"));
        check("lang=BN-in&lang=en&lang=bn-IN", Ok(Some("lang=bn-IN&lang=en")));
        check("q=a+b&q=c", Ok(Some("q=a b c")));
        check("limit=9999999999999999999", Ok(Some("limit=200")));
        check("limit=0", Err("`limit` is `0`"));
        check("limit=-1", Err("`limit` is `-1`"));
        check("limit=%2B5", Err("`limit`"));
        check("tag=a%0D%0ASet-Cookie:x", Ok(Some("tag=aSet-Cookie:x")));
        check("tag=a%E2%80%AEb&q=a%E2%80%AEb", Ok(Some("q=ab&tag=ab")));
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let many = |one: &dyn Fn(usize) -> String| (0..9).map(one).collect::<Vec<_>>().join("&");
        check(&many(&|n| format!("tag={n}")), Err("at most 8"));
        check(&many(&|n| format!("source={n}")), Err("at most 8"));
        check(&many(&|n| format!("q=w{n}")), Err("9 words"));
        check(&format!("q={}", "x".repeat(2_000)), Err("longer than 2000 bytes"));
        check(&format!("utm={}", "x".repeat(2_000)), Ok(None));
        check(&format!("tag={}", "x".repeat(101)), Err("longer than 100"));
    }

    #[test]
    fn languages_hold_their_regions() {
        let filter = Filter::read("lang=bn&lang=en-GB", 9).unwrap().unwrap();
        for (language, speaks) in
            [("bn", true), ("bn-IN", true), ("BN", true), ("bnt", false), ("en", false), ("en-GB", true)]
        {
            assert_eq!(filter.speaks(Some(language)), speaks, "{language}");
        }
        assert!(!filter.speaks(None) && Filter::default().speaks(None));
    }

    #[test]
    fn tags_are_the_same_in_any_script() {
        assert!(same_tag("ΟΔΟΣ", "οδος") && same_tag("Новости", "НОВОСТИ") && same_tag(" a  b", "A b"));
        assert!(
            same_tag("সম\u{9df}", "সম\u{9af}\u{9bc}") && same_tag("১ নং", "1 নং") && !same_tag("C", "C++")
        );
    }
}
