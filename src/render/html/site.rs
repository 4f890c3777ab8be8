//! What holds for every page: names, language, zone, and the feeds that there are.

use chrono_tz::Tz;
use serde::Serialize;
use url::Url;

use super::direction::direction;
use super::view::web;
use super::words::{Words, words};
use crate::model::{Feed, FeedId, Person};
use crate::render::{Format, fence, shown};

/// What holds for every page of a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name.
    pub title: String,
    /// One line about it.
    pub subtitle: Option<String>,
    /// The language of what the pages themselves say (BCP 47); `None`: of each page's feed or entry.
    pub language: Option<String>,
    /// Where the tree is served. Ends in `/`.
    pub base_url: Option<Url>,
    /// The zone in which dates are written.
    pub zone: Tz,
    /// Who publishes.
    pub author: Option<Person>,
    /// Rights of the collection.
    pub rights: Option<String>,
    /// A small square picture.
    pub icon_url: Option<Url>,
    /// The feeds, in the order of the configuration.
    pub outlets: Vec<Outlet>,
    /// Pages have a box for searching: somebody answers.
    pub search: bool,
    /// Other documents of the tree that pages may lead to: `sources.opml`, `status.html`.
    pub documents: Vec<String>,
}

/// A feed as the other pages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    /// Its id, the stem of its documents' paths.
    pub id: FeedId,
    /// Title.
    pub title: String,
    /// One line about it.
    pub subtitle: Option<String>,
    /// Its language, where it tells one.
    pub language: Option<String>,
    /// What it is written as.
    pub formats: Vec<Format>,
    /// Only those with a key may read it: no other page names it or shows its entries.
    pub hidden: bool,
}

impl Site {
    /// A site of one feed, of which nothing is known but the feed.
    pub fn of(feed: &Feed) -> Self {
        let outlet = Outlet {
            id: feed.id.clone(),
            title: feed.title.clone(),
            subtitle: feed.subtitle.clone(),
            language: feed.language.clone(),
            formats: vec![Format::Html],
            hidden: false,
        };
        Self {
            title: feed.title.clone(),
            subtitle: feed.subtitle.clone(),
            language: feed.language.clone(),
            base_url: feed.base_url.clone(),
            zone: Tz::UTC,
            author: feed.authors.first().cloned(),
            rights: feed.rights.clone(),
            icon_url: feed.icon_url.clone(),
            outlets: vec![outlet],
            search: false,
            documents: Vec::new(),
        }
    }

    /// The words for pages that belong to no feed; `other` is the language where the site tells none.
    pub(super) fn words(&self, other: Option<&str>) -> &'static Words {
        words([self.language.as_deref(), other])
    }

    /// The address of a document, where the site has one.
    pub(super) fn address(&self, path: &str) -> Option<String> {
        self.base_url.as_ref().and_then(|base| base.join(path).ok()).as_ref().map(fence::url)
    }

    /// As templates see it.
    pub(super) fn shown(&self) -> ShownSite {
        let has =
            |path: &str| self.documents.iter().any(|document| document == path).then(|| path.to_owned());
        ShownSite {
            title: fence::line(&self.title),
            subtitle: fence::some_line(self.subtitle.as_deref()),
            lang: fence::language(self.language.as_deref()),
            dir: direction(self.language.as_deref()).name(),
            author: self
                .author
                .iter()
                .flat_map(|author| shown::people(std::slice::from_ref(author)))
                .map(|it| it.name)
                .next(),
            author_url: self.author.as_ref().and_then(|author| author.url.as_ref()).and_then(web),
            rights: fence::some_line(self.rights.as_deref()),
            icon: self.icon_url.as_ref().and_then(web),
            zone: self.zone.name().to_owned(),
            list: has("sources.opml"),
            status: has("status.html"),
        }
    }

    /// The feeds as templates see them.
    pub(super) fn shown_outlets(&self) -> Vec<ShownOutlet> {
        self.outlets.iter().filter(|outlet| !outlet.hidden).map(|outlet| outlet.shown(self)).collect()
    }
}

/// A site in a page.
#[derive(Debug, Serialize)]
pub(super) struct ShownSite {
    title: String,
    subtitle: Option<String>,
    lang: Option<String>,
    dir: &'static str,
    author: Option<String>,
    author_url: Option<String>,
    rights: Option<String>,
    icon: Option<String>,
    zone: String,
    list: Option<String>,
    status: Option<String>,
}

/// A feed among others in a page.
#[derive(Debug, Serialize)]
pub(super) struct ShownOutlet {
    id: String,
    title: String,
    subtitle: Option<String>,
    lang: Option<String>,
    dir: &'static str,
    /// Its page, where it has one, from the top of the tree.
    page: Option<String>,
    documents: Vec<ShownDocument>,
}

#[derive(Debug, Serialize)]
pub(super) struct ShownDocument {
    name: &'static str,
    media_type: &'static str,
    /// From the top of the tree.
    path: String,
    /// What a reader is told: the whole address, or the path where the site has none.
    address: String,
}

impl Outlet {
    pub(super) fn shown(&self, site: &Site) -> ShownOutlet {
        let path = |format: Format| format!("{}.{}", self.id, format.extension());
        let documents =
            self.formats.iter().filter(|format| **format != Format::Html).map(|format| ShownDocument {
                name: name(*format),
                media_type: format.media_type(),
                path: path(*format),
                address: site.address(&path(*format)).unwrap_or_else(|| path(*format)),
            });
        ShownOutlet {
            id: self.id.to_string(),
            title: shown::name(&self.title, self.id.as_str()),
            subtitle: fence::some_line(self.subtitle.as_deref()),
            lang: fence::language(self.language.as_deref()),
            dir: direction(self.language.as_deref()).name(),
            page: self.formats.contains(&Format::Html).then(|| path(Format::Html)),
            documents: documents.collect(),
        }
    }
}

impl ShownOutlet {
    /// The same under a query: its documents are those of the view.
    pub(super) fn asked(mut self, query: &str) -> Self {
        for document in &mut self.documents {
            document.path.push_str(query);
            document.address.push_str(query);
        }
        self
    }
}

/// How people call a format.
fn name(format: Format) -> &'static str {
    match format {
        Format::Rss => "RSS",
        Format::Atom => "Atom",
        Format::Json => "JSON",
        Format::Html => "HTML",
    }
}
