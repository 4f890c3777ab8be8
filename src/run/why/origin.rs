//! Where an entry is from: its source and how that was read, its dates, and the marks by which it is known again.

use serde::Serialize;

use super::Dated;
use crate::config::Config;
use crate::dedup::{AliasKind, marks};
use crate::fetch::status_in_words;
use crate::model::{Html, Item, SourceId, Timestamp};
use crate::run::choose::address;
use crate::store::{Desk, Found, StoreError};

/// Who gave an entry, when, and what was read of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Read {
    /// The source.
    pub source: Option<SourceId>,
    /// Whether the configuration still has it.
    pub is_configured: bool,
    /// The address that it is asked at.
    pub address: Option<String>,
    /// Of its last answer, in words.
    pub said: Option<String>,
    /// The last failure, in words; `None` when all is well.
    pub message: Option<String>,
    /// When it was read for the first time,
    pub first_read: Option<Timestamp>,
    /// and when it answered well last.
    pub last_success: Option<Timestamp>,
    /// Items in its last answer.
    pub items: Option<u64>,
    /// With what it was read last: the version of harkara, and the settings that matter.
    pub reader: Option<String>,
    /// When the entry came.
    pub first_seen: Timestamp,
    /// How often its text has changed since.
    pub revision: u32,
    /// What the source gave of it.
    pub has: Vec<String>,
}

/// A mark by which an entry is known again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Known {
    /// `id`, `link`, `place`, `moment`, `print`, or `short`.
    pub kind: &'static str,
    /// What it is made from.
    pub value: String,
    /// `this`: it tells this entry; `shared`: several items of the source have it, so it tells nothing; `other`: it tells another entry;
    /// `none`: the ledger does not have it.
    pub tells: &'static str,
    /// The other entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<i64>,
}

/// Who gave it.
pub(super) fn read(
    desk: &Desk,
    config: &Config,
    entry: &Found,
    source: &Option<SourceId>,
) -> Result<Read, StoreError> {
    let configured = config.sources.iter().find(|one| Some(&one.id) == source.as_ref());
    let state = source.as_ref().map(|id| desk.source(id)).transpose()?.flatten();
    let address = configured.map(|source| {
        let mut url = address(source, state.as_ref()).clone();
        // Both fail only where there is no host, and then there are no credentials.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.to_string()
    });
    let state = state.unwrap_or_default();
    Ok(Read {
        source: source.clone(),
        is_configured: configured.is_some(),
        address,
        said: state.status.map(status_in_words),
        message: state.message,
        first_read: state.first_read,
        last_success: state.last_success,
        items: state.last_success.map(|_| state.items),
        reader: state.reader.map(|reader| reader.split_whitespace().collect::<Vec<_>>().join(" ")),
        first_seen: entry.first_seen,
        revision: entry.revision,
        has: has(&entry.item),
    })
}

fn has(item: &Item) -> Vec<String> {
    let mut out = Vec::new();
    let words = |html: &Html| html.text().split_whitespace().count();
    out.extend(item.content.as_ref().map(|html| format!("text of {} words", words(html))));
    out.extend(item.summary.as_ref().map(|html| format!("summary of {} words", words(html))));
    out.extend(item.language.as_ref().map(|language| format!("language {language}")));
    let names: Vec<&str> = item.authors.iter().filter_map(|author| author.name.as_deref()).collect();
    if !names.is_empty() {
        out.push(format!("by {}", names.join(", ")));
    }
    let terms: Vec<&str> = item.categories.iter().map(|category| category.term.as_str()).collect();
    if !terms.is_empty() {
        out.push(format!("categories {}", terms.join(", ")));
    }
    match item.attachments.len() {
        0 => {}
        1 => out.push("1 file".to_owned()),
        count => out.push(format!("{count} files")),
    }
    out.extend(item.image_url.as_ref().map(|_| "a picture".to_owned()));
    out
}

/// When it was published, and when its text changed.
pub(super) fn dates(entry: &Found) -> (Dated, Dated) {
    let (said, edited) = (entry.item.published, entry.item.updated);
    let is = |at: Option<Timestamp>, settled: Timestamp| {
        at.is_some_and(|at| at.timestamp() == settled.timestamp())
    };
    let because = match (said, edited) {
        (said, _) if is(said, entry.published) => "as the source says",
        (None, edited) if is(edited, entry.published) => {
            "the source says no more than when it was changed, and that was then"
        }
        (Some(said), _) if said > entry.first_seen => {
            "the source says a time that had not come yet, so it is the time of first sight"
        }
        (Some(_), _) => "the source has said something else since; the first word holds",
        (None, Some(_)) => "settled when it was seen first; the source says no date of publication",
        (None, None) if entry.published == entry.first_seen => {
            "the source says no date: the time of first sight"
        }
        (None, None) => "the source says no date: settled by its place in the list when it was seen first",
    };
    let published = Dated { at: entry.published, source_says: said, because: because.to_owned() };
    let because = match entry.revision {
        0 if entry.updated == entry.published => "its text has not changed since it came",
        0 => "as the source said when it came; its text has not changed since",
        _ if is(edited, entry.updated) => "when the source says that it changed its text",
        _ => "when its text was found changed",
    };
    (published, Dated { at: entry.updated, source_says: edited, because: because.to_owned() })
}

/// By what it is known again.
pub(super) fn known(desk: &Desk, entry: &Found) -> Result<Vec<Known>, StoreError> {
    let home = desk.channel(entry.source)?.home_url;
    let mut out = Vec::new();
    for mark in marks(&entry.item, home.as_ref(), entry.published) {
        let kind = match mark.kind {
            AliasKind::Guid => "id",
            AliasKind::Link => "link",
            AliasKind::Place => "place",
            AliasKind::Moment => "moment",
            AliasKind::Print => "print",
            AliasKind::Short => "short",
        };
        let (tells, other) = match desk.marked(entry.source, mark.alias)? {
            None => ("none", None),
            Some(None) => ("shared", None),
            Some(Some(row)) if row == entry.row => ("this", None),
            Some(Some(row)) => ("other", Some(row)),
        };
        out.push(Known { kind, value: mark.value, tells, other });
    }
    Ok(out)
}
