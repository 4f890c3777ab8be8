//! The history of a feed (RFC 5005 section 4), walked from the feed to its first archive.

use std::collections::BTreeMap;

use crate::support::home::Home;

const BASE: &str = "https://news.example/feeds/";

fn config(more: &str) -> String {
    format!(
        "[site]\nbase_url = \"{BASE}\"\nstyled_feeds = true\n[source.a]\nurl = \"a.xml\"\n[feed.city]\ntitle = \"শহর\"\n\
         archive = \"monthly\"\nkeep = {{ entries = 3 }}\n{more}\n"
    )
}

/// Entries `1..=count`, one each day from September on, the newest ten in the source.
fn write_source(home: &Home, count: u32) {
    let items: String = (1..=count)
        .rev()
        .take(10)
        .map(|n| {
            let (month, day) = (["Sep", "Oct", "Nov", "Dec"][(n as usize - 1) / 20], (n - 1) % 20 + 1);
            format!(
                "<item><title>খবর {n}</title><link>https://a.example/{n}</link><guid>https://a.example/{n}</guid>\
                 <pubDate>{day} {month} 2026 10:00:00 +0000</pubDate><description>{n}</description></item>"
            )
        })
        .collect();
    home.write("a.xml", format!("<rss version=\"2.0\"><channel><title>a</title><link>https://a.example/</link><description/>{items}</channel></rss>"));
}

/// The evening of the day of entry `n`.
fn evening(n: u32) -> String {
    format!("2026-{:02}-{:02}T20:00:00Z", 9 + (n - 1) / 20, (n - 1) % 20 + 1)
}

/// One day after the other; `until` is the last entry.
fn days(home: &Home, days: std::ops::RangeInclusive<u32>) {
    for n in days {
        write_source(home, n);
        let answer = home.harkara(&["run", "--all", "-q", "--now", &evening(n)]);
        assert_eq!(answer.code, 0, "{}", answer.stderr);
    }
}

/// (ids, links by relation) of a document.
fn document(home: &Home, path: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let text = home.read(&format!("public/{path}"));
    if path.ends_with("json") {
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let ids =
            json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        let next = json["next_url"].as_str().map(|url| ("prev-archive".to_owned(), url.to_owned()));
        return (ids.collect(), next.into_iter().collect());
    }
    let xml = roxmltree::Document::parse(&text).unwrap();
    let top = xml.descendants().find(|node| matches!(node.tag_name().name(), "feed" | "channel")).unwrap();
    let links = top.children().filter(|node| node.tag_name().name() == "link" && node.has_attribute("rel"));
    let links = links
        .map(|node| (node.attribute("rel").unwrap().to_owned(), node.attribute("href").unwrap().to_owned()))
        .collect();
    let entries = top.children().filter(|node| matches!(node.tag_name().name(), "entry" | "item"));
    let id = |entry: roxmltree::Node| {
        let id = entry.children().find(|child| matches!(child.tag_name().name(), "id" | "guid")).unwrap();
        id.text().unwrap().to_owned()
    };
    (entries.map(id).collect(), links)
}

/// Every id from `path` back to the first archive, in order of the walk; with the paths.
fn walk(home: &Home, path: &str, mut between: impl FnMut(usize)) -> (Vec<String>, Vec<String>) {
    let (mut ids, mut paths, mut next) = (Vec::new(), Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let (here, links) = document(home, &path);
        ids.extend(here);
        paths.push(path);
        assert!(paths.len() < 50, "a circle: {paths:?}");
        between(paths.len());
        next = links.get("prev-archive").map(|url| url.strip_prefix(BASE).unwrap().to_owned());
    }
    (ids, paths)
}

fn all(count: u32) -> Vec<String> {
    (1..=count).rev().map(|n| format!("https://a.example/{n}")).collect()
}

