//! Reads a feed of any format, however broken: bytes to a [`Reading`]. Pure, never fails, never panics.
//!
//! ```text
//! bytes ─charset→ text ─xml→ parts ─item, channel→ drafts
//!                      └json→ drafts      └page: what it is when it is no feed
//! ```
//!
//! `vocabulary` is the one table of what each element means.

mod channel;
mod charset;
pub mod date;
pub mod entity;
pub mod opml;
mod feed;
mod item;
mod json;
mod lenient_json;
mod link;
mod media;
mod mojibake;
mod notes;
mod page;
mod people;
mod pick;
mod shared;
mod text;
mod vocabulary;
pub(crate) mod words;
mod xml;

use std::borrow::Cow;

use url::Url;

use crate::model::Reading;
use notes::Notes;

/// Reads a document as a feed.
///
/// `content_type`: the header's value, whose charset is one of the witnesses. `base`: the address of the document, against
/// which a relative `xml:base` is resolved; addresses themselves are left as found. Whatever is odd is told in
/// [`Reading::remarks`]; what is no feed gives [`Format::Unknown`](crate::model::Format::Unknown) and a remark on what it
/// looks like instead. Bytes that are given away are freed as soon as they are text.
pub fn read<'b>(bytes: impl Into<Cow<'b, [u8]>>, content_type: Option<&str>, base: Option<&Url>) -> Reading {
    let bytes = bytes.into();
    let mut notes = Notes::default();
    if let Some(binary) = page::binary(&bytes) {
        notes.repaired(&format!("it is no feed: it looks like {binary}"));
        return finish(Reading::default(), notes, base);
    }
    match charset::decode(&bytes, content_type, &mut notes) {
        Cow::Borrowed(text) => read_text(text, base, notes),
        Cow::Owned(text) => {
            drop(bytes);
            read_text(&text, base, notes)
        }
    }
}

fn read_text(text: &str, base: Option<&Url>, mut notes: Notes) -> Reading {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with(['{', '[']) {
        let reading = json::read(start, &mut notes);
        return finish(reading, notes, base);
    }
    if let Some(reading) = feed::read(text, base, &mut notes) {
        return finish(reading, notes, base);
    }
    let mut reading = Reading::default();
    let page = page::look(text, base);
    reading.announced = page.announced;
    let mut notes = Notes::default();
    notes.repaired(&format!("it is no feed: it looks like {}", page.looks_like));
    finish(reading, notes, base)
}

fn finish(mut reading: Reading, notes: Notes, base: Option<&Url>) -> Reading {
    reading.malformed = notes.malformed;
    reading.remarks = notes.into_remarks();
    let web = base.filter(|url| on_the_web(url)).cloned();
    let base = web.or_else(|| told_address(&reading)).or_else(|| base.cloned());
    reading.base = reading.base.or(base);
    reading
}

/// Where a document that came from a disk says that it lives: relative addresses in it are meant from there.
fn told_address(reading: &Reading) -> Option<Url> {
    let channel = &reading.channel;
    let told = [&channel.self_url, &channel.home_url];
    told.into_iter().flatten().filter_map(|url| Url::parse(&url.value).ok()).find(on_the_web)
}

fn on_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

#[cfg(test)]
mod bounds_tests;
#[cfg(test)]
mod tests;
