//! Which entry is meant: a public id, a row, an address in any of its forms, the page of a story; and what is like it.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde::Serialize;
use url::Url;

use crate::config::Config;
use crate::dedup::key::link_key;
use crate::dedup::{AliasKind, keyed, without_parameters};
use crate::model::{EntryId, Item, SourceId, Timestamp};
use crate::render::html;
use crate::store::{Desk, StoreError};
use crate::value::fold::fold_case;

/// An entry that may be meant, or is meant too.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    /// Its row.
    pub row: i64,
    /// Its source.
    pub source: Option<SourceId>,
    /// When it was published.
    pub published: Timestamp,
    /// Its title.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

impl Nearest {
    pub(super) fn of(desk: &Desk, row: i64) -> Result<Option<Self>, StoreError> {
        let Some(found) = desk.entry(row)? else { return Ok(None) };
        Ok(Some(Self {
            row,
            source: desk.source_of(found.source)?,
            published: found.published,
            title: found.item.title,
            url: found.item.url.map(String::from),
        }))
    }
}

/// The rows that are meant, first come first, and what was looked for.
pub(super) struct Meant {
    pub(super) rows: Vec<i64>,
    pub(super) looked_for: String,
}

/// Looks for what is asked for.
pub(super) fn find(desk: &Desk, config: &Config, asked: &str) -> Result<Meant, StoreError> {
    let asked = asked.trim();
    let id = EntryId::kept(asked.to_owned());
    if let Some(row) = desk.under_id(&id)? {
        return Ok(Meant { rows: vec![row], looked_for: String::new() });
    }
    let mut looked_for = vec![format!("the id `{asked}`")];
    let numbered = asked.strip_prefix('#').unwrap_or(asked);
    if let Ok(row) = numbered.parse::<i64>() {
        if desk.entry(row)?.is_some() {
            return Ok(Meant { rows: vec![row], looked_for: String::new() });
        }
        looked_for.push(format!("the row {row}"));
    }
    if let Some(path) = story(asked) {
        let mut rows = Vec::new();
        desk.each_id(|row, id| {
            if html::story_path(&id) == path {
                rows.push(row);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        if !rows.is_empty() {
            return Ok(Meant { rows, looked_for: String::new() });
        }
        looked_for.push(format!("the page `{path}`"));
    }
    if let Some(url) = address(asked) {
        let link = |url: Url| keyed(Item { url: Some(url), ..Item::default() }, None).alias(AliasKind::Link);
        let mut rows = Vec::new();
        // As it stands first; then without what the owner knows to tell no article.
        let mut forms = vec![url.clone()];
        for source in config.sources.iter().filter(|source| !source.tracking.is_empty()) {
            let item = Item { url: Some(url.clone()), ..Item::default() };
            forms.extend(without_parameters(item, &source.tracking).url);
        }
        forms.dedup();
        for alias in forms.into_iter().filter_map(link) {
            for row in desk.told_by(alias)? {
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
        looked_for.push(format!("the link `{}`", link_key(&url)));
        if !rows.is_empty() {
            return Ok(Meant { rows, looked_for: String::new() });
        }
    }
    // An id of a source that is no public id.
    if let Some(guid) =
        keyed(Item { id: Some(asked.to_owned()), ..Item::default() }, None).alias(AliasKind::Guid)
    {
        let rows = desk.told_by(guid)?;
        if !rows.is_empty() {
            return Ok(Meant { rows, looked_for: String::new() });
        }
    }
    Ok(Meant { rows: Vec::new(), looked_for: looked_for.join(" and ") })
}

/// The path of a story's page, where that is asked for.
fn story(asked: &str) -> Option<String> {
    let (_, name) =
        asked.rsplit_once("story/").filter(|(before, _)| before.is_empty() || before.ends_with('/'))?;
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let letters = name.strip_suffix(".html")?;
    let is_ours = letters.len() == 20 && letters.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then(|| format!("story/{name}"))
}

/// An address, with or without its scheme.
fn address(asked: &str) -> Option<Url> {
    let web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let whole = Url::parse(asked).ok().filter(web);
    let bare = || {
        let (host, _) = asked.split_once('/')?;
        let is_host = host.contains('.') && !host.contains(char::is_whitespace);
        Url::parse(&format!("https://{asked}")).ok().filter(|_| is_host)
    };
    whole.or_else(bare)
}

/// So many entries are looked through,
const LOOKED: usize = 50_000;
/// so long at the most,
const TIME: Duration = Duration::from_secs(2);
/// and so many are offered.
const OFFERED: usize = 5;

/// Entries that are like what is asked for, the newest first: the same page on another host, the same last step of the path, or a
/// title with these words.
pub(super) fn nearest(desk: &Desk, asked: &str) -> Result<Vec<Nearest>, StoreError> {
    let key = address(asked).map(|url| link_key(&url));
    let place =
        |key: &str| key.split_once('/').map(|(_, place)| place.to_owned()).filter(|place| !place.is_empty());
    let last = |place: &str| {
        let path = place.split('?').next().unwrap_or_default();
        path.rsplit('/').next().filter(|step| step.len() >= 4).map(str::to_owned)
    };
    let wanted_place = key.as_deref().and_then(place);
    let wanted_last = wanted_place.as_deref().and_then(last);
    let words: Vec<String> = match &key {
        Some(_) => Vec::new(),
        None => fold_case(asked).split_whitespace().map(str::to_owned).collect(),
    };
    let begun = Instant::now();
    let (mut same, mut alike) = (Vec::new(), Vec::new());
    desk.each_title(LOOKED, |row, title, url| {
        let key = url.as_deref().and_then(|url| Url::parse(url).ok()).map(|url| link_key(&url));
        let there = key.as_deref().and_then(place);
        if wanted_place.is_some() && there == wanted_place {
            same.push(row);
        } else if wanted_last.is_some() && there.as_deref().and_then(last) == wanted_last {
            alike.push(row);
        } else if !words.is_empty() {
            let title = title.as_deref().map(fold_case).unwrap_or_default();
            if words.iter().all(|word| title.contains(word.as_str())) {
                alike.push(row);
            }
        }
        match same.len() >= OFFERED || begun.elapsed() > TIME {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    let rows = same.into_iter().chain(alike).take(OFFERED);
    let found = rows.map(|row| Nearest::of(desk, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_stories_and_addresses_are_told_from_other_words() {
        let page = "story/0123456789abcdef0123.html";
        for asked in [page.to_owned(), format!("https://f.example/sub/{page}?x#y"), format!("public/{page}")]
        {
            assert_eq!(story(&asked).as_deref(), Some(page), "{asked}");
        }
        for asked in ["story/x.html", "https://f.example/history/0123456789abcdef0123.html", "story"] {
            assert_eq!(story(asked), None, "{asked}");
        }
        assert_eq!(address("a.example/1").map(String::from).as_deref(), Some("https://a.example/1"));
        assert_eq!(address("a title / with a slash."), None);
        assert_eq!(address("urn:x:1"), None);
    }
}
