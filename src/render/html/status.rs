//! How the sources are, as a page: in sections by health, so that it can be read and filtered without script.

use serde::Serialize;
use url::Url;

use super::look::{Broken, Look};
use super::pages::Frame;
use super::site::Site;
use super::view::{When, web};
use super::words::Words;
use crate::model::{SourceId, Timestamp};
use crate::render::{Document, fence, shown};

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// Its last visits failed.
    Failing,
    /// Its server said that it is gone for good.
    Gone,
    /// It was never asked.
    Waiting,
    /// All is well.
    Well,
    /// It is switched off.
    Off,
}

impl Health {
    const ALL: [Self; 5] = [Self::Failing, Self::Gone, Self::Waiting, Self::Well, Self::Off];

    /// The name: of the word for people, and of the section.
    fn name(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Gone => "gone",
            Self::Waiting => "waiting",
            Self::Well => "well",
            Self::Off => "off",
        }
    }
}

/// What is known of a source, as everybody may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceHealth {
    /// Its id.
    pub id: SourceId,
    /// Its title.
    pub title: String,
    /// Its page.
    pub home_url: Option<Url>,
    /// Its feed, where that may be told to everybody.
    pub feed_url: Option<Url>,
    /// How it is.
    pub health: Health,
    /// When it answered well last.
    pub last_success: Option<Timestamp>,
    /// When it was asked last.
    pub last_try: Option<Timestamp>,
    /// When it will be asked next.
    pub next_due: Option<Timestamp>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure in words.
    pub message: Option<String>,
    /// The newest entry of it.
    pub newest: Option<Timestamp>,
    /// How many entries are kept of it.
    pub entries: u64,
    /// How many more are held back.
    pub held: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    title: String,
    home: Option<String>,
    feed: Option<String>,
    last_success: Option<When>,
    last_try: Option<When>,
    next_due: Option<When>,
    failing_since: Option<When>,
    failures: Option<String>,
    message: Option<String>,
    newest: Option<When>,
    entries: String,
    held: Option<String>,
}

#[derive(Debug, Serialize)]
struct Section {
    name: &'static str,
    count: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Age {
    title: String,
    page: Option<String>,
    newest: Option<When>,
}

#[derive(Debug, Serialize)]
struct StatusPage {
    #[serde(flatten)]
    frame: Frame,
    count: String,
    sections: Vec<Section>,
    feeds: Vec<Age>,
}

/// The page `status.html`: those that fail first, those that fail longest before others, the rest by name.
/// `newest` gives, for each outlet of the site, when the newest entry of that feed came out.
///
/// # Errors
/// A template of the owner's that fails.
pub fn status(
    look: &Look,
    site: &Site,
    sources: &[SourceHealth],
    newest: &[Option<Timestamp>],
) -> Result<Document, Broken> {
    let words = site.words(None);
    let path = "status.html".to_owned();
    let mut sorted: Vec<&SourceHealth> = sources.iter().collect();
    sorted.sort_by_cached_key(|source| {
        (
            source.health,
            source.failing_since.unwrap_or_default(),
            source.title.to_lowercase(),
            source.id.clone(),
        )
    });
    let section = |health: Health| {
        let of_it = sorted.iter().filter(|source| source.health == health);
        let rows: Vec<Row> = of_it.map(|source| row(source, site, words)).collect();
        Section { name: health.name(), count: words.number(rows.len()), rows }
    };
    let known = site.outlets.iter().zip(newest).filter(|(outlet, _)| !outlet.hidden);
    let ages = known.map(|(outlet, newest)| Age {
        title: shown::name(&outlet.title, outlet.id.as_str()),
        page: outlet.formats.contains(&crate::render::Format::Html).then(|| format!("{}.html", outlet.id)),
        newest: newest.map(|at| When::new(at, site, words)),
    });
    let page = StatusPage {
        frame: Frame::new(look, site, words, &path),
        count: words.number(sources.len()),
        sections: Health::ALL.into_iter().map(section).filter(|section| !section.rows.is_empty()).collect(),
        feeds: ages.collect(),
    };
    let bytes = look.render("status.html", page)?;
    Ok(Document { path, media_type: "text/html", entries: 0, bytes })
}

fn row(source: &SourceHealth, site: &Site, words: &Words) -> Row {
    let SourceHealth {
        id,
        title,
        home_url,
        feed_url,
        health: _,
        last_success,
        last_try,
        next_due,
        failing_since,
        failures,
        message,
        newest,
        entries,
        held,
    } = source;
    let when = |at: &Option<Timestamp>| at.map(|at| When::new(at, site, words));
    Row {
        id: id.to_string(),
        title: shown::name(title, id.as_str()),
        home: home_url.as_ref().and_then(web),
        feed: feed_url.as_ref().and_then(web),
        last_success: when(last_success),
        last_try: when(last_try),
        next_due: when(next_due),
        failing_since: when(failing_since),
        failures: (*failures > 0).then(|| words.number(*failures as usize)),
        message: fence::some_line(message.as_deref()),
        newest: when(newest),
        entries: words.number(usize::try_from(*entries).unwrap_or(usize::MAX)),
        held: (*held > 0).then(|| words.number(usize::try_from(*held).unwrap_or(usize::MAX))),
    }
}
