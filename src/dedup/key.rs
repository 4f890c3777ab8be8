//! Aliases of an item: the short keys under which the ledger finds it again, whatever the source changes.

use std::borrow::Cow;

use url::Url;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::near::Sketches;
use super::settings::Mode;
use super::tracking::{is_tracking, original, untracked};
use crate::model::{Html, Item, Timestamp};
use crate::value::fold::fold_case;

/// Version of everything below. A change of any rule here is a new number and a migration, or old entries come again
/// as new ones; the golden test at the foot holds the line. 2: text is told by XXH3, the other marks are those of 1.
pub const SCHEME: u8 = 2;

/// The version of the marks that are made of ids, links, titles and dates; it goes into them.
const MARKS: u8 = 1;

/// What an alias was made from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasKind {
    /// The id that the source gave.
    Guid,
    /// The link without scheme, host prefix and tracking.
    Link,
    /// The link without its host, together with the title: finds an entry after a change of domain.
    Place,
    /// Title and date: believed only when most of a list changed its other marks at once.
    Moment,
    /// Title and text, where there is enough of it.
    Print,
    /// Title, a text too short to tell it, and the day: believed only where an item has no id and no link of its own.
    Short,
}

/// A key of the ledger: 63 bits of a hash, meaningful together with the source (and, for links, across sources).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(pub i64);

/// An item with its aliases and the hashes that tell whether it changed.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// The item itself.
    pub item: Item,
    /// Strongest first; at most one of each kind.
    pub aliases: Vec<(AliasKind, Alias)>,
    /// Of what people read: folded title, summary, content. When it moves, the entry was edited.
    pub text_hash: [u8; 16],
    /// Of everything, dates and own id apart: when it moves, the stored item is replaced.
    pub item_hash: [u8; 16],
    /// The whole item as it is kept: JSON of [`Item`].
    pub json: String,
    /// What its likes are found by.
    pub sketches: Sketches,
}

impl Keyed {
    /// The item with its body, as it is kept.
    pub fn whole(&self) -> Item {
        serde_json::from_str(&self.json).unwrap_or_else(|_| self.item.clone())
    }

    /// The whole item as it is kept under an address that was announced before; the one that it has now is a further page of it.
    pub fn json_under(&self, announced: Url) -> String {
        let mut item = self.whole();
        let is_other =
            |url: &Url| link_key(url) != link_key(&announced) && !item.alternate_urls.contains(url);
        if let Some(url) = item.url.take().filter(is_other) {
            item.alternate_urls.insert(0, url);
        }
        item.url = Some(announced);
        serde_json::to_string(&item).unwrap_or_else(|_| self.json.clone())
    }

    /// True when neither an id nor a link of its own tells this item.
    pub fn is_unmarked(&self) -> bool {
        self.alias(AliasKind::Guid).is_none() && self.alias(AliasKind::Link).is_none()
    }

    /// True when both say something, and the same.
    pub fn says_what(&self, other: &Keyed) -> bool {
        let mute = |item: &Item| item.title.is_none() && item.summary.is_none() && item.content.is_none();
        self.text_hash == other.text_hash && !mute(&self.item)
    }

    /// Takes `published` for the date of this item in its mark of title and date.
    pub(super) fn at(&mut self, published: Timestamp) {
        let title = self.item.title.as_deref().map(fold_case).unwrap_or_default();
        for (kind, mark) in &mut self.aliases {
            if *kind == AliasKind::Moment {
                *mark = moment(&title, published);
            }
        }
    }

    /// The alias of that kind.
    pub fn alias(&self, kind: AliasKind) -> Option<Alias> {
        self.aliases.iter().find(|(k, _)| *k == kind).map(|(_, alias)| *alias)
    }
}

/// Fingerprints shorter than this many characters of text say nothing: a daily headline with a stock phrase under
/// it is a new article each day.
pub(super) const SHORTEST_PRINT: usize = 120;

/// Computes the aliases and hashes of an item. `home` is the channel's home page: a link to it identifies nothing.
pub fn keyed(item: Item, home: Option<&Url>) -> Keyed {
    keyed_for(item, home, Mode::Near)
}

