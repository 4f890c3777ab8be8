//! What sources do to their ids, links, titles and dates, over several visits: no entry is announced twice.

use std::collections::BTreeSet;

use crate::support::home::Home;

const CONFIG: &str = r#"
[source.khobor]
url = "khobor.xml"
[feed.all]
title = "সব খবর"
keep = { entries = 100 }
"#;

/// One item of a scripted feed.
#[derive(Clone)]
struct Item {
    guid: String,
    link: String,
    title: String,
    date: String,
    text: String,
}

fn week() -> Vec<Item> {
    (1..=8)
        .map(|n| Item {
            guid: format!("https://khobor.example/?p={n}"),
            link: format!("https://khobor.example/2026/11/{n:02}/খবর-{n}/"),
            title: format!("খবর নম্বর {n}"),
            date: format!("Sun, {n:02} Nov 2026 10:00:00 +0530"),
            text: format!("<p>ঘটনা {n}: {}</p>", "দু’ঘণ্টা বন্ধ ছিল পরিষেবা। ".repeat(6)),
        })
        .collect()
}

fn feed(items: &[Item]) -> String {
    let items: String = items
        .iter()
        .map(|item| {
            let Item { guid, link, title, date, text } = item;
            let date = if date.is_empty() { String::new() } else { format!("<pubDate>{date}</pubDate>") };
            let guid = if guid.is_empty() { String::new() } else { format!("<guid isPermaLink=\"false\">{guid}</guid>") };
            format!("<item><title>{title}</title><link>{link}</link>{guid}{date}<description><![CDATA[{text}]]></description></item>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>খবর</title><link>https://khobor.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// Visits the source with each state of it, an hour apart, and gives the (id, date) pairs that subscribers saw.
fn visits(states: &[Vec<Item>]) -> BTreeSet<(String, String)> {
    let home = Home::new(CONFIG);
    let mut seen = BTreeSet::new();
    for (hour, items) in states.iter().enumerate() {
        home.write("khobor.xml", feed(items));
        home.run_at(&format!("2026-11-23T{:02}:00:00Z", hour + 1), 0);
        let json: serde_json::Value = serde_json::from_str(&home.read("public/all.json")).unwrap();
        for item in json["items"].as_array().unwrap() {
            seen.insert((
                item["id"].as_str().unwrap().to_owned(),
                item["date_published"].as_str().unwrap().to_owned(),
            ));
        }
        // The three formats announce the same ids.
        for format in ["rss", "atom"] {
            let document = home.read(&format!("public/all.{format}"));
            for (id, _) in home.entries("all") {
                assert!(document.contains(&id.replace('&', "&amp;")), "{id} is not in all.{format}");
            }
        }
    }
    seen
}

fn change(items: &[Item], change: impl Fn(&mut Item)) -> Vec<Item> {
    let mut items = items.to_vec();
    items.iter_mut().for_each(change);
    items
}

#[test]
fn guids_then_domain_then_titles_change_and_nothing_is_announced_twice() {
    let first = week();
    let guids = change(&first, |item| item.guid = item.guid.replace("?p=", "?post_type=news&amp;id="));
    let domain = change(&guids, |item| {
        item.guid = item.guid.replace("khobor.example", "khobor.news");
        item.link = item.link.replace("https://khobor.example", "https://www.khobor.news");
    });
    let titles = change(&domain, |item| item.title = format!("সংশোধিত: {}", item.title));
    let dates = change(&titles, |item| item.date = "Mon, 23 Nov 2026 04:00:00 +0000".to_owned());
    let undated = change(&dates, |item| item.date.clear());
    let bare = change(&undated, |item| item.guid.clear());
    assert_eq!(visits(&[first.clone(), guids, domain, titles, dates, undated, bare, first]).len(), 8);
}

#[test]
fn guids_and_the_form_of_permalinks_change_together_and_nothing_is_announced_twice() {
    let first = change(&week(), |item| item.text = "ছোট".to_owned());
    let moved = change(&first, |item| {
        item.guid = item.guid.replace("?p=", "?post_type=news&amp;p=");
        item.link = item.guid.clone();
    });
    assert_eq!(visits(&[first.clone(), moved, first]).len(), 8);
}

/// Ids that are the place in the list: each new item shifts all of them.
#[test]
fn ids_that_are_handed_out_again_neither_mix_nor_lose_articles() {
    let slots = |items: &[Item]| {
        let mut items = items.to_vec();
        items.iter_mut().enumerate().for_each(|(n, item)| item.guid = format!("slot{n}"));
        items
    };
    let all = week();
    let seen = visits(&[slots(&all[4..]), slots(&all[2..6]), slots(&all[..4]), slots(&all)]);
    assert_eq!(seen.len(), 8, "{seen:?}");
    // Everything else is new too: a counter that was set back.
    let mut other = slots(&change(&all[..2], |item| {
        item.link = item.link.replace("/2026/11/", "/2027/");
        item.title = format!("আরেকটি {}", item.title);
        item.date = item.date.replace("Nov", "Oct");
    }));
    other.iter_mut().for_each(|item| item.text = "নতুন".to_owned());
    assert_eq!(visits(&[slots(&all[..2]), other]).len(), 4);
}

/// No id and no link of their own, and not much to say: they are told apart, and known again.
#[test]
fn short_items_without_marks_are_known_again() {
    let short = |n: usize, guid: &str, link: &str, date: &str| Item {
        guid: guid.to_owned(),
        link: link.to_owned(),
        title: format!("খবর {n}"),
        date: date.to_owned(),
        text: "ছোট".to_owned(),
    };
    let live = "https://khobor.example/live";
    for (guid, link, date) in
        [("0", "", ""), ("", live, ""), ("0", "", "Sun, 01 Nov 2026 10:00:00 +0530"), ("", "", "")]
    {
        let items: Vec<Item> = (0..4).map(|n| short(n, guid, link, date)).collect();
        let mut grown = items.clone();
        grown.insert(0, short(9, guid, link, date));
        let seen = visits(&[items[..1].to_vec(), items.clone(), grown.clone(), items, grown]);
        assert_eq!(seen.len(), 5, "guid `{guid}`, link `{link}`, date `{date}`: {seen:?}");
    }
    let twice = vec![short(1, "", "", ""), short(1, "", "", "")];
    assert_eq!(visits(&[twice.clone(), twice[..1].to_vec(), twice]).len(), 1);
}

/// Bulletins: the same title and the same page each time, a new id and a new date, the text the same or not.
#[test]
fn each_edition_of_a_bulletin_is_an_entry() {
    for text in ["ছোট কথা".to_owned(), "প্রতি ঘণ্টায় একই কথা। ".repeat(20)]
    {
        let edition = |n: usize| Item {
            guid: format!("edition-{n}"),
            link: "https://khobor.example/bulletin".to_owned(),
            title: "সকালের খবর".to_owned(),
            date: format!("{:02} Nov 2026 06:00:00 +0000", n + 1),
            text: text.replace("কথা", &format!("কথা-{n}")),
        };
        let all: Vec<Item> = (0..5).rev().map(edition).collect();
        assert_eq!(visits(std::slice::from_ref(&all)).len(), 5, "at once: {text}");
        let daily: Vec<Vec<Item>> = (0..5).map(|n| vec![edition(n)]).collect();
        assert_eq!(visits(&daily).len(), 5, "one a day: {text}");
    }
}

/// A wire story that a list holds twice, under two ids and an hour apart, the second with a correction.
#[test]
fn an_article_that_stands_twice_in_a_list_is_taken_once() {
    let words: String = (0..60).map(|n| format!("শব্দ{n} ")).collect();
    let copy = |n: usize, text: String| Item {
        guid: format!("https://khobor.example/?p={n}"),
        link: "https://wire.example/story/63/".to_owned(),
        title: "তারের খবর".to_owned(),
        date: format!("01 Nov 2026 {n:02}:00:00 +0000"),
        text,
    };
    let list = vec![copy(8, words.replace("শব্দ7 ", "সংশোধন ")), copy(7, words)];
    assert_eq!(visits(&[list.clone(), list]).len(), 1);
}

/// A list of many hosts: the same path and title, another article.
#[test]
fn the_same_path_on_two_hosts_is_two_articles() {
    let hello = |host: &str, day: usize| Item {
        guid: format!("https://{host}.example/?p=1"),
        link: format!("https://{host}.example/hello-world"),
        title: "Hello world!".to_owned(),
        date: format!("{day:02} Nov 2026 06:00:00 +0000"),
        text: format!("welcome to {host}"),
    };
    assert_eq!(
        visits(&[vec![hello("a", 1)], vec![hello("b", 2)], vec![hello("c", 3), hello("b", 2)]]).len(),
        3
    );
}

#[test]
fn an_entry_outlives_its_place_in_the_source() {
    let all = week();
    assert_eq!(visits(&[all[4..].to_vec(), all[..4].to_vec(), all[2..6].to_vec()]).len(), 8);
}

#[test]
fn one_guid_for_everything_loses_nothing() {
    let same = change(&week(), |item| item.guid = "news".to_owned());
    assert_eq!(visits(&[same.clone(), week(), same]).len(), 8);
}

#[test]
fn undated_items_keep_their_first_date_and_the_future_waits() {
    let mut items = change(&week(), |item| item.date.clear());
    items[7].date = "Fri, 01 Jan 2077 00:00:00 +0000".to_owned();
    let seen = visits(&[items.clone(), items.clone(), items]);
    assert_eq!(seen.len(), 8);
    assert!(seen.iter().all(|(_, date)| date.as_str() <= "2026-11-23T01:00:00Z"), "{seen:?}");
}

#[test]
fn an_edit_changes_the_entry_in_place() {
    let home = Home::new(CONFIG);
    let items = week();
    home.write("khobor.xml", feed(&items));
    home.run_at("2026-11-23T01:00:00Z", 0);
    let before = home.entries("all");
    let edited = change(&items, |item| item.text = item.text.replace("পরিষেবা", "সেবা"));
    home.write("khobor.xml", feed(&edited));
    home.run_at("2026-11-23T02:00:00Z", 0);
    assert_eq!(home.entries("all"), before);
    let atom = home.read("public/all.atom");
    assert!(atom.contains("<updated>2026-11-23T02:00:00"), "{atom}");
    assert!(!atom.contains("<published>2026-11-23T02"), "{atom}");
    assert!(atom.contains("সেবা") && !atom.contains("পরিষেবা"));
}
