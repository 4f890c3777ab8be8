//! Whole documents to readings.

use super::*;
use crate::model::{Format, Raw};

fn show(raw: &Option<Raw>) -> &str {
    match raw {
        Some(Raw::Text(text)) => text.trim(),
        Some(Raw::Html(html)) => html.html.trim(),
        None => "",
    }
}

/// Format, malformed, channel title, then title and first URL of each item.
fn check(document: &str, expected: &str) {
    let reading = read(document.as_bytes(), None, None);
    let mut out = format!(
        "{:?}{} {}",
        reading.format,
        if reading.malformed { "!" } else { "" },
        show(&reading.channel.title)
    );
    for draft in &reading.drafts {
        out.push_str(&format!(" | {}", show(&draft.title)));
        if let Some(url) = draft.urls.first() {
            out.push_str(&format!(" {}", url.value));
        }
    }
    assert_eq!(out.trim(), expected, "{document}\n{:?}", reading.remarks);
}

#[test]
fn every_format_gives_its_items() {
    check(
        "<rss version='2.0'><channel><title>F</title><item><title>A</title><link>http://a/</link></item></channel></rss>",
        "Rss20 F | A http://a/",
    );
    check(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><entry><title>A</title><link href='http://a/'/></entry></feed>",
        "Atom10 F | A http://a/",
    );
    check(
        "<a:feed xmlns:a='http://purl.org/atom/ns#' version='0.3'><a:title>F</a:title><a:entry><a:title>A</a:title></a:entry></a:feed>",
        "Atom03 F | A",
    );
    check(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>\
         <channel><title>F</title></channel><item><title>A</title><link>http://a/</link></item></rdf:RDF>",
        "Rss10 F | A http://a/",
    );
    check(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{"id":1,"title":"A","url":"http://a/"}]}"#,
        "JsonFeed11 F | A http://a/",
    );
}

#[test]
fn broken_structure_gives_what_there_is() {
    let rss = |items: &str| format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>");
    check(&rss("<item><title>A<item><title>B</title></item>"), "Rss20! F | A | B");
    check(&rss("<item><title>A</title><item><title>B</title></item>"), "Rss20! F | A | B");
    check(&rss("<item><title>A<link>http://a/</link></item>"), "Rss20! F | A http://a/");
    check(&rss("<item><title>A</titel><link>http://a/</link></item>"), "Rss20! F | A http://a/");
    check(&rss("<item><title>A</Title></item><item><title>B</title></p></item>"), "Rss20! F | A | B");
    check(
        "<rss version='2.0'><channel><title>F</title><item><title>A</title><link>http://a",
        "Rss20! F | A http://a",
    );
    check(
        &rss("<item><title>A</title><dc:creator>q<item rdf:about='http://b/'><title>B</title></item>"),
        "Rss20! F | A | B",
    );
    check(
        "junk <?xml version='1.0'?><rss version='2.0'><item><title>A</title></item></rss><b>x</b>",
        "Rss20!  | A",
    );
}

#[test]
fn foreign_elements_do_not_overwrite() {
    check(
        "<rss version='2.0' xmlns:s='http://s.example/' xmlns:media='http://search.yahoo.com/mrss/'><channel><title>F</title>\
         <image><title>no</title></image><item><s:v><title>no</title></s:v><media:title>no</media:title><title>A</title></item>\
         </channel></rss>",
        "Rss20 F | A",
    );
}

#[test]
fn what_is_no_feed_is_told() {
    let told = |document: &str| {
        let reading = read(document.as_bytes(), None, Url::parse("http://a.example/x/").ok().as_ref());
        assert_eq!((reading.format, reading.malformed), (Format::Unknown, true));
        let announced: Vec<String> = reading.announced.iter().map(ToString::to_string).collect();
        format!("{} {}", reading.remarks.first().map_or("", |r| &r.text), announced.join(" "))
            .trim()
            .to_owned()
    };
    let page = "<!doctype html><html><head><title>News &amp; more</title>\
        <link rel=alternate type='application/rss+xml' title='Comments' href='/comments/feed'>\
        <link rel=alternate type='application/rss+xml' href='feed.xml'></head><body>";
    assert_eq!(
        told(page),
        "it is no feed: it looks like an HTML page titled `News & more` http://a.example/x/feed.xml"
    );
    assert_eq!(told(" \n"), "it is no feed: it looks like an empty document");
    assert_eq!(told("{\"a\":1}"), "it is no feed: it looks like JSON that is no feed");
    assert_eq!(told("%PDF-1.5"), "it is no feed: it looks like a PDF document");
    assert_eq!(told("<urlset></urlset>"), "it is no feed: it looks like a sitemap");
    assert_eq!(told("hello"), "it is no feed: it looks like plain text that begins with `hello`");
}

#[test]
fn the_base_of_a_text_is_that_of_the_div_around_it() {
    let told = |attributes: &str, div: &str| {
        let document = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a.example/'><entry><content type='xhtml' {attributes}>\
             <div xmlns='http://www.w3.org/1999/xhtml' {div}><a href='q'>x</a></div></content></entry></feed>"
        );
        let reading = read(document.as_bytes(), None, None);
        let Some(Raw::Html(told)) = &reading.drafts[0].content else { panic!("{reading:?}") };
        (told.html.clone(), told.base.as_ref().map(ToString::to_string).unwrap_or_default())
    };
    let link = "<a href=\"q\">x</a>".to_owned();
    assert_eq!(told("", ""), (link.clone(), "http://a.example/".to_owned()));
    assert_eq!(told("", "xml:base='b/'"), (link.clone(), "http://a.example/b/".to_owned()));
    assert_eq!(told("xml:base='c/'", "xml:base='b/'"), (link.clone(), "http://a.example/c/b/".to_owned()));
    // Nothing is relative to a mail address.
    assert_eq!(told("xml:base='mailto:a@b.example'", ""), (link.clone(), "http://a.example/".to_owned()));
    // What it says of the text stays.
    let (markup, _) = told("", "dir='rtl'");
    assert_eq!(markup, format!("<div dir=\"rtl\">{link}</div>"));
}