/// The same for a source that is compared as far as `mode` says: what its texts are found by is made only where they are compared.
pub fn keyed_for(mut item: Item, home: Option<&Url>, mode: Mode) -> Keyed {
    // The address that is kept and shown tells which article, not who sent the reader; and one that counts senders
    // anew at each request would look like a change.
    item.url = item.url.map(original).map(untracked);
    let title = item.title.as_deref().map(fold_case).unwrap_or_default().into_owned();
    let text = body(&item);
    let mut aliases = Vec::with_capacity(4);
    if let Some(id) = item.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        aliases.push((AliasKind::Guid, alias(b"guid", &[id])));
    }
    let home = home.map(link_key);
    if let Some(url) = &item.url {
        let link = link_key(url);
        if is_specific(url, &link) && home.as_ref() != Some(&link) {
            let place = link.split_once('/').map_or("", |(_, place)| place);
            aliases.push((AliasKind::Link, alias(b"link", &[&link])));
            if !title.is_empty() {
                aliases.push((AliasKind::Place, alias(b"place", &[place, &title])));
            }
        }
    }
    if let Some(published) = item.published.filter(|_| !title.is_empty()) {
        aliases.push((AliasKind::Moment, moment(&title, published)));
    }
    let text_hash = told(&[&title, &text]);
    let sketches = match mode {
        Mode::Near => Sketches::of(&title, &text),
        Mode::Url | Mode::Off => Sketches::NONE,
    };
    if text.chars().nth(SHORTEST_PRINT - 1).is_some() {
        aliases.push((AliasKind::Print, short(text_hash)));
    } else {
        let day = item.published.or(item.updated).map(|at| at.date_naive().to_string()).unwrap_or_default();
        aliases.push((AliasKind::Short, alias(b"short", &[&title, &text, &day])));
    }
    let (item, bare) = bare(item);
    let item_hash = told(&[&bare]);
    let json = whole(&item, &bare);
    Keyed { item, aliases, text_hash, item_hash, json, sketches }
}

fn moment(title: &str, published: Timestamp) -> Alias {
    alias(b"moment", &[title, &published.timestamp().to_string()])
}

/// The folded text that people read: content where there is one, else summary.
fn body(item: &Item) -> String {
    let html = item.content.as_ref().or(item.summary.as_ref());
    let text = html.map(Html::text).unwrap_or_default();
    let folded = match fold_case(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(folded) => Some(folded),
    };
    folded.unwrap_or(text)
}

/// The JSON of everything but what a source may stamp anew at each request: its dates and its id.
fn bare(mut item: Item) -> (Item, String) {
    let stamped = (item.id.take(), item.published.take(), item.updated.take());
    // An `Item` holds strings, numbers and instants only: it cannot fail to be JSON.
    let json = serde_json::to_string(&item).unwrap_or_else(|_| "{}".to_owned());
    (item.id, item.published, item.updated) = stamped;
    (item, json)
}

/// The JSON of the whole item, its text written once: what `bare` left out comes first.
fn whole(item: &Item, bare: &str) -> String {
    let stamped =
        Item { id: item.id.clone(), published: item.published, updated: item.updated, ..Item::default() };
    let mut json = serde_json::to_string(&stamped).unwrap_or_else(|_| "{}".to_owned());
    let rest = bare.strip_prefix('{').unwrap_or("}");
    json.pop();
    if json.len() > 1 && rest.len() > 1 {
        json.push(',');
    }
    json.push_str(rest);
    json
}

fn hash(kind: &[u8], parts: &[&str]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[MARKS]).update(kind);
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let mut out = [0; 16];
    out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    out
}

/// Tells text from other text of the same source, many times faster than what also withstands an attacker: who makes
/// two texts of his own look like one harms only himself.
fn told(parts: &[&str]) -> [u8; 16] {
    let seed = |seed, part: &&str| xxh3_128_with_seed(part.as_bytes(), seed) as u64;
    let (last, first) = parts.split_last().unwrap_or((&"", &[]));
    xxh3_128_with_seed(last.as_bytes(), first.iter().fold(0, seed)).to_le_bytes()
}

fn alias(kind: &[u8], parts: &[&str]) -> Alias {
    short(hash(kind, parts))
}

fn short(hash: [u8; 16]) -> Alias {
    let mut low = [0; 8];
    low.copy_from_slice(&hash[..8]);
    // 63 bits: the stores know signed integers, and a sign would only confuse people who look.
    Alias((u64::from_le_bytes(low) >> 1) as i64)
}

/// False for addresses that many items may share: a bare host or a bare index page.
fn is_specific(url: &Url, key: &str) -> bool {
    let place = key.split_once('/').map_or("", |(_, place)| place);
    !matches!(url.scheme(), "http" | "https")
        || !place.is_empty()
        || url.fragment().is_some_and(|f| f.starts_with('!'))
}

