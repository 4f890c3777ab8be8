//! What a published document says of itself: its links, the dates of its entries, and where each entry begins and ends.
//!
//! Read from our own documents only, in which every `<` of a text is written `&lt;` or stands in CDATA; so a scan for marks
//! is enough and a parser is not needed. Documents of others in the published folder give nothing here, or something harmless.

use std::ops::Range;

use memchr::memmem;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pieces {
    /// Relation and address, as told before the first entry.
    pub links: Vec<(String, String)>,
    /// Where the entries stand, in order; empty for a document that is no feed in XML.
    pub entries: Vec<Range<usize>>,
    /// When the first entries were published or changed, in seconds since 1970, in document order.
    pub dates: Vec<i64>,
}

/// So many entries tell the rhythm.
const RHYTHM: usize = 12;

/// The links that are told in a `Link` header too.
const RELATIONS: [&str; 5] = ["self", "hub", "current", "prev-archive", "next-archive"];

/// Reads a document. `media_type` is without parameters.
pub fn read(media_type: &str, bytes: &[u8]) -> Pieces {
    let Ok(text) = std::str::from_utf8(bytes) else { return Pieces::default() };
    match media_type {
        "application/atom+xml" => xml(text, "entry", "link", &["updated", "published"]),
        "application/rss+xml" => xml(text, "item", "atom:link", &["pubDate"]),
        "application/feed+json" => json(text),
        _ => Pieces::default(),
    }
}

fn xml(text: &str, entry: &str, link: &str, dates: &[&str]) -> Pieces {
    let entries = entries(text, entry);
    let head = entries.first().and_then(|first| text.get(..first.start)).unwrap_or(text);
    let told = entries.iter().take(RHYTHM).filter_map(|range| text.get(range.clone()));
    let date = |piece: &str| dates.iter().find_map(|name| element(piece, name)).and_then(instant);
    Pieces { links: links(head, link), dates: told.filter_map(date).collect(), entries }
}

fn entries(text: &str, name: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let close = format!("</{name}>");
    let mut found = Vec::new();
    let mut open = None;
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr(b'<', rest)) {
        at += next;
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(b"<![CDATA[") {
            let Some(end) = memmem::find(rest, b"]]>") else { break };
            at += end + 3;
        } else if rest.starts_with(close.as_bytes()) {
            at += close.len();
            found.extend(open.take().map(|start| start..at));
        } else {
            let name_follows = rest.get(1..).is_some_and(|rest| rest.starts_with(name.as_bytes()));
            if open.is_none() && name_follows && matches!(rest.get(1 + name.len()), Some(b'>' | b' ')) {
                open = Some(at);
            }
            at += 1;
        }
    }
    found
}

/// The text of the first element of this name that has no attributes.
fn element<'t>(piece: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = piece.split_once(&format!("<{name}>"))?;
    rest.split_once('<').map(|(text, _)| text)
}

fn instant(text: &str) -> Option<i64> {
    let date =
        chrono::DateTime::parse_from_rfc3339(text).or_else(|_| chrono::DateTime::parse_from_rfc2822(text));
    date.ok().map(|date| date.timestamp())
}

fn links(head: &str, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for tag in head.split('<').filter_map(|tag| tag.strip_prefix(name)?.strip_prefix(' ')) {
        let attribute = |key: &str| {
            let (_, rest) = tag.split_once(&format!("{key}=\""))?;
            rest.split_once('"').map(|(value, _)| plain(value))
        };
        if let (Some(rel), Some(href)) = (attribute("rel"), attribute("href")) {
            push(&mut found, &rel, href);
        }
    }
    found
}

fn push(found: &mut Vec<(String, String)>, rel: &str, href: String) {
    // In a header an address stands between `<` and `>`.
    let fits = !href.is_empty() && href.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    if fits && RELATIONS.contains(&rel) {
        found.push((rel.to_owned(), href));
    }
}

