//! `harkara why`: the whole way of an entry; what it says of a feed is what `run` does.

use std::path::Path;

use harkara::run::{self, Answer, Why};
use harkara::store::{self, Desk};
use serde_json::Value;

use crate::support::home::{Answer as Told, Home};

const NOW: &str = "2026-11-23T12:00:00Z";
const LATER: &str = "2026-11-23T13:00:00Z";

/// Sources `a` to `d`; `c` is compared by address only.
const SOURCES: &str = r#"
[site]
title = "t"
base_url = "https://feeds.example/"
[defaults]
dedup = "near"
[source.a]
url = "a.xml"
tags = ["news"]
rules = [{ strip = ".ad" }, { tag = { add = "first", when = { title = "^a-0" } } }]
[source.b]
url = "b.xml"
priority = 3
[source.c]
url = "c.xml"
dedup = "url"
[source.d]
url = "d.xml"
"#;

/// A feed of every kind of choice.
const FEEDS: &str = r#"
[feed.all]
title = "all"
keep = { entries = 8, hours = 0 }
[feed.young]
title = "young"
keep = { entries = 1, hours = 4 }
[feed.capped]
title = "capped"
per_source = 2
[feed.b]
title = "b"
sources = ["b"]
[feed.first]
title = "first"
tags = ["first"]
[feed.ruled]
title = "ruled"
not_tags = ["first"]
rules = [{ drop = { title = "^b" } }, { replace = { field = "title", pattern = "^d", with = "D" } }]
[feed.every]
title = "every"
dedup = "off"
[feed.updated]
title = "updated"
order = "updated"
keep = { entries = 5, hours = 0 }
[feed.arrived]
title = "arrived"
order = "first-seen"
keep = { entries = 7, hours = 0 }
[feed.short]
title = "short"
max_bytes = "6KiB"
[feed.kept]
title = "kept"
archive = "monthly"
keep = { entries = 3, hours = 0 }
[feed.none]
title = "none"
rules = [{ keep = { title = "^z" } }]
"#;

/// A sentence of nine words that no other has.
fn sentence(n: usize) -> String {
    let word = |at: usize| -> String {
        let letter = |k: usize| char::from(b'a' + (k % 26) as u8);
        [n / 3, at * 5 + n, n * 7 + at, at, n, n + at * 3].into_iter().map(letter).collect()
    };
    (0..9).map(word).collect::<Vec<_>>().join(" ") + "."
}

/// Paragraphs of such sentences.
fn body(sentences: impl IntoIterator<Item = usize>) -> String {
    sentences.into_iter().map(|n| format!("<p>{}</p>", sentence(n))).collect()
}

fn item(source: &str, n: usize, link: &str, hour: usize, body: &str) -> String {
    format!(
        "<item><guid isPermaLink=\"false\">{source}-{n}</guid><title>{source}-{n}</title><link>{link}</link>\
         <pubDate>23 Nov 2026 {hour:02}:00:00 +0000</pubDate><description><![CDATA[{body}]]></description></item>"
    )
}

fn feed(items: &[String]) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>t</title><link>https://t.example/</link><description>d</description>{}</channel></rss>",
        items.concat()
    )
}

/// Two rounds: what `a` tells is told by `b` (near, then by address), by `c`, and half of it by `d`.
fn home(feeds: &str) -> Home {
    let home = Home::new(&format!("{SOURCES}{feeds}"));
    let link = |source: &str, n: usize| format!("https://{source}.example/{n}");
    let ad = "<div class=\"ad\">ad</div>";
    let mut of_a: Vec<String> =
        (1..7).map(|n| item("a", n, &link("a", n), 11 - n, &body([40 + n * 2, 41 + n * 2]))).collect();
    of_a.insert(0, item("a", 0, &link("a", 0), 11, &(body(0..12) + ad)));
    home.write("a.xml", feed(&of_a));
    home.write("b.xml", feed(&[item("b", 1, &link("b", 1), 5, &body([60, 61]))]));
    home.write("c.xml", feed(&[item("c", 0, &link("c", 0), 11, &body(0..12))]));
    home.write("d.xml", feed(&[item("d", 0, &link("d", 0), 10, &body((0..6).chain(20..25)))]));
    home.run_at(NOW, 0);
    home.write(
        "b.xml",
        feed(&[
            item("b", 0, &link("b", 0), 12, &body((0..10).chain([30]))),
            item("b", 2, "http://www.a.example/2/?utm_source=b", 12, "short"),
            item("b", 3, &link("b", 3), 12, &body([70, 71])),
            item("b", 1, &link("b", 1), 5, &body([60, 62])),
        ]),
    );
    home.run_at(LATER, 0);
    home
}

