//! The pages of a tree: made with the feeds, written only when they change, kept when entries leave.

use std::fs;
use std::path::PathBuf;

use harkara::publish::gate::{self, Emptiness};
use harkara::render::html::{self, Card, Look, Site};
use harkara::render::{Document, Format, render};

use crate::support::home::Home;
use crate::{golden, sample};

const CONFIG: &str = "[site]\ntitle = 'খবর'\nlanguage = 'bn'\ntimezone = 'Asia/Kolkata'\n\
     base_url = 'https://news.example/'\n[source.a]\nurl = 'a.xml'\n[feed.city]\ntitle = 'শহর'\n\
     formats = ['atom', 'html']\nkeep = { entries = 2, hours = 1 }\n";

fn feed_of(items: &[(&str, &str)]) -> String {
    let item = |(number, (title, text)): (usize, &(&str, &str))| {
        format!(
            "<item><title>{title}</title><link>https://a.example/{title}</link><guid>https://a.example/{title}</guid>\
             <pubDate>Sat, 07 Nov 2026 1{}:00:00 GMT</pubDate><description>{text}</description></item>",
            9 - number
        )
    };
    let items: String = items.iter().enumerate().map(item).collect();
    format!(
        "<rss version='2.0'><channel><title>A</title><link>https://a.example/</link>{items}</channel></rss>"
    )
}

/// The pages of stories, by what stands in their `h1`.
fn stories(home: &Home) -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(home.at("public/story"))
        .expect("there are stories")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a page");
            let title = text.split("<h1 class=\"p-name\">").nth(1).and_then(|rest| rest.split('<').next());
            (title.expect("a headline").to_owned(), path)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn pages_are_written_when_they_change_and_stay_when_entries_leave() {
    let home = Home::new(CONFIG);
    home.write("a.xml", feed_of(&[("one", "first"), ("two", "second")]));
    let first = home.run_at("2026-11-08T00:00:00Z", 0);
    assert!(first.stderr.contains("city.html: written, 2 entries"), "{}", first.stderr);
    let told: Vec<String> = stories(&home).into_iter().map(|(title, _)| title).collect();
    assert_eq!(told, ["one", "two"]);
    let page = home.read("public/city.html");
    assert!(page.contains("lang=\"bn\"") && page.contains("শনিবার, ৭ নভেম্বর ২০২৬"), "{page}");
    assert!(home.read("public/index.html").contains("https://news.example/city.atom"));
    let again = home.run_at("2026-11-08T01:00:00Z", 0);
    for path in ["city.html", "index.html", "story/", "harkara.css"] {
        assert!(again.stderr.contains(&format!("{path}: unchanged")), "{path}: {}", again.stderr);
    }
    // One is edited, one comes, and the oldest leaves the feed; its page stays where it was.
    let before = fs::read(&stories(&home)[1].1).expect("a page");
    home.write("a.xml", feed_of(&[("three", "third"), ("one", "first, edited")]));
    let third = home.run_at("2026-11-08T02:00:00Z", 0);
    assert!(third.stderr.contains("story/: written, 2 entries"), "{}", third.stderr);
    let told = stories(&home);
    assert_eq!(told.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["one", "three", "two"]);
    assert!(fs::read_to_string(&told[0].1).expect("a page").contains("first, edited"));
    assert_eq!(fs::read(&told[2].1).expect("a page"), before);
    assert!(!home.read("public/city.html").contains(">two<"));
}

#[test]
fn a_tree_without_html_has_no_pages() {
    let home = Home::new(&CONFIG.replace("'atom', 'html'", "'atom'"));
    home.write("a.xml", feed_of(&[("one", "first")]));
    home.run_at("2026-11-08T00:00:00Z", 0);
    for path in ["index.html", "story", "harkara.css"] {
        assert!(!home.at("public").join(path).exists(), "{path}");
    }
}

