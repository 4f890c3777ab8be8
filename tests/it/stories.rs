//! The same article from several sources: shown once, announced once, whatever comes in which order.

use std::collections::BTreeSet;

use crate::support::home::Home;

const NOW: &str = "2026-11-23T12:00:00Z";

/// Sixteen sentences of a report, of which no two share three words.
const REPORT: [&str; 16] = [
    "শহরের পুরোনো জলাধারের দেওয়ালে সোমবার ভোরে বড় ফাটল দেখা দিয়েছে।",
    "পুরসভার প্রকৌশলীরা সঙ্গে সঙ্গে নিচের তিনটি পাড়া খালি করতে বলেন।",
    "প্রায় দেড় হাজার মানুষ স্কুলবাড়িতে রাত কাটিয়েছেন বলে খবর।",
    "“আমরা কাউকে ঝুঁকিতে রাখব না,” বলেছেন মেয়র।",
    "জলাধারটি তৈরি হয়েছিল ১৯৩৪ সালে, তখন শহরে লোক ছিল অনেক কম।",
    "গত বর্ষায় মাপজোকের সময় কোনো ত্রুটি ধরা পড়েনি।",
    "বিশেষজ্ঞেরা মাটির নিচের কম্পন পরীক্ষা করছেন নতুন যন্ত্র দিয়ে।",
    "বিকেলের মধ্যে জলস্তর দুই মিটার নামানো সম্ভব হয়েছে।",
    "রেল কর্তৃপক্ষ পাশের সেতুতে গাড়ির গতি কমিয়ে দিয়েছে।",
    "দোকানদারদের অভিযোগ, আগাম কোনো সতর্কতা তাঁরা পাননি।",
    "স্বাস্থ্য দপ্তর অস্থায়ী শিবিরে পানীয় জলের ট্যাঙ্ক পাঠিয়েছে।",
    "মঙ্গলবার সকালে রাজ্যের সেচমন্ত্রী এলাকা ঘুরে দেখবেন।",
    "মেরামতিতে কত খরচ হবে তা এখনও হিসেব করা যায়নি।",
    "পরিবেশকর্মীরা বহু বছর ধরে নতুন বাঁধের দাবি জানিয়ে আসছিলেন।",
    "রাতে বৃষ্টির পূর্বাভাস থাকায় উদ্বেগ বেড়েছে বাসিন্দাদের মধ্যে।",
    "কন্ট্রোল রুমের নম্বর সারা রাত খোলা থাকবে বলে জানানো হয়েছে।",
];

fn paragraphs(sentences: impl IntoIterator<Item = usize>) -> String {
    sentences.into_iter().map(|at| format!("<p>{}</p>", REPORT[at])).collect()
}

fn item(source: &str, n: usize, title: &str, date: &str, body: &str) -> String {
    format!(
        "<item><guid isPermaLink=\"false\">{source}-{n}</guid><title>{title}</title><link>https://{source}.example/{n}</link>\
         <pubDate>{date}</pubDate><description><![CDATA[{body}]]></description></item>"
    )
}

