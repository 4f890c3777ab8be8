//! Views of feeds: `city.atom?q=…&tag=…`, feeds of their own out of all that the feed ever had.

use std::io::Read as _;

use super::{ADMIN, config, home};
use crate::support::daemon::{Daemon, PATIENCE, Told};
use crate::support::home::Home;

/// A source in which each item is (number, title, text, categories, language).
fn source(items: &[(usize, &str, &str, &[&str], &str)]) -> String {
    let one = |(n, title, text, categories, language): &(usize, &str, &str, &[&str], &str)| {
        let categories: String = categories.iter().map(|c| format!("<category>{c}</category>")).collect();
        format!(
            "<item><title>{title}</title><link>https://a.example/{n}</link><guid>https://a.example/{n}</guid>\
             <pubDate>Sun, 01 Nov 2026 00:{n:02}:00 +0000</pubDate><description>{text}</description>{categories}\
             <dc:language>{language}</dc:language></item>"
        )
    };
    let items: String = items.iter().rev().map(one).collect();
    format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>a</title>\
         <link>https://a.example/</link><description/>{items}</channel></rss>"
    )
}

const NEWS: &[(usize, &str, &str, &[&str], &str)] = &[
    (1, "কলকাতায় বৃষ্টি", "শহরে জল জমেছে, উই\u{200c}কেট পড়েনি। সময়সূচি ২০২৬", &["আবহাওয়া", "শহর"], "bn"),
    (2, "Café noir in Łódź", "The Mayor didn't come, STRASSE closed", &["News", "City"], "en-GB"),
    (3, "مُحَمَّد في الأخبار", "كتاب جديد عن المدينة والبحر", &["أخبار"], "ar"),
    (4, "東京都の天気", "明日は雨でしょう。水は冷たい", &["天気"], "ja"),
    (5, "Новости города", "Ёлка стоит на площади", &["НОВОСТИ", "City"], "ru"),
    (6, "서울에서 온 소식", "비가 내린다", &["도시"], "ko"),
    (7, "หนังสือพิมพ์เช้า", "อ่านข่าวเช้าวันนี้", &["ข่าว"], "th"),
    (8, "Ο δρόμος", "ΟΔΟΣ ΕΡΜΟΥ", &["ΟΔΟΣ"], "el"),
    (9, "हिन्दी में समाचार", "क्षत्रिय और विज्ञान", &["समाचार"], "hi"),
    (10, "Rain again", "The city is wet; the <b>mayor</b> came", &["city"], "en"),
];

/// Every source is tagged `ours`.
const TAGS: &str = "[defaults]\ntags = [\"ours\"]";

/// The numbers of the entries of a JSON view, as they stand in it.
fn numbers(told: &Told) -> Vec<usize> {
    assert_eq!(told.status, 200, "{told:?}");
    let json: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    let number =
        |item: &serde_json::Value| item["url"].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
    json["items"].as_array().unwrap().iter().map(number).collect()
}

