//! What only the whole file can tell: what refers to what, what excludes what, what can never work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::document::{Document, Step};
use super::mistake::Mistake;
use super::resolve::Read;
use super::words;
use crate::dedup;
use crate::rules::{self, Rule};
use crate::serve;
use crate::source::Source;
use crate::value::Secret;
use crate::value::fold::fold;

/// Checks the tables against each other.
pub(super) fn check(document: &Document, read: &Read, mistakes: &mut Vec<Mistake>) {
    presence(document, mistakes);
    schedule(document, &["defaults".into()], mistakes);
    rule_names(document, read, &["defaults".into()], &read.defaults.rules, mistakes);
    for (id, written) in &read.sources {
        let table: [Step; 2] = ["source".into(), id.as_str().into()];
        schedule(document, &table, mistakes);
        rule_names(document, read, &table, &written.rules, mistakes);
        headers(document, &table, &written.headers, mistakes);
        one_way_in(document, &table, &written.headers, mistakes);
        one_line(document, &down(&table, &["user_agent".into()]), written.user_agent.as_deref(), mistakes);
    }
    one_line(document, &["fetch".into(), "contact".into()], read.fetch.contact.as_deref(), mistakes);
    one_line(document, &["fetch".into(), "user_agent".into()], read.fetch.user_agent.as_deref(), mistakes);
    feeds(document, read, mistakes);
    access(document, read, mistakes);
    if read.dedup.window > dedup::LONGEST_WINDOW {
        mistakes.push(
            Mistake::error(
                document.place(&["dedup".into(), "window".into()]),
                "articles so far apart are not compared",
            )
            .help("write `30 days` at the most: what is compared is read anew each time something comes"),
        );
    }
    for (key, wanted) in [("hub", read.serve.hub), ("websub", read.serve.websub)] {
        if wanted && read.site.base_url.is_none() {
            mistakes.push(
                Mistake::error(
                    document.place(&["serve".into(), key.into()]),
                    "nobody could find the way back to us",
                )
                .help("write `base_url` in `[site]`, where the tree is served"),
            );
        }
    }
}

/// Whom `[serve.access]` keeps out, and from what.
fn access(document: &Document, read: &Read, mistakes: &mut Vec<Mistake>) {
    let feeds: Vec<String> = document.keys(&["feed".into()]).into_iter().map(|(id, _)| id).collect();
    for (id, access) in &read.serve.access {
        let table: [Step; 3] = ["serve".into(), "access".into(), id.as_str().into()];
        if !feeds.contains(id) {
            let help = words::suggest(id, &feeds, "the feeds are");
            mistakes.push(
                Mistake::error(document.key_place(&table), format!("no feed is called `{id}`")).help(help),
            );
        }
        let serve::AccessSettings { token, user, password } = access;
        if token.is_none() && (user.is_none() || password.is_none()) {
            mistakes.push(
                Mistake::error(document.place(&table), "nobody could ever have this feed")
                    .help("write a `token`, or `user` and `password`"),
            );
        }
    }
}

/// A path and some steps more.
fn down<'s>(path: &[Step<'s>], more: &[Step<'s>]) -> Vec<Step<'s>> {
    path.iter().chain(more).copied().collect()
}

fn presence(document: &Document, mistakes: &mut Vec<Mistake>) {
    let missing = |table: &'static str, plural: &'static str| {
        let found = document.has(&[table.into()]) && !document.is_table(&[table.into()]);
        document.keys(&[table.into()]).is_empty() && !found && !document.has(&[plural.into()])
    };
    if missing("source", "sources") {
        mistakes.push(
            Mistake::of_file("there is no source")
                .help("add one: `[source.khobor]` and `url = \"https://…\"`"),
        );
    }
    if missing("feed", "feeds") {
        mistakes.push(
            Mistake::of_file("there is no feed to publish").help("add one: `[feed.all]` and `title = \"…\"`"),
        );
    }
}

fn schedule(document: &Document, table: &[Step], mistakes: &mut Vec<Mistake>) {
    let (every, cron) = (down(table, &["every".into()]), down(table, &["cron".into()]));
    if document.has(&every) && document.has(&cron) {
        let mistake = Mistake::error(document.key_place(&cron), "`every` and `cron` exclude each other")
            .also(document.key_place(&every), "and here")
            .help("keep the one that is meant");
        mistakes.push(mistake);
    }
}

fn rule_names(
    document: &Document,
    read: &Read,
    table: &[Step],
    written: &[rules::Written],
    mistakes: &mut Vec<Mistake>,
) {
    let known: Vec<String> = read.rules.keys().cloned().collect();
    for name in written.iter().filter_map(name_of).filter(|name| !known.contains(name)) {
        let help = match known.is_empty() {
            true => format!("there is no set of rules yet; write `[rules]` and `{name} = [{{ drop = … }}]`"),
            false => words::suggest(name, &known, "the sets are"),
        };
        let place = member(document, &down(table, &["rules".into()]), name);
        mistakes.push(Mistake::error(place, format!("no set of rules is called `{name}`")).help(help));
    }
}

fn name_of(written: &rules::Written) -> Option<&String> {
    match written {
        rules::Written::Named(name) => Some(name),
        rules::Written::Inline(_) => None,
    }
}

/// Where a text stands in a list. Looked for by what it says: members with mistakes have been taken out of the list
/// that was read, so positions may differ.
fn member(document: &Document, list: &[Step], text: &str) -> std::ops::Range<usize> {
    let mut index = 0;
    loop {
        let path = down(list, &[index.into()]);
        if !document.has(&path) {
            return document.place(list);
        }
        if document.text(&path).is_some_and(|found| fold(found.trim()) == fold(text)) {
            return document.place(&path);
        }
        index += 1;
    }
}

fn headers(
    document: &Document,
    table: &[Step],
    headers: &BTreeMap<String, Secret>,
    mistakes: &mut Vec<Mistake>,
) {
    for (name, secret) in headers {
        let path = down(table, &["headers".into(), name.as_str().into()]);
        // RFC 9110 section 5.6.2.
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            mistakes.push(
                Mistake::error(document.key_place(&path), format!("`{name}` is no name of a header"))
                    .help("header names are made of ASCII letters, digits and `-`"),
            );
        }
        if secret.reveal().is_some_and(|value| value.contains(|c: char| c.is_control() && c != '\t')) {
            mistakes.push(
                Mistake::error(document.place(&path), format!("the value of `{name}` holds a line break"))
                    .help("a header is one line"),
            );
        }
    }
}

