//! A reading becomes items: absolute addresses, clean HTML, NFC text, instants, languages. Pure, and idempotent.
//!
//! ```text
//! Reading ─url, text, html, date, language, person, attachment→ Normalized { Channel, Items, remarks }
//! ```

mod address;
mod attachment;
mod channel;
pub mod html;
mod item;
pub mod language;
mod notes;
mod person;
mod script;
pub mod text;
pub mod url;

use chrono_tz::Tz;

use self::notes::Notes;
use crate::model::{Channel, Format, Item, Reading, Remark, Stage};
use crate::parse::date;

/// What the owner says of a source, as far as normalizing needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The zone of dates that name none.
    pub zone: Tz,
    /// False when `zone` is only the default: then a date without a zone is worth a remark.
    pub zone_configured: bool,
    /// ISO 3166 code of the source's country: tells whose `IST` and whose 3/4/2026 it is.
    pub country: Option<String>,
    /// The language of the source; wins over what the source says.
    pub language: Option<String>,
}

impl Default for Settings {
    /// UTC, nothing configured.
    fn default() -> Self {
        Self { zone: Tz::UTC, zone_configured: false, country: None, language: None }
    }
}

/// A reading, normalized.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Normalized {
    /// What the document turned out to be.
    pub format: Format,
    /// True when something had to be repaired that a strict reader refuses.
    pub malformed: bool,
    /// What the document says of itself.
    pub channel: Channel,
    /// Its items, in document order, one for each draft.
    pub items: Vec<Item>,
    /// What was odd: the remarks of the reading, then those of this room, each kind once.
    pub remarks: Vec<Remark>,
}

/// Of fewer drafts the room is not worth giving back.
const MANY: usize = 1_000;

/// Normalizes a reading. Never fails: what cannot be read is left out with a remark.
pub fn reading(reading: Reading, settings: &Settings) -> Normalized {
    let mut notes = Notes::default();
    let base = reading.base.as_ref();
    let channel = channel::channel(&reading, settings, &mut notes);
    let mut items = Vec::with_capacity(reading.drafts.len());
    // Each draft goes when its item is there, and its room with it: they need not be in memory twice.
    let mut drafts = reading.drafts;
    drafts.reverse();
    while let Some(draft) = drafts.pop() {
        notes.about(items.len());
        items.push(item::item(draft, &reading.channel, base, settings, &mut notes));
        if drafts.capacity() > MANY && drafts.len() < drafts.capacity() / 8 * 7 {
            drafts.shrink_to_fit();
        }
    }
    let mut remarks = reading.remarks;
    remarks.extend(notes.into_remarks());
    Normalized { format: reading.format, malformed: reading.malformed, channel, items, remarks }
}

/// Reads a date as found; what cannot be read or had to be guessed is noted.
fn instant(text: Option<&str>, settings: &Settings, notes: &mut Notes) -> Option<crate::model::Timestamp> {
    let source = text.map(str::trim).filter(|text| !text.is_empty())?;
    let country = settings.country.as_deref();
    let found = match settings.zone_configured || settings.zone != Tz::UTC {
        true => date::read(source, settings.zone, country),
        false => date::read_anywhere(source, country),
    };
    match found {
        Some(found) => {
            // An owner who told the zone knows that the dates tell none.
            let told = |remark: &String| !(settings.zone_configured && remark.starts_with(date::NO_ZONE));
            if let Some(remark) = found.remark.filter(told) {
                notes.note(&remark, &format!("`{}`", shown(source)));
            }
            Some(found.instant)
        }
        None => {
            notes.note("a date cannot be read and was left out", &format!("`{}`", shown(source)));
            None
        }
    }
}

/// The user's words, short enough for a message.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

/// A remark of this room about the whole document or one item.
fn remark(item: Option<usize>, text: String) -> Remark {
    match item {
        Some(index) => Remark::at(Stage::Normalize, index, text),
        None => Remark::of(Stage::Normalize, text),
    }
}
