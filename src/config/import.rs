//! Subscriptions of another reader as tables of the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use url::Url;

use super::address;
use crate::model::Outline;

/// Writes `[source.*]` tables for subscriptions, in their order: ready to be put into a configuration. A feed that lies in
/// several folders is written once with all their tags; what cannot be fetched becomes a comment that says why.
pub fn toml(outlines: &[Outline]) -> String {
    let mut out = String::new();
    let mut taken = BTreeSet::new();
    for (outline, tags) in merged(outlines) {
        let name = outline.title.as_deref().unwrap_or(&outline.feed_url);
        let url = match address::read(outline.feed_url.trim(), Path::new("/")) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            Ok(_) => {
                comment(&mut out, name, "it is no address of the web");
                continue;
            }
            Err(flaw) => match web_address(&outline.feed_url) {
                Some(url) => url,
                None => {
                    comment(&mut out, name, &flaw.what);
                    continue;
                }
            },
        };
        let id = unique(slug(outline.title.as_deref(), &url), &mut taken);
        let text = |text: &str| ::toml::Value::String(text.to_owned()).to_string();
        let _ = writeln!(out, "[source.{id}]");
        if let Some(title) = &outline.title {
            let _ = writeln!(out, "title = {}", text(title));
        }
        let _ = writeln!(out, "url = {}", text(url.as_str()));
        if !tags.is_empty() {
            let _ =
                writeln!(out, "tags = [{}]", tags.iter().map(|tag| text(tag)).collect::<Vec<_>>().join(", "));
        }
        out.push('\n');
    }
    out
}

/// Each address once, at its first place, with the tags of all its places.
fn merged(outlines: &[Outline]) -> Vec<(&Outline, Vec<&str>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut merged: Vec<(&Outline, Vec<&str>)> = Vec::new();
    for outline in outlines {
        let index = *places.entry(outline.feed_url.trim()).or_insert(merged.len());
        if index == merged.len() {
            merged.push((outline, Vec::new()));
        }
        let Some((_, tags)) = merged.get_mut(index) else { continue };
        for tag in outline.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    merged
}

/// `feed:https://…` and `feed://…`, which browsers once wrote.
fn web_address(written: &str) -> Option<Url> {
    let rest = written.trim().strip_prefix("feed:")?.trim_start_matches('/');
    let web = if rest.starts_with("http") { rest.to_owned() } else { format!("https://{rest}") };
    Url::parse(&web).ok().filter(|url| url.has_host() && url.username().is_empty())
}

fn comment(out: &mut String, name: &str, why: &str) {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let _ = writeln!(out, "# left out: {name}: {why}\n");
}

/// An id from the title when most of its letters are ASCII, else from the host.
fn slug(title: Option<&str>, url: &Url) -> String {
    let from_title = title.map(ascii_slug).unwrap_or_default();
    let letters =
        title.unwrap_or_default().chars().filter(|c| !c.is_whitespace() && !c.is_ascii_punctuation()).count();
    let kept = from_title.chars().filter(|c| *c != '-').count();
    if kept >= 2 && kept * 2 > letters {
        return from_title;
    }
    let host = url.host_str().unwrap_or_default();
    let from_host = ascii_slug(host.strip_prefix("www.").unwrap_or(host));
    if from_host.is_empty() { "source".to_owned() } else { from_host }
}

/// Lower-case ASCII letters and digits with single hyphens between them, at most 40.
fn ascii_slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        // An apostrophe is inside a word.
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => slug.push(c),
            '\'' | '’' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(40);
    slug.trim_end_matches('-').to_owned()
}

fn unique(slug: String, taken: &mut BTreeSet<String>) -> String {
    let mut id = slug.clone();
    let mut count = 1;
    while !taken.insert(id.clone()) {
        count += 1;
        id = format!("{slug}-{count}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(title: &str, feed_url: &str, tags: &[&str]) -> Outline {
        Outline {
            title: Some(title.to_owned()).filter(|title| !title.is_empty()),
            feed_url: feed_url.to_owned(),
            home_url: None,
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    fn check(outlines: &[Outline], expected: &str) {
        let written = toml(outlines);
        assert_eq!(written.trim_end(), expected.trim());
        // What is written can be read.
        let file = format!("{written}\n[feed.all]");
        let read = crate::config::parse(&file, "harkara.toml", Path::new("/"));
        assert!(read.is_ok() || !written.contains("[source."), "{read:?}");
    }

    #[test]
    fn ids_come_from_titles_else_from_hosts() {
        check(
            &[
                outline("BBC News – World", "https://feeds.bbci.example/world.xml", &[]),
                outline("প্রথম আলো", "https://www.prothom-alo.example/feed", &[]),
                outline("", "https://a.example/1", &[]),
                outline("", "https://a.example/2", &[]),
                outline("খবর 24", "https://k24.example/", &[]),
            ],
            r#"
[source.bbc-news-world]
title = "BBC News – World"
url = "https://feeds.bbci.example/world.xml"

[source.prothom-alo-example]
title = "প্রথম আলো"
url = "https://www.prothom-alo.example/feed"

[source.a-example]
url = "https://a.example/1"

[source.a-example-2]
url = "https://a.example/2"

[source.k24-example]
title = "খবর 24"
url = "https://k24.example/"
"#,
        );
    }

    #[test]
    fn a_feed_in_two_folders_is_written_once() {
        check(
            &[
                outline("A \"b\"", "https://a.example/", &["News", "বাংলা"]),
                outline("A", "https://a.example/", &["Top", "News"]),
            ],
            r#"
[source.a-b]
title = 'A "b"'
url = "https://a.example/"
tags = ["News", "বাংলা", "Top"]
"#,
        );
    }

    #[test]
    fn what_cannot_be_fetched_is_left_out_with_the_reason() {
        check(
            &[
                outline("Old", "feed://old.example/rss", &[]),
                outline("Line\nbreak", "ftp://x.example/", &[]),
                outline("Local", "/etc/passwd", &[]),
                outline("Empty", "", &[]),
            ],
            r#"
[source.old]
title = "Old"
url = "https://old.example/rss"

# left out: Linebreak: nothing can be fetched over `ftp:`

# left out: Local: it is no address of the web

# left out: Empty: the address is empty
"#,
        );
    }
}
