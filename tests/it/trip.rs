//! The binary against a scripted site: what it asks on each visit, and what it keeps.

use crate::support::home::{Answer, Home};
use crate::support::site::{Reply, Site};

fn feed(titles: &[&str]) -> String {
    let items: String = titles
        .iter()
        .map(|title| format!("<item><title>{title}</title><link>/news/{title}</link><guid isPermaLink=\"false\">{title}</guid></item>"))
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>খবর</title><link>https://khobor.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// A home with one source at `path` of the site; nothing waits for anything.
fn home(site: &Site, path: &str) -> Home {
    Home::new(&config(site, path, ""))
}

/// The same as text, with more lines for the source.
fn config(site: &Site, path: &str, more: &str) -> String {
    format!(
        "[fetch]\nallow = [\"127.0.0.0/8\"]\nspacing = \"0s\"\ntimeout = \"2s\"\ncontact = \"mailto:a@b.example\"\n\
         [source.khobor]\nurl = \"{}\"\nevery = \"1h\"\n{more}[feed.all]\ntitle = \"all\"\n",
        site.url(path)
    )
}

fn due(home: &Home, now: &str) -> Answer {
    home.harkara(&["run", "--verbose", "--now", now])
}

fn titles(home: &Home) -> Vec<String> {
    home.entries("all").into_iter().map(|(_, title)| title).collect()
}

#[test]
fn validators_come_back_as_they_were_and_304_changes_nothing() {
    let site = Site::open().expect(&["GET /feed", "GET /feed", "GET /feed"]);
    let home = home(&site, "/feed");
    let headers = ["Content-Type: application/rss+xml", "ETag: W/\"a b\"", "Last-Modified: whenever"];
    site.set("/feed", Reply::new("200 OK", &headers, feed(&["one"])));
    assert_eq!(due(&home, "2026-11-23T01:00:00Z").code, 0);
    let tree = home.tree();

    // Not due: nobody is asked.
    assert!(due(&home, "2026-11-23T01:30:00Z").stderr.contains("1 not due"));

    site.set("/feed", Reply::new("304 Not Modified", &["ETag: \"new\""], ""));
    let answer = due(&home, "2026-11-23T02:00:00Z");
    assert!(answer.stderr.contains("khobor: unchanged"), "{}", answer.stderr);
    assert_eq!(home.tree(), tree);

    // The same bytes under other validators are no change either.
    site.set(
        "/feed",
        Reply::new("200 OK", &["Content-Type: application/rss+xml", "ETag: \"third\""], feed(&["one"])),
    );
    let answer = due(&home, "2026-11-23T03:00:00Z");
    assert!(answer.stderr.contains("khobor: unchanged"), "{}", answer.stderr);
    let asked = site.asked();
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(asked[1].header("if-none-match"), Some("W/\"a b\""));
    assert_eq!(asked[1].header("if-modified-since"), Some("whenever"));
    assert_eq!(asked[2].header("if-none-match"), Some("\"new\""));
    assert_eq!(asked[2].header("if-modified-since"), Some("whenever"));
}

#[test]
fn what_is_read_otherwise_is_read_again_from_what_is_kept() {
    let site = Site::open().expect(&["GET /feed"; 4]);
    let toml = |language: &str| config(&site, "/feed", &format!("language = \"{language}\"\n"));
    let home = Home::new(&toml("hi"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, feed(&["one"]).as_ref()).unwrap();
    let body = packed.finish().unwrap();
    let headers = ["Content-Type: application/rss+xml", "Content-Encoding: gzip", "ETag: \"1\""];
    site.set("/feed", Reply::new("200 OK", &headers, body));
    let is_bengali = || home.read("public/all.json").contains("\"language\": \"bn\"");
    assert_eq!(home.run_at("2026-11-23T01:00:00Z", 0).code, 0);
    assert!(!is_bengali());

    // Only told that nothing is new, and read anew all the same.
    site.set("/feed", Reply::new("304 Not Modified", &["ETag: \"1\""], ""));
    home.write("harkara.toml", toml("bn"));
    assert_eq!(home.run_at("2026-11-23T02:00:00Z", 0).code, 0);
    assert!(is_bengali());
    // Once: then it is known again.
    assert!(home.run_at("2026-11-23T03:00:00Z", 0).stderr.contains("khobor: unchanged"));

    // Without what was kept it is asked for anew.
    std::fs::remove_file(home.at("state/harkara.answers.db")).unwrap();
    home.write("harkara.toml", toml("hi"));
    site.set("/feed", Reply::new("200 OK", &headers[..1], feed(&["one"])));
    assert_eq!(home.run_at("2026-11-23T04:00:00Z", 0).code, 0);
    assert!(!is_bengali());
    let asked = site.asked();
    assert_eq!(asked[1].header("if-none-match"), Some("\"1\""));
    assert_eq!(asked[3].header("if-none-match"), None);
}

#[test]
fn an_announced_feed_is_found_once_and_remembered() {
    let site = Site::open().expect(&["GET /", "GET /feed", "GET /feed", "GET /feed", "GET /", "GET /new"]);
    let home = home(&site, "/");
    let page = |feed: &str| {
        format!(
            "<!doctype html><html><head><title>খবর</title>\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"খবর » মন্তব্য\" href=\"/comments/feed\">\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"খবর\" href=\"{feed}\"></head><body></body></html>"
        )
    };
    let html = ["Content-Type: text/html"];
    site.set("/", Reply::new("200 OK", &html, page("/feed")));
    site.set("/feed", Reply::feed(feed(&["one"])));
    assert_eq!(due(&home, "2026-11-23T01:00:00Z").code, 0);
    assert_eq!(titles(&home), ["one"]);

    site.set("/feed", Reply::feed(feed(&["two", "one"])));
    assert_eq!(due(&home, "2026-11-23T02:00:00Z").code, 0);
    assert_eq!(titles(&home), ["two", "one"]);

    // The find is gone: it is looked for where it was found.
    site.set("/feed", Reply::new("404 Not Found", &html, "no"));
    site.set("/", Reply::new("200 OK", &html, page("/new")));
    site.set("/new", Reply::feed(feed(&["three", "two"])));
    assert_eq!(due(&home, "2026-11-23T03:00:00Z").code, 0);
    assert_eq!(titles(&home), ["three", "two", "one"]);
    let links = home.read("public/all.json");
    assert!(links.contains("https://khobor.example/news/three"), "{links}");
}

#[test]
fn each_trouble_of_a_server_has_its_own_words_and_loses_nothing() {
    let site = Site::open();
    let home = home(&site, "/feed");
    site.set("/feed", Reply::feed(feed(&["one"])));
    due(&home, "2026-11-20T00:00:00Z");
    let tree = home.tree();
    let html = ["Content-Type: text/html"];
    let replies = [
        (Reply::new("404 Not Found", &html, "no"), "404"),
        (Reply::new("503 Service Unavailable", &["Retry-After: 7200"], ""), "503"),
        (
            Reply::new(
                "200 OK",
                &html,
                "<html><title>Log in</title><body><form><input type=password></form></body></html>",
            ),
            "Log in",
        ),
        (Reply::redirect(302, "http://169.254.169.254/latest/meta-data"), "169.254.169.254"),
        (Reply::redirect(301, "/feed"), "redirect"),
        (Reply::raw("HTTP/1.1 200 OK\r\n\r\n").hold(), "2s"),
        (Reply::new("410 Gone", &html, ""), "410"),
    ];
    for (day, (reply, words)) in replies.into_iter().enumerate() {
        site.set("/feed", reply.clone());
        let answer = home.run_at(&format!("2026-11-2{}T00:00:00Z", day + 1), 1);
        assert!(
            answer.stderr.contains("khobor: ") && answer.stderr.contains(words),
            "{words}: {}",
            answer.stderr
        );
        assert!(answer.stderr.contains("help: "), "{words}: {}", answer.stderr);
        assert_eq!(home.tree(), tree, "{words}");
    }
    let status = home.harkara(&["status", "--json", "--now", "2026-11-28T00:00:00Z"]);
    let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!((status[0]["state"].as_str(), status[0]["failures"].as_u64()), (Some("gone"), Some(7)));

    site.set("/feed", Reply::feed(feed(&["two"])));
    home.run_at("2026-11-28T00:00:00Z", 0);
    assert_eq!(titles(&home), ["two", "one"]);
}

#[test]
fn a_source_that_gives_too_little_is_named_and_what_is_there_is_kept() {
    let site = Site::open();
    let home = home(&site, "/feed");
    home.write(
        "harkara.toml",
        home.read("harkara.toml").replace("every = \"1h\"", "expect = { min_items = 2 }"),
    );
    site.set("/feed", Reply::feed(feed(&["one"])));
    let answer = home.run_at("2026-11-23T01:00:00Z", 1);
    assert!(answer.stderr.contains("gave 1 items, expected are 2 or more"), "{}", answer.stderr);
    assert_eq!(titles(&home), ["one"]);
    // What is expected may be said later, when nothing changes any more.
    home.write("harkara.toml", home.read("harkara.toml").replace("min_items = 2", "min_items = 1"));
    home.run_at("2026-11-23T02:00:00Z", 0);
    home.write("harkara.toml", home.read("harkara.toml").replace("min_items = 1", "min_items = 3"));
    home.run_at("2026-11-23T03:00:00Z", 1);
}

#[test]
fn preview_and_online_check_store_nothing() {
    let site = Site::open();
    let home = home(&site, "/feed");
    site.set("/feed", Reply::feed(feed(&["one"])));
    let shown = home.harkara(&["preview", "khobor"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("one") && shown.stdout.contains("1 items"), "{}", shown.stdout);
    let checked = home.harkara(&["check", "--online"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert!(checked.stdout.contains("khobor: 1 items"), "{}", checked.stdout);
    assert!(!home.at("state").exists() && !home.at("public").exists());
}

#[test]
fn only_what_is_new_is_sent_where_a_server_can() {
    let site = Site::open();
    let home = home(&site, "/feed");
    let config = home.read("harkara.toml").replace("every = \"1h\"", "expect = { min_items = 2 }");
    home.write("harkara.toml", config);
    let reply = |status: &str, headers: &[&str], titles: &[&str]| {
        let headers = [&["Content-Type: application/rss+xml"], headers].concat();
        site.set("/feed", Reply::new(status, &headers, feed(titles)));
    };
    reply("200 OK", &["ETag: \"1\"", "Last-Modified: then"], &["one", "two"]);
    home.run_at("2026-11-23T01:00:00Z", 0);
    assert_eq!(site.last().header("a-im"), None);

    reply("226 IM Used", &["IM: feed", "ETag: \"2\""], &["three"]);
    home.run_at("2026-11-23T02:00:00Z", 0);
    let asked = site.last();
    assert_eq!((asked.header("a-im"), asked.header("if-none-match")), (Some("feed"), Some("\"1\"")));
    assert_eq!(titles(&home), ["three", "one", "two"]);

    // Without a mark of its own it follows the version that is known, and the same part again is nothing new.
    reply("226 IM Used", &["IM: feed"], &["three"]);
    home.run_at("2026-11-23T03:00:00Z", 0);
    assert_eq!(site.last().header("if-none-match"), Some("\"2\""));
    reply("226 IM Used", &["IM: feed", "ETag: \"3\""], &[]);
    home.run_at("2026-11-23T04:00:00Z", 0);
    assert_eq!(
        (site.last().header("if-none-match"), site.last().header("if-modified-since")),
        (Some("\"2\""), Some("then"))
    );
    let status = home.harkara(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(status[0]["items"], 2, "a part says nothing of how many there are");

    // A server that sends the whole, or makes parts in a way that nobody asked for.
    reply("200 OK", &["ETag: \"4\""], &["four", "three", "one", "two"]);
    home.run_at("2026-11-23T05:00:00Z", 0);
    site.set("/feed", Reply::new("226 IM Used", &["IM: vcdiff"], "\u{0}"));
    site.on("/feed", Reply::new("200 OK", &["ETag: \"5\""], feed(&["five", "four"])));
    home.run_at("2026-11-23T06:00:00Z", 0);
    assert_eq!((site.last().header("a-im"), site.last().header("if-none-match")), (None, None));
    assert_eq!(titles(&home), ["five", "four", "three", "one", "two"]);
    reply("200 OK", &[], &["five"]);
    assert!(home.run_at("2026-11-23T07:00:00Z", 1).stderr.contains("gave 1 items"));
}

#[test]
fn a_failure_that_may_pass_is_worth_no_mail_and_one_that_lasts_is() {
    let site = Site::open();
    let home = home(&site, "/feed");
    site.set("/feed", Reply::feed(feed(&["one"])));
    due(&home, "2026-11-20T00:00:00Z");
    site.set("/feed", Reply::new("503 Service Unavailable", &["Retry-After: 7200"], ""));
    // As cron runs it: no terminal, no word about itself.
    let cron = |now: &str| home.harkara(&["run", "--now", now]);
    let first = cron("2026-11-20T02:00:00Z");
    assert_eq!((first.code, first.stderr.as_str()), (1, ""), "the exit code tells, nobody is written to");
    let quiet = home.harkara(&["run", "--all", "--quiet", "--now", "2026-11-20T05:00:00Z"]);
    assert!(quiet.code == 1 && quiet.stderr.contains("answered 503"), "{}", quiet.stderr);
    let status = home.harkara(&["status", "--now", "2026-11-20T06:00:00Z"]);
    for words in [
        "failing  khobor",
        "last success 6h ago",
        "2 times in a row, since 4h ago: fetch: ",
        "answered 503 service unavailable, and asks to come again after 2h",
        "the server asks to be left alone until 2026-11-20 07:00 UTC",
        " instead of 1h",
    ] {
        assert!(status.stdout.contains(words), "`{words}` is not in:\n{}", status.stdout);
    }
    let lasting = cron("2026-11-23T02:00:00Z");
    assert!(lasting.code == 1 && lasting.stderr.contains("khobor: fetch: "), "{}", lasting.stderr);

    // What is the owner's to mend is told at once.
    site.set("/feed", Reply::feed(feed(&["two"])));
    assert_eq!(home.run_at("2026-11-23T03:00:00Z", 0).code, 0);
    site.set("/feed", Reply::redirect(302, "http://169.254.169.254/"));
    let blocked = cron("2026-11-23T05:00:00Z");
    assert!(blocked.code == 1 && blocked.stderr.contains("a cloud metadata service"), "{}", blocked.stderr);
}

#[test]
fn each_source_has_its_line() {
    let site = Site::open();
    let home = home(&site, "/feed");
    site.set("/feed", Reply::new("200 OK", &["ETag: \"1\""], feed(&["one"])));
    let told = due(&home, "2026-11-20T00:00:00Z").stderr;
    assert!(told.contains("khobor: 1 items, 1 new, 0 changed (200 ok), next 2026-11-20 00:5"), "{told}");
    site.set("/feed", Reply::new("304 Not Modified", &[], ""));
    let told = due(&home, "2026-11-20T01:00:00Z").stderr;
    assert!(told.contains("khobor: unchanged (304 not modified), next 2026-11-20 01:5"), "{told}");
}

#[test]
fn pauses_and_refusals_outlive_a_run() {
    // Two sources of one host, a pause of a second and a half between questions.
    let site = Site::open();
    let home = home(&site, "/a");
    let second = format!(
        "[source.other]\nurl = \"{}\"\nevery = \"1h\"\n[source.third]\nurl = \"{}\"\nevery = \"1h\"\n",
        site.url("/b"),
        site.url("/c")
    );
    let config = home.read("harkara.toml").replace("spacing = \"0s\"", "spacing = \"1500ms\"") + &second;
    home.write("harkara.toml", config.replace("url = \"http", "enabled = true\nurl = \"http"));
    for path in ["/a", "/b", "/c"] {
        site.set(path, Reply::feed(feed(&["one"])));
    }
    let one = |source: &str, now: &str| home.harkara(&["run", "--verbose", "--source", source, "--now", now]);
    one("khobor", "2026-11-20T00:00:00Z");
    one("other", "2026-11-20T00:00:00Z");
    let asked = site.asked();
    let pause = asked[1].at - asked[0].at;
    assert!(pause.as_millis() >= 1400, "{pause:?} between two questions of two runs");

    // What both are refused, the third is not even asked; the owner may still ask.
    let full = Reply::new("429 Too Many Requests", &["Retry-After: 3600"], "");
    site.set("/a", full.clone());
    site.set("/b", full);
    one("khobor", "2026-11-20T02:00:00Z");
    let told = one("other", "2026-11-20T02:10:00Z").stderr;
    assert!(told.contains("answered 429"), "{told}");
    let waiting = due(&home, "2026-11-20T02:20:00Z").stderr;
    assert!(
        waiting.contains("third: not asked: 127.0.0.1 wants to be left alone until 2026-11-20 03:1"),
        "{waiting}"
    );
    assert!(waiting.contains("1 waiting for their host"), "{waiting}");
    assert_eq!(site.asked().len(), 4);
    let status = home.harkara(&["status", "--now", "2026-11-20T02:20:00Z"]).stdout;
    assert_eq!(
        status
            .matches("its host has refused several sources and is left alone until 2026-11-20 03:1")
            .count(),
        3,
        "{status}"
    );
    // Nor does the daemon come by sooner for it.
    let config = harkara::config::load(&home.at("harkara.toml")).unwrap();
    let opened = harkara::run::open(std::sync::Arc::new(config)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let next =
        runtime.block_on(opened.outlook("2026-11-20T02:20:00Z".parse().unwrap())).unwrap().next.unwrap();
    assert_eq!(next.format("%H").to_string(), "03");
    drop(opened);
    one("third", "2026-11-20T02:30:00Z");
    assert_eq!(site.asked().len(), 5);
    // Once the time is over all are asked again.
    for path in ["/a", "/b"] {
        site.set(path, Reply::feed(feed(&["one"])));
    }
    due(&home, "2026-11-20T04:30:00Z");
    assert_eq!(site.asked().len(), 8);
    assert!(!home.harkara(&["status", "--now", "2026-11-20T04:30:00Z"]).stdout.contains("left alone"));
}

#[test]
fn what_could_not_be_published_is_published_by_the_next_round_whoever_it_asks() {
    let site = Site::open();
    let home = home(&site, "/feed");
    site.set("/feed", Reply::feed(feed(&["one"])));
    let config = harkara::config::load(&home.at("harkara.toml")).unwrap();
    let opened = harkara::run::open(std::sync::Arc::new(config)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stop = harkara::run::Stop::never();
    let round = |wish: harkara::run::Wish, minute: i64| {
        let now = "2026-11-20T02:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
            + chrono::TimeDelta::minutes(minute);
        runtime.block_on(opened.round(&wish, now, &stop, &|_| {}))
    };
    round(harkara::run::Wish::All, 0).unwrap();
    assert_eq!(titles(&home), ["one"]);
    // A file stands where the folder was.
    let (folder, aside) = (home.at("public"), home.at("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "").unwrap();
    site.set("/feed", Reply::feed(feed(&["two", "one"])));
    assert!(round(harkara::run::Wish::All, 1).is_err());
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    let asked = site.asked().len();
    round(harkara::run::Wish::Due, 2).unwrap();
    assert_eq!(site.asked().len(), asked, "nobody is due");
    assert_eq!(titles(&home), ["two", "one"]);
}
