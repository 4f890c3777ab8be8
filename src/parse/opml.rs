//! Subscription lists (OPML 1.0 and 2.0, and what calls itself so) to outlines; nothing is too broken to be looked at.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

use crate::model::Outline;

/// How deep folders may lie in each other; deeper ones give no tags.
const DEPTH: usize = 32;

/// What a list held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlines {
    /// The title in its head.
    pub title: Option<String>,
    /// Every outline with the address of a feed, in document order, each address once.
    pub outlines: Vec<Outline>,
    /// What was odd, and what was done about it.
    pub remarks: Vec<String>,
}

/// Reads a list. Never fails: what cannot be read is told in `remarks`, and a text that is no OPML gives no outlines.
///
/// Bare `&`, a missing version, an unclosed end, attributes in any case (`xmlurl`) are read. Nested outlines are
/// folders: their names, and the words of `category`, become tags. A feed that is listed twice gets the tags of both.
pub fn read(text: &str) -> Outlines {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut list = Outlines::default();
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;

    let mut folders: Vec<Option<String>> = Vec::new();
    let (mut is_opml, mut in_title, mut title) = (false, false, String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => match local(&tag).as_str() {
                "opml" => is_opml = true,
                "outline" => {
                    let folder = list.take(&tag, &folders);
                    folders.push(folder);
                }
                "title" if folders.is_empty() => in_title = list.title.is_none(),
                _ => {}
            },
            Ok(Event::Empty(tag)) if local(&tag) == "outline" => drop(list.take(&tag, &folders)),
            Ok(Event::End(tag)) => match tag.local_name().as_ref().to_ascii_lowercase().as_slice() {
                b"outline" => drop(folders.pop()),
                b"title" if std::mem::take(&mut in_title) => list.title = tidy(&title),
                _ => {}
            },
            Ok(Event::Text(text)) if in_title => title.push_str(&String::from_utf8_lossy(&text)),
            Ok(Event::CData(text)) if in_title => title.push_str(&String::from_utf8_lossy(&text)),
            Ok(Event::GeneralRef(name)) if in_title => {
                title.push_str(&decode(&format!("&{};", String::from_utf8_lossy(&name))));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let place = reader.error_position();
                list.remarks.push(format!("the list ends early, at byte {place}: {error}"));
                break;
            }
        }
    }
    if !is_opml && list.outlines.is_empty() {
        list.remarks
            .push("this is no OPML: no `opml` and no `outline` with an `xmlUrl` was found".to_owned());
    }
    list
}

impl Outlines {
    /// Notes an outline if it has the address of a feed; else gives the name of the folder that it is.
    fn take(&mut self, tag: &BytesStart, folders: &[Option<String>]) -> Option<String> {
        let attributes = attributes(tag);
        let get = |name: &str| {
            attributes
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .and_then(|(_, value)| tidy(value))
        };
        let title = get("title").or_else(|| get("text"));
        let address =
            get("xmlUrl").or_else(|| get("url").filter(|_| get("type").is_some_and(|kind| feed(&kind))));
        let Some(feed_url) = address else { return title.filter(|_| folders.len() < DEPTH) };
        let category = get("category").unwrap_or_default();
        // Slashes part the levels of a category (OPML 2.0).
        let words = category.split([',', '/']).filter_map(tidy);
        let mut tags: Vec<String> = Vec::new();
        for tag in folders.iter().flatten().cloned().chain(words) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        match self.outlines.iter_mut().find(|known| known.feed_url == feed_url) {
            Some(known) => {
                tags.retain(|tag| !known.tags.contains(tag));
                known.tags.append(&mut tags);
                self.remarks
                    .push(format!("`{feed_url}` is listed more than once: taken once, with the tags of all"));
            }
            None => self.outlines.push(Outline { title, feed_url, home_url: get("htmlUrl"), tags }),
        }
        None
    }
}