fn why(home: &Home, args: &[&str]) -> Told {
    let mut all = vec!["why", "--now", LATER];
    all.extend(args);
    home.harkara(&all)
}

fn json(home: &Home, args: &[&str]) -> Value {
    let told = why(home, &[args, &["--json"]].concat());
    assert_eq!(told.code, 0, "{}", told.stderr);
    serde_json::from_str(&told.stdout).unwrap()
}

/// What is told of every entry that is stored, and of the feeds as they stand in `public`.
fn check_law(dir: &Path, now: &str) {
    let config = harkara::config::load(&dir.join("harkara.toml")).unwrap();
    let desk: Desk = store::reader(&config.store.path).unwrap().unwrap();
    let mut told: Vec<Why> = Vec::new();
    for row in 1..=desk.last_row().unwrap() {
        let answer = run::why(&desk, &config, &row.to_string(), None, now.parse().unwrap()).unwrap();
        let Answer::Entry(why) = answer else { panic!("{row}: {answer:?}") };
        told.push(*why);
    }
    let mut outcomes = std::collections::BTreeSet::new();
    for settings in &config.feeds {
        let id = settings.id.as_str();
        for format in &settings.formats {
            if format.extension() == "html" {
                continue;
            }
            let path = format!("{id}.{}", format.extension());
            let bytes = std::fs::read(config.publish.dir.join(&path)).unwrap();
            let published: Vec<String> = harkara::parse::read(bytes, Some(format.media_type()), None)
                .drafts
                .into_iter()
                .map(|draft| draft.id.unwrap())
                .collect();
            let mut said: Vec<(usize, String)> = Vec::new();
            for why in &told {
                let feed = why.feeds.iter().find(|feed| feed.feed == settings.id).unwrap();
                outcomes.insert(feed.fate.outcome);
                let Some(document) = feed.documents.iter().find(|document| document.path == path) else {
                    assert!(!feed.fate.is_taken(), "{id}: {why:?}");
                    continue;
                };
                assert_eq!(document.is_published, Some(document.holds), "{path}: {why:?}");
                if document.holds {
                    said.push((feed.fate.place.unwrap(), feed.id.clone().unwrap()));
                }
            }
            said.sort();
            let said: Vec<String> = said.into_iter().map(|(_, id)| id).collect();
            assert_eq!(said, published, "{path}");
        }
    }
    assert!(outcomes.is_superset(&["taken", "elsewhere"].into()), "{outcomes:?}");
}

#[test]
fn what_is_said_of_every_entry_and_feed_is_what_was_published() {
    let home = home(FEEDS);
    check_law(home.path(), LATER);
    let outcome = |entry: &str, feed: &str| {
        json(&home, &[entry, feed])["feeds"][0]["outcome"].as_str().unwrap().to_owned()
    };
    for (entry, feed, expected) in [
        ("https://a.example/0", "all", "taken"),
        ("https://b.example/0", "all", "follows"),
        ("https://b.example/0", "b", "taken"),
        ("https://b.example/0", "every", "taken"),
        ("https://a.example/6", "all", "old"),
        ("https://a.example/5", "capped", "per_source"),
        ("https://a.example/0", "b", "elsewhere"),
        ("https://a.example/0", "ruled", "elsewhere"),
        ("https://b.example/3", "ruled", "rule"),
        ("https://d.example/0", "none", "rule"),
    ] {
        assert_eq!(outcome(entry, feed), expected, "{entry} {feed}");
    }
    // A source that is configured no more.
    let config = home.read("harkara.toml");
    home.write("harkara.toml", config.replace("[source.d]\nurl = \"d.xml\"\n", ""));
    assert_eq!(outcome("https://d.example/0", "all"), "unconfigured");
}

#[test]
fn what_is_said_of_the_example_is_what_was_published() {
    let project = crate::support::example::project();
    let fixtures = format!("\"{}/", project.join("fixtures").display());
    let example = std::fs::read_to_string(project.join("config/harkara.toml")).unwrap();
    let own = example.replace("\"../fixtures/", &fixtures).replace("\"../", "\"");
    let home = Home::new(&own);
    home.run_at(NOW, 0);
    check_law(home.path(), NOW);
}

