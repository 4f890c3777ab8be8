//! What the daemon serves in a real browser: feeds are shown and not downloaded, and nothing of an entry or a query acts.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::home;
use crate::support::browser::{Browser, Scheme};
use crate::support::daemon::Daemon;
use crate::support::example::project;

/// A daemon over these items, each a title and a text as they stand in XML.
fn serving(items: &[(String, String)]) -> (crate::support::home::Home, Daemon) {
    let home = home("", "formats = [\"rss\", \"atom\", \"json\", \"html\"]\nkeep = { entries = 500 }");
    let one = |(n, (title, text)): (usize, &(String, String))| {
        format!(
            "<item><title>{title}</title><link>https://a.example/{n}</link><guid>https://a.example/{n}</guid>\
             <category>{title}</category><pubDate>Sun, 01 Nov 2026 00:00:00 +0000</pubDate><description>{text}</description></item>"
        )
    };
    let items: String = items.iter().enumerate().map(one).collect();
    home.write("a.xml", format!("<rss version=\"2.0\"><channel><title>a</title>{items}</channel></rss>"));
    let config = home
        .read("harkara.toml")
        .replace("https://news.example/feeds/", "http://127.0.0.1/")
        .replace("[site]\n", "[site]\nsearch = true\n");
    home.write("harkara.toml", config);
    let daemon = Daemon::start(&home);
    daemon.until("/city.html", &[], |told| told.status == 200);
    (home, daemon)
}