#[test]
fn each_entry_is_met_once_from_the_feed_to_the_first_archive() {
    let home = Home::new(&config(""));
    days(&home, 1..=2);
    assert!(!home.at("public/city").exists(), "the feed shows everything: there is no history yet");
    for count in [5, 25, 45, 70] {
        let from =
            (1..=70).find(|n| !home.read("public/city.json").contains(&format!("/{n}\""))).unwrap_or(1);
        let from = if count == 5 { 3 } else { from.max(count - 20) };
        days(&home, from..=count);
        for format in ["atom", "rss", "json"] {
            let (ids, _) = walk(&home, &format!("city.{format}"), |_| {});
            assert_eq!(ids, all(count), "{format}: newest first, each once");
        }
    }
    let (_, paths) = walk(&home, "city.atom", |_| {});
    let names = ["2026-12", "2026-11", "2026-10", "2026-09"].map(|name| format!("city/archive/{name}.atom"));
    assert_eq!(paths, [&["city.atom".to_owned()][..], &names].concat());
    // RFC 5005 section 4: the mark of an archive, the way to the feed and to both sides.
    for format in ["atom", "rss"] {
        let text = home.read(&format!("public/city/archive/2026-10.{format}"));
        assert!(
            text.contains("<fh:archive") && text.contains("http://purl.org/syndication/history/1.0"),
            "{text}"
        );
        assert!(text.contains("href=\"../../"), "the style sheet is found from here: {text}");
        let (_, links) = document(&home, &format!("city/archive/2026-10.{format}"));
        let at = |path: &str| format!("{BASE}{path}.{format}");
        for (rel, path) in [
            ("self", "city/archive/2026-10"),
            ("current", "city"),
            ("prev-archive", "city/archive/2026-09"),
            ("next-archive", "city/archive/2026-11"),
        ] {
            assert_eq!(links.get(rel), Some(&at(path)), "{rel}");
        }
        assert!(!links.contains_key("hub"));
        assert!(!home.read(&format!("public/city.{format}")).contains("fh:archive"));
    }
}

#[test]
fn a_closed_archive_is_never_written_again() {
    let home = Home::new(&config(""));
    days(&home, 1..=45);
    let closed =
        ["atom", "rss", "json"].map(|format| home.at(&format!("public/city/archive/2026-09.{format}")));
    let stamp = |path: &std::path::PathBuf| std::fs::metadata(path).unwrap().modified().unwrap();
    let before = closed.each_ref().map(stamp);
    let texts = closed.each_ref().map(|path| std::fs::read(path).unwrap());
    // A rule, an edit and another title change what is still open.
    home.write("harkara.toml", config("rules = [{ drop = { title = \"খবর 7$\" } }]").replace("শহর", "নগর"));
    days(&home, 46..=50);
    assert_eq!(closed.each_ref().map(stamp), before);
    assert_eq!(closed.each_ref().map(|path| std::fs::read(path).unwrap()), texts);
    assert!(home.read("public/city/archive/2026-11.atom").contains("নগর"));
}

#[test]
fn new_entries_that_come_during_a_walk_hide_none() {
    let home = Home::new(&config(""));
    days(&home, 1..=44);
    let mut next = 45;
    let (ids, _) = walk(&home, "city.atom", |_| {
        days(&home, next..=next + 1);
        next += 2;
    });
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    let mut expected = all(44);
    expected.sort();
    let missing: Vec<_> = expected.iter().filter(|id| !once.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?} of {ids:?}");
}

#[test]
fn a_document_of_limited_size_leaves_the_rest_to_the_archive() {
    let home = Home::new(&config("max_bytes = \"4KiB\"").replace("entries = 3", "entries = 50"));
    days(&home, 1..=30);
    for format in ["atom", "rss", "json"] {
        let head = home.read(&format!("public/city.{format}"));
        assert!(head.len() <= 4096, "{}", head.len());
        let (ids, _) = walk(&home, &format!("city.{format}"), |_| {});
        assert_eq!(ids, all(30), "{format}");
    }
}

#[test]
fn without_an_address_there_is_no_way_from_one_to_the_next() {
    let home = Home::new(&config("").replace(&format!("base_url = \"{BASE}\""), ""));
    let answer = home.harkara(&["check"]);
    assert!(
        answer.code == 2 && answer.stderr.contains("nobody could find from one archive to the next"),
        "{}",
        answer.stderr
    );
}