#[test]
fn a_story_is_told_with_its_ties_and_with_who_is_not_in_it() {
    let home = home(FEEDS);
    let told = why(&home, &["https://b.example/0", "all"]);
    let a = json(&home, &["https://a.example/0"]);
    let row = |link: &str| json(&home, &[link])["row"].as_i64().unwrap();
    let (first, c, d) = (row("https://a.example/0"), row("https://c.example/0"), row("https://d.example/0"));
    let own = row("https://b.example/0");
    let expected = format!(
        "b-0\nhttps://b.example/0\n\n\
         entry     {id}, row {own}\n\
         \x20         it goes by the id of its story; its own is {own_id}\n\
         source    b, {file}\n\
         \x20         last read 2026-11-23 13:00 UTC, 4 items, answered 200 ok, read by harkara {version}\n\
         gave      summary of 99 words\n\
         came      2026-11-23 13:00 UTC, not changed since\n\
         published 2026-11-23 12:00 UTC: as the source says\n\
         updated   2026-11-23 12:00 UTC: its text has not changed since it came\n\
         known by  id b-0\n\
         \x20         link b.example/0\n\
         \x20         place /0 with the title `b-0`\n\
         \x20         moment 2026-11-23 12:00:00 UTC with the title `b-0`\n\
         \x20         print title with text, 703 characters\n\
         story     2 entries\n\
         \x20         {first}  a  2026-11-23  a-0; came 2026-11-23 12:00 UTC: leads\n\
         \x20         {own}  b  2026-11-23  b-0; came 2026-11-23 13:00 UTC, priority 3 (this one)\n\
         tied      {first} and {own}: the same text, 0.77 alike when it was tied (now: text 0.77, opening 0.96)\n\
         apart     {d}  d  2026-11-23  d-0\n\
         \x20         text 0.37, opening 0.93, headline 0.33: too little in common; full texts need 0.60 of the text\n\n\
         feed all: not taken, `a` speaks for its story, with entry {first}\n\
         \x20         the feed takes every source\n",
        id = a["id"].as_str().unwrap(),
        own_id = json(&home, &["https://b.example/0"])["own_id"].as_str().unwrap(),
        file = url::Url::from_file_path(home.at("b.xml").canonicalize().unwrap()).unwrap(),
        version = env!("CARGO_PKG_VERSION"),
    );
    assert_eq!(told.stdout, expected);
    // By address, and not by text where the source wants it so.
    let two = json(&home, &["https://a.example/2"]);
    assert_eq!(two["story"]["ties"][0]["because"], "the same address");
    assert_eq!(two["also"][0]["source"], "b", "both have the address: {two}");
    let of_c = json(&home, &[&c.to_string()]);
    assert_eq!(of_c["story"]["note"], "`dedup = \"url\"`: its source is compared by address only");
    assert_eq!(of_c["story"]["members"].as_array().unwrap().len(), 1);
}

