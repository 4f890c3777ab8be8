//! An address on the web.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::{Flaw, list};

/// An absolute address with `http://` or `https://`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct WebUrl(Url);

impl WebUrl {
    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl From<WebUrl> for Url {
    fn from(web: WebUrl) -> Url {
        web.0
    }
}

/// Reads an address of the web as a plain [`Url`], for `deserialize_with`.
pub fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    Ok(Option::<WebUrl>::deserialize(deserializer)?.map(Url::from))
}

/// Reads several, for `deserialize_with`.
pub fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Url>, D::Error> {
    Ok(list::read::<D, WebUrl>(deserializer)?.into_iter().map(Url::from).collect())
}

impl TryFrom<String> for WebUrl {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        match Url::parse(&written) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Self(url)),
            Ok(url) => Err(Flaw::new(format!(
                "an address of the web is wanted, this one begins with `{}:`",
                url.scheme()
            ))
            .help("write `https://…`")),
            Err(url::ParseError::RelativeUrlWithoutBase) => Err(Flaw::new("the address is not absolute")
                .help(match written.split('/').next().is_some_and(|host| host.contains('.')) {
                    true => format!("did you mean `https://{written}`?"),
                    false => "write `https://host/path`".to_owned(),
                })),
            Err(error) => {
                Err(Flaw::new(format!("the address cannot be read: {error}"))
                    .help("write `https://host/path`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, good: bool) {
        assert_eq!(WebUrl::try_from(text.to_owned()).is_ok(), good, "{text}");
    }

    #[test]
    fn addresses_are_absolute_and_of_the_web() {
        check("https://খবর.example/আজ", true);
        check("http://127.0.0.1:8080/", true);
        check("news.example", false);
        check("mailto:a@b.example", false);
        check("https://", false);
        check("", false);
    }
}