fn feed(kind: &str) -> bool {
    ["rss", "rss1", "atom", "feed", "include", "pie"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

fn local(tag: &BytesStart) -> String {
    String::from_utf8_lossy(tag.local_name().as_ref()).to_ascii_lowercase()
}

/// Names and values; a broken one ends the list of this tag only.
fn attributes(tag: &BytesStart) -> Vec<(String, String)> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut pairs = tag.html_attributes();
    let pairs = pairs.with_checks(false).flatten();
    pairs.map(|pair| (lossy(pair.key.local_name().as_ref()), decode(&lossy(&pair.value)))).collect()
}

/// Character references decoded once; what is none (a bare `&`) stays as it is.
fn decode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').map_or(1, |end| end + 1);
        match unescape_with(&rest[..end], resolve_predefined_entity) {
            Ok(decoded) if end > 1 => out.push_str(&decoded),
            _ => {
                out.push('&');
                rest = &rest[1..];
                continue;
            }
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn tidy(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line for each outline: `title|feed|home|tags`.
    fn check(text: &str, expected: &[&str]) -> Outlines {
        let list = read(text);
        let lines: Vec<String> = list
            .outlines
            .iter()
            .map(|Outline { title, feed_url, home_url, tags }| {
                let plain = |text: &Option<String>| text.clone().unwrap_or_default();
                format!("{}|{feed_url}|{}|{}", plain(title), plain(home_url), tags.join(","))
            })
            .collect();
        assert_eq!(lines, expected);
        list
    }

    #[test]
    fn folders_and_categories_are_tags() {
        let list = check(
            "\u{feff}<?xml version='1.0'?><opml version='2.0'><head><title>আমার &amp; তালিকা</title></head><body>\
             <outline text='বাংলা'><outline text='খবর'>\
             <outline type='rss' text='t' title='ক' xmlUrl='https://a.example/rss?x=1&amp;y=2' htmlUrl='https://a.example/' category='খবর,/দেশ/কলকাতা'/>\
             </outline></outline><outline text='b' xmlUrl='https://b.example/'/></body></opml>",
            &[
                "ক|https://a.example/rss?x=1&y=2|https://a.example/|বাংলা,খবর,দেশ,কলকাতা",
                "b|https://b.example/||",
            ],
        );
        assert_eq!(list.title.as_deref(), Some("আমার & তালিকা"));
        assert!(list.remarks.is_empty(), "{:?}", list.remarks);
    }

    #[test]
    fn broken_lists_are_read_as_far_as_they_go() {
        // Bare ampersands, no version, capitals, an end tag too many, no end.
        check(
            "<opml><body></b><OUTLINE TEXT='A & B' XMLURL='https://a.example/?x=1&y=2&copy=3'></OUTLINE></outline>\
             <outline text=\"C\" xmlUrl=\"https://c.example/&#x996;\"/><outline text='D",
            &["A & B|https://a.example/?x=1&y=2&copy=3||", "C|https://c.example/খ||"],
        );
        check("<opml version='1.0'><body/></opml>", &[]);
    }

    #[test]
    fn a_feed_listed_twice_is_one_with_the_tags_of_both() {
        let list = check(
            "<opml><body><outline text='x'><outline text='A' xmlUrl='https://a.example/'/></outline>\
             <outline text='y'><outline text='A2' xmlUrl='https://a.example/'/></outline></body></opml>",
            &["A|https://a.example/||x,y"],
        );
        assert_eq!(list.remarks.len(), 1);
    }

    #[test]
    fn what_is_no_opml_says_so() {
        for text in ["", "<html><body>no</body></html>", "{\"a\": 1}", "<"] {
            let list = check(text, &[]);
            assert!(
                list.remarks.iter().any(|remark| remark.contains("no OPML")),
                "{text}: {:?}",
                list.remarks
            );
        }
    }

    #[test]
    fn deep_folders_do_no_harm() {
        let text = format!(
            "<opml><body>{}<outline text='a' xmlUrl='u'/>",
            (0..9_999).map(|n| format!("<outline text='{n}'>")).collect::<String>()
        );
        assert_eq!(read(&text).outlines[0].tags.len(), DEPTH);
    }
}