fn encoded(query: &str) -> String {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A daemon over [`NEWS`] whose index has come as far.
fn ready(serve: &str, more: &str) -> (Home, Daemon) {
    let home = home(serve, more);
    home.write("a.xml", source(NEWS));
    let daemon = Daemon::start(&home);
    daemon.until("/city.json", &[], |told| told.status == 200);
    // Each time as somebody else, where proxies are believed: nobody asks too often.
    let began = std::time::Instant::now();
    let mut clients = 0..;
    let mut is_ready = || {
        let client = format!("X-Forwarded-For: 192.0.2.{}", clients.next().unwrap_or(0) % 250);
        let told = daemon.get("/city.json?lang=en&lang=hi", &[&client]);
        told.status == 200 && !numbers(&told).is_empty()
    };
    while !is_ready() {
        assert!(began.elapsed() < PATIENCE, "no index: {}", daemon.log());
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    (home, daemon)
}

#[test]
fn entries_are_found_by_the_table() {
    let tagged = "keep = { entries = 3, hours = 1 }\nrules = [{ tag = { add = \"Rainy\", when = { title = \"^Rain\" } } }]";
    let (_home, daemon) = ready(TAGS, tagged);
    assert_eq!(numbers(&daemon.get("/city.json", &[])), [10, 9, 8], "the feed itself is short");
    for (query, expected) in [
        ("q=বৃষ্টি", &[1][..]),
        ("q=কলকাতা*", &[1]),
        ("q=কলকাতা", &[]),
        ("q=উইকেট", &[1]),
        ("q=সময়সূচি 2026", &[1]),
        ("q=সম\u{9df}সূচি", &[1]),
        ("q=cafe lodz", &[2]),
        ("q=\"cafe noir\"", &[2]),
        ("q=\"noir cafe\"", &[]),
        ("q=straße", &[2]),
        ("q=mayor", &[10, 2]),
        ("q=mayor -café", &[10]),
        ("q=-mayor&lang=en", &[]),
        ("q=محمد", &[3]),
        ("q=الاخبار", &[3]),
        ("q=京都", &[4]),
        ("q=水", &[4]),
        ("q=大阪", &[]),
        ("q=елка", &[5]),
        ("q=НОВОСТИ", &[5]),
        ("q=서울", &[6]),
        ("q=ข่าว", &[7]),
        ("q=οδός", &[8]),
        ("q=हिन्दी", &[9]),
        ("q=हिन्द", &[]),
        ("q=city", &[10, 5, 2]),
        ("tag=City", &[10, 5, 2]),
        ("tag=CITY&tag=news", &[2]),
        ("tag=новости", &[5]),
        ("tag=οδος", &[8]),
        ("tag=আবহাও\u{9df}া", &[1]),
        ("tag=ours", &[10, 9, 8]),
        ("tag=ours&tag=city&lang=en", &[10, 2]),
        ("tag=rainy", &[10]),
        ("tag=nothing", &[]),
        ("lang=en", &[10, 2]),
        ("lang=en-gb", &[2]),
        ("lang=ja&lang=ko", &[6, 4]),
        ("source=a", &[10, 9, 8]),
        ("source=a&limit=5", &[10, 9, 8, 7, 6]),
        ("source=b", &[]),
        ("limit=7", &[10, 9, 8, 7, 6, 5, 4]),
        ("limit=99999999", &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("q=city&limit=2", &[10, 5]),
        ("q=&tag=&limit=", &[10, 9, 8]),
        ("utm_source=x", &[10, 9, 8]),
    ] {
        let told = daemon.get(&format!("/city.json?{}", encoded(query)), &[]);
        assert_eq!(numbers(&told), expected, "{query}");
    }
}

#[test]
fn a_view_is_a_feed_of_its_own_in_every_format() {
    let (home, daemon) =
        ready("", "formats = [\"rss\", \"atom\", \"json\", \"html\"]\narchive = \"monthly\"");
    let query = encoded("q=\"cafe noir\"&tag=City&source=a&lang=en");
    let own = |ending: &str| format!("https://news.example/feeds/city.{ending}?{query}");
    let whole = daemon.get("/city.atom", &[]).text();
    for ending in ["atom", "rss", "json", "html"] {
        let path = format!("/city.{ending}?{query}");
        let told = daemon.get(&path, &["Accept-Encoding: gzip"]);
        assert_eq!((told.status, told.header("content-encoding")), (200, Some("gzip")), "{path}");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&told.body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(daemon.get(&path, &[]).text(), text);
        assert!(text.contains("শহর · ") && text.contains("· #City · a · en"), "{text}");
        // Asked in another way, and through a proxy that leaves its path, it is the same document.
        for same in [
            format!("/city.{ending}?utm=1&lang=EN&source=a&source=a&tag=City&q=%22cafe%20%20noir%22&limit="),
            format!("/feeds/city.{ending}?{query}"),
            format!("/city%2E{ending}?{query}"),
        ] {
            assert_eq!(daemon.get(&same, &["Accept-Encoding: gzip"]).etag(), told.etag(), "{same}");
        }
        let modified = told.header("last-modified").unwrap();
        let tag = format!("If-None-Match: {}", told.etag());
        for condition in [tag, format!("If-Modified-Since: {modified}")] {
            let again = daemon.get(&path, &[&condition, "Accept-Encoding: gzip"]);
            assert_eq!((again.status, again.body.len(), again.etag()), (304, 0, told.etag()), "{condition}");
        }
        let head = daemon.ask("HEAD", &path, &["Accept-Encoding: gzip"]);
        assert_eq!((head.status, head.body.len(), head.etag()), (200, 0, told.etag()));
        assert_eq!(daemon.get(&path, &["Range: bytes=0-4"]).body, &text.as_bytes()[..5]);
        if ending != "html" {
            assert!(!text.contains("hub.example"), "hubs tell of the whole only");
            let found = match ending {
                "json" => {
                    serde_json::from_str::<serde_json::Value>(&text).unwrap()["feed_url"].as_str()
                        == Some(&own("json"))
                }
                _ => text.contains(&format!("href=\"{}\"", own(ending).replace('&', "&amp;"))),
            };
            assert!(found, "{} in {text}", own(ending));
            // Read by our own reader, which finds nothing to complain of.
            home.write(&format!("view.{ending}"), &text);
            let read = home.harkara(&["parse", &format!("view.{ending}")]);
            assert!(read.code == 0 && read.stdout.contains("Café noir in Łódź"), "{read:?}");
        }
    }
    let view = daemon.get(&format!("/city.atom?{query}"), &[]);
    let id = |text: &str| text.split("<id>").nth(1).unwrap().split("</id>").next().unwrap().to_owned();
    assert_eq!(id(&view.text()).replace("&amp;", "&"), format!("https://news.example/feeds/city?{query}"));
    assert_eq!(id(&whole), "https://news.example/feeds/city");
    let link = format!("<{}>; rel=\"self\"", own("atom"));
    assert_eq!(view.all("link"), [link.as_str()]);
    // Archives and lists have none.
    assert_eq!(daemon.get("/index.html?q=x", &[]).etag(), daemon.get("/index.html", &[]).etag());
    assert_eq!(daemon.ask("OPTIONS", &format!("/city.atom?{query}"), &[]).status, 204);
    assert_eq!(daemon.ask("POST", &format!("/city.atom?{query}"), &[]).status, 405);
}

#[test]
fn views_follow_what_is_new_edited_and_gone() {
    let (home, daemon) = ready("", "");
    let (rain, sun) = ("/city.json?q=mayor", "/city.json?q=Sonne");
    let before = daemon.get(rain, &[]);
    let unchanged = daemon.get("/city.json?q=%E6%B0%B4", &[]);
    assert_eq!((numbers(&before), numbers(&daemon.get(sun, &[]))), (vec![10, 2], vec![]));
    let mut items = NEWS.to_vec();
    items[9].2 = "Die Sonne scheint";
    items.push((11, "The mayor again", "in person", &[], "en"));
    home.write("a.xml", source(&items));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until(rain, &[], |told| numbers(told) == [11, 2]);
    daemon.until(sun, &[], |told| numbers(told) == [10]);
    let tag = format!("If-None-Match: {}", before.etag());
    let delta = daemon.get("/city.atom?q=mayor", &[]);
    assert_eq!(daemon.get(rain, &[&tag]).status, 200);
    assert!(delta.text().contains("The mayor again"));
    let same = daemon.get("/city.json?q=%E6%B0%B4", &[&format!("If-None-Match: {}", unchanged.etag())]);
    assert_eq!((same.status, same.header("last-modified")), (304, unchanged.header("last-modified")));
    assert_eq!(daemon.stop(), 0);
    // While nobody looked: an entry went, another was changed by a run from cron, and the index was lost once.
    items[1].2 = "Die Sonne auch hier";
    home.write("a.xml", source(&items));
    home.run_at("2026-11-26T00:00:00Z", 0);
    let path = home.at("state/harkara.db");
    let state = rusqlite::Connection::open(&path).unwrap();
    let row: i64 = state
        .query_row("SELECT entry FROM body WHERE item LIKE '%mayor again%'", [], |row| row.get(0))
        .unwrap();
    state.execute("DELETE FROM body WHERE entry = ?1", [row]).unwrap();
    state.execute("DELETE FROM entry WHERE id = ?1", [row]).unwrap();
    drop(state);
    let daemon = Daemon::start(&home);
    daemon.until(sun, &[], |told| told.status == 200 && numbers(told) == [10, 2]);
    daemon.until(rain, &[], |told| told.status == 200 && numbers(told).is_empty());
    assert_eq!(daemon.stop(), 0);
    for wrong in
        ["not a database at all, but long enough to be looked at as one\n".repeat(100), String::new()]
    {
        home.write("state/harkara-search.db", wrong);
        let daemon = Daemon::start(&home);
        daemon.until(sun, &[], |told| told.status == 200 && numbers(told) == [10, 2]);
        assert_eq!(daemon.stop(), 0);
    }
}

#[test]
fn rules_and_keys_of_the_feed_hold_for_its_views() {
    let serve = format!("{TAGS}\n[serve.access.shut]\ntoken = \"k3y\"\nuser = \"desk\"\npassword = \"pass\"");
    let feeds = "formats = [\"json\", \"html\"]\nrules = [{ drop = { title = \"Rain\" } }, { replace = { field = \"text\", pattern = \"Mayor\", with = \"M.\" } }]\n\
         [feed.shut]\nformats = [\"json\", \"html\"]\n[feed.short]\nformats = [\"json\"]\ncontent = \"summary\"\nsummary_length = 10\n\
         [feed.none]\nrules = [{ drop = { title = \".\" } }]\nformats = [\"json\"]";
    let (home, daemon) = ready(&serve, feeds);
    let found = |path: &str, query: &str| numbers(&daemon.get(&format!("{path}?{}", encoded(query)), &[]));
    assert_eq!(found("/city.json", "q=city"), [5, 2], "what a rule drops is in no view");
    assert_eq!(found("/city.json", "q=mayor").len(), 0, "nor are words that a rule takes away");
    assert_eq!(found("/city.json", "q=strasse"), [2]);
    assert_eq!(found("/short.json", "q=strasse").len(), 0, "what is kept back cannot be asked for");
    assert_eq!(found("/short.json", "q=\"the mayor\""), [2]);
    assert_eq!(found("/none.json", "q=city").len(), 0, "another feed's");
    // With a key only, and then for nobody else to keep.
    for path in [
        "/shut.json?q=city",
        "/shut.html?q=city",
        "/shut.json?q=city&token=wrong",
        "/shut.json?token=&q=city",
    ] {
        let refused = daemon.get(path, &[]);
        assert!(refused.status == 401 && !refused.text().contains("Rain"), "{refused:?}");
    }
    let login = "Authorization: Basic ZGVzazpwYXNz";
    let bearer = "Authorization: Bearer k3y";
    for (path, headers) in [
        ("/shut.json?q=city&token=k3y", &[][..]),
        ("/shut.json?q=city", &[login]),
        ("/shut.json?q=city", &[bearer]),
    ] {
        let told = daemon.get(path, headers);
        assert_eq!(numbers(&told), [10, 5, 2]);
        assert!(told.header("cache-control").unwrap().starts_with("private"), "{told:?}");
        assert!(
            told.header("access-control-allow-origin").is_none() && !told.text().contains("k3y"),
            "{told:?}"
        );
    }
    // A file of somebody else's that is called like a feed below `base_url` opens no door to it.
    home.write("public/feeds/shut.json", "{}");
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until("/feeds/shut.json", &[], |told| told.status == 200);
    assert_eq!(daemon.get("/feeds/shut.json?q=city", &[]).body, b"{}");
    assert_eq!(daemon.get("/%73hut.json?q=city", &[]).status, 401);
    // Stories of a feed that nobody may name have no pages.
    let page = daemon.get("/shut.html?q=city", &[bearer]).text();
    assert!(page.contains("Rain again") && !page.contains("story/"), "{page}");
    let page = daemon.get("/city.html?q=strasse", &[]).text();
    let story = page.split("href=\"story/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(daemon.get(&format!("/story/{story}"), &[]).status, 200);
    // What was kept for those with a key is not there for others when the key changes.
    let changed = config(&serve.replace("k3y", "other"), feeds);
    home.write("harkara.toml", changed);
    assert_eq!(daemon.ask("POST", "/api/reload", &[ADMIN]).status, 200);
    daemon.until("/shut.json?q=city", &[bearer], |told| told.status == 401);
    assert_eq!(numbers(&daemon.get("/shut.json?q=city&token=other", &[])), [10, 5, 2]);
}

#[test]
fn what_is_too_much_or_strange_is_refused_or_harmless() {
    let (_home, mut daemon) = ready("", "formats = [\"atom\", \"json\", \"html\"]");
    let many = |name: &str| (0..9).map(|n| format!("{name}=w{n}")).collect::<Vec<_>>().join("&");
    for (query, said) in [
        (many("q"), "`q` has 9 words; at most 8"),
        (many("tag"), "`tag` stands 9 times"),
        (many("source"), "`source` stands 9 times"),
        ("limit=0".to_owned(), "write a number from 1 to 500"),
        ("limit=ten".to_owned(), "`limit` is `ten`"),
        ("lang=english%20please".to_owned(), "is no language tag"),
        ("q=a*".to_owned(), "beginning of too many"),
        (format!("q={}", "x".repeat(3000)), "longer than 2000 bytes"),
    ] {
        let told = daemon.get(&format!("/city.json?{query}"), &[]);
        assert!(told.status == 400 && told.text().contains(said), "{query}: {told:?}");
        assert_eq!(told.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    // Nothing of a query acts: not in FTS5, not in a header, not in markup.
    for query in [
        "q=%22",
        "q=%22%22%22",
        "q=mayor%22%20OR%20%22city",
        "q=words:mayor%20OR%20facets:any",
        "q=NEAR(mayor%20city)",
        "q=mayor)%20OR%20(city",
        "q=%27;DROP%20TABLE%20text;--",
        "q=%00",
        "q=%ff%fe",
        "q=a%0d%0aSet-Cookie:%20x=1",
        "tag=a%0d%0aSet-Cookie:%20x=1",
        "source=a%0d%0aSet-Cookie:%20x=1",
        "tag=%22%20OR%20facets:any%20OR%20%22",
        "source=%3Cscript%3Ealert(1)%3C/script%3E",
        "tag=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
        "q=]]%3E%3Cscript%3E",
        "tag=%EF%BF%BE%EF%BF%BF%00%08",
        "tag=%E2%80%AE%E2%80%8B",
    ] {
        for ending in ["atom", "json", "html"] {
            let told = daemon.get(&format!("/city.{ending}?{query}"), &[]);
            assert!(told.header("set-cookie").is_none());
            // Of signs alone there is no view, and the whole feed would be no answer.
            if told.status == 400 {
                assert!(told.text().contains("no word") && query.starts_with("q=%"), "{query}: {told:?}");
                continue;
            }
            assert_eq!(told.status, 200, "{query}: {told:?}");
            let text = told.text();
            match ending {
                "atom" => assert!(roxmltree::Document::parse(&text).is_ok(), "{query}: {text}"),
                "json" => assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{query}"),
                _ => {
                    assert!(text.trim_end().ends_with("</html>"), "{query}: {text}");
                    assert!(!text.contains("<script") && !text.contains("<img src=x"), "{query}: {text}");
                }
            }
        }
    }
    assert!(daemon.is_alive());
}

#[test]
fn who_asks_for_ever_new_views_waits_and_nobody_with_him() {
    let (_home, daemon) =
        ready("trusted_proxies = [\"127.0.0.0/8\"]\nviews = { rate = 5, memory = \"64KiB\" }", "");
    let ask = |client: &str, n: usize| {
        daemon.get(&format!("/city.json?q=mayor&limit={n}"), &[&format!("X-Forwarded-For: {client}")])
    };
    let statuses: Vec<u16> = (1..6).map(|n| ask("203.0.113.9", n).status).collect();
    assert_eq!(statuses, [200; 5]);
    // On a machine that is busy there may be room for one more meanwhile.
    let refused =
        (6..100).map(|n| ask("203.0.113.9", n)).find(|told| told.status != 200).expect("never refused");
    assert_eq!(refused.status, 429, "{refused:?}");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=13).contains(&wait), "{refused:?}");
    assert_eq!(ask("203.0.113.9", 5).status, 200, "what is there costs nothing");
    assert_eq!(ask("203.0.113.10", 10).status, 200, "another client");
    assert_eq!(daemon.get("/city.json", &["X-Forwarded-For: 203.0.113.9"]).status, 200, "the feed itself");
    // All at once, from everywhere: some are told to come later, and the feed is served.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let askers: Vec<_> =
            (0..60).map(|n| scope.spawn(move || ask(&format!("198.51.100.{n}"), 100 + n).status)).collect();
        assert_eq!(daemon.get("/city.json", &[]).status, 200);
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains(&503) && statuses.contains(&200), "{statuses:?}");
}

#[test]
fn without_views_a_query_changes_nothing_and_there_is_no_index() {
    let home = home("views = { enabled = false }", "");
    home.write("a.xml", source(NEWS));
    let daemon = Daemon::start(&home);
    let whole = daemon.until("/city.json", &[], |told| told.status == 200);
    assert_eq!(daemon.get("/city.json?q=mayor", &[]).body, whole.body);
    assert!(!home.at("state/harkara-search.db").exists());
    home.write("harkara.toml", config("", ""));
    daemon.until("/city.json?q=mayor", &[], |told| told.status == 200 && numbers(told) == [10, 2]);
}

#[test]
fn a_box_for_searching_stands_where_somebody_answers() {
    let formats = "formats = [\"atom\", \"json\", \"html\"]";
    let (home, daemon) = ready("", formats);
    let page = daemon.get("/city.html", &[]).text();
    assert!(!page.contains("<form"), "on disk nobody answers: {page}");
    let answer = daemon.get(&format!("/city.html?{}", encoded("q=\"the mayor\"")), &[]).text();
    assert!(answer.contains("<form") && answer.contains("value=\"&quot;the mayor&quot;\""), "{answer}");
    assert!(answer.contains("name=\"robots\" content=\"noindex\""));
    assert!(
        answer.contains("href=\"city.atom?q=%22the+mayor%22\""),
        "what is found can be subscribed to: {answer}"
    );
    home.write("harkara.toml", config("", formats).replace("[site]\n", "[site]\nsearch = true\n"));
    let page = daemon.until("/city.html", &[], |told| told.text().contains("<form")).text();
    assert!(page.contains("action=\"city.html\"") && !page.contains("noindex"), "{page}");
    assert!(page.contains("<link rel=\"search\"") && page.contains("href=\"city/search.xml\""), "{page}");
    let told = daemon.until("/city/search.xml", &[], |told| told.status == 200);
    assert_eq!(told.header("content-type"), Some("application/opensearchdescription+xml"));
    assert!(told.text().contains("https://news.example/feeds/city.html?q={searchTerms}"), "{told:?}");
    let story = page.split("href=\"story/").nth(1).unwrap().split('"').next().unwrap();
    let story =
        daemon.until(&format!("/story/{story}"), &[], |told| told.text().contains("rel=\"tag\"")).text();
    let link = story.split("href=\"../city.html?").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(numbers(&daemon.get(&format!("/city.json?{link}"), &[])), [10, 5, 2]);
}

/// What came in a round that is under way may turn out to be a story that is known, under the id of its first.
#[test]
fn what_was_not_compared_with_the_stories_yet_is_in_no_view() {
    let (home, daemon) = ready("", "");
    let all = numbers(&daemon.get("/city.json?limit=50", &[]));
    assert_eq!(all.len(), NEWS.len());
    let state = rusqlite::Connection::open(home.at("state/harkara.db")).unwrap();
    let last: i64 = state.query_row("SELECT max(id) FROM entry", [], |row| row.get(0)).unwrap();
    let until = format!("1 {}", last - 2);
    state.execute("UPDATE note SET value = ?1 WHERE key = 'related'", [until]).unwrap();
    assert_eq!(numbers(&daemon.get("/city.json?limit=49", &[])), all[2..]);
}
