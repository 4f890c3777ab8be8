//! What holds for everything that is published: the table `[site]`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::value::web::{self, WebUrl};
use crate::value::{Author, Flaw, Language, Zone};

/// What holds for everything that is published; feeds may say otherwise.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Name of the whole: the title of `sources.opml` and of the index page.
    pub title: String,
    /// Where the published tree is served, http or https. The addresses of the feeds themselves come from it; without it they
    /// have none. A slash is added at the end.
    #[serde(deserialize_with = "base_url")]
    #[schemars(with = "Option<WebUrl>")]
    pub base_url: Option<Url>,
    /// The language of feeds that do not say theirs; without it, the language of most of their entries.
    pub language: Option<Language>,
    /// One line about the whole.
    pub subtitle: Option<String>,
    /// Who publishes.
    pub author: Option<Author>,
    /// Rights of the collection.
    pub rights: Option<String>,
    /// A small square picture.
    #[serde(deserialize_with = "web::one")]
    #[schemars(with = "Option<WebUrl>")]
    pub icon_url: Option<Url>,
    /// WebSub hubs that are told in the feeds.
    #[serde(deserialize_with = "web::many")]
    #[schemars(with = "Vec<WebUrl>")]
    pub hubs: Vec<Url>,
    /// The zone in which pages write dates: an IANA name.
    pub timezone: Zone,
    /// A folder with templates and style sheets in place of the built-in ones, relative to the configuration file;
    /// `harkara templates` writes those out.
    pub templates: Option<PathBuf>,
    /// Writes `status.html`: how every source is. It changes with each run.
    pub status_page: bool,
    /// RSS and Atom name a style sheet, so that one that is opened in a browser can be read. Browsers use it only where the
    /// server sends the feed as `application/xml`, as `harkara serve` does for them.
    pub styled_feeds: bool,
    /// The page of each feed has a box for searching, and the topics of a story lead to what else has them. For pages that
    /// `harkara serve` answers for: no other web server does.
    pub search: bool,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            title: "harkara".to_owned(),
            base_url: None,
            language: None,
            subtitle: None,
            author: None,
            rights: None,
            icon_url: None,
            hubs: Vec::new(),
            timezone: Zone::UTC,
            templates: None,
            status_page: false,
            styled_feeds: true,
            search: false,
        }
    }
}

/// An address that paths can be joined to.
#[derive(Deserialize)]
#[serde(try_from = "WebUrl")]
struct BaseUrl(Url);

impl TryFrom<WebUrl> for BaseUrl {
    type Error = Flaw;

    fn try_from(web: WebUrl) -> Result<Self, Flaw> {
        let mut url = Url::from(web);
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Flaw::new("`base_url` is a place for files, it has no `?` and no `#`")
                .help("leave out what begins there"));
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    Ok(Option::<BaseUrl>::deserialize(deserializer)?.map(|base| base.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: Option<&str>) {
        let site = toml::from_str::<Site>(&format!("base_url = '{written}'"));
        assert_eq!(site.ok().and_then(|site| site.base_url).map(String::from).as_deref(), expected);
    }

    #[test]
    fn the_base_ends_in_a_slash() {
        check("https://news.example", Some("https://news.example/"));
        check("https://news.example/feeds", Some("https://news.example/feeds/"));
        check("https://news.example/feeds/", Some("https://news.example/feeds/"));
        check("https://news.example/?a", None);
        check("file:///srv", None);
    }
}
