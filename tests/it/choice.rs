//! What the configuration of a feed chooses, seen in what is published.

use serde_json::Value;

use crate::support::home::Home;

const NOW: &str = "2026-11-23T12:00:00Z";

/// Two sources: `a` with an item an hour back from now on, `b` with one a day.
fn home(feed: &str) -> Home {
    let home = Home::new(&format!(
        "[rules]\nads = [{{ drop = {{ title = \"^বিজ্ঞাপন\" }} }}]\n\
         [source.a]\nurl = \"a.xml\"\ntags = [\"news\"]\nrules = [\"ads\"]\n\
         [source.b]\nurl = \"b.xml\"\npriority = 5\nrules = [{{ tag = {{ add = \"sport\", when = {{ category = \"খেলা\" }} }} }}]\n{feed}"
    ));
    let hourly = (0..10).map(|n| item("a", n, &format!("Mon, 23 Nov 2026 {:02}:00:00 +0000", 11 - n), ""));
    home.write("a.xml", document("a", hourly));
    let daily = (0..10).map(|n| {
        let category = if n % 2 == 0 { "<category>খেলা</category>" } else { "" };
        item("b", n, &format!("{:02} Nov 2026 09:30:00 +0000", 22 - n), category)
    });
    home.write("b.xml", document("b", daily));
    home
}

fn item(source: &str, n: usize, date: &str, more: &str) -> String {
    format!(
        "<item><title>{source}{n}</title><link>https://{source}.example/{n}</link><pubDate>{date}</pubDate>{more}\
         <description><![CDATA[<p>প্রথম অনুচ্ছেদ {n}। {}</p>]]></description></item>",
        "দু’ঘণ্টা বন্ধ ছিল পরিষেবা। ".repeat(40)
    )
}

fn document(source: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.collect();
    format!(
        "<rss version=\"2.0\"><channel><title>{source}</title><link>https://{source}.example/</link><description>d</description>{items}</channel></rss>"
    )
}

fn check(feed: &str, expected: &str) {
    let home = home(&format!("[feed.all]\ntitle = \"all\"\n{feed}\n"));
    home.run_at(NOW, 0);
    let titles: Vec<String> = home.entries("all").into_iter().map(|(_, title)| title).collect();
    assert_eq!(titles.join(" "), expected, "{feed}");
}

#[test]
fn a_feed_keeps_so_many_and_everything_young() {
    check("keep = { entries = 4, hours = 0 }", "a0 a1 a2 a3");
    check("keep = { entries = 1, hours = 3 }", "a0 a1");
    check("keep = { entries = 12, hours = 2 }", "a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1");
}

#[test]
fn a_feed_is_chosen_by_source_and_by_tags_that_rules_give() {
    check("sources = [\"b\"]\nkeep = { entries = 3, hours = 0 }", "b0 b1 b2");
    check("tags = [\"sport\"]", "b0 b2 b4 b6 b8");
    check("tags = [\"news\", \"sport\"]\nnot_tags = [\"news\"]", "b0 b2 b4 b6 b8");
    check("sources = [\"b\"]\nnot_tags = [\"sport\"]", "b1 b3 b5 b7 b9");
}

#[test]
fn a_busy_source_does_not_drown_the_others() {
    check("per_source = 2", "a0 a1 b0 b1");
}

#[test]
fn rules_of_a_feed_see_through_digits_of_any_script() {
    check("rules = [{ keep = { title = \"[০-২]$\" } }]", "a0 a1 a2 b0 b1 b2");
    check("sources = [\"a\"]\nrules = [{ drop = { text = \"অনুচ্ছেদ [৩-৯]\" } }]", "a0 a1 a2");
}

#[test]
fn a_byte_cap_keeps_the_newest() {
    let home = home("[feed.all]\ntitle = \"all\"\nmax_bytes = \"9KiB\"\n");
    home.run_at(NOW, 0);
    for (name, bytes) in home.tree().iter().filter(|(name, _)| name.starts_with("all.")) {
        assert!(bytes.len() <= 9 * 1024, "{name}: {}", bytes.len());
    }
    let titles: Vec<String> = home.entries("all").into_iter().map(|(_, title)| title).collect();
    assert!((1..20).contains(&titles.len()) && titles[0] == "a0", "{titles:?}");
}

#[test]
fn a_summary_is_cut_between_clusters() {
    let home = home("[feed.all]\ntitle = \"all\"\ncontent = \"summary\"\nsummary_length = 30\n");
    home.run_at(NOW, 0);
    let json: Value = serde_json::from_str(&home.read("public/all.json")).unwrap();
    let item = &json["items"][0];
    let summary = item["summary"].as_str().unwrap();
    // JSON Feed demands a content: it is the summary and no more.
    assert_eq!(item["content_html"].as_str(), Some(summary), "{item}");
    assert!(summary.starts_with("প্রথম অনুচ্ছেদ") && summary.ends_with('…'), "{summary}");
    assert!(!home.read("public/all.rss").contains("<p>"));
}

