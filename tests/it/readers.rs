//! Other people's programs read what we publish: feedparser, newsboat, rss2email, xmllint, and the rules of the W3C feed
//! validator (`tests/readers/`). Where a program is missing its tests say `skipped: …`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::example::{documents, program, project, published, python_with, say};

/// Articles of the fixtures: the file, the title as its bytes stand there, the date it tells (UTC).
const ARTICLES: &[(&str, &str, &str)] = &[
    ("bn-nadipar.xml", "দু’ঘণ্টা পর ফিরল ‘দূতালি’ মেসেঞ্জার, ভোগান্তি গ্রাহকদের", "2026-10-27T09:20:11Z"),
    ("bn-nadipar.xml", "র‍্যাম্পে হাঁটলেন চা-বাগানের মেয়েরা, দর্শক আসনে গোটা গ্রাম", "2026-10-30T14:45:00Z"),
    ("bn-nadipar.xml", "জোয়ারের সময়সূচি: এ সপ্তাহে কোন ঘাটে কখন লঞ্চ", "2026-11-02T05:30:44Z"),
    ("bn-nadipar-prozukti.xml", "গ্রামে গ্রামে বসছে নিখরচার ওয়াই-ফাই", "2026-10-31T04:30:00Z"),
    ("bn-charpatra.atom", "বার্তা নেই, তবু খবর থেমে থাকেনি: এক দুপুরের ডায়েরি", "2026-10-27T15:00:00Z"),
    ("hi-ghati.xml", "बर्फ़बारी के बाद खुला ऊपरी दर्रा, पहली बस रवाना", "2026-11-03T13:15:00Z"),
    ("hi-ghati.xml", "पुरालेख: जब पहली बार बिजली आई", "2011-08-06T03:30:00Z"),
    ("ta-kadalosai.json", "உப்பு விலை உயர்வு; சிறு வணிகர்கள் கவலை", "2026-11-04T01:45:00Z"),
    ("ar-wadi.xml", "موسم الزيتون يبدأ مبكرًا هذا العام", "2026-11-05T06:30:00Z"),
    ("fa-kuhpaye.atom03.xml", "نان تازه می‌پزیم", "2026-10-30T17:20:00Z"),
    ("zh-jiangwan.atom", "老渡口停航，最后一班船坐满了人", "2026-11-07T11:30:00Z"),
    ("ja-minato.rdf", "秋刀魚が帰ってきた　三年ぶりの豊漁", "2026-11-07T22:00:00Z"),
    ("th-rimkhlong.xml", "ตลาดน้ำเช้าวันเสาร์กลับมาคึกคักอีกครั้ง", "2026-11-07T02:05:00Z"),
    ("en-slowboat-podcast.xml", "11: Bread by boat", "2026-10-23T05:00:00Z"),
    ("en-links.json", "Field recording: gulls against engine", "2026-11-05T07:45:00Z"),
];

/// What a reader saw, by document: the lines about entries, in their order.
type Seen = BTreeMap<String, Vec<Value>>;

fn seen(lines: &str) -> Seen {
    let mut by_file = Seen::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("the script prints JSON lines");
        let entries = by_file.entry(text(&line, "file").to_owned()).or_default();
        if line.get("id").is_some() {
            entries.push(line);
        }
    }
    by_file
}

fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line.get(key).and_then(Value::as_str).unwrap_or("")
}

fn script(name: &str) -> std::path::PathBuf {
    project().join("tests/readers").join(name)
}

/// feedparser over the whole tree; `None` where it is missing.
fn by_feedparser() -> Option<String> {
    let mut python = python_with("feedparser")?;
    Some(say(python.arg(script("feedparser_check.py")).arg(published())))
}

