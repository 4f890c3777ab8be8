//! No input takes more than linear time, panics, or disagrees with strict readers about what is well-formed.

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::notes::Notes;
use super::read;
use super::xml::{Token, Tokens};
use crate::model::Format;

/// Reads a document of 200 kB made of a shape repeated; slow is what is not linear, even in a debug build.
fn check(head: &str, shape: &str, tail: &str) {
    const SIZE: usize = 200_000;
    let document = format!("{head}{}{tail}", shape.repeat(SIZE / shape.len()));
    let begin = worked();
    read(document.as_bytes(), None, None);
    let took = worked() - begin;
    assert!(took < Duration::from_secs(3), "{took:?} for `{head}` `{shape}`");
}

/// How long this thread has worked: Linux tells it apart from waiting while others have the cores.
fn worked() -> Duration {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

const RSS: &str = "<rss version='2.0'><channel>";
const ITEM: &str = "<rss version='2.0'><channel><item>";
const DESCRIPTION: &str = "<rss version='2.0'><channel><item><description>";

#[test]
fn hostile_shapes_take_linear_time() {
    for shape in [
        "<",
        "&",
        "<a",
        "<a ",
        "<a b=\"",
        "<a b='",
        "<a b=\"'",
        "<a b=\"x\"<",
        "</a>",
        "</",
        "]]>",
        "<!--",
        "<!-- -",
        "<![CDATA[",
        "<d><![CDATA[t</d>",
        "<![CDATA[x]]>",
        "<?x ",
        "<!DOCTYPE [",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "<a>",
        "<a/>",
        "<a b='c'/>",
        "<b><i></b>",
        "&amp;",
        "&#x41;",
        "&nosuch;",
        "&#xD83D;",
        "\r",
        "<item>",
        "<item><title>a",
        "<link><title>",
        "<title><link>",
        "<media:content><pubDate>",
        "<description><guid>",
        "<a xmlns:x='y'>",
        "Ã©",
        "Ã",
        "<category>x</category>",
        "<link>http://a/</link>",
        "<author>a</author>",
        "<link rel='hub' href='x'/>",
        "a@b (c) ",
        "<x:y/>",
        "<enclosure url='x'/>",
    ] {
        for head in ["", RSS, ITEM, DESCRIPTION] {
            check(head, shape, "");
        }
    }
    check("<rss version='2.0'><channel><item a='1' ", "b='1' ", "/>");
    check("<rss version='2.0'><channel><item ", "xmlns:a='b' ", "/>");
    check("<rss version='2.0'><channel><item><title x=\"", "<b>", "");
    check(DESCRIPTION, "<d><![CDATA[t</d>", "]]>");
    check("<rss version='2.0'><channel><item><author>", "(", "</author>");
    check("<rss version='2.0'><channel><item><itunes:keywords>", ",a", "</itunes:keywords>");
}

#[test]
fn hostile_json_takes_linear_time() {
    for shape in
        ["[", "{", "{\"a\":", "\"a\",", "\"", "\\", "/*", "//", "1,", "{},", "x", "\\ud83d", ",", "}"]
    {
        for head in ["{", "[", "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":["] {
            check(head, shape, "");
        }
    }
}

#[test]
fn an_entity_bomb_stays_small() {
    let mut document = String::from("<!DOCTYPE rss [<!ENTITY a0 \"ha\">");
    for n in 1..20 {
        document.push_str(&format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)));
    }
    document.push_str(
        "]><rss version='2.0'><channel><title>&a19;</title><item><title>&a0;</title></item></channel></rss>",
    );
    let reading = read(document.as_bytes(), None, None);
    assert!(format!("{reading:?}").len() < 4 * document.len());
    assert!(matches!(&reading.drafts[0].title, Some(crate::model::Raw::Text(text)) if text == "ha"));
}

#[test]
fn many_small_things_stay_small() {
    let items = format!("{RSS}{}", "<item/>".repeat(100_000));
    assert!(read(items.as_bytes(), None, None).drafts.len() < 10_000);
    let elements = format!("{DESCRIPTION}{}</description><title>x</title>", "<b/>".repeat(300_000));
    let reading = read(elements.as_bytes(), None, None);
    assert_eq!((reading.drafts.len(), reading.drafts[0].summary.is_some()), (1, true));
}

/// A strict reader's view: well-formed, and with an `<rss>`, `<feed>` or `<RDF>` at the root.
fn strict(text: &str) -> Option<bool> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let root = |name: &str| ["rss", "feed", "RDF"].contains(&name);
    match roxmltree::Document::parse_with_options(text, options) {
        Ok(document) => root(document.root_element().tag_name().name()).then_some(true),
        Err(_) => Some(false),
    }
}

