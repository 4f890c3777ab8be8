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