#[test]
fn feeds_that_are_opened_are_shown_with_their_style() {
    let (_home, daemon) = serving(&[
        ("Rain in the harbour".to_owned(), "The ferry is late".to_owned()),
        ("নদীর জল বাড়ছে".to_owned(), "ঘাটে ভিড়".to_owned()),
    ]);
    // Only who opens it is told so.
    for (path, kind) in [
        ("/city.rss", "application/rss+xml; charset=utf-8"),
        ("/city.atom", "application/atom+xml; charset=utf-8"),
        ("/city.atom?limit=1", "application/atom+xml; charset=utf-8"),
        ("/city.json", "application/feed+json; charset=utf-8"),
        ("/city.html", "text/html; charset=utf-8"),
    ] {
        let opened = if path.contains(".rss") || path.contains(".atom") {
            "application/xml; charset=utf-8"
        } else {
            kind
        };
        let plain = daemon.get(path, &[]);
        for (header, expected) in [
            ("X: y", kind),
            ("Sec-Fetch-Dest: document", opened),
            ("Sec-Fetch-Dest: empty", kind),
            ("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kind),
        ] {
            let told = daemon.get(path, &[header]);
            assert_eq!(told.header("content-type"), Some(expected), "{path} {header}");
            assert_eq!((told.etag(), &told.body), (plain.etag(), &plain.body));
            assert_eq!(told.header("vary"), plain.header("vary"));
        }
        let unchanged =
            daemon.get(path, &["Sec-Fetch-Dest: document", &format!("If-None-Match: {}", plain.etag())]);
        assert_eq!((unchanged.status, unchanged.header("vary")), (304, plain.header("vary")));
    }
    let Some(browser) = Browser::open() else { return };
    browser.look(900, Scheme::Light);
    for path in ["city.rss", "city.atom", "city.atom?tag=rain+in+the+harbour"] {
        browser.go(&format!("http://{}/{path}", daemon.address()));
        let seen = browser.run(
            "const of = name => document.getElementsByTagNameNS('*', name);
             const shown = it => getComputedStyle(it).display !== 'none';
             const entries = [...of('item'), ...of('entry')];
             return [document.contentType, entries.length, entries.every(shown), [...of('id'), ...of('guid')].some(shown), document.styleSheets.length];",
        );
        let count = if path.contains("tag=") { 1 } else { 2 };
        assert_eq!(seen, serde_json::json!(["application/xml", count, true, false, 1]), "{path}");
        // A document in XML cannot say where its icon is.
        let said = browser.console().into_iter().filter(|line| !line.contains("/favicon.ico"));
        assert_eq!(said.collect::<Vec<_>>(), Vec::<String>::new(), "{path}");
        let name = path.split('?').next().unwrap().replace('.', "-");
        let pictures =
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").join("pages");
        browser.picture(&pictures.join(format!("served-{name}.png")));
    }
    // The box is used as a reader would: what is typed is found, and what is found can be subscribed to.
    browser.go(&format!("http://{}/city.html", daemon.address()));
    browser.run("document.querySelector('.search input').value = 'ভিড়'; document.querySelector('.search').requestSubmit();");
    let began = std::time::Instant::now();
    let answer = "return [new URL(location).searchParams.get('q'), document.querySelectorAll('.h-entry').length, \
         document.querySelector('.search input') && document.querySelector('.search input').value];";
    while browser.run(answer) != serde_json::json!(["ভিড়", 1, "ভিড়"]) {
        assert!(began.elapsed().as_secs() < 20, "{}", browser.run(answer));
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").join("pages");
    browser.picture(&pictures.join("served-search.png"));
}

/// What no page of ours may have in it.
const INSIDE: &str = "
    const out = [];
    const bad = 'script, iframe, frame, object, embed, applet, form:not(.search), base, noscript, [style], ' +
        'input:not([name=q]), textarea, select, dialog, body link, body meta';
    for (const it of document.querySelectorAll(bad)) out.push('an element: ' + it.outerHTML.slice(0, 120));
    for (const it of document.querySelectorAll('*')) for (const {name, value} of it.attributes) {
        if (name.startsWith('on')) out.push('a handler: ' + it.outerHTML.slice(0, 120));
        if (/^(href|src|action|formaction)$/.test(name) && /^[\\s\\u0000-\\u0020]*(java|vb)script:/i.test(value)) out.push('an address: ' + value);
    }
    const markup = document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', '*').length;
    if (document.contentType !== 'text/html' && markup) out.push('markup in a feed');
    if (document.contentType === 'text/html' && document.querySelectorAll('main').length !== 1) out.push('not one main');
    if (document.title === 'hit' || window.hit) out.push('a script ran');
    return out;";

#[test]
fn no_script_of_an_entry_or_a_query_runs_in_what_is_served() {
    let Some(browser) = Browser::open() else { return };
    let vectors = fs::read_to_string(project().join("fixtures/hostile/vectors.txt")).expect("the vectors");
    let script = "window.hit=1,document.title=`hit`,new Image().src=`http://127.0.0.1:9/hit`";
    let vectors: Vec<String> = vectors
        .lines()
        .filter(|line| !line.starts_with("# ") && !line.trim().is_empty())
        .map(|line| line.replace("%J", script).replace("%U", "http://127.0.0.1:9/hit"))
        .collect();
    assert!(vectors.len() > 90, "{}", vectors.len());
    let xml = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let items: Vec<(String, String)> = vectors.iter().map(|vector| (xml(vector), xml(vector))).collect();
    let (_home, daemon) = serving(&items);
    let mut paths: Vec<String> = ["index.html", "city.html", "city.rss", "city.atom", "city.html?limit=400"]
        .map(str::to_owned)
        .to_vec();
    for (n, vector) in vectors.iter().enumerate() {
        let name = ["q", "tag", "source"][n % 3];
        let short: String = vector.chars().take(95).collect();
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, &short).finish();
        let ending = if n % 5 == 0 { "atom" } else { "html" };
        paths.push(format!("city.{ending}?{query}"));
    }
    let mut faults = Vec::new();
    for path in &paths {
        browser.go(&format!("http://{}/{path}", daemon.address()));
        if let Value::Array(found) = browser.run(INSIDE) {
            faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
        }
    }
    // Pictures at plain addresses are asked for, and may be: only a script would ask for this one from the title or a query.
    let said = browser.console().into_iter().filter(|line| line.contains("Refused to execute"));
    faults.extend(said.map(|line| format!("only the policy held: {line}")));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
