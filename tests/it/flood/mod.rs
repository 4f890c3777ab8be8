//! Floods: what sources do to their whole list, fetch by fetch. Subscribers see nothing twice and miss nothing that was new.

mod decided;
mod laws;
mod script;

use chrono::TimeDelta;
use script::{Item, Script, article, at, each, list, prose, start};

/// Four fetches, twelve hours apart, each with one article that is truly new; from the third on the source does this to all of
/// its items, those that are new among them.
fn everything_becomes(change: impl Fn(&mut Item)) -> Script {
    let mut script = Script::new();
    let half_days = |n: i32| start() + TimeDelta::hours(12) * n;
    script.fetch(half_days(0), &list(1..=20));
    script.fetch(half_days(1), &list(2..=21));
    script.fetch(half_days(2), &each(&list(3..=22), &change));
    script.fetch(half_days(3), &each(&list(4..=23), &change));
    script
}

#[test]
fn one_guid_for_all() {
    everything_becomes(|item| item.guid = "guid".to_owned()).all_told_once_but([]);
}

#[test]
fn another_domain() {
    let script = everything_becomes(|item| {
        item.guid = item.guid.replace("khobor.example", "khobor.news");
        item.link = item.link.replace("khobor.example", "www.khobor.news");
    });
    script.all_told_once_but([]);
    // The address that was announced stays the link; the one that it has now stands beside it.
    let json = script.home.read("public/all.json");
    assert!(json.contains("http://khobor.example/2026/21/slug-21/"));
    assert!(json.contains("http://www.khobor.news/2026/21/slug-21/"));
    assert!(!json.contains("http://khobor.example/2026/22/slug-22/"), "a new one has its own address");
}

#[test]
fn another_scheme() {
    everything_becomes(|item| item.link = item.link.replace("http://", "https://")).all_told_once_but([]);
}

#[test]
fn another_form_of_permalinks() {
    let script = everything_becomes(|item| {
        item.link = format!("https://khobor.example/archives/{}.html", item.number + 70_000);
        item.guid.clone_from(&item.link);
    });
    script.all_told_once_but([]);
}

#[test]
fn guids_domain_and_titles() {
    let script = everything_becomes(|item| {
        item.guid = format!("urn:x:{}", item.number);
        item.link = item.link.replace("khobor.example", "khobor.news");
        item.title = format!("Updated: {}", item.title);
    });
    script.all_told_once_but([]);
}

#[test]
fn guids_and_dates() {
    let script = everything_becomes(|item| {
        item.guid = format!("urn:x:{}", item.number);
        item.date = Some(start() + TimeDelta::hours(24));
    });
    script.all_told_once_but([]);
}

#[test]
fn a_clock_that_is_a_year_ahead_and_one_that_was_never_set() {
    everything_becomes(|item| item.date = item.date.map(|at| at + TimeDelta::days(365)))
        .all_told_once_but([]);
    everything_becomes(|item| item.date = Some(at("1970-01-01T00:00:00Z"))).all_told_once_but([]);
    everything_becomes(|item| item.date = None).all_told_once_but([]);
}

#[test]
fn every_item_is_stamped_with_the_time_of_the_fetch() {
    let mut script = Script::new();
    for fetch in 0..4 {
        let now = start() + TimeDelta::hours(12) * fetch;
        let first = fetch as usize + 1;
        script.fetch(now, &each(&list(first..=first + 19), |item| item.date = Some(now)));
    }
    script.all_told_once_but([]);
}

/// The item under another id, another address, another headline.
fn other_marks(item: &mut Item) {
    item.guid = format!("urn:again:{}", item.number);
    item.link = format!("https://new.example/articles/{}", item.number + 40_000);
    item.title = format!("{} (again)", item.title);
}

fn other_text(item: &mut Item) {
    item.text = format!("<p>{}</p>", prose(item.number + 9_000, 60));
}

/// Two quiet fetches, then what the source shows next, with its time.
fn then(next: &[(i32, Vec<Item>)]) -> Script {
    let mut script = Script::new();
    script.fetch(start(), &list(1..=20));
    script.fetch(start() + TimeDelta::hours(12), &list(2..=21));
    for (hours, items) in next {
        script.fetch(start() + TimeDelta::hours(i64::from(*hours)), items);
    }
    script
}

fn held(script: &Script) -> usize {
    let held = script.home.harkara(&["held", "--json"]);
    assert_eq!(held.code, 0, "{}", held.stderr);
    let held: serde_json::Value = serde_json::from_str(&held.stdout).unwrap();
    held.as_array().unwrap().iter().map(|source| source["entries"].as_array().unwrap().len()).sum()
}

