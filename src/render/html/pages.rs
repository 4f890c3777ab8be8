//! The page of a feed, the page of a story, and the style sheets.

use serde::Serialize;
use url::form_urlencoded;

use super::look::{Broken, Look};
use super::site::{ShownOutlet, ShownSite, Site};
use super::view::{Extent, Named, Shown, shown};
use super::words::{Words, words};
use super::{Depth, Outlet};
use crate::model::{Entry, EntryId, Feed, FeedId, Timestamp};
use crate::render::{Document, Format, fence, opensearch, shown as told};

/// The media type of pages.
const HTML: &str = "text/html";

/// Where the style sheet of feeds that are opened in a browser lies.
pub const STYLE: &str = "feed.css";

/// So many feeds are named at the head of each page; the front page names all.
const NAMED: usize = 8;

/// What every template is given.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    /// From the page to the top of the tree.
    root: &'static str,
    version: String,
    /// From the top of the tree to the page.
    path: String,
    lang: String,
    dir: &'static str,
    words: &'static std::collections::BTreeMap<String, String>,
    site: ShownSite,
    /// The first feeds that have pages.
    menu: Vec<ShownOutlet>,
    /// The address of this page, where the site has one.
    address: Option<String>,
}

impl Frame {
    pub(super) fn new(look: &Look, site: &Site, words: &'static Words, path: &str) -> Self {
        let depth = if path.contains('/') { Depth::Below } else { Depth::Top };
        let paged = |outlet: &&Outlet| !outlet.hidden && outlet.formats.contains(&Format::Html);
        Self {
            root: depth.root(),
            version: look.version().to_owned(),
            path: path.to_owned(),
            lang: words.language.clone(),
            dir: words.direction().name(),
            words: &words.words,
            site: site.shown(),
            menu: site.outlets.iter().filter(paged).take(NAMED).map(|outlet| outlet.shown(site)).collect(),
            address: site.address(if path == "index.html" { "" } else { path }),
        }
    }
}

/// Entries of one day.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    /// `2026-11-07`, in the zone of the site.
    iso: String,
    text: String,
    entries: Vec<Shown>,
}

/// Entries in their order, a group wherever the day changes.
pub(super) fn days(entries: Vec<(Timestamp, Shown)>, site: &Site, words: &Words) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (at, entry) in entries {
        let at = fence::instant(at);
        let iso = at.with_timezone(&site.zone).format("%Y-%m-%d").to_string();
        match days.last_mut() {
            Some(day) if day.iso == iso => day.entries.push(entry),
            _ => days.push(Day { iso, text: words.day(at, site.zone), entries: vec![entry] }),
        }
    }
    days
}

#[derive(Debug, Serialize)]
struct FeedPage {
    #[serde(flatten)]
    frame: Frame,
    feed: ShownOutlet,
    rights: Option<String>,
    count: String,
    days: Vec<Day>,
    /// What the box for searching holds; none where nobody would answer.
    search: Option<Search>,
}

#[derive(Debug, Serialize)]
struct Search {
    /// The page that is asked.
    page: String,
    /// What was asked for.
    words: String,
    /// The page is an answer.
    answers: bool,
    /// The document that tells browsers how to search, where there is one.
    description: Option<String>,
}

/// The page of a feed: `city.html`.
///
/// # Errors
/// A template of the owner's that fails on this feed.
pub fn feed(look: &Look, site: &Site, feed: &Feed) -> Result<Document, Broken> {
    part(look, site, feed, &|_| true)
}

