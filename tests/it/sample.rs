//! Feeds for tests: one that holds everything a document can hold, one that holds as good as nothing.

use harkara::model::{
    Attachment, Category, Entry, EntryId, Feed, History, Html, Item, Origin, Person, Provenance, SourceId,
    Timestamp,
};
use url::Url;

/// An instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an RFC 3339 date")
}

/// A URL.
pub fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

/// Clean HTML, as the store would give it.
pub fn html(markup: &str) -> Html {
    serde_json::from_value(markup.into()).expect("a string")
}

/// An entry's id, as the store would give it.
pub fn id(uri: &str) -> EntryId {
    serde_json::from_value(uri.into()).expect("a string")
}

/// A person with a name.
pub fn person(name: &str) -> Person {
    Person { name: Some(name.to_owned()), ..Person::default() }
}

/// A source with everything that can be told of one.
pub fn provenance() -> Provenance {
    Provenance {
        id: "https://khobor.example/feed".to_owned(),
        title: "খবর অনলাইন & Co".to_owned(),
        home_url: Some(url("https://khobor.example/")),
        feed_url: Some(url("https://khobor.example/feed?a=1&b=2")),
        updated: Some(at("2022-10-25T06:00:00Z")),
        rights: Some("© খবর অনলাইন".to_owned()),
    }
}

/// An entry that has a title and a page and nothing else.
pub fn entry(number: u32, item: Item) -> Entry {
    Entry {
        id: id(&format!("tag:news.example,2022:{number}")),
        source: "khobor".parse::<SourceId>().expect("a slug"),
        published: at("2022-10-25T00:15:00Z"),
        updated: at("2022-10-25T00:15:00Z"),
        first_seen: at("2022-10-25T00:20:00Z"),
        revision: 0,
        tags: Vec::new(),
        item,
        provenance: provenance(),
        related: Vec::new(),
    }
}

/// A feed of these entries, with nothing told that need not be.
pub fn bare(entries: Vec<Entry>) -> Feed {
    Feed {
        id: "bare".parse().expect("a slug"),
        uri: "urn:harkara:feed:bare".to_owned(),
        title: "Bare".to_owned(),
        subtitle: None,
        base_url: None,
        home_url: None,
        hub_urls: Vec::new(),
        language: None,
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH),
        authors: Vec::new(),
        rights: None,
        icon_url: None,
        ttl_minutes: None,
        style: None,
        history: History::default(),
        view: None,
        entries,
    }
}

/// A feed in which everything is told.
pub fn city() -> Feed {
    Feed {
        id: "city".parse().expect("a slug"),
        uri: "https://news.example/city".to_owned(),
        title: "শহরের খবর".to_owned(),
        subtitle: Some("কলকাতা <ও> আশপাশ & আরও".to_owned()),
        base_url: Some(url("https://news.example/feeds/")),
        home_url: Some(url("https://news.example/")),
        hub_urls: vec![url("https://hub.example/?a=1&b=2")],
        language: Some("bn".to_owned()),
        authors: vec![Person {
            name: Some("সম্পাদক".to_owned()),
            email: Some("editor@news.example".to_owned()),
            url: Some(url("https://news.example/about")),
        }],
        rights: Some("CC BY 4.0".to_owned()),
        icon_url: Some(url("https://news.example/icon.png")),
        ttl_minutes: Some(30),
        style: Some("feed.css".to_owned()),
        ..bare(vec![full(), arabic(), hostile(), nothing(), elsewhere(), podcast()])
    }
}

fn full() -> Entry {
    let item = Item {
        id: Some("the source's own word".to_owned()),
        url: Some(url("https://khobor.example/রাজ্য/ডেঙ্গি?id=1&ref=x")),
        alternate_urls: vec![url("https://m.khobor.example/1")],
        title: Some("ডেঙ্গি নিয়ে সতর্ক প্রশাসন: “হাতে সময় কম”".to_owned()),
        summary: Some(html("<p>সংক্ষেপ: <b>ক্ষতি</b> &amp; লাভ</p>")),
        content: Some(html(
            "<p>ক\u{9cd}\u{200d}ষ, র\u{200d}্য, ৎ — <a href=\"https://khobor.example/a?b=1&amp;c=2\">সূত্র</a>।</p>\n<ul><li>১</li></ul>",
        )),
        language: Some("bn-IN".to_owned()),
        published: Some(at("2020-01-01T00:00:00Z")),
        updated: None,
        authors: vec![
            person("মমতা রায়"),
            Person { email: Some("b@khobor.example".to_owned()), ..person("B. <Dev>") },
        ],
        contributors: vec![person("আলোকচিত্রী")],
        categories: vec![
            Category {
                term: "state".to_owned(),
                scheme: Some("https://khobor.example/sections".to_owned()),
                label: Some("রাজ্য".to_owned()),
            },
            Category {
                term: "স্বাস্থ্য".to_owned(), scheme: Some("no uri".to_owned()), label: None
            },
        ],
        attachments: vec![Attachment {
            url: url("https://khobor.example/নোটিস.pdf"),
            media_type: Some("application/pdf".to_owned()),
            size_bytes: Some(1234),
            duration_seconds: None,
            title: None,
        }],
        image_url: Some(url("https://khobor.example/img.php?w=600&h=400")),
        comments_url: Some(url("https://khobor.example/1#comments")),
        origin: None,
        rights: Some("© মমতা রায়".to_owned()),
        in_reply_to: Some("https://khobor.example/0".to_owned()),
    };
    Entry {
        updated: at("2022-10-25T06:00:00Z"),
        revision: 2,
        tags: vec!["news".to_owned(), "স্বাস্থ্য".to_owned()],
        related: vec![("অন্য কাগজ".to_owned(), url("https://other.example/ডেঙ্গি"))],
        ..entry(1, item)
    }
}