#[test]
fn an_archive_that_is_published_again_is_known_by_its_text() {
    for date in [None, Some(at("2026-11-03T11:58:00Z"))] {
        let again = |numbers| {
            each(&list(numbers), |item| {
                other_marks(item);
                item.date = date.or(item.date);
            })
        };
        let mut items = vec![article(22)];
        items.extend(again(2..=21));
        let mut later = vec![article(23), article(22)];
        later.extend(again(4..=21));
        let script = then(&[(24, items), (36, later)]);
        script.all_told_once_but([]);
        assert_eq!(held(&script), 0);
    }
}

#[test]
fn an_archive_that_comes_again_with_dates_of_its_own_is_known_by_its_text() {
    // Each of another minute since the last fetch: nothing but the text tells.
    let mut items = vec![article(22)];
    items.extend(each(&list(2..=21), |item| {
        other_marks(item);
        item.date = Some(start() + TimeDelta::hours(13) + TimeDelta::minutes(30 * (21 - item.number as i64)));
    }));
    let script = then(&[(24, items)]);
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn old_articles_that_nothing_tells_are_held_for_their_age() {
    // Rewritten from the first to the last word: only their dates tell that they are nothing new.
    let mut items = vec![article(22)];
    let rewritten = |item: &mut Item| {
        other_marks(item);
        other_text(item);
        item.number += 1_000;
        item.date = item.date.map(|at| at - TimeDelta::minutes(7));
    };
    items.extend(each(&list(2..=6), rewritten));
    let mut next = vec![article(23)];
    next.extend(items.clone());
    let script = then(&[(24, items), (36, next)]);
    script.all_told_once_but(1_002..=1_006);
    assert_eq!(held(&script), 5);
}

#[test]
fn another_blog_is_imported() {
    let post = |number: usize| {
        let mut item = article(number);
        item.number = number;
        item.date = Some(at("2019-01-01T08:00:00Z") + TimeDelta::days(5) * number as i32);
        item.guid = format!("https://blog.example/{number}");
        item.link.clone_from(&item.guid);
        item
    };
    let mut items = list(3..=22);
    items.extend((5_001..=5_200).rev().map(post));
    let mut script = then(&[(24, items.clone())]);
    script.all_told_once_but(5_001..=5_200);
    assert_eq!(held(&script), 200);
    // They stay the same entries, whatever is done to their marks.
    items.insert(0, article(23));
    let items = each(&items, |item| item.guid = format!("urn:x:{}", item.number));
    script.fetch(start() + TimeDelta::hours(36), &items);
    script.all_told_once_but(5_001..=5_200);
    assert_eq!(held(&script), 200);
}

#[test]
fn a_list_that_becomes_longer_shows_history_and_no_news() {
    let mut script = Script::new();
    let day = |day: i32| start() + TimeDelta::days(15 + i64::from(day));
    script.fetch(day(0), &list(41..=50));
    script.fetch(day(1), &list(1..=52));
    // What is not yet a week older than the newest may have come late: fourteen of them.
    assert_eq!((script.home.entries("all").len(), held(&script)), (17, 35));
}

#[test]
fn a_list_that_is_new_as_a_whole_with_dates_that_tell_nothing_is_held() {
    for date in [None, Some(start() + TimeDelta::hours(24)), Some(start() + TimeDelta::days(400))] {
        let strangers = |item: &mut Item| {
            other_marks(item);
            other_text(item);
            item.number += 1_000;
            item.date = date;
        };
        let mut items = vec![article(22)];
        items.extend(each(&list(3..=21), strangers));
        let mut later = vec![article(23)];
        later.extend(items.clone());
        let script = then(&[(24, items), (36, later)]);
        script.all_told_once_but(1_003..=1_021);
        assert_eq!(held(&script), 19, "{date:?}");
    }
}

#[test]
fn a_busy_source_that_was_away_for_days_brings_news() {
    // One each twelve hours, none seen for three weeks: the whole list is new, and its dates tell that it is.
    let script = then(&[(24 * 21, list(44..=63))]);
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
    // The same where no item has a date: a list that is renewed within so long a time is no wonder.
    let undated = |numbers: std::ops::RangeInclusive<usize>| each(&list(numbers), |item| item.date = None);
    let mut script = Script::new();
    for fetch in 0..6 {
        let first = fetch as usize + 1;
        script.fetch(start() + TimeDelta::hours(12) * fetch, &undated(first..=first + 19));
    }
    script.fetch(start() + TimeDelta::days(21), &undated(44..=63));
    script.all_told_once_but([]);
    // And where it is no wonder at all.
    script.fetch(start() + TimeDelta::days(21) + TimeDelta::hours(1), &undated(144..=163));
    script.all_told_once_but(144..=163);
    assert_eq!(held(&script), 20);
}

#[test]
fn a_burst_of_news_is_news() {
    // Ten in an hour where there was one each twelve: dated when they were written, they are believed.
    let burst = |number: usize| {
        let mut item = article(number);
        item.date = Some(start() + TimeDelta::hours(23) + TimeDelta::minutes(6 * (number as i64 - 22)));
        item
    };
    let items: Vec<Item> = (22..=31).rev().map(burst).collect();
    let script = then(&[(24, items)]);
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn a_magazine_that_comes_as_a_whole_is_news() {
    let issue = |month: u32| -> Vec<Item> {
        let date = at(&format!("2026-{month:02}-01T00:00:00Z"));
        let first = month as usize * 100;
        each(&list(first..=first + 11), |item| item.date = Some(date))
    };
    let mut script = Script::new();
    for month in [7, 8, 9, 10] {
        script.fetch(at(&format!("2026-{month:02}-01T06:00:00Z")), &issue(month));
        script.fetch(at(&format!("2026-{month:02}-28T06:00:00Z")), &issue(month));
    }
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn one_or_two_that_are_dated_back_are_no_flood() {
    let mut items = list(3..=22);
    let back = |number: usize| Item { date: Some(at("2024-05-05T05:05:05Z")), ..article(number) };
    items.extend([back(801), back(802)]);
    let script = then(&[(24, items)]);
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn a_source_that_is_not_guarded_is_believed() {
    let mut script = Script::with("flood = \"off\"");
    script.fetch(start(), &list(1..=20));
    let mut items = list(2..=21);
    items
        .extend((901..=910).map(|number| Item { date: Some(at("2020-02-02T02:02:02Z")), ..article(number) }));
    script.fetch(start() + TimeDelta::hours(12), &items);
    script.all_told_once_but([]);
}

#[test]
fn bulletins_that_say_the_same_in_other_figures_are_news() {
    // Six at once after days with one: by far more than is usual, nearly the same words, and each another bulletin.
    let bulletin = |number: usize, date| Item {
        date: Some(date),
        title: "আজকের দর".to_owned(),
        text: format!("<p>{} ১০ গ্রাম সোনা {} টাকা {}</p>", prose(3, 30), 71_000 + number * 13, prose(4, 30)),
        ..article(number)
    };
    let days = |n: i64| start() + TimeDelta::days(n);
    let mut script = Script::new();
    let mut items: Vec<Item> = (1..=5).map(|n| bulletin(n, days(n as i64 - 6))).rev().collect();
    script.fetch(start(), &items);
    items.insert(0, bulletin(6, days(0) + TimeDelta::hours(6)));
    script.fetch(start() + TimeDelta::hours(7), &items);
    for n in 7..=12 {
        items.insert(0, bulletin(n, days(0) + TimeDelta::hours(8) + TimeDelta::minutes(9 * n as i64)));
    }
    script.fetch(start() + TimeDelta::hours(11), &items);
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn a_link_that_is_mended_for_one_entry_is_taken_over() {
    let mut script = Script::new();
    let mut items = list(1..=20);
    items[3].link = "http://staging.khobor.example/17".to_owned();
    script.fetch(start(), &items);
    script.fetch(start() + TimeDelta::hours(1), &list(1..=20));
    let json = script.home.read("public/all.json");
    assert!(json.contains("http://khobor.example/2026/17/slug-17/") && !json.contains("staging"), "{json}");
}

#[test]
fn an_announced_link_outlives_later_edits() {
    let mut script = Script::new();
    script.fetch(start(), &list(1..=20));
    let moved =
        each(&list(1..=20), |item| item.link = item.link.replace("http://khobor", "https://news.khobor"));
    script.fetch(start() + TimeDelta::hours(1), &moved);
    let mut edited = moved.clone();
    edited[0].text.push_str("<p>সংশোধন</p>");
    script.fetch(start() + TimeDelta::hours(2), &edited);
    // And back, and forth.
    script.fetch(start() + TimeDelta::hours(3), &list(1..=20));
    script.fetch(start() + TimeDelta::hours(4), &edited);
    script.all_told_once_but([]);
    assert!(script.home.read("public/all.json").contains("সংশোধন"));
}

#[test]
fn our_own_clock_may_go_back() {
    let mut script = Script::new();
    script.fetch(start() + TimeDelta::days(3), &list(1..=20));
    script.fetch(start() + TimeDelta::days(4), &list(2..=21));
    let again = each(&list(3..=22), |item| item.guid = format!("urn:x:{}", item.number));
    script.fetch(start() + TimeDelta::days(1), &again);
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn guids_domain_titles_and_dates_change_one_after_the_other() {
    let hours = |n: i64| start() + TimeDelta::hours(6 * n);
    let mut script = Script::new();
    script.fetch(hours(0), &list(1..=20));
    type Step = fn(&mut Item);
    let steps: [Step; 6] = [
        |item| item.guid = "x".to_owned(),
        |item| item.link = item.link.replace("http://khobor.example", "https://khobor.news"),
        |item| item.title = format!("নতুন: {}", item.title),
        |item| item.date = None,
        |item| item.guid = format!("urn:y:{}", item.number),
        |item| item.link = format!("https://khobor.news/?id={}", item.number),
    ];
    for (n, _) in steps.iter().enumerate() {
        let items = each(&list(2 + n..=21 + n), |item| steps[..=n].iter().for_each(|step| step(item)));
        script.fetch(hours(n as i64 + 1), &items);
    }
    script.all_told_once_but([]);
    assert_eq!(held(&script), 0);
}

#[test]
fn a_second_flood_meets_the_first() {
    let post = |number: usize| Item {
        date: Some(start() - TimeDelta::days(900 + number as i64)),
        ..article(number)
    };
    let imported = |items: Vec<Item>, numbers: std::ops::RangeInclusive<usize>| {
        items.into_iter().chain(numbers.map(post)).collect::<Vec<_>>()
    };
    let mut script = then(&[(24, imported(list(3..=22), 901..=930))]);
    assert_eq!(script.home.harkara(&["held", "drop", "khobor"]).code, 0);
    // The same posts once more under other marks, and others with them.
    let again = imported(list(4..=23), 901..=940);
    let again = each(&again, |item| {
        if item.number > 900 {
            other_marks(item)
        }
    });
    script.fetch(start() + TimeDelta::hours(36), &again);
    script.all_told_once_but(901..=940);
    let list = script.home.harkara(&["held"]).stdout;
    assert!(list.starts_with("khobor: 10 held, 30 dropped\n"), "{list}");
}

#[test]
fn the_page_about_the_sources_tells_how_many_are_held() {
    let mut script = Script::new();
    let config = script::CONFIG.replace("[source.khobor]", "status_page = true\n[source.khobor]");
    script.home.write(
        "harkara.toml",
        config.replace("keep =", "formats = [\"json\", \"rss\", \"atom\", \"html\"]\nkeep ="),
    );
    script.fetch(start(), &list(1..=20));
    assert!(!script.home.read("public/status.html").contains("Held back"));
    let post = |number: usize| Item { date: Some(start() - TimeDelta::days(900)), ..article(number) };
    let items: Vec<Item> = list(2..=21).into_iter().chain((901..=907).map(post)).collect();
    script.fetch(start() + TimeDelta::hours(12), &items);
    let page = script.home.read("public/status.html");
    assert!(page.contains("<dt>Held back</dt><dd>7</dd>"), "{page}");
}

#[test]
fn one_article_comes_again_under_its_address() {
    // All of its other marks are new; its address and its words tell. Another under that address is another.
    let again = |item: &mut Item| {
        item.guid = format!("urn:again:{}", item.number);
        item.title = format!("Updated: {}", item.title);
        item.date = Some(start() + TimeDelta::hours(13));
    };
    let mut items = list(2..=21);
    again(&mut items[0]);
    // Nor are two texts of one source compared as those of others are.
    let mut script = Script::with("dedup = \"off\"");
    for (hours, items) in [(0, list(1..=20)), (12, list(2..=21)), (24, items.clone())] {
        script.fetch(start() + TimeDelta::hours(hours), &items);
    }
    script.all_told_once_but([]);
    items[0] = Item { link: items[0].link.clone(), ..article(22) };
    script.fetch(start() + TimeDelta::hours(36), &items);
    assert_eq!((script.told(21), script.told(22)), (vec![1], vec![3]));
}