/// The form in which addresses are compared: `host/path?query`, never fetched and never shown.
///
/// Folded: scheme, `www.`/`m.`/`amp.`, default port, case of host and of hex, `%7E`, `//` and a trailing `/` in the
/// path, index pages, `/amp` and `/feed` endings, `?amp`, tracking, order of parameters, fragment (not `#!`).
/// Never NFC: a server needs its own bytes, and two spellings may be two pages.
pub fn link_key(url: &Url) -> String {
    let Some(host) = url.host_str() else { return url.as_str().to_owned() };
    let host = host.trim_end_matches('.');
    let bare = ["www.", "m.", "amp.", "mobile."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix).filter(|rest| rest.contains('.')))
        .unwrap_or(host);
    let mut key = bare.to_owned();
    if let Some(port) = url.port() {
        key.push_str(&format!(":{port}"));
    }
    let path = triplets(url.path());
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    while let Some(last) = parts.last() {
        let idle = matches!(
            *last,
            "amp" | "feed" | "index.html" | "index.htm" | "index.php" | "index.asp" | "index.aspx"
        );
        if !idle || (parts.len() == 1 && matches!(*last, "amp" | "feed")) {
            break;
        }
        parts.pop();
    }
    if parts.len() > 1 && parts[0] == "amp" {
        parts.remove(0);
    }
    key.push('/');
    key.push_str(&parts.join("/"));
    let query = url.query().map(triplets).unwrap_or_default();
    let mut pairs: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let amp = name == "amp" || (name == "outputType" && value == "amp");
            !pair.is_empty() && !amp && !is_tracking(bare, name)
        })
        .collect();
    pairs.sort_unstable();
    if !pairs.is_empty() {
        key.push('?');
        key.push_str(&pairs.join("&"));
    }
    if let Some(fragment) = url.fragment().filter(|f| f.starts_with('!')) {
        key.push('#');
        key.push_str(fragment);
    }
    key
}

/// Percent-triplets in one form: hex in capitals, unreserved characters (RFC 3986 section 2.3) decoded.
fn triplets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(b) if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(b as char),
            Some(b) => out.push_str(&format!("%{b:02X}")),
            None => {
                out.push('%');
                rest = &rest[at + 1..];
                continue;
            }
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(url: &str) -> String {
        link_key(&Url::parse(url).unwrap())
    }

    #[test]
    fn one_article_has_one_key_whoever_links_to_it() {
        let forms = [
            "https://news.example/%e0%a6%a6%e0%a7%81/",
            "http://www.news.example/%E0%A6%A6%E0%A7%81",
            "https://news.example:443//%E0%A6%A6%E0%A7%81/?utm_source=rss&utm_medium=feed",
            "https://m.news.example/%E0%A6%A6%E0%A7%81/amp/",
            "https://news.example/%E0%A6%A6%E0%A7%81/index.html#respond",
            "https://news.example/দু/?fbclid=x",
        ];
        for form in forms {
            assert_eq!(key_of(form), "news.example/%E0%A6%A6%E0%A7%81", "{form}");
        }
    }

    #[test]
    fn parameters_that_name_the_article_stay() {
        assert_eq!(key_of("https://a.example/story.php?autono=1&utm_id=9"), "a.example/story.php?autono=1");
        assert_eq!(key_of("https://a.example/?p=2&b=1"), "a.example/?b=1&p=2");
        assert_ne!(key_of("https://a.example/?p=1"), key_of("https://a.example/?p=2"));
        assert_eq!(key_of("https://www.bbc.co.uk/x?at_medium=RSS"), "bbc.co.uk/x");
        assert_eq!(key_of("https://a.example/x?at_medium=RSS"), "a.example/x?at_medium=RSS");
        assert_ne!(key_of("https://a.example/x%2Fy"), key_of("https://a.example/x/y"));
    }

    #[test]
    fn two_spellings_of_a_slug_are_two_addresses() {
        assert_ne!(key_of("https://a.example/\u{9df}"), key_of("https://a.example/\u{9af}\u{9bc}"));
    }

    #[test]
    fn a_home_page_identifies_nothing() {
        let home = Url::parse("https://a.example/blog/").unwrap();
        let item = |url: &str| Item {
            url: Some(Url::parse(url).unwrap()),
            title: Some("t".into()),
            ..Item::default()
        };
        assert!(keyed(item("https://a.example/"), None).alias(AliasKind::Link).is_none());
        assert!(keyed(item("http://www.a.example/blog"), Some(&home)).alias(AliasKind::Link).is_none());
        assert!(keyed(item("https://a.example/blog/1"), Some(&home)).alias(AliasKind::Link).is_some());
    }

    /// Golden: these numbers are in people's databases. If this test fails, raise `SCHEME` and write a migration.
    #[test]
    fn the_scheme_is_frozen() {
        let item = Item {
            id: Some("https://khobor.example/?p=174".into()),
            url: Some(Url::parse("https://khobor.example/2022/10/25/বিভ্রাট/").unwrap()),
            title: Some("হোয়াটসঅ্যাপ বিপর্যয়".into()),
            published: Some("2022-10-25T11:20:31Z".parse().unwrap()),
            content: Some(Html::from_cleaner(format!("<p>{}</p>", "দু’ঘণ্টা বন্ধ ছিল পরিষেবা। ".repeat(8)))),
            ..Item::default()
        };
        let keyed = keyed(item, None);
        let numbers: Vec<i64> = keyed.aliases.iter().map(|(_, alias)| alias.0).collect();
        assert_eq!(
            numbers,
            [
                7291750320995823931,
                9165438240022410999,
                1173427895861392111,
                1801226050046867637,
                5524962935031307902
            ]
        );
    }
}
