//! A language tag (BCP 47), well-formed and in its canonical case.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A language tag: `bn`, `bn-IN`, `zh-Hant-TW`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Language(String);

impl Language {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first part: the language without script and region.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        if is_well_formed(&written) {
            return Ok(Self(canonical(&written)));
        }
        let flaw = Flaw::new(format!("`{written}` is no language tag"));
        let repaired = written.trim().replace('_', "-");
        Err(flaw.help(match is_well_formed(&repaired) {
            true => format!("did you mean `{}`?", canonical(&repaired)),
            false => "write a tag of BCP 47: `bn`, `en-GB`, `zh-Hant`".to_owned(),
        }))
    }
}

/// RFC 5646 section 2.1, without the registry: what stands where, how long, which characters.
fn is_well_formed(tag: &str) -> bool {
    if GRANDFATHERED.iter().any(|old| old.eq_ignore_ascii_case(tag)) {
        return true;
    }
    let parts: Vec<&str> = tag.split('-').collect();
    if !parts
        .iter()
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        return false;
    }
    let mut rest = parts.as_slice();
    if !is(rest, is_singleton_x) {
        if !take(&mut rest, |part| (2..=8).contains(&part.len()) && letters(part)) {
            return false;
        }
        let mut extended = 0;
        while parts[0].len() < 4 && extended < 3 && take(&mut rest, |part| part.len() == 3 && letters(part)) {
            extended += 1;
        }
        take(&mut rest, |part| part.len() == 4 && letters(part));
        take(&mut rest, |part| (part.len() == 2 && letters(part)) || (part.len() == 3 && digits(part)));
        while take(&mut rest, |part| part.len() >= 5 || (part.len() == 4 && digits(&part[..1]))) {}
        while take(&mut rest, |part| part.len() == 1 && !is_singleton_x(part)) {
            if !take(&mut rest, |part| part.len() >= 2) {
                return false;
            }
            while take(&mut rest, |part| part.len() >= 2) {}
        }
    }
    if take(&mut rest, is_singleton_x) {
        return !rest.is_empty();
    }
    rest.is_empty()
}

/// The old tags that the grammar does not make and that have no better form by case alone (RFC 5646, `irregular`).
const GRANDFATHERED: [&str; 17] = [
    "en-GB-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-BE-FR",
    "sgn-BE-NL",
    "sgn-CH-DE",
];

fn letters(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_alphabetic())
}

fn digits(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

fn is_singleton_x(part: &str) -> bool {
    part.eq_ignore_ascii_case("x")
}

fn is(rest: &[&str], fits: impl Fn(&str) -> bool) -> bool {
    rest.first().is_some_and(|part| fits(part))
}

/// Steps over the first part when it fits.
fn take(rest: &mut &[&str], fits: impl Fn(&str) -> bool) -> bool {
    let yes = is(rest, fits);
    if yes {
        *rest = &rest[1..];
    }
    yes
}

/// RFC 5646 section 2.1.1: regions in capitals, scripts with one, everything else small; nothing changes after a singleton.
fn canonical(tag: &str) -> String {
    if let Some(old) = GRANDFATHERED.iter().find(|old| old.eq_ignore_ascii_case(tag)) {
        return (*old).to_owned();
    }
    let mut after_singleton = false;
    let mut parts = Vec::new();
    for (index, part) in tag.split('-').enumerate() {
        let small = part.to_ascii_lowercase();
        parts.push(match part.len() {
            2 if index > 0 && !after_singleton => small.to_ascii_uppercase(),
            4 if index > 0 && !after_singleton && letters(part) => {
                small[..1].to_ascii_uppercase() + &small[1..]
            }
            _ => small,
        });
        after_singleton |= part.len() == 1;
    }
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        match (Language::try_from(text.to_owned()), expected) {
            (Ok(language), Ok(tag)) => assert_eq!(language.as_str(), tag),
            (Err(flaw), Err(part)) => assert!(flaw.to_string().contains(part), "{flaw}"),
            (got, _) => panic!("{text}: {got:?}"),
        }
    }

    #[test]
    fn tags_are_put_into_their_case() {
        check("bn", Ok("bn"));
        check("BN-in", Ok("bn-IN"));
        check("zh-hant-tw", Ok("zh-Hant-TW"));
        check("es-419", Ok("es-419"));
        check("sl-rozaj-biske", Ok("sl-rozaj-biske"));
        check("de-1996", Ok("de-1996"));
        check("en-a-bbb-x-A-ccc", Ok("en-a-bbb-x-a-ccc"));
        check("X-private", Ok("x-private"));
        check("I-KLINGON", Ok("i-klingon"));
        check("zh-yue-HK", Ok("zh-yue-HK"));
    }

    #[test]
    fn what_is_no_tag_is_refused_with_advice() {
        check("en_IN", Err("did you mean `en-IN`?"));
        check("বাংলা", Err("BCP 47"));
        check("", Err("BCP 47"));
        check("english language", Err("BCP 47"));
        check("en-", Err("BCP 47"));
        check("x", Err("BCP 47"));
        check("en-a", Err("BCP 47"));
        check("e", Err("BCP 47"));
    }
}