/// Titles that differ only in white space are the same to every reader (RSS 1.0's ideographic space is kept or folded).
fn folded(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The articles of `sources` stand once each in `file`, with their own title and date.
fn articles_are_there(seen: &Seen, file: &str, sources: &str) {
    let entries = seen.get(file).unwrap_or_else(|| panic!("{file} was read; there are {:?}", seen.keys()));
    for (source, title, date) in ARTICLES.iter().filter(|(source, ..)| source.starts_with(sources)) {
        let bytes =
            fs::read_to_string(project().join("fixtures/feeds").join(source)).expect("the fixture is there");
        assert!(bytes.contains(title), "{source} holds `{title}` byte for byte");
        let found: Vec<&Value> =
            entries.iter().filter(|e| folded(text(e, "title")) == folded(title)).collect();
        assert_eq!(found.len(), 1, "`{title}` stands once in {file}");
        assert_eq!(text(found[0], "published"), *date, "the date of `{title}` in {file}");
    }
}

#[test]
fn feedparser_takes_every_document_without_complaint() {
    let Some(lines) = by_feedparser() else { return };
    for line in lines.lines().map(|l| serde_json::from_str::<Value>(l).expect("JSON lines")) {
        if line.get("id").is_none() {
            assert_eq!(line["bozo"], Value::Bool(false), "{line}");
            assert!(line["entries"].as_u64() > Some(0), "{line}");
            let version = text(&line, "version");
            assert!(["rss20", "atom10", "https://jsonfeed.org/version/1.1"].contains(&version), "{line}");
        }
    }
}

#[test]
fn feedparser_sees_the_sources_titles_and_dates() {
    let Some(lines) = by_feedparser() else { return };
    let seen = seen(&lines);
    for file in ["all.rss", "all.atom", "all.json"] {
        articles_are_there(&seen, file, "");
    }
    for file in ["bangla.rss", "bangla.atom", "bangla.json"] {
        articles_are_there(&seen, file, "bn-");
    }
}

#[test]
fn the_three_formats_tell_the_same_entries() {
    let Some(lines) = by_feedparser() else { return };
    let seen = seen(&lines);
    // feedparser gives an Atom entry without a link its id as one.
    let facts = |entry: &Value| {
        let url = Some(text(entry, "url")).filter(|url| url.starts_with("http"));
        format!("{} {url:?} {}", text(entry, "id"), text(entry, "published"))
    };
    for stem in ["all", "bangla", "water"] {
        let told =
            |extension: &str| seen[&format!("{stem}.{extension}")].iter().map(facts).collect::<Vec<_>>();
        let (rss, atom, json) = (told("rss"), told("atom"), told("json"));
        for (place, entry) in atom.iter().enumerate() {
            assert_eq!(rss.get(place), Some(entry), "{stem}: entry {place} of RSS and of Atom");
            assert_eq!(json.get(place), Some(entry), "{stem}: entry {place} of JSON Feed and of Atom");
        }
        assert_eq!((rss.len(), json.len()), (atom.len(), atom.len()), "{stem}: how many there are");
    }
}

#[test]
fn contents_are_whole_and_clean() {
    let Some(lines) = by_feedparser() else { return };
    let seen = seen(&lines);
    for file in ["all.rss", "all.atom", "all.json"] {
        let content = |title: &str| -> &str {
            let found = seen[file].iter().find(|e| text(e, "title").starts_with(title));
            text(found.unwrap_or_else(|| panic!("{file} has `{title}`")), "content")
        };
        let messenger = content("দু’ঘণ্টা পর");
        for kept in ["বিজ্ঞাপন সংস্থার এক আধিকারিক", "শেয়ার করা হয়নি", "ফেসবুক পেজে বার্তা", "ভবিষ্যত্‍ ভাবনা"]
        {
            assert!(messenger.contains(kept), "{file}: `{kept}` is kept in {messenger}");
        }
        let lamps = content("Who counts the lamps");
        assert!(
            lamps.contains("https://harbour.example/2026/11/lamps/ada.jpg"),
            "{file}: absolute pictures in {lamps}"
        );
        assert!(lamps.contains("https://harbour.example/2026/map#lock"), "{file}: absolute links in {lamps}");
        assert!(content("秋刀魚").contains("<rt>さんま</rt>"), "{file}: ruby is kept");
        assert!(content("জোয়ারের").contains("<table"), "{file}: tables are kept");
        assert!(content("ตลาดน้ำ").contains("<video"), "{file}: films are kept");
        for entry in &seen[file] {
            let content = text(entry, "content");
            for gone in [
                "<script",
                "onclick",
                "onerror",
                "onplay",
                "javascript:",
                "<iframe",
                "<form",
                "<ins",
                "pixel",
            ] {
                assert!(
                    !content.contains(gone),
                    "{file}: `{gone}` is in `{}`: {content}",
                    text(entry, "title")
                );
            }
            assert!(!text(entry, "title").starts_with("বিজ্ঞাপন"), "{file}: the advertisement is dropped");
        }
    }
}

#[test]
fn articles_that_two_sources_bring_stand_once() {
    let Some(lines) = by_feedparser() else { return };
    let seen = seen(&lines);
    for title in
        ["দু’ঘণ্টা পর", "কেন অচল হয়েছিল", "শীতের শুরুতেই বিলে", "Who counts the lamps", "Die Fähre bekommt"]
    {
        let times = seen["all.json"].iter().filter(|e| text(e, "title").starts_with(title)).count();
        assert_eq!(times, 1, "`{title}` in all.json");
    }
    // The same events told by others are articles of their own.
    for title in ["বার্তা নেই, তবু", "Ferry to get a bell"] {
        assert!(
            seen["all.json"].iter().any(|e| text(e, "title").starts_with(title)),
            "`{title}` in all.json"
        );
    }
}

#[test]
fn newsboat_shows_every_entry() {
    let Some(_) = program("newsboat") else { return };
    let Some(mut python) = python_with("sqlite3") else { return };
    let files = documents(&["rss", "atom"]);
    let by_newsboat = seen(&say(python.arg(script("newsboat_check.py")).args(&files)));
    for file in ["all.rss", "all.atom"] {
        articles_are_there(&by_newsboat, file, "");
    }
    for file in ["bangla.rss", "bangla.atom"] {
        articles_are_there(&by_newsboat, file, "bn-");
    }
    let Some(lines) = by_feedparser() else { return };
    let by_feedparser = seen(&lines);
    for file in by_newsboat.keys() {
        let ids = |seen: &Seen| -> Vec<String> {
            let mut ids: Vec<String> = seen[file].iter().map(|e| text(e, "id").to_owned()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&by_newsboat), ids(&by_feedparser), "the entries of {file}");
    }
}

#[test]
fn rss2email_sends_every_entry() {
    let Some(_) = program("r2e") else { return };
    let Some(mut python) = python_with("mailbox") else { return };
    let files = ["bangla.rss", "bangla.atom"].map(|name| published().join(name));
    let mails = seen(&say(python.arg(script("rss2email_check.py")).args(&files)));
    for file in ["bangla.rss", "bangla.atom"] {
        articles_are_there(&mails, file, "bn-");
    }
}

#[test]
fn xmllint_finds_every_document_well_formed() {
    let Some(mut xmllint) = program("xmllint") else { return };
    say(xmllint.args(["--noout", "--nonet"]).args(documents(&["rss", "atom", "opml"])));
}

#[test]
fn every_document_keeps_the_rules_of_the_feed_validator() {
    let Some(mut python) = python_with("xml.parsers.expat") else { return };
    let files = documents(&["rss", "atom", "json", "opml"]);
    say(python.arg(script("validate.py")).args(files));
}

#[test]
fn the_rules_of_the_feed_validator_see_what_they_are_for() {
    let Some(mut python) = python_with("xml.parsers.expat") else { return };
    say(python.arg(script("rules_test.py")));
}

#[test]
fn compressed_documents_hold_the_same_bytes() {
    let Some(mut python) = python_with("gzip") else { return };
    let same = "import gzip,sys\nfor p in sys.argv[1:]: assert gzip.open(p + '.gz').read() == open(p, 'rb').read(), p";
    let files = documents(&["rss", "atom", "json"]);
    assert!(
        files.iter().all(|path| Path::new(&format!("{}.br", path.display())).exists()),
        "brotli beside each"
    );
    say(python.args(["-c", same]).args(files));
}
