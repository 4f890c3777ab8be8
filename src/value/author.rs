//! Who publishes a feed, as the configuration says it.

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::Flaw;
use super::web::{self, WebUrl};

/// A person or an organisation; a name must be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, try_from = "Written")]
#[schemars(into = "Written")]
pub struct Author {
    /// The name that readers show; always there, as an option because a person of a feed may have none.
    pub name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Home page.
    pub url: Option<Url>,
}

/// As it stands in the configuration.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The name that readers show.
    name: String,
    /// Mail address.
    email: Option<String>,
    /// Home page.
    #[serde(default, deserialize_with = "web::one")]
    #[schemars(with = "Option<WebUrl>")]
    url: Option<Url>,
}

impl TryFrom<Written> for Author {
    type Error = Flaw;

    fn try_from(written: Written) -> Result<Self, Flaw> {
        let Written { name, email, url } = written;
        if name.trim().is_empty() {
            // RFC 4287 section 3.2.1: a person has a name.
            return Err(Flaw::new("the author has no name").help("write `author = { name = \"…\" }`"));
        }
        Ok(Self { name: Some(name), email, url })
    }
}
