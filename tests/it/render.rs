//! Golden documents: a feed with everything, a feed with nothing, the list of sources.

use harkara::model::{Feed, Item, Outline};
use harkara::publish::gate::{self, Emptiness};
use harkara::render::{Document, Format, opml, render};

use crate::{golden, sample, validator};

fn check(feed: &Feed, format: Format, location: Option<&str>) -> Document {
    let document = render(feed, format);
    assert_eq!(document, render(feed, format), "the same feed gives the same bytes");
    assert_eq!(gate::check(&document, Some(1), Emptiness::Refused), Ok(()));
    golden::check(&format!("render/{}", document.path), &document.bytes);
    assert_eq!(validator::errors(&document, location), []);
    document
}

#[test]
fn a_feed_with_everything() {
    for format in Format::FEEDS {
        let location = format!("https://news.example/feeds/city.{}", format.extension());
        let document = check(&sample::city(), format, Some(&location));
        // One title of the sample is made of markup; validators cannot know that it is meant.
        let faults = validator::faults(&document, Some(&location));
        assert!(faults.iter().all(|fault| format!("{fault:?}").contains("looks like HTML")), "{faults:?}");
    }
}

#[test]
fn a_feed_with_nothing() {
    for format in Format::FEEDS {
        let feed = sample::bare(vec![sample::entry(1, Item::default())]);
        let document = check(&feed, format, None);
        let faults = validator::faults(&document, None);
        // Without a base_url nobody knows where the document will be found.
        assert!(faults.iter().all(|fault| format!("{fault:?}").contains("rel=self")), "{faults:?}");
    }
}

#[test]
fn a_feed_without_entries_is_valid_too() {
    for format in Format::FEEDS {
        let document = render(&sample::bare(Vec::new()), format);
        assert_eq!(validator::errors(&document, None), []);
        assert_eq!(gate::check(&document, None, Emptiness::Refused), Ok(()));
        assert!(gate::check(&document, Some(1), Emptiness::Refused).is_err());
        assert_eq!(gate::entries(document.media_type, &document.bytes), Some(0));
    }
}

#[test]
fn the_list_of_sources() {
    let outline = |title: &str, feed_url: &str, tags: &[&str]| Outline {
        title: Some(title.to_owned()),
        feed_url: feed_url.to_owned(),
        home_url: Some("https://khobor.example/বাংলা".to_owned()),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
    };
    let outlines = [
        outline("খবর অনলাইন & \"Co\" <1>", "https://khobor.example/feed?a=1&b=2", &["bn", "news"]),
        outline("No tag", "https://a.example/rss", &[]),
        outline("Last", "https://b.example/rss", &["bn"]),
    ];
    let document = opml::sources("উৎস", &outlines);
    golden::check("render/sources.opml", &document.bytes);
    assert_eq!(gate::check(&document, Some(3), Emptiness::Refused), Ok(()));
    let text = String::from_utf8(document.bytes).expect("UTF-8");
    let read = harkara::parse::opml::read(&text);
    assert_eq!(read.remarks, Vec::<String>::new());
    assert_eq!(read.title.as_deref(), Some("উৎস"));
    let mut expected = outlines.to_vec();
    expected.swap(1, 2);
    for outline in &mut expected {
        outline.home_url =
            Some("https://khobor.example/%E0%A6%AC%E0%A6%BE%E0%A6%82%E0%A6%B2%E0%A6%BE".to_owned());
    }
    assert_eq!(read.outlines, expected, "what is exported is imported");
}
