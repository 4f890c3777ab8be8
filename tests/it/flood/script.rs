//! A source that lives through several fetches, and readers that subscribe to what is published of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::support::home::{Answer, Home};

/// An article of the source: its number is what it really is, whatever the source does to the rest.
#[derive(Debug, Clone)]
pub struct Item {
    pub number: usize,
    pub guid: String,
    pub link: String,
    pub title: String,
    pub date: Option<DateTime<Utc>>,
    pub text: String,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// When the first fetch is made.
pub fn start() -> DateTime<Utc> {
    at("2026-11-02T12:00:00Z")
}

const WORDS: [&str; 24] = [
    "নদী",
    "সেতু",
    "পৌরসভা",
    "মেলা",
    "বৃষ্টি",
    "স্কুল",
    "বাজার",
    "ট্রেন",
    "হাসপাতাল",
    "পরীক্ষা",
    "ভোট",
    "ধান",
    "river",
    "council",
    "market",
    "bridge",
    "school",
    "harvest",
    "library",
    "station",
    "doctor",
    "ticket",
    "window",
    "garden",
];

/// Words that no two numbers share in the same order.
pub fn prose(number: usize, words: usize) -> String {
    let mut seed = number as u64 * 2_654_435_761 + 12_345;
    let mut out = Vec::new();
    for _ in 0..words {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        out.push(WORDS[(seed >> 33) as usize % WORDS.len()]);
    }
    out.join(" ")
}

/// Article `number`, of which there is one each twelve hours; number 20 is an hour old when the first fetch is made.
pub fn article(number: usize) -> Item {
    Item {
        number,
        guid: format!("https://khobor.example/?p={number}"),
        link: format!("http://khobor.example/2026/{number}/slug-{number}/"),
        title: format!("{} {number}", prose(number + 5_000, 5)),
        date: Some(start() - TimeDelta::hours(1) + TimeDelta::hours(12) * (number as i32 - 20)),
        text: format!("<p>{}</p>", prose(number, 60)),
    }
}

/// A list of these, the newest first.
pub fn list(numbers: impl DoubleEndedIterator<Item = usize>) -> Vec<Item> {
    numbers.rev().map(article).collect()
}

pub fn each(items: &[Item], change: impl Fn(&mut Item)) -> Vec<Item> {
    let mut items = items.to_vec();
    items.iter_mut().for_each(change);
    items
}

pub fn document(items: &[Item]) -> String {
    let item = |item: &Item| {
        let Item { number, guid, link, title, date, text } = item;
        let date = date.map(|date| format!("<pubDate>{}</pubDate>", date.to_rfc2822())).unwrap_or_default();
        format!(
            "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{}</guid>{date}<author>{number}@real.example</author>\
             <description><![CDATA[{text}]]></description></item>",
            guid.replace('&', "&amp;")
        )
    };
    let items: String = items.iter().map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>খবর</title>\
         <link>http://khobor.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// What a reader finds of an entry in a document.
struct Shown {
    id: String,
    link: String,
    number: usize,
}

/// How a reader knows what it has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Memory {
    /// An entry is new when its id or its link is.
    IdsAndLinks,
    Ids,
    Links,
}

/// What a reader has seen, and which articles were new to it at which fetch.
#[derive(Debug, Default)]
struct Reader {
    seen: BTreeSet<String>,
    told: BTreeMap<usize, Vec<usize>>,
}

impl Reader {
    fn read(&mut self, memory: Memory, fetch: usize, shown: &[Shown]) {
        for one in shown {
            let (id, link) = (format!("id {}", one.id), format!("link {}", one.link));
            let is_new = match memory {
                Memory::IdsAndLinks => {
                    let id = self.seen.insert(id);
                    self.seen.insert(link) || id
                }
                Memory::Ids => self.seen.insert(id),
                Memory::Links => self.seen.insert(link),
            };
            if is_new {
                self.told.entry(one.number).or_default().push(fetch);
            }
        }
    }
}

/// A home with one source, visited again and again, and nine readers: three kinds for each of three formats.
pub struct Script {
    pub home: Home,
    readers: BTreeMap<(&'static str, Memory), Reader>,
    fetches: usize,
    /// The numbers of the articles that each fetch brought for the first time.
    brought: BTreeMap<usize, usize>,
}

pub const CONFIG: &str = "[site]\nbase_url = \"https://planet.example/\"\n[source.khobor]\nurl = \"khobor.xml\"\n[feed.all]\nkeep = { entries = 900 }\n[publish]\ncompress = []\n";

impl Script {
    pub fn new() -> Self {
        Self::with("")
    }

