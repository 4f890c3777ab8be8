//! `harkara diff`: what another configuration would change, told before anything is published.

use serde_json::Value;

use crate::support::home::{Answer, Home};

const NOW: &str = "2026-11-23T12:00:00Z";

const CONFIG: &str = r#"
[source.a]
url = "a.xml"
[source.b]
url = "b.xml"
[feed.all]
title = "All"
keep = { entries = 6, hours = 0 }
[feed.gone]
title = "Gone"
sources = ["b"]
"#;

/// Three items of `a`, an hour apart, and three of `b`, older.
fn home() -> Home {
    let home = Home::new(CONFIG);
    for (source, day) in [("a", 23), ("b", 22)] {
        let items: String = (0..3)
            .map(|n| {
                format!(
                    "<item><title>{source}{n}</title><link>https://{source}.example/{n}</link><guid>https://{source}.example/{n}</guid>\
                     <pubDate>{day} Nov 2026 {:02}:00:00 +0000</pubDate><description>Text number {n} of {source}</description></item>",
                    11 - n
                )
            })
            .collect();
        let document = format!(
            "<rss version=\"2.0\"><channel><title>{source}</title><link>https://{source}.example/</link><description>d</description>{items}</channel></rss>"
        );
        home.write(&format!("{source}.xml"), document);
    }
    home.run_at(NOW, 0);
    home
}

fn diff(home: &Home, args: &[&str]) -> Answer {
    let mut all = vec!["diff", "--now", NOW];
    all.extend(args);
    home.harkara(&all)
}

