//! Media types by the ending of a name, with the charset where the type has one.

/// The `Content-Type` of a file. `head` are its first bytes: a `.json` is a feed only when it says so.
pub fn of(path: &str, head: &[u8]) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "atom" => "application/atom+xml; charset=utf-8",
        "rss" => "application/rss+xml; charset=utf-8",
        "json" if memchr::memmem::find(head, b"jsonfeed.org/version/").is_some() => {
            "application/feed+json; charset=utf-8"
        }
        "json" => "application/json",
        "opml" => "text/x-opml; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "xml" if memchr::memmem::find(head, b"<OpenSearchDescription ").is_some() => {
            "application/opensearchdescription+xml"
        }
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}

/// The type without its parameters.
pub fn bare(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default()
}

/// Whether the bytes of this type become smaller when they are packed.
pub fn is_text(media_type: &str) -> bool {
    let bare = bare(media_type);
    bare.starts_with("text/") || bare.ends_with("json") || bare.ends_with("xml")
}

/// Whether a document of this type may be read by the scripts of other sites: feeds are made for that.
pub fn is_feed(media_type: &str) -> bool {
    matches!(
        bare(media_type),
        "application/atom+xml" | "application/rss+xml" | "application/feed+json" | "text/x-opml"
    )
}

/// Whether a document of this type is a feed that has a style sheet for browsers.
pub fn is_xml_feed(media_type: &str) -> bool {
    matches!(bare(media_type), "application/atom+xml" | "application/rss+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_is_a_feed_when_it_says_so() {
        let feed = b"{\n  \"version\": \"https://jsonfeed.org/version/1.1\",";
        assert_eq!(of("city.json", feed), "application/feed+json; charset=utf-8");
        assert_eq!(of("other.json", b"{}"), "application/json");
        assert_eq!(of("noending", b""), "application/octet-stream");
        assert!(is_text(of("a.opml", b"")) && is_feed(of("a.rss", b"")) && !is_feed(of("a.html", b"")));
    }
}
