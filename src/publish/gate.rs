//! The gate before the tree: a document that a strict reader would refuse, or that is suddenly empty, replaces nothing.

use std::collections::HashSet;

use roxmltree::{Document as Xml, Node};
use serde_json::Value;

use crate::render::Document;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const OPENSEARCH: &str = "http://a9.com/-/spec/opensearch/1.1/";

/// Why a document may not replace the one in the tree. The old one stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A strict parser does not read it. That is a fault of harkara.
    #[error("`{path}` is not well-formed: {cause}; the old document stays, please report this")]
    Malformed {
        /// The document's path.
        path: String,
        /// What the parser said, with the place.
        cause: String,
    },
    /// It reads well, but lacks what its format requires. That is a fault of harkara.
    #[error("`{path}` is incomplete: {cause}; the old document stays, please report this")]
    Incomplete {
        /// The document's path.
        path: String,
        /// What is missing.
        cause: String,
    },
    /// It had entries before and has none now.
    #[error(
        "`{path}` would be empty after {previous} entries; the old document stays (set `allow_empty = true` for the feed if that is right)"
    )]
    Emptied {
        /// The document's path.
        path: String,
        /// How many entries it had.
        previous: usize,
    },
}

/// Whether a feed that had entries may become empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptiness {
    /// The last full document stays.
    Refused,
    /// An empty document replaces it.
    Allowed,
}

impl From<bool> for Emptiness {
    /// From the key `allow_empty`.
    fn from(allow_empty: bool) -> Self {
        if allow_empty { Self::Allowed } else { Self::Refused }
    }
}

/// Whether `document` may replace what stands in the tree, which had `previous` entries (`None`: nothing stood there).
pub fn check(document: &Document, previous: Option<usize>, emptiness: Emptiness) -> Result<(), Refusal> {
    let path = || document.path.clone();
    let entries = read(document.media_type, &document.bytes).map_err(|fault| match fault {
        Fault::Malformed(cause) => Refusal::Malformed { path: path(), cause },
        Fault::Incomplete(cause) => Refusal::Incomplete { path: path(), cause },
    })?;
    if entries != document.entries {
        let cause = format!("{} entries were written, {entries} are read", document.entries);
        return Err(Refusal::Incomplete { path: path(), cause });
    }
    match previous {
        Some(previous) if previous > 0 && entries == 0 && emptiness == Emptiness::Refused => {
            Err(Refusal::Emptied { path: path(), previous })
        }
        _ => Ok(()),
    }
}

/// How many entries a published document holds; `None` when it cannot be read (then anything may replace it).
pub fn entries(media_type: &str, bytes: &[u8]) -> Option<usize> {
    read(media_type, bytes).ok()
}

enum Fault {
    Malformed(String),
    Incomplete(String),
}

fn read(media_type: &str, bytes: &[u8]) -> Result<usize, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| Fault::Malformed(format!("{error}")))?;
    match media_type {
        "text/html" => return html(text).map_err(Fault::Incomplete),
        "text/css" => return Ok(0),
        _ => {}
    }
    if media_type.ends_with("json") {
        let value = serde_json::from_str(text).map_err(|error| Fault::Malformed(error.to_string()))?;
        return json(&value).map_err(Fault::Incomplete);
    }
    let xml = Xml::parse(text).map_err(|error| Fault::Malformed(error.to_string()))?;
    let root = xml.root_element();
    match (root.tag_name().namespace(), root.tag_name().name()) {
        (None, "rss") => rss(root),
        (Some(ATOM), "feed") => atom(root),
        (None, "opml") => opml(root),
        (Some(OPENSEARCH), "OpenSearchDescription") => Ok(0),
        (_, name) => Err(format!("the root is `{name}`")),
    }
    .map_err(Fault::Incomplete)
}

fn rss(root: Node) -> Result<usize, String> {
    let channel = child(root, None, "channel").ok_or("no `channel`")?;
    for name in ["title", "link", "description"] {
        filled(channel, None, name).ok_or_else(|| format!("no `{name}` in the channel"))?;
    }
    let mut ids = Ids::default();
    for item in channel.children().filter(|node| node.has_tag_name("item")) {
        let n = ids.note(filled(item, None, "guid"), "guid")?;
        filled(item, None, "title")
            .or_else(|| filled(item, None, "description"))
            .ok_or_else(|| format!("item {n} has neither title nor description"))?;
    }
    Ok(ids.count)
}

fn atom(root: Node) -> Result<usize, String> {
    let required = |node: Node, whose: &str| {
        ["id", "title", "updated"].into_iter().try_for_each(|name| {
            filled(node, Some(ATOM), name).map(drop).ok_or_else(|| format!("no `{name}` in {whose}"))
        })
    };
    required(root, "the feed")?;
    let mut ids = Ids::default();
    for entry in root.children().filter(|node| node.has_tag_name((ATOM, "entry"))) {
        let n = ids.note(filled(entry, Some(ATOM), "id"), "id")?;
        required(entry, &format!("entry {n}"))?;
        child(entry, Some(ATOM), "author").ok_or_else(|| format!("entry {n} has no author"))?;
    }
    Ok(ids.count)
}

fn opml(root: Node) -> Result<usize, String> {
    root.attribute("version").ok_or("no `version`")?;
    let body = child(root, None, "body").ok_or("no `body`")?;
    let outlines = || body.descendants().filter(|node| node.has_tag_name("outline"));
    if outlines().any(|outline| outline.attribute("text").is_none()) {
        return Err("an outline has no `text`".to_owned());
    }
    Ok(outlines().filter(|outline| outline.has_attribute("xmlUrl")).count())
}