/// The difference that this change of the configuration makes, word for word.
fn check(change: impl Fn(&str) -> String, expected: &str) {
    let home = home();
    home.write("new.toml", change(CONFIG));
    let before = home.tree();
    let answer = diff(&home, &["new.toml"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (0, expected), "{}", answer.stderr);
    assert_eq!(answer.stderr, "`new.toml` compared with `harkara.toml`; nothing is written\n");
    assert_eq!(home.tree(), before);
    // The spelling with `--config` tells the same.
    assert_eq!(diff(&home, &["--config", "new.toml"]).stdout, expected);
    let told: Value = serde_json::from_str(&diff(&home, &["new.toml", "--json"]).stdout).unwrap();
    let differs = !expected.starts_with("no feed");
    assert_eq!(told["feeds"].as_array().unwrap().is_empty(), !differs);
    assert_eq!(diff(&home, &["new.toml", "--exit-code"]).code, i32::from(differs));
}

#[test]
fn the_same_configuration_changes_nothing() {
    check(str::to_owned, "no feed would change\n");
}

#[test]
fn what_a_rule_drops_is_told_with_the_rule() {
    check(
        |config| config.replace("hours = 0 }", "hours = 0 }\nrules = [{ drop = { title = \"^a[12]\" } }]"),
        "~ feed all: 4 entries, before 6\n  rules\n\
         \x20 - 2026-11-23 10:00  a  a1\n      https://a.example/1\n      rule `drop`: title matches `^a[12]`\n\
         \x20 - 2026-11-23 09:00  a  a2\n      https://a.example/2\n      rule `drop`: title matches `^a[12]`\n",
    );
}

#[test]
fn what_comes_is_told_with_what_kept_it_out_before() {
    let home = home();
    let tight = CONFIG.replace("entries = 6, hours = 0 }", "entries = 3, hours = 0 }\nper_source = 2");
    home.write("harkara.toml", &tight);
    home.write(
        "new.toml",
        tight.replace("entries = 3", "entries = 5").replace("per_source = 2", "per_source = 3"),
    );
    let answer = diff(&home, &["new.toml"]);
    assert_eq!(
        answer.stdout,
        "~ feed all: 5 entries, before 3\n  keep, per_source\n\
         \x20 + 2026-11-23 09:00  a  a2\n      https://a.example/2\n      before: `per_source` is reached for `a`\n\
         \x20 + 2026-11-22 10:00  b  b1\n      https://b.example/1\n      before: too old for `keep`: 3 newer ones are in\n"
    );
}

#[test]
fn feeds_sources_and_documents_come_and_go() {
    check(
        |config| {
            config
                .replace("[source.b]\nurl = \"b.xml\"", "[source.c]\nurl = \"c.xml\"")
                .replace(
                    "[feed.gone]\ntitle = \"Gone\"\nsources = [\"b\"]",
                    "[feed.fresh]\ntitle = \"Fresh\"\nkeep = { entries = 1, hours = 0 }",
                )
                .replace("title = \"All\"", "title = \"All\"\nformats = [\"atom\", \"html\"]")
        },
        "+ source c: nothing is known of it until it is read\n\
         - source b: 3 entries are stored; they stay in the store and leave the feeds\n\n\
         ~ feed all: 3 entries, before 6\n  formats\n  + all.html\n  - all.json\n  - all.rss\n\
         \x20 - 2026-11-22 11:00  b  b0\n      https://b.example/0\n      its source is not configured any more\n\
         \x20 - 2026-11-22 10:00  b  b1\n      https://b.example/1\n      its source is not configured any more\n\
         \x20 - 2026-11-22 09:00  b  b2\n      https://b.example/2\n      its source is not configured any more\n\n\
         + feed fresh: 1 entry\n  + fresh.rss\n  + fresh.atom\n  + fresh.json\n  + 2026-11-23 11:00  a  a0\n      https://a.example/0\n\n\
         - feed gone: 3 entries; its documents are left where they are\n  - gone.rss\n  - gone.atom\n  - gone.json\n",
    );
}

#[test]
fn what_stays_and_looks_otherwise_is_told() {
    check(
        |config| {
            config.replace(
                "url = \"a.xml\"",
                "url = \"a.xml\"\ntags = [\"x\"]\nrules = [{ replace = { field = \"title\", pattern = \"^a0$\", with = \"A zero\" } }]",
            )
        },
        "~ source a: tags, rules\n\n~ feed all: 6 entries\n\
         \x20 ~ 2026-11-23 11:00  a  A zero\n      https://a.example/0\n      title `A zero`, before `a0`; tags +x\n\
         \x20 ~ 2026-11-23 10:00  a  a1\n      https://a.example/1\n      tags +x\n\
         \x20 ~ 2026-11-23 09:00  a  a2\n      https://a.example/2\n      tags +x\n",
    );
}

#[test]
fn another_order_and_a_feed_that_would_be_empty_are_told() {
    check(
        // All came at once, so the place of their sources in the configuration decides.
        |config| {
            let sources = ["[source.a]\nurl = \"a.xml\"\n", "[source.b]\nurl = \"b.xml\"\n"];
            let swapped = format!("{}{}", sources[1], sources[0]);
            config
                .replace(&sources.concat(), &swapped)
                .replace("hours = 0 }", "hours = 0 }\norder = \"first-seen\"")
        },
        "~ feed all: 6 entries\n  order\n  those that stay are in another order\n",
    );
    let home = home();
    home.write(
        "new.toml",
        CONFIG.replace("hours = 0 }", "hours = 0 }\nrules = [{ keep = { title = \"^z\" } }]"),
    );
    let told = diff(&home, &["new.toml"]).stdout;
    assert!(
        told.contains("it would be empty, so its last documents stay (`allow_empty = true` lets it)"),
        "{told}"
    );
}

#[test]
fn many_entries_are_cut_short_unless_all_are_asked_for() {
    let home = home();
    let items: String = (0..30)
        .map(|n| format!("<item><title>c{n}</title><link>https://c.example/{n}</link><pubDate>20 Nov 2026 10:{n:02}:00 +0000</pubDate></item>"))
        .collect();
    home.write("b.xml", format!("<rss version=\"2.0\"><channel><title>b</title>{items}</channel></rss>"));
    home.write("new.toml", CONFIG.replace("entries = 6", "entries = 60"));
    home.run_at(NOW, 0);
    let short = diff(&home, &["new.toml"]).stdout;
    assert!(short.ends_with("  + and 20 more\n"), "{short}");
    assert_eq!(short.lines().filter(|line| line.contains("  b  c")).count(), 10);
    let all = diff(&home, &["new.toml", "--all"]).stdout;
    assert_eq!(all.lines().filter(|line| line.contains("  b  c")).count(), 30);
}

#[test]
fn a_file_that_was_edited_is_compared_with_what_is_published() {
    let home = home();
    assert_eq!(diff(&home, &[]).stdout, "no feed would change\n");
    home.write("harkara.toml", CONFIG.replace("entries = 6", "entries = 5"));
    let answer = diff(&home, &[]);
    assert_eq!(
        answer.stderr,
        format!(
            "`harkara.toml` compared with what is published in `{}`; nothing is written\n",
            home.at("public").display()
        )
    );
    let expected = "~ feed all: 5 entries, before 6\n\
         \x20 - 2026-11-22 09:00  b  b2\n      https://b.example/2\n      too old for `keep`: 5 newer ones are in\n";
    assert_eq!(answer.stdout, expected);
    // Atom and RSS tell the ids as well.
    for name in ["all.json", "all.atom"] {
        std::fs::remove_file(home.at(&format!("public/{name}"))).unwrap();
        let told = diff(&home, &[]).stdout;
        assert!(told.contains("  - 2026-11-22 09:00  b  b2\n      https://b.example/2\n"), "{name}: {told}");
    }
    // With `run` it is as it was told.
    home.run_at(NOW, 0);
    assert_eq!(home.entries("all").len(), 5);
    assert_eq!(diff(&home, &[]).stdout, "no feed would change\n");
}

#[test]
fn the_environment_names_what_is_in_force() {
    let home = home();
    std::fs::rename(home.at("harkara.toml"), home.at("old.toml")).unwrap();
    home.write("new.toml", CONFIG.replace("entries = 6", "entries = 5"));
    let answer = |config: &str| {
        let args = ["diff", "--config", "new.toml", "--now", NOW];
        crate::support::home::answer(home.command(&args).env("HARKARA_CONFIG", config).output().unwrap())
    };
    assert_eq!(answer("old.toml").stderr, "`new.toml` compared with `old.toml`; nothing is written\n");
    assert!(
        answer("none.toml").stderr.contains("compared with what is published in"),
        "no such file in force"
    );
}

#[test]
fn a_mistake_is_shown_and_an_empty_state_is_no_fault() {
    let home = home();
    home.write("new.toml", CONFIG.replace("keep =", "kept ="));
    let answer = diff(&home, &["new.toml"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (2, ""));
    assert!(answer.stderr.contains("kept") && answer.stderr.contains("new.toml:8"), "{}", answer.stderr);
    home.write("new.toml", CONFIG);
    std::fs::remove_dir_all(home.at("state")).ok();
    let state = std::fs::read_dir(home.path()).unwrap().map(|file| file.unwrap().path());
    for file in state.filter(|path| path.extension().is_some_and(|end| end == "db" || end == "db-wal")) {
        std::fs::remove_file(file).unwrap();
    }
    let answer = diff(&home, &["new.toml"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (0, ""), "{}", answer.stderr);
    assert!(answer.stderr.starts_with("nothing was read yet into "), "{}", answer.stderr);
}
