//! A feed in XML to a reading: which format it is, what the channel says, its items, and what relative links mean.

use url::Url;

use super::channel::Gathered;
use super::item::item;
use super::notes::Notes;
use super::xml::{Element, Ns, Parts, Place, Scopes, walk};
use crate::model::{Draft, Format, Reading};

#[derive(Default)]
struct Collected {
    format: Format,
    /// RDF says which RSS it is by the vocabulary of its parts.
    rdf: bool,
    channel: Gathered,
    drafts: Vec<Draft>,
    most_items: usize,
}

/// How many items of a document are read: a draft is larger than an empty item, and hostile documents shall not fill
/// the memory.
pub(super) fn most_items(text: &str) -> usize {
    5_000 + text.len() / 640
}

/// What is said of the others.
pub(super) const TOO_MANY_ITEMS: &str =
    "an item beyond those that a document of this size may have is left out";

/// A longer home page is no base: every relative address of an item would become as long.
const LONGEST_HOME: usize = 512;

/// Reads a document as a feed in XML; `None` when there is none in it.
pub(super) fn read(text: &str, base: Option<&Url>, notes: &mut Notes) -> Option<Reading> {
    let mut collected = Collected { most_items: most_items(text), ..Collected::default() };
    let rooted = walk(text, base, &mut collected, notes);
    if !rooted || collected.format == Format::Unknown {
        return None;
    }
    let channel = collected.channel.finish();
    let atom = matches!(collected.format, Format::Atom03 | Format::Atom10);
    let home = channel.home_url.as_ref().filter(|_| !atom).and_then(|home| {
        let base = home.base.as_deref().or(base);
        Url::parse(&home.value).ok().filter(|url| url.has_host()).or_else(|| base?.join(&home.value).ok())
    });
    let home = home.filter(|home| home.as_str().len() <= LONGEST_HOME);
    Some(Reading {
        format: collected.format,
        base: home.or_else(|| base.cloned()),
        channel,
        drafts: collected.drafts,
        ..Reading::default()
    })
}

impl Parts for Collected {
    fn begins(&mut self, element: Element<'_, '_>, place: Place, scopes: &Scopes<'_>, notes: &mut Notes) {
        if self.format == Format::Unknown && !self.rdf {
            match element.name() {
                "rss" => self.format = rss_version(element.attribute("version"), notes),
                "rdf" => {
                    self.rdf = true;
                    self.format = match scopes.find("") {
                        Some(Ns::Rss090) => Format::Rss090,
                        Some(Ns::Rss10) => Format::Rss10,
                        _ => Format::Unknown,
                    };
                }
                "feed" => self.format = atom_version(element),
                _ => self.format = Format::Rss20,
            }
        }
        if self.rdf {
            self.rdf_version(element);
        }
        if place == Place::Root || element.name() == "channel" {
            self.channel.begin(element);
        }
    }

    fn part(&mut self, element: Element<'_, '_>, place: Place, notes: &mut Notes) {
        if self.rdf {
            self.rdf_version(element);
        }
        if place == Place::Document && self.format == Format::Unknown {
            self.format = Format::Atom10;
        }
        match element.name() {
            "item" | "entry" if matches!(element.ns(), Ns::Core | Ns::Atom) => {
                if self.drafts.len() < self.most_items {
                    self.drafts.push(item(element, notes));
                } else {
                    notes.odd(TOO_MANY_ITEMS);
                }
            }
            _ => self.channel.take(element, notes),
        }
    }
}

impl Collected {
    fn rdf_version(&mut self, element: Element<'_, '_>) {
        let found = match (element.ns(), element.name()) {
            (Ns::Rss090, _) => Format::Rss090,
            (Ns::Rss10, _) | (_, "channel" | "item") => Format::Rss10,
            _ => return,
        };
        if self.format == Format::Unknown {
            self.format = found;
        }
    }
}

fn atom_version(element: Element<'_, '_>) -> Format {
    let version = element.attribute("version").unwrap_or_default();
    if element.ns() == Ns::Atom03 || element.ns() != Ns::Atom && version.starts_with("0.") {
        Format::Atom03
    } else {
        Format::Atom10
    }
}

fn rss_version(version: Option<&str>, notes: &mut Notes) -> Format {
    let Some(version) = version else {
        notes.odd("an `<rss>` that tells no version is read as RSS 2.0");
        return Format::Rss20;
    };
    match version {
        "0.90" | "0.9" => Format::Rss090,
        v if v.starts_with("0.91") => Format::Rss091,
        v if v.starts_with("0.9") => Format::Rss092,
        v if v.starts_with('2') => Format::Rss20,
        _ => {
            notes.odd("an `<rss>` of an unknown version is read as RSS 2.0");
            Format::Rss20
        }
    }
}
