//! Twenty-one feeds with one defect each: each gives its one item with the right text, and tells what was repaired.

use std::path::Path;

use harkara::model::{Html, Timestamp};
use harkara::normalize::{self, Normalized};
use harkara::parse;

const TITLE: &str = "হোয়াটসঅ্যাপ বিপর্যয়";
const LINK: &str = "https://news.example/?p=1";

/// File, title, link, a word of the remark (empty: there is nothing to tell), would a strict parser refuse it?
const FEEDS: &[(&str, &str, &str, &str, bool)] = &[
    ("bare-amp", TITLE, "https://news.example/?a=1&b=2", "bare `&`", true),
    ("bn-pubdate", TITLE, LINK, "names no zone", false),
    ("bom", TITLE, LINK, "", false),
    ("charref-bengali", TITLE, LINK, "", false),
    ("charref-ctrl", "হোয়াটস", LINK, "cannot hold", true),
    ("charref-hex-surrogate", "😀 খবর", LINK, "joined", true),
    ("ctrl-0b", "হোয়াটস", LINK, "cannot hold", true),
    ("declared-latin1-bytes-utf8", TITLE, LINK, "`iso-8859-1`, but it is UTF-8", false),
    ("double-escaped", "‘বিপর্যয়’ ‘নিয়ে’ & খবর", LINK, "escaped twice", false),
    ("invalid-utf8-byte", "খবর \u{fffd}", LINK, "no UTF-8", true),
    (
        "iri-link",
        TITLE,
        "https://news.example/%E0%A6%A6%E0%A7%81-%E0%A6%98%E0%A6%A3%E0%A7%8D%E0%A6%9F%E0%A6%BE-%E0%A6%AA%E0%A6%B0/",
        "",
        false,
    ),
    ("leading-newline", TITLE, LINK, "not at the beginning", true),
    ("leading-php-warning", TITLE, LINK, "before the feed", true),
    ("lower-hex", TITLE, "https://news.example/%e0%a6%a6%e0%a7%81/", "", false),
    ("mojibake", TITLE, LINK, "encoded twice", false),
    ("nbsp-entity", "খবর » কলকাতা", LINK, "entity of HTML", true),
    ("no-decl", TITLE, LINK, "", false),
    ("trailing-php-warning", TITLE, LINK, "follows the feed", true),
    ("truncated-mid-char", "হোয়াটসঅ্যাপ বিপর্যয\u{fffd}…", LINK, "no UTF-8", true),
    ("utf16le-bom", TITLE, LINK, "", false),
    ("utf8", TITLE, LINK, "", false),
];

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bengali/feeds")
}

fn read(name: &str) -> Normalized {
    let bytes = std::fs::read(folder().join(format!("{name}.xml"))).unwrap();
    normalize::reading(parse::read(&bytes, None, None), &normalize::Settings::default())
}

#[test]
fn each_defect_is_read_through_and_told() {
    for (name, title, link, remark, malformed) in FEEDS {
        let read = read(name);
        let remarks: Vec<String> = read.remarks.iter().map(ToString::to_string).collect();
        assert_eq!(read.items.len(), 1, "{name}: {remarks:?}");
        let item = &read.items[0];
        let title = parse_nfc(title);
        assert_eq!(item.title.as_deref(), Some(title.as_str()), "{name}");
        assert_eq!(item.url.as_ref().map(url::Url::as_str), Some(*link), "{name}");
        assert_eq!(item.summary.as_ref().map(Html::text).as_deref(), Some("বিবরণ"), "{name}");
        let date = if *name == "bn-pubdate" { "2022-10-25T00:00:00Z" } else { "2022-10-25T11:20:31Z" };
        assert_eq!(item.published, Some(date.parse::<Timestamp>().unwrap()), "{name}");
        assert_eq!(read.malformed, *malformed, "{name}: {remarks:?}");
        assert_eq!(read.channel.language.as_deref(), Some("bn"), "{name}");
        let told = remarks.iter().any(|told| told.contains(remark));
        assert!(if remark.is_empty() { remarks.is_empty() } else { told }, "{name}: {remarks:?}");
    }
}

/// The table as editors write it may be composed or not; what is published is NFC.
fn parse_nfc(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfc(text).collect()
}

#[test]
fn the_table_names_every_file() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, FEEDS.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
}