#[test]
fn the_first_of_a_story_speaks_and_names_the_others() {
    let home = home(
        "[feed.all]\ntitle = \"all\"\nkeep = { entries = 2, hours = 0 }\n[feed.b]\ntitle = \"b\"\nsources = [\"b\"]\nkeep = { entries = 1, hours = 0 }\n",
    );
    home.run_at(NOW, 0);
    let again = item("b", 0, "Mon, 23 Nov 2026 11:30:00 +0000", "")
        .replace("https://b.example/0", "http://www.a.example/0/?utm_source=b")
        .replace("b0", "a0, told by b");
    home.write("b.xml", document("b", std::iter::once(again)));
    home.run_at("2026-11-23T13:00:00Z", 0);
    let titles = |feed: &str| home.entries(feed).into_iter().map(|(_, title)| title).collect::<Vec<_>>();
    assert_eq!(titles("all"), ["a0", "a1"]);
    assert_eq!(titles("b"), ["a0, told by b"], "a feed of b alone has it from b");
    let atom = home.read("public/all.atom");
    assert!(atom.contains("rel=\"related\"") && atom.contains("www.a.example/0/"), "{atom}");
}

#[test]
fn a_story_keeps_its_id_when_its_leader_is_taken_out() {
    let home = home("[feed.all]\ntitle = \"all\"\n");
    let a = document("a", std::iter::once(item("a", 0, "Mon, 23 Nov 2026 11:00:00 +0000", "")));
    home.write("a.xml", &a);
    home.write("b.xml", document("b", std::iter::empty()));
    home.run_at(NOW, 0);
    home.write("b.xml", a.replace("<title>a0", "<title>b says"));
    home.run_at("2026-11-23T13:00:00Z", 0);
    let before = home.entries("all");
    let config = home.read("harkara.toml");
    home.write("harkara.toml", config.replace("rules = [\"ads\"]", "rules = [{ drop = { title = \".\" } }]"));
    home.run_at("2026-11-23T14:00:00Z", 0);
    let after = home.entries("all");
    assert_eq!((after[0].0.as_str(), after[0].1.as_str()), (before[0].0.as_str(), "b says"));
    assert_eq!(after.len(), 1);
}

#[test]
fn an_address_that_is_used_again_years_later_is_another_story() {
    let home = home("[feed.all]\ntitle = \"all\"\n");
    let old = item("a", 0, "Mon, 23 Nov 2015 11:00:00 +0000", "");
    home.write("a.xml", document("a", std::iter::once(old)));
    home.run_at(NOW, 0);
    let new = item("a", 1, "Mon, 23 Nov 2026 12:30:00 +0000", "").replace("a.example/1", "a.example/0");
    home.write("b.xml", document("b", std::iter::once(new)));
    home.run_at("2026-11-23T13:00:00Z", 0);
    let titles: Vec<String> = home.entries("all").into_iter().map(|(_, title)| title).collect();
    assert!(titles.contains(&"a0".to_owned()) && titles.contains(&"a1".to_owned()), "{titles:?}");
}

/// Selectors that select everything, the parser's own wrapper too.
#[test]
fn a_selector_may_select_anything() {
    for selector in ["*", "html", ":not(b)", ":has(p)", ":first-child", "body p"] {
        let home = home(&format!(
            "[feed.all]\ntitle = \"all\"\nsources = [\"a\"]\nrules = [{{ strip = \"{selector}\" }}]\n"
        ));
        home.run_at(NOW, 0);
        assert_eq!(home.entries("all").len(), 10, "{selector}");
    }
}

#[test]
fn of_one_run_the_higher_priority_speaks() {
    let home = home("[feed.all]\ntitle = \"all\"\n");
    let a = document("a", std::iter::once(item("a", 0, "Mon, 23 Nov 2026 11:00:00 +0000", "")));
    home.write("b.xml", a.replace("<title>a0", "<title>b says"));
    home.write("a.xml", a);
    home.run_at(NOW, 0);
    assert_eq!(home.entries("all").into_iter().map(|(_, title)| title).collect::<Vec<_>>(), ["b says"]);
}

#[test]
fn a_feed_that_is_taken_out_is_told_once_and_its_files_stay() {
    let home = home("[feed.all]\ntitle = \"all\"\n[feed.old]\ntitle = \"old\"\nformats = [\"atom\"]\n");
    home.run_at(NOW, 0);
    home.write(
        "harkara.toml",
        home.read("harkara.toml").replace("[feed.old]\ntitle = \"old\"\nformats = [\"atom\"]\n", ""),
    );
    let told = home.run_at("2026-11-23T13:00:00Z", 0);
    assert!(told.stderr.contains("no feed writes `old.atom` any more"), "{}", told.stderr);
    assert!(!home.run_at("2026-11-23T14:00:00Z", 0).stderr.contains("old.atom"));
    assert!(home.at("public/old.atom").exists());
}

#[test]
fn a_rule_that_is_changed_works_on_what_was_read_long_ago() {
    let feed = "[feed.all]\ntitle = \"all\"\nsources = [\"a\"]\n";
    let home = home(feed);
    home.run_at(NOW, 0);
    home.write("a.xml", document("a", std::iter::empty()));
    let config = home.read("harkara.toml");
    home.write(
        "harkara.toml",
        format!(
            "{config}rules = [{{ replace = {{ field = \"title\", pattern = \"^a\", with = \"খবর \" }} }}]\n"
        ),
    );
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(home.entries("all")[0].1, "খবর 0");
    assert_eq!(home.entries("all").len(), 10);
}