#[test]
fn templates_of_the_owner_are_used_and_mistakes_in_them_start_nothing() {
    let with = CONFIG.replace("[source.a]", "templates = 'look'\nstatus_page = true\n[source.a]");
    let home = Home::new(&with);
    home.write("a.xml", feed_of(&[("one", "first")]));
    let missing = home.harkara(&["check"]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.stderr.contains("the folder cannot be read: there is no such file"),
        "{}",
        missing.stderr
    );
    let written = home.harkara(&["templates", "look"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.contains("feed.html: written"), "{}", written.stdout);
    assert!(home.harkara(&["templates", "look"]).stdout.contains("feed.html: stays as it is"));
    home.run_at("2026-11-08T00:00:00Z", 0);
    assert!(home.read("public/status.html").contains("ঠিক আছে"));
    let block =
        "{% extends 'built-in/feed.html' %}{% block foot %}<p>Ours: {{ entry_count }}</p>{% endblock %}";
    home.write("look/feed.html", block);
    let wrong = home.harkara(&["run"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
    assert!(wrong.stderr.contains("feed.html:1: undefined value"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("harkara.toml:6:13"), "{}", wrong.stderr);
    home.write("look/feed.html", block.replace("entry_count", "count"));
    home.run_at("2026-11-08T01:00:00Z", 0);
    assert!(home.read("public/city.html").contains("<p>Ours: ১</p>"));
}

fn check(document: &Document, golden_path: &str) {
    assert_eq!(gate::check(document, Some(1), Emptiness::Allowed), Ok(()));
    golden::check(&format!("render/{golden_path}"), &document.bytes);
}

#[test]
fn pages_with_everything_and_with_nothing() {
    let (city, look) = (sample::city(), Look::built_in());
    check(&render(&city, Format::Html), "city.html");
    let site = Site::of(&city);
    check(&html::story(look, &site, &city.entries[0], &city.id).expect("built-in templates"), "story.html");
    let cards = city.entries.iter().map(|entry| Card::new(entry, &site)).collect();
    check(&html::front(look, &site, cards).expect("built-in templates"), "index.html");
    let bare = sample::bare(Vec::new());
    check(&render(&bare, Format::Html), "bare.html");
    let emptied = gate::check(&render(&bare, Format::Html), Some(1), Emptiness::Refused);
    assert!(emptied.is_err(), "a page that is suddenly empty is refused");
}

#[test]
fn a_feed_behind_a_door_is_named_on_no_open_page() {
    let door = "[feed.open]\nsources = ['a']\nformats = ['html']\n[serve.access]\ncity = { token = 'sesame-sesame' }\n";
    let home = Home::new(
        &format!("{CONFIG}{}", door.replace("['a']", "['b']"))
            .replace("[feed.city]", "[source.b]\nurl = 'b.xml'\n[feed.city]\nsources = ['a']"),
    );
    home.write("a.xml", feed_of(&[("secret", "first")]));
    home.write("b.xml", feed_of(&[("public", "first")]));
    home.run_at("2026-11-08T00:00:00Z", 0);
    let page = home.read("public/city.html");
    assert!(page.contains("href=\"https://a.example/secret\">secret<"), "{page}");
    let told: Vec<String> = stories(&home).into_iter().map(|(title, _)| title).collect();
    assert_eq!(told, ["public"]);
    for open in ["index.html", "open.html"] {
        let text = home.read(&format!("public/{open}"));
        assert!(text.contains("public") && !text.contains("secret") && !text.contains("city"), "{text}");
    }
}

#[test]
fn a_front_page_is_not_suddenly_empty() {
    let home = Home::new(CONFIG);
    home.write("a.xml", feed_of(&[("one", "first")]));
    home.run_at("2026-11-08T00:00:00Z", 0);
    home.write(
        "harkara.toml",
        CONFIG.replace("url = 'a.xml'", "url = 'a.xml'\nrules = [{ drop = { title = '.' } }]"),
    );
    let refused = home.run_at("2026-11-08T01:00:00Z", 1);
    assert!(refused.stderr.contains("`index.html` would be empty after 1 entries"), "{}", refused.stderr);
    assert!(home.read("public/index.html").contains(">one<"));
}