fn feed(items: &[String]) -> String {
    let items = items.concat();
    format!(
        "<rss version=\"2.0\"><channel><title>t</title><link>https://t.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// Sources `a`, `b`, `c` and a feed of all.
fn home(more: &str) -> Home {
    let near = if more.contains("[defaults]") { "" } else { "[defaults]\ndedup = \"near\"" };
    let home = Home::new(&format!(
        "{more}\n{near}\n[source.a]\nurl = \"a.xml\"\n[source.b]\nurl = \"b.xml\"\n[source.c]\nurl = \"c.xml\"\n\
         [feed.all]\ntitle = \"all\"\n[feed.b]\ntitle = \"b\"\nsources = [\"b\"]\n[feed.every]\ntitle = \"every\"\ndedup = \"off\"\n"
    ));
    for source in ["a", "b", "c"] {
        home.write(&format!("{source}.xml"), feed(&[]));
    }
    home
}

fn titles(home: &Home, feed: &str) -> Vec<String> {
    home.entries(feed).into_iter().map(|(_, title)| title).collect()
}

const EARLY: &str = "Mon, 23 Nov 2026 07:00:00 +0000";
const LATE: &str = "Mon, 23 Nov 2026 10:00:00 +0000";

#[test]
fn a_copy_under_another_address_and_headline_is_shown_once() {
    let home = home("");
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..14))]));
    let copy = format!(
        "<p>কলকাতা, ২৩ নভেম্বর (সংবাদ সংস্থা): {}</p>{}<p>বিজ্ঞাপন</p><p>আমাদের ফেসবুক পেজ লাইক করুন, ইউটিউব চ্যানেল সাবস্ক্রাইব করুন</p>",
        REPORT[0],
        paragraphs(1..15).replace("১৯৩৪", "1934")
    );
    home.write("b.xml", feed(&[item("b", 1, "রাতভর আতঙ্ক শহরে", LATE, &copy)]));
    home.write(
        "c.xml",
        feed(&[item("c", 1, "কাপ জিতল মেয়েরা", LATE, "<p>অন্য খবর, যার সঙ্গে এর কোনো সম্পর্ক নেই।</p>")]),
    );
    let answer = home.run_at(NOW, 0);
    assert!(
        answer.stdout.contains("1 told elsewhere") || answer.stderr.contains("1 told elsewhere"),
        "{answer:?}"
    );
    assert_eq!(titles(&home, "all"), ["কাপ জিতল মেয়েরা", "জলাধারে ফাটল"]);
    assert_eq!(titles(&home, "b"), ["রাতভর আতঙ্ক শহরে"], "a feed of b alone has it from b");
    assert_eq!(titles(&home, "every").len(), 3, "a feed that does not want it shows all");
    let atom = home.read("public/all.atom");
    assert!(atom.contains("rel=\"related\"") && atom.contains("https://b.example/1"), "{atom}");
    assert_eq!(home.entries("b")[0].0, home.entries("all")[1].0, "one id for the story");
}

#[test]
fn an_excerpt_joins_the_full_text_and_may_show_it() {
    for (content, shows) in [("leader", false), ("fullest", true)] {
        let home = home(&format!("[dedup]\ncontent = \"{content}\""));
        home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..4))]));
        home.run_at(NOW, 0);
        home.write("b.xml", feed(&[item("b", 1, "জলাধারে ফাটল, আতঙ্ক", LATE, &paragraphs(0..16))]));
        home.run_at("2026-11-23T13:00:00Z", 0);
        assert_eq!(titles(&home, "all"), ["জলাধারে ফাটল"], "{content}");
        assert_eq!(home.read("public/all.json").contains("কন্ট্রোল রুমের"), shows, "{content}");
    }
}

#[test]
fn two_stories_that_a_third_ties_announce_nothing_again() {
    let home = home("");
    // Too far from each other, and each near the third.
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..10))]));
    home.write("b.xml", feed(&[item("b", 1, "রাতে বৃষ্টি", LATE, &paragraphs(5..16))]));
    home.run_at(NOW, 0);
    let before: BTreeSet<_> = home.entries("all").into_iter().collect();
    let of_b = home.entries("b");
    assert_eq!(before.len(), 2);
    home.write("c.xml", feed(&[item("c", 1, "সব খবর", LATE, &paragraphs(0..16))]));
    home.run_at("2026-11-23T13:00:00Z", 0);
    let after: BTreeSet<_> = home.entries("all").into_iter().collect();
    assert!(after.is_subset(&before) && after.len() == 1, "{after:?}");
    assert_eq!(home.entries("b"), of_b, "who was announced keeps the id");
}

#[test]
fn a_text_that_becomes_another_article_stands_for_itself_again() {
    let home = home("");
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..12))]));
    home.run_at(NOW, 0);
    home.write("b.xml", feed(&[item("b", 1, "জলাধারে ফাটল", LATE, &paragraphs(0..12))]));
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(titles(&home, "all").len(), 1);
    let other: String = (0..12)
        .map(|n| {
            format!(
                "<p>সম্পূর্ণ আলাদা বাক্য {} যেখানে {} কথা বলা আছে {}।</p>",
                "ক".repeat(n + 1),
                "খ".repeat(n + 1),
                "গ".repeat(n + 1)
            )
        })
        .collect();
    home.write("b.xml", feed(&[item("b", 1, "অন্য কথা", LATE, &other)]));
    home.run_at("2026-11-23T14:00:00Z", 0);
    assert_eq!(titles(&home, "all"), ["অন্য কথা", "জলাধারে ফাটল"]);
    let ids: BTreeSet<_> = home.entries("all").into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 2, "and has an id of its own");
}

