//! From the tables of the file to settings: each is read by itself, then names become what they stand for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::document::{Document, Step};
use super::mistake::{Mistake, Mistakes};
use super::{Config, address, words};
use crate::model::{FeedId, SourceId};
use crate::rules::{self, Rule};
use crate::{dedup, fetch, publish, select, serve, site, source, store};

/// The tables of a file as they stand there. What could not be read is missing.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub site: site::Site,
    pub store: store::Settings,
    pub publish: publish::Settings,
    pub fetch: fetch::Settings,
    pub serve: serve::Settings,
    pub dedup: dedup::Settings,
    pub defaults: source::Defaults,
    pub rules: BTreeMap<String, Vec<Rule>>,
    pub sources: Vec<(SourceId, source::Written)>,
    pub feeds: Vec<(FeedId, select::Written)>,
}

/// The tables that there can be.
const TABLES: [&str; 10] =
    ["site", "store", "publish", "fetch", "serve", "dedup", "defaults", "rules", "source", "feed"];

/// Reads all tables. Each mistake is noted, and what is sound is returned.
pub(super) fn read(document: &Document) -> (Read, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    for (name, place) in document.keys(&[]) {
        if !TABLES.contains(&name.as_str()) {
            mistakes.push(unknown_table(&name, place, document.is_table(&[name.as_str().into()])));
        }
    }
    let read = Read {
        site: table(document, "site", &mut mistakes),
        store: table(document, "store", &mut mistakes),
        publish: table(document, "publish", &mut mistakes),
        fetch: table(document, "fetch", &mut mistakes),
        serve: table(document, "serve", &mut mistakes),
        dedup: table(document, "dedup", &mut mistakes),
        defaults: table(document, "defaults", &mut mistakes),
        rules: rule_sets(document, &mut mistakes),
        sources: named(document, "source", &mut mistakes),
        feeds: named(document, "feed", &mut mistakes),
    };
    (read, mistakes)
}

fn unknown_table(name: &str, place: Range<usize>, is_table: bool) -> Mistake {
    let known: Vec<String> = TABLES.map(str::to_owned).to_vec();
    let what = if is_table { "table" } else { "key" };
    let help = match name {
        "sources" => "write one table for each source: `[source.NAME]`".to_owned(),
        "feeds" => "write one table for each feed: `[feed.NAME]`".to_owned(),
        _ if is_table => words::suggest(name, &known, "the tables are"),
        _ => "keys stand in a table: first a line like `[site]`, then the keys".to_owned(),
    };
    Mistake::error(place, format!("unknown {what} `{name}`")).help(help)
}

fn table<T: serde::de::DeserializeOwned + Default>(
    document: &Document,
    name: &str,
    mistakes: &mut Vec<Mistake>,
) -> T {
    document.take(&[name.into()], mistakes).unwrap_or_default()
}

fn rule_sets(document: &Document, mistakes: &mut Vec<Mistake>) -> BTreeMap<String, Vec<Rule>> {
    if !holds_tables(document, "rules", "a set of rules: `NAME = [{ drop = … }]`", mistakes) {
        return BTreeMap::new();
    }
    let names = document.keys(&["rules".into()]);
    let read = |(name, _): (String, _)| {
        let rules = document.take(&["rules".into(), name.as_str().into()], mistakes);
        (name, rules.unwrap_or_default())
    };
    names.into_iter().map(read).collect()
}

/// Reads the tables `[table.ID]`, in the order of the file.
fn named<I, T>(document: &Document, table: &str, mistakes: &mut Vec<Mistake>) -> Vec<(I, T)>
where
    I: TryFrom<String>,
    I::Error: std::fmt::Display,
    T: serde::de::DeserializeOwned,
{
    if !holds_tables(document, table, &format!("a table for each: `[{table}.NAME]`"), mistakes) {
        return Vec::new();
    }
    let mut read = Vec::new();
    for (name, place) in document.keys(&[table.into()]) {
        let path: [Step; 2] = [table.into(), name.as_str().into()];
        if !document.is_table(&path) {
            mistakes.push(
                Mistake::error(place, format!("`{name}` is no table"))
                    .help(format!("keys stand in a table with a name: `[{table}.NAME]`, then `{name} = …`")),
            );
            continue;
        }
        let id = I::try_from(name.clone());
        if let Err(error) = &id {
            let error = error.to_string();
            let (what, help) = error.split_once(": ").unwrap_or((&error, ""));
            mistakes.push(Mistake::error(place, what).help(help));
        }
        let written = document.take(&path, mistakes);
        if let (Ok(id), Some(written)) = (id, written) {
            read.push((id, written));
        }
    }
    read
}

