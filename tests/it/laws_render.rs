//! Laws of rendering: whatever text stands in whatever field, the documents are well-formed, valid, and hold it.

use harkara::model::{Attachment, Category, Entry, Feed, Item, Origin, Person, Provenance, Timestamp};
use harkara::publish::gate::{self, Emptiness};
use harkara::render::{Format, render, writable};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use quick_xml::events::Event;
use url::Url;

use crate::{sample, validator};

/// Text with everything in it: control characters, noncharacters, markup, what ends a CDATA section.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        1 => "[a-z ]{0,8}",
        1 => prop::sample::select(vec![
            "]]>", "<![CDATA[", "&amp;", "&#11;", "&", "<b>", "</b>", "<entry>", "</entry>", "<item>", "\"", "'", "\r\n",
            "\u{b}", "\u{0}", "\u{fffe}", "\u{85}", "ক্ষ", "র\u{200d}্য", "👩\u{200d}👩", "خبر", "\u{202e}", "%", "#", "://", "\\",
        ]).prop_map(str::to_owned),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn url() -> impl Strategy<Value = Url> {
    let heads =
        vec!["https://a.example/", "http://[::1]:8080/", "https://খবর.example/?", "magnet:?", "urn:x:y"];
    (prop::sample::select(heads), text()).prop_map(|(head, tail)| {
        Url::parse(&format!("{head}{tail}")).unwrap_or_else(|_| sample::url("https://a.example/"))
    })
}

fn date() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        3 => (0i64..4_000_000_000).prop_map(|secs| Timestamp::from_timestamp(secs, 0).unwrap_or_default()),
        1 => any::<i64>().prop_map(Timestamp::from_timestamp_nanos),
        1 => prop::sample::select(vec![Timestamp::MIN_UTC, Timestamp::MAX_UTC]),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    (option::of(text()), option::of(prop_oneof![text(), Just("a.b@c.example".to_owned())]), option::of(url()))
        .prop_map(|(name, email, url)| Person { name, email, url })
}

fn category() -> impl Strategy<Value = Category> {
    (text(), option::of(text()), option::of(text())).prop_map(|(term, scheme, label)| Category {
        term,
        scheme,
        label,
    })
}

fn attachment() -> impl Strategy<Value = Attachment> {
    let kind = prop_oneof![text(), Just("audio/mpeg".to_owned())];
    (url(), option::of(kind), option::of(any::<u64>()), option::of(any::<f64>()), option::of(text()))
        .prop_map(|(url, media_type, size_bytes, duration_seconds, title)| Attachment {
            url,
            media_type,
            size_bytes,
            duration_seconds,
            title,
        })
}

fn origin() -> impl Strategy<Value = Origin> {
    (option::of(text()), option::of(url()), option::of(url())).prop_map(|(title, url, feed_url)| Origin {
        title,
        url,
        feed_url,
    })
}

prop_compose! {
    fn item()(
        (url, alternate_urls) in (option::of(url()), vec(url(), 0..2)),
        (title, summary, content) in (option::of(text()), option::of(text()), option::of(text())),
        language in option::of(prop_oneof![text(), Just("bn-IN".to_owned())]),
        (authors, contributors) in (vec(person(), 0..3), vec(person(), 0..2)),
        categories in vec(category(), 0..3),
        attachments in vec(attachment(), 0..3),
        (image_url, comments_url, origin) in (option::of(url()), option::of(url()), option::of(origin())),
        (rights, in_reply_to) in (option::of(text()), option::of(text())),
    ) -> Item {
        Item {
            id: None,
            url,
            alternate_urls,
            title,
            summary: summary.map(|markup| sample::html(&markup)),
            content: content.map(|markup| sample::html(&markup)),
            language,
            published: None,
            updated: None,
            authors,
            contributors,
            categories,
            attachments,
            image_url,
            comments_url,
            origin,
            rights,
            in_reply_to,
        }
    }
}

prop_compose! {
    fn entry()(
        id in text(),
        (published, updated) in (date(), date()),
        revision in any::<u32>(),
        tags in vec(text(), 0..2),
        item in item(),
        (title, home_url, feed_url) in (text(), option::of(url()), option::of(url())),
        rights in option::of(text()),
        related in vec((text(), url()), 0..2),
    ) -> Entry {
        Entry {
            id: sample::id(&id),
            published,
            updated,
            revision,
            tags,
            provenance: Provenance {
                id: "https://a.example/feed".to_owned(), title, home_url, feed_url, updated: None, rights,
            },
            related,
            ..sample::entry(0, item)
        }
    }
}

