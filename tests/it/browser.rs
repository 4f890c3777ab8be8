//! The pages in a real browser: nothing overflows, nothing is said in the console, nothing is asked of others, no barrier.
//!
//! Pictures of what was seen lie in `target/pages/`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::browser::{Browser, Scheme};
use crate::support::example::{project, skipped};
use crate::support::home::Home;
use crate::support::shelf::{POLICY, Shelf};

/// Papers of the fixtures, and the languages of the feeds made of them.
const PAPERS: &[(&str, &str)] = &[
    ("bn-nadipar.xml", "bn"),
    ("bn-charpatra.atom", "bn"),
    ("ar-wadi.xml", "ar"),
    ("fa-kuhpaye.atom03.xml", "fa"),
    ("hi-ghati.xml", "hi"),
    ("ta-kadalosai.json", "ta"),
    ("th-rimkhlong.xml", "th"),
    ("en-harbour.atom", "en"),
    ("en-slowboat-podcast.xml", "en"),
    ("en-links.json", "en"),
    ("en-wide.xml", "en"),
];

/// A home whose tree is served, with every address of the fixtures leading back to it.
struct Place {
    home: Home,
    shelf: Shelf,
}

impl Place {
    fn new(policy: Option<&'static str>) -> Self {
        let home = Home::new("");
        let shelf = Shelf::new(&home.at("public"), policy);
        let mut config = format!(
            "[site]\ntitle = 'হরকরা: small papers'\nsubtitle = 'Everything that came in by post'\nlanguage = 'en'\n\
             search = true\ntimezone = 'Asia/Kolkata'\nbase_url = '{}'\nstatus_page = true\nrights = 'Theirs who wrote it'\n",
            shelf.url("")
        );
        for (file, language) in PAPERS {
            let text = fs::read_to_string(project().join("fixtures/feeds").join(file)).expect("a fixture");
            home.write(file, brought_home(&text, &shelf.url("")));
            let id = file.split('.').next().expect("a name");
            writeln!(config, "[source.{id}]\nurl = '{file}'\ntags = ['{language}']").expect("memory");
        }
        // One that fails: the status page has something to say.
        config.push_str("[source.lost]\ntitle = 'The lost paper'\nurl = 'lost.xml'\n");
        for (feed, title, filter) in [
            ("all", "Everything", ""),
            ("bangla", "বাংলা খবর", "language = 'bn'\ntags = ['bn']\nsubtitle = 'নদীর দু’পারের কাগজ'\n"),
            ("arabi", "أخبار الوادي", "language = 'ar'\ntags = ['ar', 'fa']\n"),
            ("english", "From the harbour", "tags = ['en']\n"),
        ] {
            let formats = "formats = ['rss', 'atom', 'json', 'html']";
            writeln!(config, "[feed.{feed}]\ntitle = '{title}'\n{formats}\n{filter}").expect("memory");
        }
        home.write("harkara.toml", config);
        home.run_at("2026-11-10T06:00:00Z", 1);
        Self { home, shelf }
    }

    /// The page of the story with this headline.
    fn story(&self, headline: &str) -> String {
        let pages = self.stories();
        let found = pages.iter().find(|path| {
            let text = fs::read_to_string(self.home.at("public").join(path)).expect("a page");
            text.contains(&format!("<h1 class=\"p-name\">{headline}"))
        });
        found.unwrap_or_else(|| panic!("a story `{headline}`")).clone()
    }

    fn stories(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.home.at("public/story"))
            .expect("stories")
            .map(|entry| entry.expect("stories").file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".html"))
            .map(|name| format!("story/{name}"))
            .collect();
        names.sort();
        names
    }
}

/// The text with every address of the example hosts below our own.
fn brought_home(text: &str, base: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let scheme = ["https", "http"].into_iter().find(|scheme| rest[..at].ends_with(scheme));
        let host = rest[at + 3..].split(['/', '"', '\'', '<', '?', '#', ' ', ')']).next().unwrap_or_default();
        let end = at + 3 + host.len();
        match scheme.filter(|_| host.ends_with(".example")) {
            Some(scheme) => {
                out.push_str(&rest[..at - scheme.len()]);
                out.push_str(base);
                out.push_str(host);
            }
            None => out.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    out + rest
}

/// What sticks out at the right or left of the window, elements in a scrolled frame left out.
const OVERFLOW: &str = "
    const width = document.documentElement.clientWidth, out = [];
    for (const it of document.querySelectorAll('body, body *')) {
        const box = it.getBoundingClientRect();
        if (it.closest('.wide') && !it.matches('.wide') || it.matches('.skip')) continue;
        if (box.width && (box.right > width + 1 || box.left < -1))
            out.push(it.tagName + '.' + it.className + ' ' + Math.round(box.left) + '..' + Math.round(box.right));
    }
    const page = document.documentElement.scrollWidth;
    if (page > width) out.push('the page is ' + page + ' wide in ' + width);
    return out;";

/// What of a feed is not shown as it should be by its style sheet.
const FEED: &str = "
    const shown = name => getComputedStyle(document.getElementsByTagNameNS('*', name)[0]).display !== 'none';
    const out = ['title', 'item', 'entry'].filter(it => document.getElementsByTagNameNS('*', it)[0] && !shown(it));
    return out.concat(['id', 'guid', 'category'].filter(it => document.getElementsByTagNameNS('*', it)[0] && shown(it)));";

/// The rules of axe-core that a page breaks seriously or critically.
const JUDGE: &str = "return axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
    .filter(it => ['serious', 'critical'].includes(it.impact))
    .map(it => it.id + ': ' + it.help + ': ' + it.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(' | ')));";

