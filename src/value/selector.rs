//! A CSS selector that is known to be readable.

use dom_query::Matcher;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A CSS selector, as in a style sheet: `.ad`, `figure > figcaption`, `a[href*="share"]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Selector {
    written: String,
    matcher: Matcher,
}

impl TryFrom<String> for Selector {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        match Matcher::new(&written) {
            Ok(matcher) => Ok(Self { written, matcher }),
            Err(_) if written.trim().is_empty() => Err(Flaw::new("an empty selector selects nothing")
                .help("write what to take out, for instance `.ad`")),
            Err(_) => Err(Flaw::new(format!("`{written}` is no CSS selector"))
                .help("write it as in a style sheet: `.class`, `#id`, `div > p`, `a[href*=\"share\"]`")),
        }
    }
}

impl Selector {
    /// The selector as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// What finds the elements.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, good: bool) {
        assert_eq!(Selector::try_from(text.to_owned()).is_ok(), good, "{text}");
    }

    #[test]
    fn selectors_are_checked_when_read() {
        check(".ad, #share > a[href*=\"x\"]", true);
        check("p:has(> a)", true);
        check("", false);
        check("..ad", false);
        check("a[", false);
    }
}
