//! Views: the part of a feed that a filter lets through, out of all that the feed ever had; a feed of its own.

use std::collections::HashMap;

use super::{Card, Content, Keep, Settings, scope, summarize};
use crate::model::{Entry, Feed, View, urn};
use crate::value::filter::{Filter, same_tag, searched};

/// Where the entries of a view are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Rows of the sources whose entries may be in it.
    pub scope: Vec<i64>,
    /// For each tag of the filter that not every source may give: the rows of those that may, whatever their entries say.
    pub tagged: Vec<(String, Vec<i64>)>,
}

/// Where to look for what `filter` wants of a feed.
pub fn wanted_of(filter: &Filter, settings: &Settings, cards: &HashMap<i64, Card>) -> Part {
    let is_wanted = |row: &i64| {
        let id = cards.get(row).map(|card| card.id.as_str());
        filter.sources.is_empty() || filter.sources.iter().any(|source| id == Some(source))
    };
    let scope: Vec<i64> = scope(settings, cards).into_iter().filter(is_wanted).collect();
    let may_be_given = |tag: &&String| {
        !settings.rules.iter().any(|rule| rule.adds_tag().is_some_and(|added| same_tag(added, tag)))
    };
    let gives = |row: &i64, tag: &str| {
        cards.get(row).is_some_and(|card| {
            let by_rule = card.rules.iter().filter_map(|rule| rule.adds_tag());
            card.tags.iter().map(String::as_str).chain(by_rule).any(|given| same_tag(given, tag))
        })
    };
    let givers = |tag: &String| {
        let rows = scope.iter().copied().filter(|row| gives(row, tag)).collect();
        (tag.clone(), rows)
    };
    let tagged = filter.tags.iter().filter(may_be_given).map(givers).collect();
    Part { scope, tagged }
}

impl Settings {
    /// The feed as a view sees it: everything that it ever had; the newest of it, as many as the filter says and `most` at
    /// the most.
    pub fn for_view(&self, filter: &Filter, most: usize) -> Self {
        let entries = filter.limit.unwrap_or(self.keep.entries).min(most);
        // The cap per source is about what is new.
        Self { keep: Keep { entries, hours: None }, per_source: None, ..self.clone() }
    }
}

/// Whether an entry, as the feed shows it, is what the filter wants.
pub(super) fn passes(filter: &Filter, settings: &Settings, entry: &Entry) -> bool {
    let categories = entry.item.categories.iter();
    let categories =
        categories.flat_map(|category| [Some(&category.term), category.label.as_ref()]).flatten();
    let tags: Vec<&String> = categories.chain(&entry.tags).collect();
    let is_tagged = |wanted: &String| tags.iter().any(|tag| same_tag(tag, wanted));
    let is_of = |source: &String| source == entry.source.as_str();
    let plain = (filter.sources.is_empty() || filter.sources.iter().any(is_of))
        && filter.speaks(entry.item.language.as_deref())
        && filter.tags.iter().all(is_tagged);
    if !plain || filter.terms.is_empty() {
        return plain;
    }
    // Only what is shown is found: a text that the feed keeps back must not be told by asking for its words.
    let tokens = match settings.content {
        Content::Full => searched(&entry.item),
        Content::Summary => {
            let mut item = entry.item.clone();
            summarize(&mut item, settings.summary_length);
            searched(&item)
        }
    };
    filter.terms.iter().all(|term| term.is_in(&tokens) != term.without)
}

/// The feed of a view: with an id and a title of its own, and without what holds for the whole only. `name` tells how a source
/// is called.
pub fn of_view(feed: Feed, filter: &Filter, name: impl Fn(&str) -> String) -> Feed {
    let query = filter.query();
    let words = filter.words();
    let mut parts = vec![feed.title.clone()];
    match words.contains('"') {
        _ if words.is_empty() => {}
        true => parts.push(words.clone()),
        false => parts.push(format!("“{words}”")),
    }
    parts.extend(filter.tags.iter().map(|tag| format!("#{tag}")));
    parts.extend(filter.sources.iter().map(|source| name(source)));
    parts.extend(filter.languages.iter().map(ToString::to_string));
    parts.extend(filter.limit.filter(|_| parts.len() == 1).map(|limit| limit.to_string()));
    let home_url = feed.home_url.clone().map(|mut url| {
        // The page of the feed has the same view; where the site is the home it has none.
        if url.path().ends_with(&format!("/{}.html", feed.id)) {
            url.set_query(Some(&query));
        }
        url
    });
    Feed {
        uri: match feed.base_url {
            Some(_) => format!("{}?{query}", feed.uri),
            None => urn(&[b"harkara view", feed.uri.as_bytes(), query.as_bytes()]),
        },
        title: parts.join(" · "),
        home_url,
        // Hubs tell of the whole only.
        hub_urls: Vec::new(),
        view: Some(View { query, words }),
        ..feed
    }
}