/// A source has one way to say who we are.
fn one_way_in(
    document: &Document,
    table: &[Step],
    headers: &BTreeMap<String, Secret>,
    mistakes: &mut Vec<Mistake>,
) {
    let mut ways: Vec<Vec<Step>> =
        ["basic", "bearer"].map(|key| down(table, &[key.into()])).into_iter().collect();
    ways.retain(|path| document.has(path));
    let header = headers.keys().find(|name| name.eq_ignore_ascii_case("authorization"));
    if let Some(name) = header {
        ways.push(down(table, &["headers".into(), name.as_str().into()]));
    }
    if let [first, second, ..] = &ways[..] {
        let what = "`basic`, `bearer` and a header `Authorization` exclude each other";
        let mistake = Mistake::error(document.key_place(second), what)
            .also(document.key_place(first), "and here")
            .help("keep the one that is meant");
        mistakes.push(mistake);
    }
}

fn one_line(document: &Document, path: &[Step], value: Option<&str>, mistakes: &mut Vec<Mistake>) {
    if value.is_some_and(|value| !value.bytes().all(|b| (0x20..0x7f).contains(&b))) {
        mistakes.push(
            Mistake::error(document.place(path), "this is sent in a header and must be one line of ASCII")
                .help("write other letters out: `Khobor Kagoj` for `খবর কাগজ`"),
        );
    }
}

fn feeds(document: &Document, read: &Read, mistakes: &mut Vec<Mistake>) {
    let sources: Vec<String> = read.sources.iter().map(|(id, _)| id.to_string()).collect();
    let written = document.keys(&["source".into()]);
    let tags: Vec<String> = known_tags(read).into_iter().collect();
    for (id, feed) in &read.feeds {
        let table: [Step; 2] = ["feed".into(), id.as_str().into()];
        let at = |key: &'static str| down(&table, &[key.into()]);
        if matches!(id.as_str(), "index" | "sources" | "status" | "story") {
            mistakes.push(
                Mistake::error(document.key_place(&table), format!("`{id}` is taken in the published tree"))
                    .help("give the feed another name, its title may be anything"),
            );
        }
        // A source that could not be read is known all the same.
        for name in feed.sources.iter().filter(|name| !written.iter().any(|(known, _)| known == *name)) {
            let place = member(document, &at("sources"), name);
            let help = words::suggest(name, &sources, "the sources are");
            mistakes.push(Mistake::error(place, format!("no source is called `{name}`")).help(help));
        }
        // With a source missing nobody knows which tags there are.
        if sources.len() == written.len() {
            for tag in feed.tags.iter().filter(|tag| !tags.contains(tag)) {
                let place = member(document, &at("tags"), tag);
                let help = match tags.is_empty() {
                    true => "add it to the `tags` of a source".to_owned(),
                    false => words::suggest(tag, &tags, "there are"),
                };
                mistakes.push(
                    Mistake::error(place, format!("no source and no rule gives the tag `{tag}`")).help(help),
                );
            }
        }
        rule_names(document, read, &table, &feed.rules, mistakes);
        let mut never = |path: Vec<Step>, what: &str, help: &str| {
            mistakes.push(Mistake::error(document.place(&path), what).help(help));
        };
        if feed.keep.entries == 0 {
            never(down(&at("keep"), &["entries".into()]), "the feed would be empty", "keep at least 1 entry");
        }
        if feed.formats.is_empty() && document.keys(&table).iter().any(|(key, _)| key == "formats") {
            never(at("formats"), "the feed would be written in no format", "leave the key out for all three");
        }
        if feed.archive.is_some() && read.site.base_url.is_none() {
            never(
                at("archive"),
                "nobody could find from one archive to the next",
                "write `base_url` in `[site]`, where the tree is served",
            );
        }
        if feed.per_source == Some(0) {
            never(at("per_source"), "no source could give an entry", "write at least 1, or leave it out");
        }
        if feed.summary_length == 0 {
            never(at("summary_length"), "an excerpt of nothing", "write at least 1, or leave it out");
        }
    }
}

