//! How the sources of two configurations differ, and what that means for what is stored of them.

use super::{Change, SourceDiff};
use crate::config::Config;
use crate::model::SourceId;
use crate::source::Source;
use crate::store::{Desk, StoreError};

/// What concerns the whole.
pub(super) fn notes(old: &Config, new: &Config) -> Vec<String> {
    let mut out = Vec::new();
    if old.store.path != new.store.path {
        out.push(format!(
            "its state is `{}`: a run begins with what is there, and not with `{}`, on which this is compared",
            new.store.path.display(),
            old.store.path.display()
        ));
    }
    if old.publish.dir != new.publish.dir {
        let (was, is) = (old.publish.dir.display(), new.publish.dir.display());
        out.push(format!("it publishes into `{is}` and leaves `{was}` as it is"));
    }
    if old.site.base_url != new.site.base_url {
        out.push(
            "`base_url` differs: feeds have other ids and documents other addresses for their readers"
                .to_owned(),
        );
    }
    if old.dedup != new.dedup {
        out.push(
            "`[dedup]` differs: what comes from now on is compared by it, ties that are made stay".to_owned(),
        );
    }
    out
}

/// The sources that differ, those of the new configuration first.
pub(super) fn sources(desk: &Desk, old: &Config, new: &Config) -> Result<Vec<SourceDiff>, StoreError> {
    let entries = |id: &SourceId| desk.source(id).map(|state| state.map(|state| state.entries));
    let mut out = Vec::new();
    for source in &new.sources {
        let stored = entries(&source.id)?;
        let (change, said) = match old.sources.iter().find(|was| was.id == source.id) {
            None => {
                let double = old
                    .sources
                    .iter()
                    .find(|was| was.url == source.url && !new.sources.iter().any(|other| other.id == was.id));
                (Change::New, newcomer(stored, double))
            }
            Some(was) => {
                let how = settings(was, source);
                if how.is_empty() {
                    continue;
                }
                (Change::Changed, how.join("; "))
            }
        };
        let entries = stored.unwrap_or_default();
        out.push(SourceDiff { source: source.id.clone(), change, entries, said });
    }
    for was in old.sources.iter().filter(|was| !new.sources.iter().any(|source| source.id == was.id)) {
        let entries = entries(&was.id)?.unwrap_or_default();
        let said = stays(entries);
        out.push(SourceDiff { source: was.id.clone(), change: Change::Gone, entries, said });
    }
    Ok(out)
}

fn newcomer(stored: Option<u64>, double: Option<&Source>) -> String {
    match (stored, double) {
        (Some(entries), _) => {
            format!("it was known before, and {entries} of its entries are stored: feeds may show them again")
        }
        (None, Some(was)) => format!(
            "it has the address of `{}`, which goes: its entries are read as new ones (keep the id, and `title` calls it otherwise)",
            was.id
        ),
        (None, None) => "nothing is known of it until it is read".to_owned(),
    }
}

fn stays(entries: u64) -> String {
    match entries {
        0 => "nothing is stored of it".to_owned(),
        1 => "1 entry is stored; it stays in the store and leaves the feeds".to_owned(),
        _ => format!("{entries} entries are stored; they stay in the store and leave the feeds"),
    }
}

/// What of a source differs.
fn settings(was: &Source, is: &Source) -> Vec<String> {
    let mut out = Vec::new();
    if was.url != is.url {
        out.push("another address: it is read as a new source, what is stored stays in the feeds".to_owned());
    }
    if was.enabled != is.enabled {
        let said =
            if is.enabled { "it is asked again" } else { "it is not asked any more, its entries stay" };
        out.push(said.to_owned());
    }
    let keys = [
        ("title", was.title != is.title),
        ("tags", was.tags != is.tags),
        ("rules", was.rules != is.rules),
        ("priority", was.priority != is.priority),
        ("dedup", was.dedup != is.dedup),
        ("when it is asked", was.schedule != is.schedule),
        (
            "how it is read",
            (&was.timezone, &was.country, &was.language) != (&is.timezone, &is.country, &is.language),
        ),
    ];
    let keys: Vec<&str> = keys.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect();
    if !keys.is_empty() {
        out.push(keys.join(", "));
    }
    if out.is_empty() && was != is {
        out.push("how it is asked".to_owned());
    }
    out
}