/// The page of a feed, or of a view of one, of whose entries only those have a page of their own of which `is_told` says so
/// (by its path).
///
/// # Errors
/// As [`feed`].
pub fn part(
    look: &Look,
    site: &Site,
    feed: &Feed,
    is_told: &dyn Fn(&str) -> bool,
) -> Result<Document, Broken> {
    let Feed {
        id,
        uri: _,
        title,
        subtitle,
        base_url: _,
        home_url: _,
        hub_urls: _,
        language,
        updated: _,
        authors: _,
        rights,
        icon_url: _,
        ttl_minutes: _,
        style: _,
        history: _,
        view,
        entries,
    } = feed;
    let page = format!("{id}.html");
    let query = view.as_ref().map(|view| format!("?{}", view.query)).unwrap_or_default();
    let path = format!("{page}{query}");
    let words = words([language.as_deref(), site.language.as_deref()]);
    let known = site.outlets.iter().find(|outlet| outlet.id == *id);
    let outlet = Outlet {
        id: id.clone(),
        title: title.clone(),
        subtitle: subtitle.clone(),
        language: language.clone(),
        formats: known.map(|outlet| outlet.formats.clone()).unwrap_or_default(),
        hidden: known.is_some_and(|outlet| outlet.hidden),
    };
    let extent = if look.shows_whole_entries() { Extent::Whole(4) } else { Extent::Card };
    let one = |entry: &Entry| {
        let shown = shown(entry, site, words, Depth::Top, extent);
        match outlet.hidden || !is_told(&story_path(&entry.id)) {
            true => shown.without_story(),
            false => shown,
        }
    };
    let views = entries.iter().map(|entry| (entry.published, one(entry)));
    let search = (site.search || view.is_some()).then(|| Search {
        page: page.clone(),
        words: view.as_ref().map(|view| fence::line(&view.words)).unwrap_or_default(),
        answers: view.is_some(),
        description: Some(opensearch::path(id.as_str())).filter(|_| site.search && site.base_url.is_some()),
    });
    let page = FeedPage {
        frame: Frame::new(look, site, words, &path),
        feed: outlet.shown(site).asked(&query),
        rights: fence::some_line(rights.as_deref()),
        count: words.number(entries.len()),
        days: days(views.collect(), site, words),
        search,
    };
    let bytes = look.render("feed.html", page)?;
    Ok(Document { path, media_type: HTML, entries: entries.len(), bytes })
}

#[derive(Debug, Serialize)]
struct StoryPage {
    #[serde(flatten)]
    frame: Frame,
    entry: Shown,
    description: Option<String>,
    /// What the entry is about, each with what else the feed has of it, where somebody answers.
    topics: Vec<Named>,
}

/// The page of one entry: `story/….html`, see [`story_path`]. `feed` shows it.
///
/// # Errors
/// A template of the owner's that fails on this entry.
pub fn story(look: &Look, site: &Site, entry: &Entry, feed: &FeedId) -> Result<Document, Broken> {
    let path = story_path(&entry.id);
    let words = site.words(entry.item.language.as_deref());
    let text = entry.item.summary.as_ref().or(entry.item.content.as_ref());
    let description =
        text.map(|html| told::excerpt(&html.opening(4000), 200)).filter(|text| !text.is_empty());
    let of_topic = |topic: &String| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("tag", topic).finish();
        format!("{}{feed}.html?{query}", Depth::Below.root())
    };
    let shown = shown(entry, site, words, Depth::Below, Extent::Whole(2));
    let topic =
        |topic: &String| Named { name: topic.clone(), url: Some(of_topic(topic)).filter(|_| site.search) };
    let page = StoryPage {
        frame: Frame::new(look, site, words, &path),
        topics: shown.topics().iter().map(topic).collect(),
        entry: shown,
        description,
    };
    let bytes = look.render("story.html", page)?;
    Ok(Document { path, media_type: HTML, entries: 1, bytes })
}

/// Where the page of an entry lies: by its public id alone, so that the address lasts as long as the id.
///
/// 80 bits of BLAKE3: nobody finds another id with the path of a given one.
pub fn story_path(id: &EntryId) -> String {
    let hash = blake3::hash(id.as_str().as_bytes());
    let name: String = hash.to_hex().chars().take(20).collect();
    format!("story/{name}.html")
}

/// The style sheets: of the pages, and of feeds that are opened in a browser.
pub fn style(look: &Look) -> [Document; 2] {
    let sheet = |(path, text): (&str, &str)| Document {
        path: path.to_owned(),
        media_type: "text/css",
        entries: 0,
        bytes: text.as_bytes().to_vec(),
    };
    let [pages, feeds] = look.sheets();
    [("harkara.css", pages), (STYLE, feeds)].map(sheet)
}