fn holds_tables(document: &Document, table: &str, wanted: &str, mistakes: &mut Vec<Mistake>) -> bool {
    let path = [table.into()];
    if document.has(&path) && !document.is_table(&path) {
        let place = document.key_place(&path);
        mistakes
            .push(Mistake::error(place, format!("`{table}` is no table")).help(format!("write {wanted}")));
        return false;
    }
    true
}

/// Puts settings together. `None` when something is missing that only a mistake can explain.
pub(super) fn settle(
    document: &Document,
    read: &Read,
    dir: &Path,
    mistakes: &mut Vec<Mistake>,
) -> Option<Config> {
    let Read { defaults, rules, sources, feeds, .. } = read;
    let (mut store, mut publish) = (read.store.clone(), read.publish.clone());
    let mut whole = true;
    let mut settled_sources = Vec::new();
    for (id, written) in sources {
        let path: [Step; 3] = ["source".into(), id.as_str().into(), "url".into()];
        let url = match address::read(&written.url, dir) {
            Ok(url) => url,
            Err(flaw) => {
                mistakes.push(Mistake::of_value(document.place(&path), flaw));
                whole = false;
                continue;
            }
        };
        let mut its_rules = expand(&defaults.rules, rules);
        its_rules.extend(expand(&written.rules, rules));
        let mut source = source::Source::new(id.clone(), url, written.clone(), defaults, its_rules);
        for file in [&mut source.ca_file, &mut source.client_certificate].into_iter().flatten() {
            *file = dir.join(&file);
        }
        settled_sources.push(source);
    }
    super::check::same_addresses(document, &settled_sources, mistakes);
    let settle_feed = |(id, written): &(FeedId, select::Written)| {
        let named =
            |name: &String| settled_sources.iter().map(|source| &source.id).find(|id| id.as_str() == name);
        let of_feed = written.sources.iter().filter_map(|name| named(name).cloned()).collect();
        let its_rules = expand(&written.rules, rules);
        select::Settings::new(
            id.clone(),
            written.clone(),
            of_feed,
            its_rules,
            publish.allow_empty,
            &read.dedup,
        )
    };
    let mut feeds: Vec<select::Settings> = feeds.iter().map(settle_feed).collect();
    store.path = dir.join(&store.path);
    publish.dir = dir.join(&publish.dir);
    super::check::separate_paths(document, &store.path, &publish.dir, mistakes);
    let mut fetch = read.fetch.clone();
    fetch.ca_file = fetch.ca_file.map(|path| dir.join(path));
    let warnings = Mistakes::new("", String::new(), Vec::new());
    let mut site = read.site.clone();
    site.templates = site.templates.map(|folder| dir.join(folder));
    announce_own_hub(&mut site, &mut feeds, &read.serve);
    whole.then_some(Config {
        site,
        store,
        publish,
        fetch,
        serve: read.serve.clone(),
        dedup: read.dedup.clone(),
        sources: settled_sources,
        feeds,
        templates: Vec::new(),
        warnings,
    })
}

/// The hub of the daemon is told in every feed, beside those that are configured.
fn announce_own_hub(site: &mut site::Site, feeds: &mut [select::Settings], serve: &serve::Settings) {
    let Some(hub) = site.base_url.as_ref().filter(|_| serve.hub).and_then(|base| base.join("hub").ok())
    else {
        return;
    };
    let of_feeds = feeds.iter_mut().map(|feed| &mut feed.hubs).filter(|hubs| !hubs.is_empty());
    for hubs in of_feeds.chain([&mut site.hubs]).filter(|hubs| !hubs.contains(&hub)) {
        hubs.push(hub.clone());
    }
}

/// Names become the rules that they stand for; a name that stands for none has been noted by `check`.
fn expand(written: &[rules::Written], sets: &BTreeMap<String, Vec<Rule>>) -> Vec<Rule> {
    let mut out = Vec::new();
    for member in written {
        match member {
            rules::Written::Named(name) => out.extend(sets.get(name).into_iter().flatten().cloned()),
            rules::Written::Inline(rule) => out.push((**rule).clone()),
        }
    }
    out
}
