//! How a browser or a reader searches a feed by itself (OpenSearch 1.1, github.com/dewitt/opensearch): `city/search.xml`.

use super::html::{Outlet, Site};
use super::{Document, Format, fence};
use crate::value::cut::cut;

/// The media type of the document.
pub const MEDIA_TYPE: &str = "application/opensearchdescription+xml";

/// The longest short name, in letters.
const SHORT: usize = 16;

/// Where the document for a feed lies.
pub fn path(feed: &str) -> String {
    format!("{feed}/search.xml")
}

/// The document for a feed; `None` where nobody answers, or nobody knows at which address.
pub fn description(site: &Site, outlet: &Outlet) -> Option<Document> {
    let base = site.base_url.as_ref().filter(|_| site.search)?;
    let title = Some(fence::line(&outlet.title))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| outlet.id.to_string());
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n",
    );
    let mut element = |name: &str, text: &str| {
        out.push_str(&format!(" <{name}>{}</{name}>\n", fence::escape(text)));
    };
    element("ShortName", &cut(&title, SHORT - 1));
    element("Description", &title);
    element("InputEncoding", "UTF-8");
    for format in outlet.formats.iter().filter(|format| **format != Format::Json) {
        let page = base.join(&format!("{}.{}", outlet.id, format.extension())).ok()?;
        out.push_str(&format!(
            " <Url type=\"{}\" template=\"{}?q={{searchTerms}}\"/>\n",
            format.media_type(),
            fence::attribute(&fence::url(&page))
        ));
    }
    out.push_str("</OpenSearchDescription>\n");
    Some(Document {
        path: path(outlet.id.as_str()),
        media_type: MEDIA_TYPE,
        entries: 0,
        bytes: out.into_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_tells_how_it_is_searched() {
        let outlet = Outlet {
            id: "city".parse().expect("an id"),
            title: "নদীর দু’পারের <খবর> & more of it".to_owned(),
            subtitle: None,
            language: None,
            formats: Format::ALL.to_vec(),
            hidden: false,
        };
        let site = |search| Site {
            title: String::new(),
            subtitle: None,
            language: None,
            base_url: url::Url::parse("https://news.example/feeds/").ok(),
            zone: chrono_tz::Tz::UTC,
            author: None,
            rights: None,
            icon_url: None,
            outlets: Vec::new(),
            search,
            documents: Vec::new(),
        };
        assert_eq!(description(&site(false), &outlet), None);
        let made = description(&site(true), &outlet).expect("a document");
        assert_eq!(made.path, "city/search.xml");
        let text = String::from_utf8(made.bytes).expect("text");
        let parsed = roxmltree::Document::parse(&text).expect("well-formed");
        let short = parsed
            .descendants()
            .find(|node| node.has_tag_name(("http://a9.com/-/spec/opensearch/1.1/", "ShortName")));
        assert!(short.and_then(|node| node.text()).is_some_and(|name| name.chars().count() <= 40), "{text}");
        assert!(
            text.contains(
                "type=\"text/html\" template=\"https://news.example/feeds/city.html?q={searchTerms}\""
            ),
            "{text}"
        );
        assert!(text.contains("application/atom+xml") && text.contains("&lt;খবর&gt; &amp; more"), "{text}");
    }
}