    /// `more` is written into the table of the source.
    pub fn with(more: &str) -> Self {
        let config = CONFIG.replace("khobor.xml\"\n", &format!("khobor.xml\"\n{more}\n"));
        Self { home: Home::new(&config), readers: BTreeMap::new(), fetches: 0, brought: BTreeMap::new() }
    }

    /// The source shows these now; it is asked, and everybody reads what is published.
    pub fn fetch(&mut self, now: DateTime<Utc>, items: &[Item]) -> Answer {
        self.home.write("khobor.xml", document(items));
        for item in items {
            self.brought.entry(item.number).or_insert(self.fetches);
        }
        let answer = self.home.run_at(&now.to_rfc3339(), 0);
        self.look();
        answer
    }

    /// A run without a change of the source.
    pub fn look(&mut self) {
        for (format, shown) in [("json", self.json()), ("rss", self.rss()), ("atom", self.atom())] {
            for memory in [Memory::IdsAndLinks, Memory::Ids, Memory::Links] {
                self.readers.entry((format, memory)).or_default().read(memory, self.fetches, &shown);
            }
        }
        self.fetches += 1;
    }

    /// Every article was told to every reader once, in the fetch that brought it, but for these, which were told never.
    pub fn all_told_once_but(&self, untold: impl IntoIterator<Item = usize>) {
        let untold: BTreeSet<usize> = untold.into_iter().collect();
        for (reader, known) in &self.readers {
            for (number, fetch) in &self.brought {
                let told = known.told.get(number).cloned().unwrap_or_default();
                let wished = if untold.contains(number) { Vec::new() } else { vec![*fetch] };
                assert_eq!(told, wished, "article {number} was new to {reader:?} at these fetches");
            }
            for number in known.told.keys() {
                assert!(self.brought.contains_key(number), "{number} came from nowhere");
            }
        }
    }

    /// At which fetches a reader of JSON that knows ids was told an article.
    pub fn told(&self, number: usize) -> Vec<usize> {
        self.readers[&("json", Memory::Ids)].told.get(&number).cloned().unwrap_or_default()
    }

    fn json(&self) -> Vec<Shown> {
        let json: serde_json::Value = serde_json::from_str(&self.home.read("public/all.json")).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let shown = |item: &serde_json::Value| Shown {
            id: text(&item["id"]),
            link: text(&item["url"]),
            number: number(&item["authors"].to_string()),
        };
        json["items"].as_array().unwrap().iter().map(shown).collect()
    }

    fn rss(&self) -> Vec<Shown> {
        let text = self.home.read("public/all.rss");
        let document = roxmltree::Document::parse(&text).unwrap();
        let items = document.descendants().filter(|node| node.has_tag_name("item"));
        items.map(|item| shown(item, "guid", |link| link.text().map(str::to_owned))).collect()
    }

    fn atom(&self) -> Vec<Shown> {
        let text = self.home.read("public/all.atom");
        let document = roxmltree::Document::parse(&text).unwrap();
        let entries = document.descendants().filter(|node| node.tag_name().name() == "entry");
        let href = |link: roxmltree::Node<'_, '_>| {
            let rel = link.attribute("rel").unwrap_or("alternate");
            link.attribute("href").filter(|_| rel == "alternate").map(str::to_owned)
        };
        entries.map(|entry| shown(entry, "id", href)).collect()
    }
}

fn shown(
    node: roxmltree::Node<'_, '_>,
    id: &str,
    href: impl Fn(roxmltree::Node<'_, '_>) -> Option<String>,
) -> Shown {
    let own = |name: &'static str| {
        node.children().filter(move |child| {
            child.tag_name().name() == name && child.tag_name().namespace() == node.tag_name().namespace()
        })
    };
    let text: String = node.descendants().filter_map(|node| node.text()).collect();
    let id = node.children().find(|child| child.tag_name().name() == id).and_then(|id| id.text());
    Shown {
        id: id.unwrap_or_default().to_owned(),
        link: own("link").find_map(href).unwrap_or_default(),
        number: number(&text),
    }
}

/// What article it really is.
fn number(text: &str) -> usize {
    let end = text.find("@real.example").unwrap_or_else(|| panic!("no number in {text}"));
    let digits: String = text[..end].chars().rev().take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().unwrap()
}
