//! What becomes of entries that are held: a person or the time releases them, a person drops them.

use chrono::TimeDelta;

use super::script::{CONFIG, Item, Script, article, at, list, start};

/// A source into which another blog was imported with its second fetch: articles 901 to 906 are held.
fn flooded(more: &str) -> Script {
    let mut script = Script::with(more);
    script.fetch(start(), &list(1..=20));
    let answer = script.fetch(start() + TimeDelta::hours(12), &imported(21));
    assert!(
        answer.stderr.contains("khobor: 6 entries are held back: 6 items came for the first time"),
        "{}",
        answer.stderr
    );
    assert!(answer.stderr.contains("`harkara held release khobor` publishes them"));
    script
}

fn imported(newest: usize) -> Vec<Item> {
    let post = |number: usize| Item {
        date: Some(at("2019-01-01T08:00:00Z") + TimeDelta::days(number as i64)),
        ..article(number)
    };
    let mut items = list(2..=newest);
    items.extend((901..=906).rev().map(post));
    items
}

/// What `held --json` says: state and title of each entry.
fn entries(script: &Script) -> Vec<(String, String)> {
    let held = script.home.harkara(&["held", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&held.stdout).unwrap();
    let of = |source: &serde_json::Value| source["entries"].as_array().cloned().unwrap_or_default();
    let all = json.as_array().unwrap().iter().flat_map(of);
    all.map(|entry| (entry["state"].as_str().unwrap().to_owned(), entry["id"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn what_is_released_comes_as_if_it_had_come_now() {
    let mut script = flooded("");
    let held = script.home.harkara(&["held"]);
    assert!(
        held.stdout.starts_with("khobor: 6 held\n  since 2026-11-03 00:00 UTC: 6 items came"),
        "{}",
        held.stdout
    );
    assert!(held.stdout.contains("    and 1 more\n"), "{}", held.stdout);
    let status = script.home.harkara(&["status"]);
    assert!(status.stdout.contains("6 held back: `harkara held` shows them"), "{}", status.stdout);

    let one = script.home.harkara(&["held", "release", "https://khobor.example/?p=903"]);
    assert_eq!((one.code, one.stderr.as_str()), (0, "1 entry released; `harkara run` publishes them\n"));
    let now = start() + TimeDelta::days(1);
    script.fetch(now, &imported(22));
    assert_eq!(script.told(903), [2]);
    let text = now.to_rfc3339();
    let all = script.home.harkara(&["held", "release", "khobor", "--now", &text]);
    assert_eq!((all.code, all.stderr.as_str()), (0, "5 entries released; `harkara run` publishes them\n"));
    let released = entries(&script);
    assert!(released.len() == 5 && released.iter().all(|(state, _)| state == "released"), "{released:?}");
    // Whatever their source does to their marks now, they are what they were.
    let changed = super::each(&imported(23), |item| item.guid = format!("urn:x:{}", item.number));
    script.fetch(start() + TimeDelta::hours(36), &changed);
    script.fetch(start() + TimeDelta::hours(48), &imported(24));
    for number in [901, 902, 904, 905, 906] {
        assert_eq!(script.told(number), [3], "{number}");
    }
    assert_eq!(script.told(903), [2]);
    assert!(entries(&script).is_empty());
    assert_eq!(script.home.harkara(&["held", "release", "khobor"]).code, 2, "nothing is held any more");
}

#[test]
fn what_is_dropped_never_comes() {
    let mut script = flooded("");
    // A source and one of its own, and the source once more: each entry is counted once.
    let drop = ["held", "drop", "khobor", "https://khobor.example/?p=906", "khobor"];
    assert_eq!(script.home.harkara(&drop).stderr, "6 entries dropped\n");
    script.fetch(start() + TimeDelta::hours(24), &imported(22));
    let changed = super::each(&imported(23), |item| item.guid = format!("urn:x:{}", item.number));
    script.fetch(start() + TimeDelta::hours(36), &changed);
    script.all_told_once_but(901..=906);
    assert!(entries(&script).iter().all(|(state, _)| state == "dropped"));
    assert!(!script.home.harkara(&["status"]).stdout.contains("held back"));
    // By its name one can still be had.
    assert_eq!(script.home.harkara(&["held", "release", "https://khobor.example/?p=906"]).code, 0);
    script.fetch(start() + TimeDelta::hours(48), &imported(24));
    assert_eq!(script.told(906), [4]);
}

#[test]
fn a_name_that_holds_nothing_leaves_all_as_it_is() {
    let script = flooded("");
    let answer = script.home.harkara(&["held", "drop", "khobor", "urn:x:nobody"]);
    assert_eq!(answer.code, 2);
    assert_eq!(
        answer.stderr,
        "error: nothing is held under `urn:x:nobody`\n  help: `harkara held` shows what is\n"
    );
    assert!(entries(&script).iter().all(|(state, _)| state == "held"));
}

#[test]
fn after_the_time_that_is_set_they_come_by_themselves() {
    let mut script = flooded("flood = \"2d\"");
    let due = start() + TimeDelta::hours(12) + TimeDelta::days(2);
    script.fetch(due - TimeDelta::hours(1), &imported(23));
    assert_eq!(script.told(903), [0; 0]);
    let answer = script.fetch(due, &imported(24));
    assert!(
        answer.stderr.contains("note: 6 entries of `khobor` that had been held back come now"),
        "{}",
        answer.stderr
    );
    for number in 901..=906 {
        assert_eq!(script.told(number), [3]);
    }
    script.fetch(due + TimeDelta::days(3), &imported(25));
    assert_eq!(script.told(903), [3]);
}

#[test]
fn cron_is_told_when_something_is_held_and_not_again() {
    let script = Script::new();
    let run = |items: &[Item], hours: i64| {
        script.home.write("khobor.xml", super::script::document(items));
        let now = (start() + TimeDelta::hours(hours)).to_rfc3339();
        let answer = script.home.harkara(&["run", "--all", "--now", &now]);
        assert_eq!(answer.code, 0);
        answer.stderr
    };
    assert_eq!(run(&list(1..=20), 0), "");
    assert!(run(&imported(21), 12).starts_with("khobor: 6 entries are held back"));
    assert_eq!(run(&imported(22), 24), "");
}

#[test]
fn what_is_released_is_in_the_archive_of_the_month_in_which_it_comes() {
    let mut script = Script::new();
    let config = CONFIG.replace("keep = { entries = 900 }", "keep = { entries = 5 }\narchive = \"monthly\"");
    script.home.write("harkara.toml", config);
    script.fetch(start(), &list(1..=20));
    script.fetch(start() + TimeDelta::hours(12), &imported(21));
    // A later month closes the archive of the first.
    script.fetch(start() + TimeDelta::days(30), &list(70..=80));
    script.fetch(start() + TimeDelta::days(31), &list(72..=82));
    let november = script.home.read("public/all/archive/2026-11.json");
    assert!(!november.contains("?p=903"));
    assert_eq!(script.home.harkara(&["held", "release", "khobor", "--now", "2026-12-04T00:00:00Z"]).code, 0);
    script.fetch(start() + TimeDelta::days(33), &list(74..=86));
    assert_eq!(script.home.read("public/all/archive/2026-11.json"), november);
    let december = script.home.read("public/all/archive/2026-12.json");
    for number in 901..=906 {
        assert!(december.contains(&format!("?p={number}\"")), "{number} in {december}");
    }
}

#[test]
fn why_tells_that_an_entry_is_held_and_what_becomes_of_it() {
    let script = flooded("");
    let why = || script.home.harkara(&["why", "https://khobor.example/?p=903", "all"]);
    let told = why().stdout;
    let since = "held      held since 2026-11-03 00:00 UTC: 6 items came for the first time";
    assert!(told.contains(since), "{told}");
    assert!(
        told.contains(
            "`harkara held release https://khobor.example/?p=903` publishes it, `held drop` never\n"
        )
    );
    assert!(told.contains("\nfeed all: not taken, held back: 6 items came"), "{told}");
    assert!(told.contains("\napart     it is held back, so it was not compared with others\n"), "{told}");
    script.home.harkara(&["held", "drop", "https://khobor.example/?p=903"]);
    assert!(why().stdout.contains("held      dropped since 2026-11-03"), "{}", why().stdout);
    script.home.harkara(&["held", "release", "https://khobor.example/?p=903"]);
    assert!(why().stdout.contains("          it comes with the next run\n"), "{}", why().stdout);
}

#[test]
fn what_is_released_stands_before_all_in_a_feed_that_goes_by_first_sight() {
    let mut script = flooded("");
    let config = CONFIG.replace("keep =", "order = \"first-seen\"\nkeep =");
    script.home.write("harkara.toml", config);
    script.fetch(start() + TimeDelta::hours(24), &imported(22));
    assert_eq!(script.home.harkara(&["held", "release", "khobor"]).code, 0);
    script.fetch(start() + TimeDelta::hours(36), &imported(22));
    let titles: Vec<String> = script.home.entries("all").into_iter().map(|(_, title)| title).collect();
    let tops: Vec<&str> = titles.iter().take(6).filter_map(|title| title.rsplit(' ').next()).collect();
    assert_eq!(tops, ["906", "905", "904", "903", "902", "901"]);
}
