//! A country, by its code of two letters.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A country code of two letters (ISO 3166-1): `BD`, `IN`. It settles dates and zones that mean different things in
/// different places.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Country(String);

impl Country {
    /// The code, in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Country {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        if written.len() == 2 && written.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Ok(Self(written.to_ascii_uppercase()));
        }
        Err(Flaw::new(format!("`{written}` is no country code"))
            .help("write two letters, for instance `BD` or `IN`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: Option<&str>) {
        let country = Country::try_from(text.to_owned()).ok();
        assert_eq!(country.as_ref().map(Country::as_str), code, "{text}");
    }

    #[test]
    fn countries_have_two_letters() {
        check("bd", Some("BD"));
        check("IN", Some("IN"));
        check("India", None);
        check("ভা", None);
        check("", None);
    }
}