#[test]
fn sources_say_how_far_they_may_be_compared() {
    let check = |mode: &str, link: &str, shown: usize| {
        let home = home(&format!("[defaults]\ndedup = \"{mode}\""));
        home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..12))]));
        let copy = item("b", 1, "জলাধারে ফাটল", LATE, &paragraphs(0..12));
        home.write("b.xml", feed(&[copy.replace("https://b.example/1", link)]));
        home.run_at(NOW, 0);
        assert_eq!(titles(&home, "all").len(), shown, "{mode} {link}");
    };
    check("near", "https://b.example/1", 1);
    check("url", "https://b.example/1", 2);
    check("url", "http://www.a.example/1/?utm_source=b", 1);
    check("off", "https://a.example/1", 2);
}

#[test]
fn copies_far_apart_in_time_are_two() {
    let home = home("[dedup]\nwindow = \"2h\"");
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..12))]));
    home.write("b.xml", feed(&[item("b", 1, "জলাধারে ফাটল", LATE, &paragraphs(0..12))]));
    home.run_at(NOW, 0);
    assert_eq!(titles(&home, "all").len(), 2);
}

/// What one outlet says again under a new address and much the same headline is an update, under another headline another article.
#[test]
fn an_outlet_that_updates_its_report_has_one_entry() {
    let home = home("");
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল, তিন পাড়া খালি", EARLY, &paragraphs(0..14))]));
    home.run_at(NOW, 0);
    let update = item("a", 2, "জলাধারে ফাটল, চার পাড়া খালি", LATE, &paragraphs(0..16));
    let other = item("a", 3, "শিবিরে গান গাইলেন মেয়েরা", LATE, &paragraphs(0..14));
    home.write("a.xml", feed(&[update, other]));
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(titles(&home, "all"), ["শিবিরে গান গাইলেন মেয়েরা", "জলাধারে ফাটল, তিন পাড়া খালি"]);
}

#[test]
fn the_owner_names_parameters_that_tell_no_article() {
    let check = |tracking: &str, shown: usize| {
        let home = home(&format!("[defaults]\n{tracking}"));
        let told = |source: &str, body| {
            let item = item(source, 1, &format!("{source} says"), EARLY, body);
            item.replace(
                &format!("https://{source}.example/1"),
                &format!("https://wire.example/9?id=4&amp;from={source}"),
            )
        };
        home.write("a.xml", feed(&[told("a", "<p>এক</p>")]));
        home.write("b.xml", feed(&[told("b", "<p>দুই</p>")]));
        home.run_at(NOW, 0);
        assert_eq!(titles(&home, "all").len(), shown, "{tracking}");
        assert_eq!(home.read("public/all.json").contains("from=a"), shown == 2, "{tracking}");
    };
    check("", 2);
    check("tracking = [\"from\"]", 1);
    check("tracking = [\"fr*\"]", 1);
    check("tracking = [\"form\"]", 2);
}

/// Who is held does not speak for others; released, it joins them.
#[test]
fn an_entry_that_is_held_leads_no_story() {
    let home = home("");
    let regular: Vec<String> = (1..=6)
        .map(|n| {
            item(
                "a",
                n,
                &format!("খবর নম্বর {n}"),
                &format!("{:02} Nov 2026 08:00:00 +0000", 16 + n),
                &format!("<p>আজকের কথা {n}</p>"),
            )
        })
        .collect();
    home.write("a.xml", feed(&regular));
    home.run_at(NOW, 0);
    let old = |source: &str, n: usize| {
        item(
            source,
            100 + n,
            &format!("পুরোনো লেখা {n}"),
            &format!("{:02} Jan 2019 08:00:00 +0000", n),
            &format!("<p>পুরোনো কথা {source} {n}</p>"),
        )
        .replace(&format!("https://{source}.example/"), "https://wire.example/")
    };
    let flood: Vec<String> = (1..=8).map(|n| old("a", n)).chain(regular.clone()).collect();
    home.write("a.xml", feed(&flood));
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(titles(&home, "all").len(), 6, "held");
    home.write("b.xml", feed(&[old("b", 3)]));
    home.run_at("2026-11-23T14:00:00Z", 0);
    assert!(titles(&home, "all").contains(&"পুরোনো লেখা 3".to_owned()), "{:?}", titles(&home, "all"));
    let state = rusqlite::Connection::open(home.at("state/harkara.db")).unwrap();
    let held: i64 = state.query_row("SELECT count(*) FROM tie WHERE a < 0", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 0, "nothing is tied to an entry that is held");
    drop(state);
    let before = home.entries("all");
    assert_eq!(home.harkara(&["held", "release", "a"]).code, 0);
    home.run_at("2026-11-23T15:00:00Z", 0);
    let after = home.entries("all");
    assert_eq!(after.len(), 6 + 8, "{after:?}");
    assert!(before.iter().all(|entry| after.contains(entry)), "who spoke goes on speaking");
}

