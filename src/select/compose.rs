//! What readers are told about a feed as a whole: the chosen entries in, a `Feed` out.

use std::collections::BTreeMap;

use url::Url;

use super::Settings;
use crate::model::{Entry, Feed, FeedId, History, Person, Timestamp, urn};
use crate::render::Format;
use crate::render::html::STYLE;
use crate::site::Site;

/// Puts the feed together. The same entries give the same feed.
pub fn compose(settings: &Settings, site: &Site, entries: Vec<Entry>) -> Feed {
    let base_url = site.base_url.clone();
    let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let author = settings.author.as_ref().or(site.author.as_ref());
    let configured = settings.language.as_ref().or(site.language.as_ref()).map(ToString::to_string);
    let hubs = if settings.hubs.is_empty() { &site.hubs } else { &settings.hubs };
    Feed {
        id: settings.id.clone(),
        uri: uri(&settings.id, base_url.as_ref()),
        title: settings.title.clone(),
        subtitle: settings.subtitle.clone(),
        home_url: page(settings, base_url.as_ref()).or_else(|| base_url.clone()),
        base_url,
        hub_urls: hubs.clone(),
        language: configured.or_else(|| common_language(&entries)),
        updated,
        authors: author
            .map(|author| Person {
                name: author.name.clone(),
                email: author.email.clone(),
                url: author.url.clone(),
            })
            .into_iter()
            .collect(),
        rights: settings.rights.clone().or_else(|| site.rights.clone()),
        icon_url: settings.icon_url.clone().or_else(|| site.icon_url.clone()),
        ttl_minutes: settings.ttl_minutes,
        style: site.styled_feeds.then(|| STYLE.to_owned()),
        history: History::default(),
        view: None,
        entries,
    }
}

/// The page of the feed, where it is written as one.
fn page(settings: &Settings, base_url: Option<&Url>) -> Option<Url> {
    let paged = settings.formats.contains(&Format::Html);
    base_url.filter(|_| paged)?.join(&format!("{}.{}", settings.id, Format::Html.extension())).ok()
}

/// Permanent as long as the address of the tree and the id of the feed are (RFC 4287 section 4.2.6).
fn uri(id: &FeedId, base_url: Option<&Url>) -> String {
    if let Some(url) = base_url.and_then(|base| base.join(id.as_str()).ok()) {
        return url.into();
    }
    urn(&[b"harkara feed", id.as_str().as_bytes()])
}

/// The language of more than half of the entries.
fn common_language(entries: &[Entry]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for language in entries.iter().filter_map(|entry| entry.item.language.as_deref()) {
        *counts.entry(language).or_default() += 1;
    }
    let (language, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 2 > entries.len()).then(|| language.to_owned())
}
