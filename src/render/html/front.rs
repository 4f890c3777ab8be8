//! The front page: all feeds with what readers subscribe to, and the newest entries of all.

use std::collections::HashSet;

use serde::Serialize;

use super::Depth;
use super::look::{Broken, Look};
use super::pages::{Day, Frame, days};
use super::site::{ShownOutlet, Site};
use super::view::{Extent, Shown, shown};
use crate::model::{Entry, Timestamp};
use crate::render::Document;

/// So many entries stand on the front page.
const RIVER: usize = 60;

/// An entry as the front page shows it: light, so that those of many feeds can be kept.
#[derive(Debug, Clone)]
pub struct Card {
    published: Timestamp,
    id: String,
    shown: Shown,
}

impl Card {
    /// The entry as it will stand on the front page of `site`.
    pub fn new(entry: &Entry, site: &Site) -> Self {
        let words = site.words(None);
        Self {
            published: entry.published,
            id: entry.id.as_str().to_owned(),
            shown: shown(entry, site, words, Depth::Top, Extent::Card),
        }
    }

    /// The newest of a feed's entries, as many as the front page has room for.
    pub fn newest_of(entries: &[Entry], site: &Site) -> Vec<Self> {
        let mut newest: Vec<&Entry> = entries.iter().collect();
        newest.sort_by_key(|entry| std::cmp::Reverse(entry.published));
        newest.into_iter().take(RIVER).map(|entry| Self::new(entry, site)).collect()
    }

    /// The newest of these, each entry once: what the front page has room for. Of one entry the first counts.
    pub fn newest(mut cards: Vec<Self>) -> Vec<Self> {
        let mut seen = HashSet::new();
        cards.retain(|card| seen.insert(card.id.clone()));
        // Stable: those of one second stay in the order of the feeds.
        cards.sort_by_key(|card| std::cmp::Reverse(card.published));
        cards.truncate(RIVER);
        cards
    }
}

#[derive(Debug, Serialize)]
struct FrontPage {
    #[serde(flatten)]
    frame: Frame,
    feeds: Vec<ShownOutlet>,
    days: Vec<Day>,
}

/// The front page: `index.html`, with the newest of `cards`.
///
/// # Errors
/// A template of the owner's that fails.
pub fn front(look: &Look, site: &Site, cards: Vec<Card>) -> Result<Document, Broken> {
    let words = site.words(None);
    let path = "index.html".to_owned();
    let river = Card::newest(cards);
    let entries = river.len();
    let page = FrontPage {
        frame: Frame::new(look, site, words, &path),
        feeds: site.shown_outlets(),
        days: days(river.into_iter().map(|card| (card.published, card.shown)).collect(), site, words),
    };
    let bytes = look.render("index.html", page)?;
    Ok(Document { path, media_type: "text/html", entries, bytes })
}
