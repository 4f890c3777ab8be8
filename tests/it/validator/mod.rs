//! The rules of the feed validators (W3C feed validator, JSON Feed schema) that a writer of feeds can break, as a
//! function over a document that every test may call.

mod atom;
mod json;
mod rss;
mod words;

use harkara::render::Document;

/// What a validator would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The document is invalid.
    Error(String),
    /// Valid, but some reader will stumble.
    Warning(String),
}

/// What validators say of `document`, found at `location` (where that is known). Nothing: it is valid and peaceful.
pub fn faults(document: &Document, location: Option<&str>) -> Vec<Fault> {
    let mut report = words::Report::default();
    let text = match std::str::from_utf8(&document.bytes) {
        Ok(text) => text,
        Err(error) => return vec![Fault::Error(error.to_string())],
    };
    if document.media_type == "application/feed+json" {
        match serde_json::from_str(text) {
            Ok(feed) => json::check(&feed, location, &mut report),
            Err(error) => report.error(format!("not well-formed: {error}")),
        }
        return report.faults;
    }
    match roxmltree::Document::parse(text) {
        Ok(xml) => {
            let root = xml.root_element();
            match document.media_type {
                "application/rss+xml" => rss::check(root, location, &mut report),
                "application/atom+xml" => atom::check(root, location, &mut report),
                other => report.error(format!("no rules for `{other}`")),
            }
        }
        Err(error) => report.error(format!("not well-formed: {error}")),
    }
    report.faults
}

/// Only what makes a document invalid.
pub fn errors(document: &Document, location: Option<&str>) -> Vec<Fault> {
    faults(document, location).into_iter().filter(|fault| matches!(fault, Fault::Error(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(media_type: &'static str, text: &str) -> String {
        let document =
            Document { path: String::new(), media_type, entries: 0, bytes: text.as_bytes().to_vec() };
        format!("{:?}", faults(&document, Some("https://a.example/a")))
    }

    /// The validator must see what a first version of a writer does wrong.
    #[test]
    fn known_faults_are_seen() {
        let rss = check(
            "application/rss+xml",
            "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>t</title><link>/</link>\
             <description>d</description><lastBuildDate>2022-10-25T00:15:00Z</lastBuildDate>\
             <item><title>&lt;b&gt;x&lt;/b&gt;</title><link>https://a.example/খ</link><author>Me</author><dc:creator>Me</dc:creator>\
             <pubDate>Mon, 25 Oct 2022 00:15:00 GMT</pubDate>\
             <enclosure url='https://a.example/' length='' type=''/>\
             <content:encoded>&lt;a onclick='x' href=\"/rel\"&gt;</content:encoded></item></channel></rss>",
        );
        for told in [
            "channel/link `/`",
            "lastBuildDate",
            "`title` looks like HTML",
            "item 1/link `https://a.example/খ`",
            "item 1: author `Me`",
            "author and dc:creator",
            "pubDate",
            "enclosure length",
            "enclosure type",
            "description before content:encoded",
            "event handler",
            "relative address",
            "no guid",
            "no atom:link rel=self",
        ] {
            assert!(rss.contains(told), "{told}: {rss}");
        }
        let atom = check(
            "application/atom+xml",
            "<feed xmlns='http://www.w3.org/2005/Atom'><id></id><title>t</title><updated>1970-01-01T00:00:00Z</updated>\
             <link rel='self' href='https://b.example/'/>\
             <entry><id>x</id><title>t</title><updated>yesterday</updated></entry>\
             <entry><id>x</id><title>t</title><updated>2022-10-25T00:15:00Z</updated><author/></entry></feed>",
        );
        for told in [
            "feed/id",
            "implausible",
            "rel=self is `https://b.example/`",
            "entry 1/id `x`",
            "entry 1/updated `yesterday`",
            "entry 1: no author",
            "entry 1: neither content nor",
            "entry 2: id `x` comes twice",
            "author without a name",
        ] {
            assert!(atom.contains(told), "{told}: {atom}");
        }
        let json = check(
            "application/feed+json",
            "{\"version\":\"1\",\"title\":\"\",\"feed_url\":\"/a\",\"items\":[{\"id\":1,\"url\":\"x\"},{\"id\":\"a\",\"content_html\":\"\",\"date_published\":\"x\",\"attachments\":[{}],\"authors\":[{}]}]}",
        );
        for told in [
            "version",
            "title",
            "feed_url",
            "item 1: id",
            "item 1: url",
            "no content",
            "date_published",
            "mime_type",
            "author",
        ] {
            assert!(json.contains(told), "{told}: {json}");
        }
    }
}
