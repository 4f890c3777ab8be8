//! The real road: feeds are written, harkara runs, and its store is asked which entries are one story.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use harkara::config;
use harkara::dedup::Tie;
use harkara::model::{Item, Timestamp};
use harkara::run::{self, Stop, Wish};
use harkara::store;
use serde_json::json;

use super::chance::Chance;
use super::edits::{Form, Told};

/// What a source offers.
#[derive(Debug, Clone)]
pub struct Offer {
    pub source: String,
    /// Its id, which tells what it is: `en/03 dateline`.
    pub label: String,
    pub told: Told,
    pub published: Timestamp,
}

/// An entry of the store.
#[derive(Debug, Clone)]
pub struct Entry {
    pub row: i64,
    pub label: String,
    pub story: i64,
    pub item: Item,
}

/// What a store holds after a run.
#[derive(Debug, Default)]
pub struct Store {
    pub entries: Vec<Entry>,
    pub ties: Vec<Tie>,
}

/// When everything is read. Articles are published in the 60 hours before, so that all of them lie in one window.
pub fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap_or_default()
}

/// A time in those hours, the same for the same name.
pub fn moment(name: &str) -> Timestamp {
    now() - TimeDelta::minutes(30 + Chance::of(name).below(60 * 60) as i64)
}

/// Writes the sources of the offers into `dir`, with what is `there` of it, and a configuration that has them, in the order in which
/// they first come, and a feed of all.
pub fn write(dir: &Path, offers: &[Offer], there: impl Fn(usize) -> bool) {
    let mut sources: Vec<&str> = Vec::new();
    let mut items: BTreeMap<&str, Vec<serde_json::Value>> = BTreeMap::new();
    for (at, offer) in offers.iter().enumerate() {
        if !items.contains_key(offer.source.as_str()) {
            sources.push(&offer.source);
        }
        items.entry(&offer.source).or_default().extend(there(at).then(|| item(offer)));
    }
    // What comes in pieces is no flood here.
    let mut toml = String::from(
        "[site]\nbase_url = \"https://twins.example/\"\n[defaults]\nflood = \"off\"\ndedup = \"near\"\n[feed.all]\ntitle = \"all\"\nformats = [\"json\"]\nkeep = { entries = 10000 }\n",
    );
    for source in sources {
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": source,
            "home_page_url": format!("https://{source}.example/"),
            "items": items[source],
        });
        fs::write(dir.join(format!("{source}.json")), feed.to_string()).unwrap();
        toml += &format!("[source.{source}]\nurl = \"{source}.json\"\n");
    }
    fs::write(dir.join("harkara.toml"), toml).unwrap();
}

fn item(offer: &Offer) -> serde_json::Value {
    let page = offer.label.replace(['/', ' '], "-");
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let html: String =
        offer.told.paragraphs.iter().map(|text| format!("<p>{}</p>\n", escaped(text))).collect();
    let mut item = json!({
        "id": offer.label,
        "url": format!("https://{}.example/{page}", offer.source),
        "title": offer.told.title,
        "date_published": offer.published.to_rfc3339(),
    });
    match offer.told.form {
        Form::Full => item["content_html"] = html.into(),
        Form::Summary => item["summary"] = offer.told.paragraphs.join("\n").into(),
    }
    item
}

/// Runs once over what lies in `dir`, at `at`.
pub fn run_at(dir: &Path, at: Timestamp) {
    let config = config::load(&dir.join("harkara.toml")).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let report =
        runtime.block_on(run::run(Arc::new(config), &Wish::All, at, &Stop::never(), &|_| ())).unwrap();
    assert_eq!(report.exit_code(), 0, "{report:?}");
}

/// What the store in `dir` holds.
pub fn kept(dir: &Path) -> Store {
    let path = config::load(&dir.join("harkara.toml")).unwrap().store.path;
    let desk = store::reader(&path).unwrap().expect("a run was there");
    let mut kept = Store::default();
    for row in 1..=desk.last_row().unwrap() {
        let (Some(teller), Some(item)) = (desk.teller(row).unwrap(), desk.item(row).unwrap()) else {
            continue;
        };
        let label = item.id.clone().unwrap_or_default();
        kept.ties.extend(desk.ties_of(row).unwrap().into_iter().filter(|tie| tie.a == row));
        kept.entries.push(Entry { row, label, story: teller.story, item });
    }
    kept
}

/// Tells the offers to a new harkara, all at once.
pub fn tell(offers: &[Offer]) -> Store {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), offers, |_| true);
    run_at(dir.path(), now());
    kept(dir.path())
}

impl Store {
    /// The labels of each story that has several entries.
    pub fn stories(&self) -> BTreeSet<BTreeSet<String>> {
        let mut stories: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for entry in &self.entries {
            stories.entry(entry.story).or_default().insert(entry.label.clone());
        }
        stories.into_values().filter(|story| story.len() > 1).collect()
    }

    /// The addresses of all entries of each story.
    pub fn members(&self) -> Vec<BTreeSet<String>> {
        let mut stories: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for entry in &self.entries {
            let page = entry.item.url.as_ref().map(ToString::to_string).unwrap_or_default();
            stories.entry(entry.story).or_default().insert(page);
        }
        stories.into_values().collect()
    }
}

/// Id and address of what the feed of all in `dir` shows.
pub fn published(dir: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(dir.join("public/all.json")).unwrap();
    let feed: serde_json::Value = serde_json::from_str(&text).unwrap();
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let items = feed["items"].as_array().unwrap();
    items.iter().map(|item| (text(item, "id"), text(item, "url"))).collect()
}