#[test]
fn whose_entries_may_be_of_one_story_is_told_by_the_scope() {
    for (scope, shown) in [("all", 1), ("feed", 2)] {
        let home = home(&format!(
            "[feed.two]\ntitle = \"two\"\nsources = [\"a\", \"b\"]\n[dedup]\nscope = \"{scope}\""
        ));
        home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..10))]));
        home.write("b.xml", feed(&[item("b", 1, "রাতে বৃষ্টি", LATE, &paragraphs(5..16))]));
        // Only this one ties the two.
        home.write("c.xml", feed(&[item("c", 1, "সব খবর", LATE, &paragraphs(0..16))]));
        home.run_at(NOW, 0);
        assert_eq!(titles(&home, "two").len(), shown, "{scope}");
        assert_eq!(titles(&home, "all").len(), 1, "{scope}");
        assert_eq!(home.read("public/two.json").contains("https://c.example/1"), scope == "all", "{scope}");
    }
}

/// What ties two copies may be a third that says something else now.
#[test]
fn copies_stay_one_story_when_what_tied_them_is_edited() {
    let home = home("");
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..14))]));
    home.run_at(NOW, 0);
    home.write("b.xml", feed(&[item("b", 1, "রাতভর আতঙ্ক", LATE, &paragraphs(0..14))]));
    home.write("c.xml", feed(&[item("c", 1, "বাঁধে বিপদ", LATE, &paragraphs(0..14))]));
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(titles(&home, "all"), ["জলাধারে ফাটল"]);
    let other: String = (0..40).map(|n| format!("<p>ক{n} খ{n} গ{n} ঘ{n} ঙ{n}</p>")).collect();
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &other)]));
    home.run_at("2026-11-23T14:00:00Z", 0);
    let shown = titles(&home, "all");
    assert_eq!(shown.len(), 2, "b and c still say the same: {shown:?}");
}

#[test]
fn copies_are_one_story_where_the_source_that_had_it_first_does_not_count() {
    let home = home("[feed.two]\ntitle = \"two\"\nsources = [\"b\", \"c\"]\n[dedup]\nscope = \"feed\"");
    home.write("a.xml", feed(&[item("a", 1, "জলাধারে ফাটল", EARLY, &paragraphs(0..14))]));
    home.run_at(NOW, 0);
    home.write("b.xml", feed(&[item("b", 1, "রাতভর আতঙ্ক", LATE, &paragraphs(0..14))]));
    home.write("c.xml", feed(&[item("c", 1, "বাঁধে বিপদ", LATE, &paragraphs(0..14))]));
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(titles(&home, "two").len(), 1);
}

/// A source goes, another brings its page, and it comes back: one page, one id.
#[test]
fn a_page_of_a_source_that_is_gone_keeps_its_id() {
    let home = home("[defaults]\ndedup = \"url\"");
    let page = |source: &str| {
        item(source, 5, "জলাধারে ফাটল", EARLY, &paragraphs(0..12))
            .replace(&format!("https://{source}.example/"), "https://b.example/")
    };
    home.write("b.xml", feed(&[page("b")]));
    home.run_at(NOW, 0);
    let before = home.entries("all");
    let whole = home.read("harkara.toml");
    let without = whole
        .replace("[source.b]\nurl = \"b.xml\"\n", "")
        .replace("[feed.b]\ntitle = \"b\"\nsources = [\"b\"]\n", "");
    home.write("harkara.toml", &without);
    home.write("a.xml", feed(&[page("a")]));
    home.run_at("2026-11-23T13:00:00Z", 0);
    assert_eq!(home.entries("all"), before, "it goes by the id that readers know");
    home.write("harkara.toml", &whole);
    home.run_at("2026-11-23T14:00:00Z", 0);
    assert_eq!(home.entries("all"), before);
}
