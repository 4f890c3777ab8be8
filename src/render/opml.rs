//! The list of sources as OPML 2.0 (opml.org/spec2.opml), for readers who want them one by one; without a clock.

use super::{Document, fence};
use crate::model::Outline;

/// The document `sources.opml`.
///
/// Every outline lies in a folder named after its first tag, and names all its tags in `category`: folders are what
/// readers import. Outlines keep their order, folders stand where their first outline stands.
pub fn sources(title: &str, outlines: &[Outline]) -> Document {
    let mut folders: Vec<(Option<String>, Vec<&Outline>)> = Vec::new();
    for outline in outlines {
        let folder = outline.tags.iter().map(|tag| fence::line(tag)).find(|tag| !tag.is_empty());
        match folders.iter_mut().find(|(name, _)| *name == folder) {
            Some((_, members)) => members.push(outline),
            None => folders.push((folder, vec![outline])),
        }
    }
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n <head>\n");
    out.push_str(&format!("  <title>{}</title>\n </head>\n <body>\n", fence::escape(&fence::line(title))));
    for (folder, members) in folders {
        let indent = if folder.is_some() { "   " } else { "  " };
        if let Some(name) = &folder {
            out.push_str("  <outline");
            attribute(&mut out, "text", name);
            out.push_str(">\n");
        }
        for outline in members {
            out.push_str(indent);
            subscription(&mut out, outline);
        }
        if folder.is_some() {
            out.push_str("  </outline>\n");
        }
    }
    out.push_str(" </body>\n</opml>\n");
    Document {
        path: "sources.opml".to_owned(),
        media_type: "text/x-opml",
        entries: outlines.len(),
        bytes: out.into_bytes(),
    }
}

fn subscription(out: &mut String, outline: &Outline) {
    let Outline { title, feed_url, home_url, tags } = outline;
    let feed_url = fence::uri(feed_url);
    let title = fence::some_line(title.as_deref()).unwrap_or_else(|| feed_url.clone());
    out.push_str("<outline type=\"rss\"");
    attribute(out, "text", &title);
    attribute(out, "title", &title);
    attribute(out, "xmlUrl", &feed_url);
    if let Some(home_url) = home_url {
        attribute(out, "htmlUrl", &fence::uri(home_url));
    }
    // A comma parts one category from the next.
    let tags = tags.iter().map(|tag| fence::line(&tag.replace(',', " "))).filter(|tag| !tag.is_empty());
    let tags = tags.collect::<Vec<_>>().join(",");
    if !tags.is_empty() {
        attribute(out, "category", &tags);
    }
    out.push_str("/>\n");
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\"{}\"", fence::attribute(value)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_lie_in_the_folder_of_their_first_tag() {
        let outline = |title: &str, tags: &[&str]| Outline {
            title: Some(title.to_owned()),
            feed_url: format!("https://{}.example/খবর?a&b", title.to_lowercase()),
            home_url: None,
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        };
        let given = [outline("A", &["bn", "news"]), outline("B", &[]), outline("C\u{b}\"<", &["bn"])];
        let document = sources("খবর & more", &given);
        let text = String::from_utf8(document.bytes).unwrap_or_default();
        let parsed = roxmltree::Document::parse(&text).expect("well-formed");
        let found: Vec<_> = parsed
            .descendants()
            .filter_map(|n| Some((n.attribute("text")?, n.parent_element()?.attribute("text").unwrap_or(""))))
            .collect();
        assert_eq!(found, [("bn", ""), ("A", "bn"), ("C\"<", "bn"), ("B", "")]);
        assert!(text.contains("category=\"bn,news\""), "{text}");
        assert!(text.contains("xmlUrl=\"https://a.example/%E0%A6%96%E0%A6%AC%E0%A6%B0?a&amp;b\""), "{text}");
        assert_eq!(document.entries, 3);
    }
}
