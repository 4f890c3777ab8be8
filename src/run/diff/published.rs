//! What stands in the published tree, read back: the ids that each feed shows, to be compared with what would be published.

use std::collections::{HashMap, HashSet};

use super::{FeedDiff, Line, Side, emptied, empty, paths};
use crate::config::Config;
use crate::model::EntryId;
use crate::parse;
use crate::publish::{PublishError, look};
use crate::render::Format;
use crate::run::Fault;
use crate::run::press::DOCUMENTS;
use crate::select::Settings;
use crate::store::{Desk, StoreError};

/// The ids of the feeds in the tree, and the documents of the last round.
pub(super) struct Published {
    /// By the id of the feed; `None` where there is nothing that tells ids.
    ids: HashMap<String, Option<Vec<String>>>,
    documents: Vec<String>,
}

impl Published {
    pub(super) fn read(desk: &Desk, config: &Config) -> Result<Self, Fault> {
        let documents = desk.note(DOCUMENTS)?.unwrap_or_default();
        let documents = documents.lines().map(str::to_owned).collect();
        let mut ids = HashMap::new();
        for feed in &config.feeds {
            ids.insert(feed.id.to_string(), of_feed(config, feed)?);
        }
        Ok(Self { ids, documents })
    }

    /// Documents of the last round that `config` does not write any more.
    pub(super) fn left(&self, config: &Config) -> Vec<String> {
        let is_of_feed =
            |path: &&String| Format::ALL.iter().any(|f| path.ends_with(&format!(".{}", f.extension())));
        let made = |path: &String| config.feeds.iter().any(|feed| paths(feed).contains(path));
        let stem = |path: &String| path.rsplit_once('.').map(|(stem, _)| stem.to_owned()).unwrap_or_default();
        let pages = ["index", "status"];
        let gone = self.documents.iter().filter(is_of_feed).filter(|path| !made(path));
        gone.filter(|path| !path.contains('/') && !pages.contains(&stem(path).as_str()))
            .map(|path| format!("no feed writes `{path}` any more; it is left where it is"))
            .collect()
    }
}

/// In the order of the document; the first that is there and can be read tells it.
fn of_feed(config: &Config, feed: &Settings) -> Result<Option<Vec<String>>, PublishError> {
    for format in [Format::Json, Format::Atom, Format::Rss] {
        let ids = ids(config, &format!("{}.{}", feed.id, format.extension()), format)?;
        if ids.is_some() {
            return Ok(ids);
        }
    }
    Ok(None)
}

/// The ids in a document of the tree, in its order; `None` where it is not there, or cannot be read.
pub(in crate::run) fn ids(
    config: &Config,
    path: &str,
    format: Format,
) -> Result<Option<Vec<String>>, PublishError> {
    let Some(bytes) = look(&config.publish.dir, path)? else { return Ok(None) };
    let reading = parse::read(bytes, Some(format.media_type()), None);
    let is_feed = reading.format != crate::model::Format::Unknown;
    Ok(is_feed.then(|| reading.drafts.into_iter().filter_map(|draft| draft.id).collect()))
}

/// Compares what stands in the tree with what would.
pub(super) fn compare(
    after: &Side<'_>,
    settings: &Settings,
    published: &Published,
) -> Result<FeedDiff, StoreError> {
    let there = published.ids.get(settings.id.as_str()).cloned().flatten();
    let is_known = there.is_some();
    let there = there.unwrap_or_default();
    let mut rows = HashMap::new();
    for id in &there {
        let row = after.desk.under_id(&EntryId::kept(id.clone()))?;
        rows.extend(row.map(|row| (id.as_str(), row)));
    }
    let new = after.choose(settings, &rows.values().copied().collect())?;
    let mut out = empty(&settings.id, there.len(), new.shown.len());
    let missing = |path: &String| !after.config.publish.dir.join(path).is_file();
    out.documents_added = paths(settings).into_iter().filter(missing).collect();
    if !is_known && out.documents_added.is_empty() {
        out.note = Some("only its page is published: which entries that shows is not compared".to_owned());
        return Ok(out);
    }
    let (of_old, of_new): (HashSet<&str>, HashSet<&str>) =
        (there.iter().map(String::as_str).collect(), new.shown.iter().map(|(_, e)| e.id.as_str()).collect());
    for (row, entry) in new.shown.iter().filter(|(_, entry)| !of_old.contains(entry.id.as_str())) {
        out.added.push(Line::new(*row, entry, None));
    }
    for id in there.iter().filter(|id| !of_new.contains(id.as_str())) {
        out.removed.push(
            match rows.get(id.as_str()).map(|row| after.desk.entry(*row)).transpose()?.flatten() {
                Some(found) => Line {
                    id: id.clone(),
                    row: Some(found.row),
                    source: after.cards.get(&found.source).map(|card| card.id.clone()),
                    published: Some(found.published),
                    title: found.item.title.clone(),
                    because: Some(new.fate(&found, &after.cards).because),
                },
                None => Line {
                    id: id.clone(),
                    row: None,
                    source: None,
                    published: None,
                    title: None,
                    because: Some("the state does not know it".to_owned()),
                },
            },
        );
    }
    let stay: Vec<&str> = there.iter().map(String::as_str).filter(|id| of_new.contains(id)).collect();
    let then: Vec<&str> =
        new.shown.iter().map(|(_, e)| e.id.as_str()).filter(|id| of_old.contains(id)).collect();
    out.reordered = stay != then;
    out.note = emptied(settings, out.before, out.after);
    Ok(out)
}
