//! What a document is that is no feed, and the feeds that a web page announces.

use url::Url;

use super::notes::Notes;
use super::xml::{Token, Tokens, attributes_of, decode_again};

/// What was found on a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// To be said after 'it looks like'.
    pub looks_like: String,
    /// Feeds, best first.
    pub announced: Vec<Url>,
}

/// What a file that is no text looks like.
pub(super) fn binary(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x1f\x8b", "gzip data"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x89PNG", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"RIFF", "a WebP image or a RIFF file"),
        (b"ID3", "an MP3 file"),
        (b"\x28\xB5\x2F\xFD", "zstd data"),
        (b"BZh", "bzip2 data"),
    ];
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

/// Looks at a document that is no feed.
pub(super) fn look(text: &str, base: Option<&Url>) -> Page {
    if text.trim().is_empty() {
        return Page { looks_like: "an empty document".to_owned(), ..Page::default() };
    }
    let mut seen = Seen { base: base.cloned(), ..Seen::default() };
    seen.read(text);
    let looks_like = seen.looks_like(text);
    // Feeds of comments come last of all: nobody who gives the address of a page means them.
    Page { looks_like, announced: seen.feeds }
}

#[derive(Default)]
struct Seen {
    base: Option<Url>,
    root: Option<String>,
    html: bool,
    title: Option<String>,
    password: bool,
    feeds: Vec<Url>,
}

/// So many feeds of one page are told.
const MOST_FEEDS: usize = 32;

impl Seen {
    fn read(&mut self, text: &str) {
        let mut notes = Notes::default();
        let mut tokens = Tokens::new(text);
        let mut in_title = false;
        let mut raw_text: Option<&'static str> = None;
        while let Some(token) = tokens.next("", &mut notes) {
            match token {
                Token::Text(text) if in_title && self.title.is_none() => {
                    let title = decode_again(text).split_whitespace().collect::<Vec<_>>().join(" ");
                    self.title =
                        Some(title.chars().take(80).collect()).filter(|title: &String| !title.is_empty());
                }
                Token::Doctype(doctype) => {
                    let kind = doctype.trim_start().as_bytes();
                    self.html |= kind.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"html"));
                }
                Token::End(name) => {
                    in_title = false;
                    if raw_text.is_some_and(|raw| name.eq_ignore_ascii_case(raw)) {
                        raw_text = None;
                    }
                }
                Token::Start { name, attributes, empty } if raw_text.is_none() => {
                    let name = name.to_ascii_lowercase();
                    in_title = name == "title" && !empty;
                    raw_text = ["script", "style", "textarea"].into_iter().find(|raw| *raw == name && !empty);
                    self.element(&name, attributes);
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, name: &str, attributes: &str) {
        let told = |wanted: &str| {
            let mut list = attributes_of(attributes);
            list.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
        };
        match name {
            "html" | "head" | "body" => self.html = true,
            "base" => {
                if let (Some(base), Some(href)) = (&self.base, told("href")) {
                    self.base = base.join(&href).ok().or(self.base.take());
                } else if let Some(href) = told("href") {
                    self.base = Url::parse(&href).ok();
                }
            }
            "input" => {
                self.password |= told("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
            }
            "link" => {
                let relation = told("rel").unwrap_or_default().to_ascii_lowercase();
                let alternate = relation.split_whitespace().any(|rel| rel == "alternate" || rel == "feed");
                let kind = told("type").unwrap_or_default().to_ascii_lowercase();
                let href = told("href").unwrap_or_default();
                let title = told("title").unwrap_or_default();
                let feed = is_feed_type(&kind, &href) || kind.is_empty() && relation.contains("feed");
                if alternate && feed && !href.is_empty() && !is_for_comments(&title, &href) {
                    self.announce(&href);
                }
            }
            _ => {}
        }
        if self.root.is_none() {
            self.root = Some(name.chars().take(40).collect());
        }
    }

    fn announce(&mut self, href: &str) {
        let url = match &self.base {
            Some(base) => base.join(href),
            None => Url::parse(href),
        };
        if let Ok(url) = url
            && self.feeds.len() < MOST_FEEDS
            && !self.feeds.contains(&url)
        {
            self.feeds.push(url);
        }
    }

    fn looks_like(&self, text: &str) -> String {
        const WALLS: [&str; 14] = [
            "cf-chl",
            "_cf_chl",
            "cf-browser-verification",
            "just a moment...",
            "attention required! | cloudflare",
            "ddos-guard",
            "_incapsula_resource",
            "verify you are human",
            "verifying you are human",
            "are you a robot",
            "enable javascript and cookies to continue",
            "captcha-delivery.com",
            "px-captcha",
            "sucuri website firewall",
        ];
        let titled = self.title.as_ref().map_or(String::new(), |title| format!(" titled `{title}`"));
        let root = self.root.as_deref().unwrap_or_default();
        let is_page = self.html || super::vocabulary::is_html(root);
        if is_page {
            let head = text.get(..text.floor_char_boundary(64 * 1024)).unwrap_or(text).to_lowercase();
            if WALLS.iter().any(|wall| head.contains(wall)) {
                return format!("a page that keeps programs out (a bot wall){titled}");
            }
            let login = self.title.as_ref().is_some_and(|title| {
                let title = title.to_lowercase();
                ["log in", "login", "sign in", "লগ ইন"].iter().any(|word| title.contains(word))
            });
            if login || self.password {
                return format!("a login page{titled}");
            }
            return format!("an HTML page{titled}");
        }
        match root {
            "" => {
                let line = text.trim().lines().next().unwrap_or_default();
                let begin: String = line.chars().take(60).collect();
                format!("plain text that begins with `{begin}`")
            }
            "urlset" | "sitemapindex" => "a sitemap".to_owned(),
            "opml" => "an OPML list of feeds".to_owned(),
            "rdf:rdf" => "RDF that is no feed".to_owned(),
            other => format!("XML that is no feed, with the root `{other}`"),
        }
    }
}

fn is_feed_type(kind: &str, href: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json"
        | "application/x.atom+xml"
        | "application/x-atom+xml"
        | "text/rss+xml"
        | "text/atom+xml" => true,
        "application/json" | "text/xml" | "application/xml" => {
            let href = href.to_ascii_lowercase();
            ["feed", "rss", "atom"].iter().any(|word| href.contains(word)) && !href.contains("oembed")
        }
        _ => false,
    }
}

fn is_for_comments(title: &str, href: &str) -> bool {
    let title = title.to_lowercase();
    let words = [
        "comment",
        "kommentar",
        "comentario",
        "commentaire",
        "коммент",
        "মন্তব্য",
        "टिप्पण",
        "コメント",
        "评论",
    ];
    words.iter().any(|word| title.contains(word)) || href.to_ascii_lowercase().contains("comments/feed")
}
