//! A source that is a feed, or a page that announces one: what its answer is.

use url::Url;

use crate::model::{Format, Reading, Stage};

/// What an answer turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A feed, read as far as it goes.
    Read(Box<Reading>),
    /// A page that announces this feed. The caller asks there, once, and remembers it as the find of this page; when the
    /// find fails or is no feed any more, it forgets it and asks the page again.
    Announced(Url),
    /// Nothing that could be read; what it looks like instead, as the end of a sentence about the address.
    Nothing(String),
}

/// What the address that answered gave before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nothing that we know of: it may be a page that announces a feed.
    Unknown,
    /// A feed: a page in its place is a mistake of the site, or a move that the owner should hear of.
    Feed,
}

/// Tells what `reading` is, which `url` gave.
pub fn judge(reading: Reading, url: &Url, before: Before) -> Outcome {
    if reading.format != Format::Unknown || !reading.drafts.is_empty() {
        return Outcome::Read(Box::new(reading));
    }
    let announced = reading.announced.iter().find(|feed| may_lead(url, feed)).cloned();
    let looks = reading.remarks.iter().rfind(|remark| remark.stage == Stage::Parse && remark.item.is_none());
    let looks = looks.map_or_else(|| "nothing that is a feed".to_owned(), |remark| remark.text.clone());
    match (announced, before) {
        (Some(feed), Before::Unknown) => Outcome::Announced(feed),
        (Some(feed), Before::Feed) => Outcome::Nothing(format!(
            "gave a page where its feed was ({looks}); it announces {feed}: put that into `url` if the feed has moved"
        )),
        (None, Before::Feed) => Outcome::Nothing(format!("gave no feed where its feed was: {looks}")),
        (None, Before::Unknown) => Outcome::Nothing(format!("gave no feed: {looks}")),
    }
}

/// True when a page at `page` may send us to `feed`: to another address than its own, and never from the web to our disk.
fn may_lead(page: &Url, feed: &Url) -> bool {
    let known = match feed.scheme() {
        "http" | "https" => true,
        "file" => page.scheme() == "file",
        _ => false,
    };
    let address = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    known && address(feed) != address(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Draft, Remark};

    const PAGE: &str = "https://news.example/";

    /// A page that announces `feeds`, at `url`; told are the outcome and its text.
    fn check(url: &str, feeds: &[&str], before: Before, expected: &str) {
        let url = Url::parse(url).unwrap();
        let reading = Reading {
            announced: feeds.iter().map(|feed| url.join(feed).unwrap()).collect(),
            remarks: vec![
                Remark::of(Stage::Decode, "read as windows-1252"),
                Remark::of(Stage::Parse, "an HTML page titled `খবর`"),
            ],
            ..Reading::default()
        };
        let told = match judge(reading, &url, before) {
            Outcome::Read(_) => "read".to_owned(),
            Outcome::Announced(feed) => format!("→ {feed}"),
            Outcome::Nothing(text) => text,
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn the_first_announced_feed_is_followed() {
        check(PAGE, &["/feed", "/sport"], Before::Unknown, "→ https://news.example/feed");
        check(PAGE, &["/#top", "/feed"], Before::Unknown, "→ https://news.example/feed");
        check(PAGE, &["feed:x", "http://b.example/feed"], Before::Unknown, "→ http://b.example/feed");
        check("file:///pages/a.html", &["feed.xml"], Before::Unknown, "→ file:///pages/feed.xml");
    }

    #[test]
    fn a_page_of_the_web_never_leads_to_our_disk() {
        let nothing = "gave no feed: an HTML page titled `খবর`";
        check(PAGE, &["file:///etc/passwd"], Before::Unknown, nothing);
        check(PAGE, &[], Before::Unknown, nothing);
    }

    #[test]
    fn a_page_where_the_feed_was_is_named_and_not_followed() {
        check(
            "https://news.example/feed",
            &["/new"],
            Before::Feed,
            "gave a page where its feed was (an HTML page titled `খবর`); it announces https://news.example/new: put that into `url` if the feed has moved",
        );
        check(
            "https://news.example/feed",
            &["/feed"],
            Before::Feed,
            "gave no feed where its feed was: an HTML page titled `খবর`",
        );
    }

    #[test]
    fn what_has_items_is_read_whatever_it_is_called() {
        let url = Url::parse(PAGE).unwrap();
        let reading = Reading { drafts: vec![Draft::default()], ..Reading::default() };
        assert!(matches!(judge(reading, &url, Before::Unknown), Outcome::Read(_)));
        let empty = Reading { format: Format::Rss20, announced: vec![url.clone()], ..Reading::default() };
        assert!(matches!(judge(empty, &url, Before::Feed), Outcome::Read(_)));
    }
}