/// Every file of the shared cases, when they are there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn shared_inputs() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/open")];
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bengali/feeds"));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("xml" | "rss" | "atom" | "rdf" | "json") => {
                    files.extend(std::fs::read(&path).ok().map(|bytes| (path.display().to_string(), bytes)));
                }
                _ => {}
            }
        }
    }
    files.sort();
    if files.is_empty() {
        eprintln!("skipped: the shared cases are not there");
    }
    files
}

#[test]
fn malformed_is_what_a_strict_reader_refuses() {
    let mut wrong = Vec::new();
    for (name, bytes) in shared_inputs() {
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        let text = text.trim_start_matches('\u{feff}');
        let reading = read(text.as_bytes(), None, None);
        if reading.format == Format::Unknown || text.starts_with(['{', '[']) {
            continue;
        }
        // roxmltree takes references to halves of characters, which XML 1.0 forbids (section 4.1).
        if text.contains("&#xD8") {
            continue;
        }
        if let Some(well_formed) = strict(text)
            && well_formed == reading.malformed
        {
            wrong.push(format!("{name}: {well_formed} {:?}", reading.remarks));
        }
    }
    assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
}

/// The tags of a document as quick-xml reads them; `None` when it refuses.
fn tags_by_quick_xml(text: &str) -> Option<Vec<String>> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut tags = Vec::new();
    let name = |name: quick_xml::name::QName<'_>| String::from_utf8_lossy(name.as_ref()).into_owned();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => tags.push(name(tag.name())),
            Event::Empty(tag) => tags.extend([name(tag.name()), format!("/{}", name(tag.name()))]),
            Event::End(tag) => tags.push(format!("/{}", name(tag.name()))),
            Event::Eof => return Some(tags),
            _ => {}
        }
    }
}

#[test]
fn tags_are_those_of_quick_xml_in_every_well_formed_document() {
    for (file, bytes) in shared_inputs() {
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        if strict(text) != Some(true) {
            continue;
        }
        let Some(expected) = tags_by_quick_xml(text) else { continue };
        let mut tokens = Tokens::new(text);
        let mut tags = Vec::new();
        while let Some(token) = tokens.next("", &mut Notes::default()) {
            match token {
                Token::Start { name, empty, .. } => {
                    tags.push(name.to_owned());
                    tags.extend(empty.then(|| format!("/{name}")));
                }
                Token::End(name) => tags.push(format!("/{name}")),
                _ => {}
            }
        }
        assert_eq!(tags, expected, "{file}");
    }
}

#[test]
fn every_prefix_and_every_lost_byte_is_read_without_a_panic() {
    let documents = [
        "\u{feff}<?xml version='1.0' encoding='utf-8'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel>\
         <title>হ &amp; &a; &nbsp; &#xD83D;&#xDE00;</title><item><title><![CDATA[<b>x</b>]]></title><link>http://a/</link>\
         <guid isPermaLink=\"false\">1</guid><description>&lt;p&gt;ক</description><!-- c --></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a/'><entry><content type='xhtml'>\
         <div xmlns='http://www.w3.org/1999/xhtml'><p>ক<br/></p></div></content><link href='x'/></entry></feed>",
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"হ\\ud83d\\ude00\",\"items\":[{\"id\":\"1\",\"tags\":[\"a\"]}]}",
    ];
    for document in documents {
        for at in 0..document.len() {
            read(&document.as_bytes()[..at], None, None);
            let mut bytes = document.as_bytes().to_vec();
            bytes.remove(at);
            read(&bytes, Some("text/xml; charset=windows-1252"), None);
        }
    }
}

proptest! {
    /// Pieces of markup in any order: read without a panic, and judged as a strict reader judges.
    #[test]
    fn any_pieces_are_read(pieces in proptest::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        read(text.as_bytes(), None, None);
        let inside = format!("<rss version='2.0'><channel><item>{text}</item></channel></rss>");
        let reading = read(inside.as_bytes(), None, None);
        // An item in an item is taken for one that nobody closed, whatever its tags say.
        let nested = pieces.contains(&"<item>");
        if strict(&inside) == Some(true) {
            prop_assert!(nested || !reading.malformed, "{inside} {:?}", reading.remarks);
        } else {
            prop_assert!(reading.malformed, "{inside}");
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read(&bytes, None, None);
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<title>",
        "</title>",
        "<link>",
        "</link>",
        "<description>",
        "</description>",
        "<item>",
        "</item>",
        "<a b='c'>",
        "</a>",
        "<b/>",
        "x",
        " ",
        "ক",
        "&",
        "&amp;",
        "&#65;",
        "&lt;",
        "<",
        ">",
        "\"",
        "'",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "<?p",
        "?>",
        "<a b=",
        "=",
        "/",
        "<guid>",
        "</guid>",
        "<q:z>",
        "</q:z>",
        "<p>",
        "</p>",
        "&nbsp;",
        "<br>",
        "<media:content>",
        "--",
    ])
}