/// An attribute without its escapes; addresses hold no others.
fn plain(value: &str) -> String {
    value
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn json(text: &str) -> Pieces {
    let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let mut links = Vec::new();
    if let Some(own) = value["feed_url"].as_str() {
        push(&mut links, "self", own.to_owned());
    }
    for hub in value["hubs"].as_array().into_iter().flatten().filter_map(|hub| hub["url"].as_str()) {
        push(&mut links, "hub", hub.to_owned());
    }
    if let Some(next) = value["next_url"].as_str() {
        push(&mut links, "prev-archive", next.to_owned());
    }
    let items = value["items"].as_array().into_iter().flatten().take(RHYTHM);
    let date = |item: &serde_json::Value| {
        item["date_modified"].as_str().or_else(|| item["date_published"].as_str()).and_then(instant)
    };
    Pieces { links, dates: items.filter_map(date).collect(), entries: Vec::new() }
}

/// For how many seconds a copy of the document is good: a quarter of the usual time between two of its entries, from one
/// minute to one hour. Ten minutes where the document tells no rhythm.
pub fn freshness(dates: &[i64]) -> u64 {
    let (Some(newest), Some(oldest)) = (dates.iter().max(), dates.iter().min()) else { return 600 };
    let gaps = dates.len().saturating_sub(1) as u64;
    match newest.abs_diff(*oldest).checked_div(gaps) {
        Some(gap) => (gap / 4).clamp(60, 3600),
        None => 600,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rss_document_is_taken_apart() {
        let text = "<rss><channel><link>x</link><atom:link href=\"https://a.example/c.rss?a=1&amp;b=2\" rel=\"self\" type=\"t\"/>\
                    <atom:link href=\"https://h.example/\" rel=\"hub\"/><item><pubDate>Mon, 02 Nov 2026 05:30:44 GMT</pubDate>\
                    <d><![CDATA[</item><item>]]></d></item>\n<item><x/></item></channel></rss>";
        let pieces = read("application/rss+xml", text.as_bytes());
        assert_eq!(
            pieces.links,
            [
                ("self".to_owned(), "https://a.example/c.rss?a=1&b=2".to_owned()),
                ("hub".to_owned(), "https://h.example/".to_owned())
            ]
        );
        let entries: Vec<&str> = pieces.entries.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(entries.len(), 2);
        assert!(entries[0].starts_with("<item><pubDate>") && entries[0].ends_with("</d></item>"));
        assert_eq!(entries[1], "<item><x/></item>");
        assert_eq!(pieces.dates, [1_793_597_444]);
    }

    #[test]
    fn an_atom_document_is_taken_apart() {
        let text = "<feed><link href=\"https://a.example/c.atom\" rel=\"self\"/><link href=\"https://a.example/\" rel=\"alternate\"/>\
                    <entry xml:lang=\"bn\"><updated>2026-11-02T05:30:44+00:00</updated><source><updated>1970-01-01T00:00:00Z</updated></source></entry></feed>";
        let pieces = read("application/atom+xml", text.as_bytes());
        assert_eq!(pieces.links, [("self".to_owned(), "https://a.example/c.atom".to_owned())]);
        assert_eq!((pieces.entries.len(), pieces.dates.as_slice()), (1, &[1_793_597_444][..]));
    }

    #[test]
    fn an_address_that_would_break_a_header_is_left_out() {
        let text = "<feed><link href=\"https://a.example/&gt;; rel=x\" rel=\"hub\"/><link href=\"https://a.example/\n\" rel=\"hub\"/></feed>";
        assert_eq!(read("application/atom+xml", text.as_bytes()).links, []);
    }

    #[test]
    fn freshness_follows_the_rhythm() {
        for (dates, expected) in [
            (vec![], 600),
            (vec![5], 600),
            (vec![100, 90, 80], 60),
            (vec![7200, 3600, 0], 900),
            (vec![0, 86_400 * 3], 3600),
            (vec![5, 5, 5], 60),
        ] {
            assert_eq!(freshness(&dates), expected, "{dates:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[<>/a-z \\[\\]!\"=&;]{0,60}|<(entry|item|!\\[CDATA\\[){1,5}.{0,20}") {
            for kind in ["application/atom+xml", "application/rss+xml", "application/feed+json"] {
                for range in read(kind, text.as_bytes()).entries {
                    proptest::prop_assert!(text.get(range).is_some());
                }
            }
        }
    }
}
