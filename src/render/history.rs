//! The history of a feed in documents that do not change any more (RFC 5005 section 4): where they lie, and what leads to them.

use super::{Format, fence};
use crate::model::Feed;

/// The namespace of the marks that RFC 5005 adds.
pub(super) const NAMESPACE: &str = "http://purl.org/syndication/history/1.0";

/// The path of the document that `feed` becomes in a format: `city.atom`, `city/archive/2026-10.atom`, `city.atom?tag=news`.
pub(super) fn path(feed: &Feed, format: Format) -> String {
    let path = place(feed, feed.history.archive.as_deref(), format);
    match &feed.view {
        Some(view) => format!("{path}?{}", view.query),
        None => path,
    }
}

fn place(feed: &Feed, archive: Option<&str>, format: Format) -> String {
    match archive {
        Some(name) => format!("{}/archive/{name}.{}", feed.id, format.extension()),
        None => format!("{}.{}", feed.id, format.extension()),
    }
}

/// Relations and addresses: `current` from an archive to the feed, `prev-archive` and `next-archive`. None where nobody knows the
/// address of the tree.
pub(super) fn links(feed: &Feed, format: Format) -> Vec<(&'static str, String)> {
    let history = &feed.history;
    let address = |archive: Option<&str>| {
        let url = feed.base_url.as_ref()?.join(&place(feed, archive, format)).ok()?;
        Some(fence::url(&url))
    };
    let current = history.archive.as_ref().and_then(|_| address(None)).map(|url| ("current", url));
    let to = |rel, name: &Option<String>| Some((rel, address(Some(name.as_deref()?))?));
    [current, to("prev-archive", &history.prev), to("next-archive", &history.next)]
        .into_iter()
        .flatten()
        .collect()
}