fn arabic() -> Entry {
    let item = Item {
        url: Some(url("https://akhbar.example/1")),
        title: Some("عاجل: \"أخبار\" <اليوم> 👩\u{200d}👩\u{200d}👧 & más".to_owned()),
        content: Some(html("<p dir=\"rtl\" lang=\"ar\">نص عربي</p>")),
        language: Some("ar".to_owned()),
        authors: vec![Person { email: Some("k@akhbar.example".to_owned()), ..person("كاتب") }],
        ..Item::default()
    };
    Entry { id: id("https://akhbar.example/1"), ..entry(2, item) }
}

fn hostile() -> Entry {
    let item = Item {
        url: Some(url("https://a.example/?q=a|b[]&x=\"<>'^`{}")),
        title: Some("\u{b}]]> <b>bold</b> &amp; &#8217; \u{0}\u{fffe}\u{7f}\r\n\tend <entry>".to_owned()),
        summary: Some(html("]]>\u{b}<p>a]]]]>b</p><![CDATA[x]]>\r\ny\rz\u{85}")),
        content: Some(html("<p>]]\u{b}></p><item></item><entry></entry>")),
        language: Some("en_US\"><x".to_owned()),
        authors: vec![Person { email: Some("no mail".to_owned()), ..Person::default() }, Person::default()],
        categories: vec![Category::default(), Category { term: "<&\">".to_owned(), ..Category::default() }],
        attachments: vec![Attachment {
            url: url("magnet:?xt=urn:btih:\"<&>"),
            media_type: Some("no type".to_owned()),
            size_bytes: Some(0),
            duration_seconds: Some(f64::NAN),
            title: Some("\u{1}]]>\"'<&>".to_owned()),
        }],
        image_url: Some(url("https://a.example/?\"><x y=\"&amp;")),
        in_reply_to: Some("no address".to_owned()),
        rights: Some("<b>&copy;</b>".to_owned()),
        ..Item::default()
    };
    Entry {
        id: id("urn:x:\"<খ> \u{b}"),
        related: vec![("\"<&>\u{b}".to_owned(), url("https://b.example/?\"&<"))],
        tags: vec!["]]>".to_owned(), " ".to_owned()],
        ..entry(3, item)
    }
}

fn nothing() -> Entry {
    Entry { id: id("urn:uuid:60a76c80-d399-51d9-b93c-0003939e0af6"), ..entry(4, Item::default()) }
}

fn elsewhere() -> Entry {
    let item = Item {
        content: Some(html(
            "<p>শিরোনাম ছাড়া একটি লেখা, যার প্রথম কথাগুলোই শিরোনাম হয়ে ওঠে, কারণ আর কিছু নেই, আর তা বেশি লম্বা হলে কাটা পড়ে।</p>",
        )),
        origin: Some(Origin {
            title: Some("আসল সূত্র".to_owned()),
            url: Some(url("https://origin.example/")),
            feed_url: Some(url("https://origin.example/rss")),
        }),
        ..Item::default()
    };
    entry(5, item)
}

fn podcast() -> Entry {
    let file = |name: &str, kind: &str, seconds: f64| Attachment {
        url: url(&format!("https://pod.example/{name}")),
        media_type: Some(kind.to_owned()),
        size_bytes: Some(5_000_000),
        duration_seconds: Some(seconds),
        title: Some(format!("ফাইল {name}")),
    };
    let item = Item {
        url: Some(url("https://pod.example/1")),
        title: Some("পর্ব ১".to_owned()),
        summary: Some(html("<p>শোনা যাক</p>")),
        attachments: vec![
            file("cover.jpg", "image/jpeg", 0.0),
            file("1.mp3", "audio/mpeg", 1803.5),
            file("1.mp4", "video/mp4", 1803.0),
        ],
        ..Item::default()
    };
    entry(6, item)
}
