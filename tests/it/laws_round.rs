//! The law of the round: a feed that is rendered and read again is the same feed, in every format.

use harkara::model::{Attachment, Category, Entry, Feed, Item, Person, Timestamp};
use harkara::normalize::{self, Normalized};
use harkara::parse;
use harkara::render::{Format, render};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use url::Url;

use crate::sample;

/// Words as articles have them, those that look like markup among them.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "খবর",
        "ক্ষমতা",
        "র\u{200d}্যাব",
        "কলকাতার",
        "১২৩",
        "أخبار",
        "👩\u{200d}👩\u{200d}👧",
        "naïve",
        "日本語",
        "AT&T",
        "a<b",
        "<b>",
        "</p>",
        "&amp;",
        "&lt;",
        "&#8217;",
        "]]>",
        "<entry>",
        "\"q\"",
        "it's",
        "R&D;",
        "100%",
        "#1",
        "-",
    ]);
    vec(word, 1..6).prop_map(|words| words.join(" "))
}

/// Clean HTML, as the cleaner writes it.
fn markup() -> impl Strategy<Value = String> {
    let escaped =
        words().prop_map(|text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    let link =
        escaped.prop_map(|text| format!("<p>{text} <a href=\"https://a.example/?x=1&amp;y=2\">link</a></p>"));
    vec(link, 1..3).prop_map(|paragraphs| paragraphs.join("\n"))
}

fn url(kind: &'static str) -> impl Strategy<Value = Url> {
    words().prop_map(|words| words.replace('#', "")).prop_map(move |words| {
        Url::parse(&format!("https://{kind}.example/{words}?q={words}")).expect("an address")
    })
}

fn date() -> impl Strategy<Value = Timestamp> {
    (946_684_800i64..1_900_000_000).prop_map(|secs| Timestamp::from_timestamp(secs, 0).unwrap_or_default())
}

prop_compose! {
    fn entry()(
        (published, later) in (date(), option::of(1i64..9_999_999)),
        (title, page) in (words(), option::of(url("page"))),
        (summary, content) in (option::of(markup()), option::of(markup())),
        language in option::of(prop::sample::select(vec!["bn"])),
        authors in vec(words(), 1..3),
        categories in vec(words(), 0..3),
        file in option::of((url("file"), 1u64..u64::from(u32::MAX))),
        (image_url, comments_url) in (option::of(url("image")), option::of(url("page"))),
    ) -> Entry {
        let category = |term| Category { term, ..Category::default() };
        let attachment = |(url, size)| Attachment {
            url,
            media_type: Some("audio/mpeg".to_owned()),
            size_bytes: Some(size),
            duration_seconds: None,
            title: None,
        };
        let item = Item {
            url: page,
            title: Some(title),
            summary: summary.map(|markup| sample::html(&markup)),
            content: content.map(|markup| sample::html(&markup)),
            language: language.map(str::to_owned),
            authors: authors.into_iter().map(|name| Person { name: Some(name), ..Person::default() }).collect(),
            categories: categories.into_iter().map(category).collect(),
            attachments: file.map(attachment).into_iter().collect(),
            image_url,
            comments_url,
            ..Item::default()
        };
        let updated = published + chrono::TimeDelta::seconds(later.unwrap_or(0));
        Entry { published, updated, ..sample::entry(0, item) }
    }
}

prop_compose! {
    fn feed()(title in words(), subtitle in option::of(words()), mut entries in vec(entry(), 0..4)) -> Feed {
        for (number, entry) in entries.iter_mut().enumerate() {
            entry.id = sample::id(&format!("tag:news.example,2022:{number}"));
        }
        Feed { title, subtitle, base_url: Some(sample::url("https://news.example/")), ..sample::bare(entries) }
    }
}

fn read(feed: &Feed, format: Format) -> Normalized {
    let document = render(feed, format);
    let base = feed.base_url.as_ref().and_then(|base| base.join(&document.path).ok());
    let reading = parse::read(&document.bytes, Some(format.media_type()), base.as_ref());
    normalize::reading(reading, &normalize::Settings::default())
}

/// An address as it is written: what RFC 3986 does not allow is encoded, a `%` that begins no triplet too.
fn written(url: Option<&Url>) -> Option<String> {
    let url = url?.as_str();
    let triplet =
        |at: usize| url.as_bytes()[at + 1..].iter().take(2).filter(|b| b.is_ascii_hexdigit()).count() == 2;
    let encoded = url.char_indices().map(|(at, c)| match c {
        '%' if !triplet(at) => "%25".to_owned(),
        '|' | '^' | '[' | ']' | '`' => format!("%{:02X}", u32::from(c)),
        c => c.to_string(),
    });
    Some(encoded.collect())
}

/// Text that a reader may take for an ampersand escaped once too often, as most feeds that have it mean it.
fn ambiguous(text: &str) -> bool {
    ["&amp;", "&lt;", "&#8217;"].iter().any(|reference| text.contains(reference))
}

fn names(people: &[Person]) -> Vec<&str> {
    people.iter().filter_map(|person| person.name.as_deref()).collect()
}

fn check(feed: &Feed, format: Format) -> Result<(), TestCaseError> {
    let Normalized { format: read_as, malformed, channel, items, remarks } = read(feed, format);
    prop_assert!(!malformed, "{format:?} {read_as:?}: {remarks:?}");
    let carried = |text: &str| !ambiguous(text);
    if carried(&feed.title) {
        prop_assert_eq!(channel.title.as_deref(), Some(feed.title.as_str()), "{:?}", format);
    }
    if format != Format::Rss && feed.subtitle.as_deref().is_none_or(carried) {
        prop_assert_eq!(&channel.subtitle, &feed.subtitle, "{:?}", format);
    }
    prop_assert_eq!(items.len(), feed.entries.len(), "{:?}", format);
    for (read, Entry { id, published, updated, item, .. }) in items.iter().zip(&feed.entries) {
        prop_assert_eq!(read.id.as_deref(), Some(id.as_str()), "{:?}", format);
        prop_assert_eq!(written(read.url.as_ref()), written(item.url.as_ref()), "{:?}", format);
        if item.title.as_deref().is_some_and(carried) {
            prop_assert_eq!(&read.title, &item.title, "{:?}", format);
        }
        prop_assert_eq!(read.published, Some(*published), "{:?}", format);
        prop_assert_eq!(read.updated.unwrap_or(*published), *updated, "{:?}", format);
        // A summary or content that is not there may be given to a format that wants one.
        if let Some(content) = &item.content {
            prop_assert_eq!(read.content.as_ref(), Some(content), "{:?}", format);
        }
        if let (Some(summary), true) = (&item.summary, format != Format::Json) {
            prop_assert_eq!(read.summary.as_ref(), Some(summary), "{:?}", format);
        }
        // A tag that the script refutes is corrected; here everything that has a language says `bn`.
        let corrected = remarks.iter().any(|remark| remark.text.contains("language"));
        if let Some(language) = item.language.as_ref().filter(|_| !corrected) {
            prop_assert_eq!(read.language.as_ref(), Some(language), "{:?}", format);
        }
        let terms: Vec<&str> = read.categories.iter().map(|category| category.term.as_str()).collect();
        // Categories and names are looked through for markup in every format: many sources put some there.
        let plain = |text: &str| carried(text) && !text.contains('<');
        for category in item.categories.iter().filter(|category| plain(&category.term)) {
            prop_assert!(terms.contains(&category.term.as_str()), "{:?}: {:?} {:?}", format, terms, category);
        }
        if names(&item.authors).into_iter().all(plain) {
            // Who is named twice is one person.
            let mut given = names(&item.authors);
            let mut seen = std::collections::BTreeSet::new();
            given.retain(|name| seen.insert(*name));
            prop_assert_eq!(names(&read.authors), given, "{:?}", format);
        }
        prop_assert_eq!(
            read.attachments.len(),
            item.attachments.len(),
            "{:?}: {:?}",
            format,
            read.attachments
        );
        for (read, given) in read.attachments.iter().zip(&item.attachments) {
            prop_assert_eq!(written(Some(&read.url)), written(Some(&given.url)), "{:?}", format);
            prop_assert_eq!(read.size_bytes, given.size_bytes, "{:?}", format);
        }
        if item.image_url.is_some() {
            prop_assert_eq!(
                written(read.image_url.as_ref()),
                written(item.image_url.as_ref()),
                "{:?}",
                format
            );
        }
        if format != Format::Json {
            prop_assert_eq!(
                written(read.comments_url.as_ref()),
                written(item.comments_url.as_ref()),
                "{:?}",
                format
            );
            let source = read.origin.as_ref().and_then(|origin| origin.title.as_deref());
            prop_assert_eq!(source, Some("খবর অনলাইন & Co"), "{:?}", format);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rss_comes_back(feed in feed()) {
        check(&feed, Format::Rss)?;
    }

    #[test]
    fn atom_comes_back(feed in feed()) {
        check(&feed, Format::Atom)?;
    }

    #[test]
    fn json_feed_comes_back(feed in feed()) {
        check(&feed, Format::Json)?;
    }
}

/// Not among the laws: where tag and script do not agree, the script is believed.
#[test]
fn languages_come_back() {
    for format in Format::FEEDS {
        let languages: Vec<_> =
            read(&sample::city(), format).items.into_iter().map(|item| item.language).collect();
        assert_eq!(languages[..2], [Some("bn-IN".to_owned()), Some("ar".to_owned())], "{format:?}");
    }
}