#[test]
fn rules_are_told_in_their_order_with_what_they_did() {
    let home = home(FEEDS);
    let rules = |entry: &str, feed: &str| {
        let told = json(&home, &[entry, feed]);
        let feed = &told["feeds"][0];
        let rules: Vec<&str> =
            feed["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).collect();
        (rules.join("; "), feed["belongs"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(
        rules("https://a.example/0", "first"),
        (
            "rule 1 of source `a`: `strip` took out `.ad`; rule 2 of source `a`: `tag` gave `first`"
                .to_owned(),
            "it has the tag `first`".to_owned()
        )
    );
    let ruled = rules("https://d.example/0", "ruled");
    assert_eq!(ruled.0, "rule 2 of feed `ruled`: `replace` found `^d` in title");
    let dropped = rules("https://b.example/3", "ruled").0;
    assert_eq!(dropped, "rule 1 of feed `ruled`: drops it: rule `drop`: title matches `^b`");
    assert_eq!(rules("https://a.example/0", "ruled").1, "it has the tag `first`, which the feed leaves out");
    assert_eq!(rules("https://a.example/1", "b").1, "the feed does not name `a`");
}

#[test]
fn an_entry_is_found_by_every_name_it_has() {
    let home = home("[feed.all]\ntitle = \"all\"\nformats = [\"json\", \"html\"]\n");
    let a = json(&home, &["https://a.example/1"]);
    let row = a["row"].to_string();
    let id = a["id"].as_str().unwrap();
    let pages = std::fs::read_dir(home.at("public/story")).unwrap().map(|file| file.unwrap().file_name());
    let page = pages
        .map(|name| name.into_string().unwrap())
        .filter(|name| name.ends_with(".html"))
        .find(|name| home.read(&format!("public/story/{name}")).contains("a-1"))
        .unwrap();
    for name in [
        &row,
        id,
        "a-1",
        "http://www.a.example/1/?utm_source=x#top",
        "a.example/1",
        &format!("https://feeds.example/story/{page}"),
        &format!("public/story/{page}"),
    ] {
        assert_eq!(json(&home, &[name])["row"], a["row"], "{name}");
    }
}

#[test]
fn what_is_not_found_is_told_with_what_is_like_it() {
    let home = home(FEEDS);
    let check = |asked: &str, error: &str, offered: Option<&str>| {
        let told = why(&home, &[asked]);
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{asked}");
        let mut lines = told.stderr.lines();
        assert_eq!(lines.next(), Some(error));
        match offered {
            Some(title) => assert!(told.stderr.contains(title), "{}", told.stderr),
            None => assert_eq!(
                lines.next(),
                Some("  help: give the id or the address of an entry, as feeds tell it, or words of a title")
            ),
        }
    };
    check(
        "https://other.example/6",
        "error: no entry has the id `https://other.example/6` and the link `other.example/6`",
        Some("a-6\n      https://a.example/6\n"),
    );
    check("D-0", "error: no entry has the id `D-0`", Some("  d-0\n"));
    check("999", "error: no entry has the id `999` and the row 999", None);
    let told = why(&home, &["--json", "other.example/6"]);
    let json: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((told.code, &json["nearest"][0]["url"]), (2, &"https://a.example/6".into()));
    let told = why(&home, &["1", "al"]);
    assert_eq!(told.code, 2);
    assert!(
        told.stderr.starts_with("error: there is no feed `al`\n  help: the feeds are all, "),
        "{}",
        told.stderr
    );
}

#[test]
fn an_entry_that_left_its_feed_is_found_in_the_archive() {
    let home = home(FEEDS);
    let told = json(&home, &["https://a.example/6", "kept"]);
    let feed = &told["feeds"][0];
    assert_eq!(feed["outcome"], "old");
    let paths: Vec<&str> =
        feed["documents"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["kept/archive/2026-11.rss", "kept/archive/2026-11.atom", "kept/archive/2026-11.json"]);
}

#[test]
fn a_source_that_says_other_dates_and_texts_is_told() {
    let home = Home::new("[source.a]\nurl = \"a.xml\"\n[feed.all]\ntitle = \"all\"\n");
    let one = |date: &str, text: &str| {
        let date = if date.is_empty() { String::new() } else { format!("<pubDate>{date}</pubDate>") };
        feed(&[format!(
            "<item><title>t</title><link>https://a.example/1</link>{date}<description>{text}</description></item>"
        )])
    };
    home.write("a.xml", one("23 Nov 2030 10:00:00 +0000", "one"));
    home.run_at(NOW, 0);
    let dated = |key: &str| {
        let told = json(&home, &["a.example/1"]);
        (told[key]["at"].as_str().unwrap().to_owned(), told[key]["because"].as_str().unwrap().to_owned())
    };
    let future = "the source says a time that had not come yet, so it is the time of first sight";
    assert_eq!(dated("published"), (NOW.to_owned(), future.to_owned()));
    home.write("a.xml", one("22 Nov 2026 10:00:00 +0000", "two"));
    home.run_at(LATER, 0);
    let said = "the source has said something else since; the first word holds";
    assert_eq!(dated("published"), (NOW.to_owned(), said.to_owned()));
    assert_eq!(dated("updated"), (LATER.to_owned(), "when its text was found changed".to_owned()));
    let told = why(&home, &["a.example/1"]).stdout;
    assert!(told.contains("came      2026-11-23 12:00 UTC, its text changed once\n"), "{told}");
    assert!(told.contains("          the source says 2026-11-22 10:00 UTC\n"), "{told}");
}

#[test]
fn who_holds_the_state_is_no_hindrance_and_nothing_is_written() {
    let home = home(FEEDS);
    let config = harkara::config::load(&home.at("harkara.toml")).unwrap();
    // As a daemon holds it.
    let held = store::Writer::open(&config.store.path).unwrap();
    assert_eq!(home.harkara(&["run", "--all"]).code, 3, "a run cannot begin");
    let before = std::fs::read(&config.store.path).unwrap();
    assert_eq!(why(&home, &["a.example/1"]).code, 0);
    home.write("new.toml", home.read("harkara.toml").replace("entries = 8", "entries = 7"));
    let diff = home.harkara(&["diff", "new.toml", "--now", LATER]);
    assert!(diff.code == 0 && diff.stdout.starts_with("~ feed all: 7 entries, before 8\n"), "{diff:?}");
    assert_eq!(std::fs::read(&config.store.path).unwrap(), before);
    drop(held);
}