/// Every tag that an entry can have.
fn known_tags(read: &Read) -> BTreeSet<String> {
    let of_sources = read.sources.iter().flat_map(|(_, source)| &source.tags).chain(&read.defaults.tags);
    let inline = |written: &rules::Written| match written {
        rules::Written::Inline(rule) => rule.adds_tag().map(str::to_owned),
        rules::Written::Named(_) => None,
    };
    let lists = read.sources.iter().map(|(_, source)| &source.rules).chain([&read.defaults.rules]);
    let of_lists = lists.flatten().filter_map(inline);
    let of_sets = read.rules.values().flatten().filter_map(Rule::adds_tag).map(str::to_owned);
    of_sources.cloned().chain(of_lists).chain(of_sets).collect()
}

/// What looks wrong but may be meant.
pub(super) fn hints(document: &Document, read: &Read, mistakes: &mut Vec<Mistake>) {
    let lists = read.sources.iter().map(|(_, source)| &source.rules);
    let lists = lists.chain(read.feeds.iter().map(|(_, feed)| &feed.rules)).chain([&read.defaults.rules]);
    let used: BTreeSet<&String> = lists.flatten().filter_map(name_of).collect();
    for name in read.rules.keys().filter(|name| !used.contains(name)) {
        let place = document.key_place(&["rules".into(), name.as_str().into()]);
        mistakes.push(
            Mistake::warning(place, format!("the rules `{name}` are used nowhere"))
                .help(format!("write `rules = [\"{name}\"]` in a source, a feed or `[defaults]`")),
        );
    }
    let tags = known_tags(read);
    for (id, feed) in &read.feeds {
        for tag in feed.not_tags.iter().filter(|tag| !tags.contains(*tag)) {
            let list: [Step; 3] = ["feed".into(), id.as_str().into(), "not_tags".into()];
            let what = format!("no source and no rule gives the tag `{tag}`, so nothing is left out for it");
            mistakes.push(Mistake::warning(member(document, &list, tag), what));
        }
    }
    let asks_the_web = read.sources.iter().any(|(_, source)| source.url.starts_with("http"));
    if asks_the_web && read.fetch.contact.is_none() && read.fetch.user_agent.is_none() {
        mistakes.push(
            Mistake {
                weight: super::Weight::Warning,
                ..Mistake::of_file("servers that are asked cannot tell whom to write to")
            }
            .help("write `[fetch]` and `contact = \"mailto:you@example.org\"`"),
        );
    }
}

/// Two sources with one address: both would be asked, and each entry would be there twice.
pub(super) fn same_addresses(document: &Document, sources: &[Source], mistakes: &mut Vec<Mistake>) {
    let mut firsts: BTreeMap<&str, &Source> = BTreeMap::new();
    for source in sources {
        let first = *firsts.entry(source.url.as_str()).or_insert(source);
        if first.id == source.id {
            continue;
        }
        let place =
            |source: &Source| document.place(&["source".into(), source.id.as_str().into(), "url".into()]);
        mistakes.push(
            Mistake::warning(place(source), format!("`{}` and `{}` have one address", first.id, source.id))
                .also(place(first), "the same here")
                .help("it will be asked twice; take one away, a source can have many tags"),
        );
    }
}

/// What is published is for everybody, what is remembered is not.
pub(super) fn separate_paths(document: &Document, store: &Path, publish: &Path, mistakes: &mut Vec<Mistake>) {
    if store.starts_with(publish) {
        let written = document.has(&["store".into(), "path".into()]);
        let key: [Step; 2] =
            if written { ["store".into(), "path".into()] } else { ["publish".into(), "dir".into()] };
        mistakes.push(
            Mistake::error(document.place(&key), "the database would lie in the directory that is published")
                .help("give it a directory of its own, for instance `path = \"state/harkara.db\"`"),
        );
    }
}