fn json(feed: &Value) -> Result<usize, String> {
    let filled = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    filled(feed, "version").ok_or("no `version`")?;
    filled(feed, "title").ok_or("no `title`")?;
    let items = feed.get("items").and_then(Value::as_array).ok_or("no `items`")?;
    let mut ids = Ids::default();
    for item in items {
        let n = ids.note(filled(item, "id").as_deref(), "id")?;
        if !["content_html", "content_text"]
            .into_iter()
            .any(|name| item.get(name).is_some_and(Value::is_string))
        {
            return Err(format!("item {n} has no content"));
        }
    }
    Ok(ids.count)
}

/// A page: whatever a browser reads, it has a title, one main part and its headline; entries are told by their class
/// (microformats.org/wiki/h-entry).
fn html(text: &str) -> Result<usize, String> {
    if !text.trim_end().ends_with("</html>") {
        return Err("the page has no end".to_owned());
    }
    let page = dom_query::Document::from(text);
    if page.select("head > title").text().trim().is_empty() {
        return Err("no `title`".to_owned());
    }
    match (page.select("main").length(), page.select("main h1").length()) {
        (1, 1..) => Ok(page.select(".h-entry").length()),
        (1, 0) => Err("no `h1` in `main`".to_owned()),
        (count, _) => Err(format!("{count} times `main`")),
    }
}

fn child<'a, 'x>(node: Node<'a, 'x>, namespace: Option<&str>, name: &str) -> Option<Node<'a, 'x>> {
    node.children().find(|node| {
        node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == namespace
    })
}

fn filled<'a>(node: Node<'a, '_>, namespace: Option<&str>, name: &str) -> Option<&'a str> {
    child(node, namespace, name)?.text().filter(|text| !text.trim().is_empty())
}

/// Ids met so far: each must be there and none may come twice.
#[derive(Default)]
struct Ids {
    met: HashSet<String>,
    count: usize,
}

impl Ids {
    /// The number of this item, from 1.
    fn note(&mut self, id: Option<&str>, name: &str) -> Result<usize, String> {
        self.count += 1;
        let n = self.count;
        let id = id.ok_or_else(|| format!("item {n} has no `{name}`"))?;
        if !self.met.insert(id.to_owned()) {
            return Err(format!("the id `{id}` comes twice"));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(media_type: &'static str, text: &str, entries: usize) -> String {
        let path = "city.rss".to_owned();
        let document = Document { path, media_type, entries, bytes: text.as_bytes().to_vec() };
        match super::check(&document, Some(2), Emptiness::Refused) {
            Ok(()) => "passes".to_owned(),
            Err(refusal) => refusal.to_string(),
        }
    }

    const HEAD: &str = "<rss version='2.0'><channel><title>t</title><link>https://a.example/</link><description>d</description>";

    #[test]
    fn good_documents_pass_and_empty_ones_are_told() {
        let item = "<item><guid>1</guid><title>x</title></item>";
        assert_eq!(check("application/rss+xml", &format!("{HEAD}{item}</channel></rss>"), 1), "passes");
        assert_eq!(
            check("application/rss+xml", &format!("{HEAD}</channel></rss>"), 0),
            "`city.rss` would be empty after 2 entries; the old document stays (set `allow_empty = true` for the feed if that is right)"
        );
    }

    #[test]
    fn an_empty_feed_passes_when_nothing_was_there_or_it_is_allowed() {
        let bytes = format!("{HEAD}</channel></rss>").into_bytes();
        let document =
            Document { path: "a.rss".to_owned(), media_type: "application/rss+xml", entries: 0, bytes };
        assert_eq!(super::check(&document, None, Emptiness::Refused), Ok(()));
        assert_eq!(super::check(&document, Some(0), Emptiness::Refused), Ok(()));
        assert_eq!(super::check(&document, Some(5), Emptiness::from(true)), Ok(()));
    }

    #[test]
    fn what_a_strict_reader_refuses_is_refused() {
        for (media_type, text, entries, told) in [
            ("application/rss+xml", "<rss><channel>&</channel></rss>", 0, "is not well-formed"),
            ("application/rss+xml", "<rss><channel>\u{b}</channel></rss>", 0, "is not well-formed"),
            ("application/rss+xml", "", 0, "is not well-formed"),
            ("application/rss+xml", "<html/>", 0, "the root is `html`"),
            ("application/rss+xml", "<rss><channel><title>x</title></channel></rss>", 0, "no `link`"),
            ("application/atom+xml", "<feed xmlns='http://www.w3.org/2005/Atom'/>", 0, "no `id` in the feed"),
            ("application/feed+json", "{\"version\":\"1\",\"title\":\"t\"}", 0, "no `items`"),
            (
                "application/feed+json",
                "{\"version\":\"1\",\"title\":\"t\",\"items\":[{}]}",
                1,
                "item 1 has no `id`",
            ),
            ("application/feed+json", "{", 0, "is not well-formed"),
            ("text/x-opml", "<opml version='2.0'><body><outline/></body></opml>", 0, "no `text`"),
        ] {
            let message = check(media_type, text, entries);
            assert!(message.contains(told), "{text}: {message}");
        }
        let twice = "<item><guid>1</guid><title>x</title></item>".repeat(2);
        let message = check("application/rss+xml", &format!("{HEAD}{twice}</channel></rss>"), 2);
        assert!(message.contains("the id `1` comes twice"), "{message}");
        let message = check("application/rss+xml", &format!("{HEAD}</channel></rss>"), 3);
        assert!(message.contains("3 entries were written, 0 are read"), "{message}");
    }
}