prop_compose! {
    fn feed()(
        (title, subtitle, rights) in (text(), option::of(text()), option::of(text())),
        (home_url, icon_url, hub_urls) in (option::of(url()), option::of(url()), vec(url(), 0..2)),
        language in option::of(text()),
        updated in date(),
        authors in vec(person(), 0..3),
        ttl_minutes in option::of(any::<u32>()),
        mut entries in vec(entry(), 0..4),
    ) -> Feed {
        // Ids are unique and URIs: dedup promises it.
        for (number, entry) in entries.iter_mut().enumerate() {
            entry.id = sample::id(&format!("tag:news.example,2022:{number}/{}", entry.id));
        }
        Feed {
            title, subtitle, rights, home_url, icon_url, hub_urls, language, updated, authors, ttl_minutes,
            ..sample::bare(entries)
        }
    }
}

/// What must be left of a text in a document.
fn kept(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n").chars().filter(|c| writable(*c)).collect()
}

/// The same of a line, where white space does not count.
fn letters(text: &str) -> String {
    text.chars().filter(|c| writable(*c) && !c.is_whitespace()).collect()
}

/// Whether anything of a text can be seen; a title of which nothing can is no title.
fn seen(text: &str) -> bool {
    text.chars().any(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
}

/// A second strict reader: names, attributes and references are all looked at.
fn assert_read(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    loop {
        match reader.read_event().expect("quick-xml reads it") {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("an attribute");
                    quick_xml::escape::unescape(std::str::from_utf8(&attribute.value).expect("UTF-8"))
                        .expect("a value");
                }
            }
            Event::GeneralRef(name) => {
                let known = matches!(&name[..], b"lt" | b"gt" | b"amp" | b"quot" | b"apos");
                assert!(known || name.is_char_ref(), "{name:?}");
            }
            Event::Eof => break,
            _ => {}
        }
    }
}

fn all_text(node: roxmltree::Node) -> String {
    node.children().filter_map(|n| n.text()).collect()
}

/// The texts of the elements of this local name, in order; only those of entries and items.
fn texts(xml: &roxmltree::Document, entry: &str, name: &str) -> Vec<Option<String>> {
    let entries = xml.descendants().filter(|n| n.tag_name().name() == entry);
    entries.map(|e| e.children().find(|n| n.tag_name().name() == name).map(all_text)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_documents_that_strict_readers_take(feed in feed()) {
        for format in Format::FEEDS {
            let document = render(&feed, format);
            prop_assert_eq!(gate::check(&document, None, Emptiness::Refused), Ok(()));
            prop_assert_eq!(validator::errors(&document, None), vec![]);
            let text = std::str::from_utf8(&document.bytes).expect("UTF-8");
            prop_assert!(text.chars().all(writable));
            if format != Format::Json {
                assert_read(text);
            }
        }
    }

    #[test]
    fn text_and_markup_arrive_whole(feed in feed()) {
        for (format, entry, content) in [(Format::Rss, "item", "encoded"), (Format::Atom, "entry", "content")] {
            let document = render(&feed, format);
            let xml = roxmltree::Document::parse(std::str::from_utf8(&document.bytes).expect("UTF-8")).expect("XML");
            let titles = texts(&xml, entry, "title");
            let contents = texts(&xml, entry, content);
            prop_assert_eq!(titles.len(), feed.entries.len());
            for ((title, body), Entry { item, .. }) in titles.into_iter().zip(contents).zip(&feed.entries) {
                let title = title.expect("a title");
                if let Some(own) = item.title.as_deref().map(letters).filter(|text| seen(text)) {
                    let once_more = title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                    prop_assert!([letters(&title), letters(&once_more)].contains(&own), "{own:?} {title:?}");
                }
                if let Some(own) = &item.content {
                    prop_assert_eq!(body.expect("a content"), kept(own.as_str()));
                }
            }
        }
        let document = render(&feed, Format::Json);
        let json: serde_json::Value = serde_json::from_slice(&document.bytes).expect("JSON");
        for (index, Entry { item, .. }) in feed.entries.iter().enumerate() {
            if let Some(own) = &item.content {
                prop_assert_eq!(json["items"][index]["content_html"].as_str().unwrap_or("?"), kept(own.as_str()));
            }
        }
    }
}