/// axe-core as pip brings it along, in the project's `.venv`.
fn axe() -> Option<String> {
    let find = |folder: PathBuf| {
        let pythons = fs::read_dir(folder).ok()?.filter_map(Result::ok);
        pythons
            .map(|python| python.path().join("site-packages/axe_playwright_python/axe.min.js"))
            .find_map(|path| fs::read_to_string(path).ok())
    };
    find(project().join(".venv/lib")).or_else(|| {
        skipped("axe-core");
        None
    })
}

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .map(|list| list.iter().map(|it| it.as_str().unwrap_or("?").to_owned()).collect())
        .unwrap_or_default()
}

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").join("pages")
}

/// Opens a page and looks for what no page may have.
fn visit(browser: &Browser, place: &Place, path: &str) -> Vec<String> {
    browser.go(&place.shelf.url(path));
    let mut faults = strings(&browser.run(OVERFLOW));
    faults.extend(browser.console().into_iter().map(|line| format!("the console says: {line}")));
    let ours = place.shelf.url("");
    let of_others =
        |url: &String| !(url.starts_with(&ours) || url.starts_with("data:") || url.starts_with("chrome:"));
    faults.extend(browser.asked().into_iter().filter(of_others).map(|url| format!("asked for {url}")));
    faults.into_iter().map(|fault| format!("{path}: {fault}")).collect()
}

#[test]
fn every_page_is_fit_for_every_screen_script_and_reader() {
    let Some(browser) = Browser::open() else { return };
    let axe = axe();
    let place = Place::new(Some(POLICY));
    let looked_at = [
        ("index", "index.html".to_owned()),
        ("all", "all.html".to_owned()),
        ("bangla", "bangla.html".to_owned()),
        ("arabi", "arabi.html".to_owned()),
        ("status", "status.html".to_owned()),
        ("story-en", place.story("Everything that is too wide")),
        ("story-bn", place.story("জোয়ারের সময়সূচি")),
        ("story-ar", place.story("موسم الزيتون")),
    ];
    let mut faults = Vec::new();
    for width in [360, 1280] {
        for scheme in [Scheme::Light, Scheme::Dark] {
            browser.look(width, scheme);
            for (name, path) in &looked_at {
                faults.extend(visit(&browser, &place, path));
                let file = format!("{name}-{width}-{scheme:?}.png").to_lowercase();
                browser.picture(&pictures().join(file));
                if let Some(axe) = &axe {
                    browser.run(axe);
                    let found = strings(&browser.run(JUDGE));
                    faults.extend(found.into_iter().map(|it| format!("{path} at {width} {scheme:?}: {it}")));
                    browser.console();
                }
            }
        }
    }
    for path in ["all.rss?xml", "all.atom?xml"] {
        browser.go(&place.shelf.url(path));
        let file = path.replace('?', ".") + ".png";
        browser.picture(&pictures().join(file));
        let seen = browser.run(FEED);
        faults.extend(strings(&seen).into_iter().map(|fault| format!("{path}: {fault}")));
    }
    for width in [320, 360] {
        browser.look(width, Scheme::Light);
        for path in place.stories() {
            faults.extend(visit(&browser, &place, &path));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn what_no_page_may_have_would_be_seen() {
    let Some(browser) = Browser::open() else { return };
    let home = Home::new("");
    home.write(
        "public/bad.html",
        "<!DOCTYPE html><title>x</title><p>a<div style='width:2000px'>wide</div><img src='x.svg'>\
         <p style='color:#eee'>pale</p><img src='https://other.example/x.png' alt=''><script>console.error('broken')</script>",
    );
    let shelf = Shelf::new(&home.at("public"), None);
    let place = Place { home, shelf };
    browser.look(360, Scheme::Light);
    let faults = visit(&browser, &place, "bad.html").join("\n");
    for fault in ["the page is 2", "DIV. ", "broken", "asked for https://other.example/x.png"] {
        assert!(faults.contains(fault), "{fault}: {faults}");
    }
    if let Some(axe) = axe() {
        browser.run(&axe);
        let found = strings(&browser.run(JUDGE)).join("\n");
        for rule in ["image-alt", "color-contrast", "html-has-lang"] {
            assert!(found.contains(rule), "{rule}: {found}");
        }
    }
}
