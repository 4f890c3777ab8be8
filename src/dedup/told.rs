//! The marks of an item in words: what each was made from.

use url::Url;

use super::key::{Alias, AliasKind, link_key};
use super::keyed;
use crate::model::{Html, Item, Timestamp};

/// A mark of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it is made from.
    pub kind: AliasKind,
    /// How the ledger knows it.
    pub alias: Alias,
    /// What that is in this item.
    pub value: String,
}

/// The marks of an item, strongest first. `home` is the channel's home page, `published` the settled date of its entry.
pub fn marks(item: &Item, home: Option<&Url>, published: Timestamp) -> Vec<Mark> {
    let text = item.content.as_ref().or(item.summary.as_ref()).map(Html::text).unwrap_or_default();
    let title = item.title.as_deref().unwrap_or_default();
    let length = text.chars().count();
    let link = item.url.as_ref().map(link_key).unwrap_or_default();
    let place = link.split_once('/').map_or("", |(_, place)| place);
    let mut keyed = keyed(item.clone(), home);
    // As the ledger has it once the entry is known.
    keyed.at(published);
    let told = |(kind, alias): &(AliasKind, Alias)| {
        let value = match kind {
            AliasKind::Guid => item.id.clone().unwrap_or_default(),
            AliasKind::Link => link.clone(),
            AliasKind::Place => format!("/{place} with the title `{title}`"),
            AliasKind::Moment => {
                format!("{} with the title `{title}`", published.format("%Y-%m-%d %H:%M:%S UTC"))
            }
            AliasKind::Print => format!("title with text, {length} characters"),
            AliasKind::Short => format!("title with a short text, {length} characters, and its day"),
        };
        Mark { kind: *kind, alias: *alias, value }
    };
    keyed.aliases.iter().map(told).collect()
}
