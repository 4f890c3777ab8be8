//! Documents that are made to hurt, of any size, and what reading one costs. Shared with `benches/bounds.rs`.

use std::time::{Duration, Instant};

use harkara::{normalize, parse};

/// A shape: its name, and a document with that many of it.
pub type Shape = (&'static str, fn(usize) -> String);

fn rss(inside: &str) -> String {
    format!("<rss version='2.0'><channel><title>t</title>{inside}</channel></rss>")
}

fn item(inside: &str) -> String {
    rss(&format!("<item><title>t</title>{inside}</item>"))
}

/// Markup in the body of an item, as it is.
fn body(markup: &str) -> String {
    item(&format!("<description><![CDATA[{markup}]]></description>"))
}

fn each(n: usize, make: impl Fn(usize) -> String) -> String {
    (0..n).map(make).collect()
}

/// Every shape that has hurt a reader of feeds or a cleaner of HTML, this one or another.
pub const SHAPES: &[Shape] = &[
    ("elements nested", |n| rss(&"<a>".repeat(n))),
    ("elements nested in an item", |n| item(&"<a>".repeat(n))),
    ("elements nested and closed", |n| item(&format!("{}{}", "<a>".repeat(n), "</a>".repeat(n)))),
    ("end tags without start", |n| item(&"</a>".repeat(n))),
    ("end tags of others", |n| item(&format!("{}{}", "<a>".repeat(200), "</b>".repeat(n)))),
    ("attributes of one element", |n| item(&format!("<x {}/>", each(n, |k| format!("a{k}='1' "))))),
    ("the same attribute", |n| item(&format!("<x {}/>", "a='1' ".repeat(n)))),
    ("namespaces", |n| item(&each(n, |k| format!("<x{k}:a xmlns:x{k}='u{k}'/>")))),
    ("bases in bases", |n| item(&"<link xml:base='aaaaaaaa/'>b".repeat(n))),
    ("a long base and many addresses", |n| {
        let base = format!("http://a.example/{}", "b/".repeat(900));
        let items =
            each(n, |k| format!("<item xml:base='{base}'><link>{k}</link><enclosure url='e{k}'/></item>"));
        rss(&if n < 1_000 {
            items
        } else {
            items.replace(&format!(" xml:base='{base}'"), "").replacen(
                "<item",
                &format!("<item xml:base='{base}'"),
                1,
            )
        })
    }),
    ("a long base on the root", |n| {
        let base = format!("http://a.example/{}", "b/".repeat(900));
        format!(
            "<rss xml:base='{base}'><channel>{}</channel></rss>",
            each(n, |k| format!("<item><link>{k}</link><link>x{k}</link></item>"))
        )
    }),
    ("a long base and many links in a body", |n| {
        format!(
            "<rss xml:base='http://a.example/{}'><channel><item><description><![CDATA[{}]]></description></item></channel></rss>",
            "b/".repeat(900),
            "<a href=x>y</a>".repeat(n)
        )
    }),
    ("declarations", |n| "<!DOCTYPE [".repeat(n)),
    ("entities that feed on each other", |n| {
        let entities = each(n, |k| format!("<!ENTITY a{k} '&a{};&a{};&a{};'>", k + 1, k + 1, k + 1));
        format!("<!DOCTYPE rss [{entities}]>{}", item("<description>&a0;&a1;</description>"))
    }),
    ("one large entity told often", |n| {
        format!(
            "<!DOCTYPE rss [<!ENTITY a '{}'>]>{}",
            "b".repeat(120),
            item(&format!("<description>{}</description>", "&a;".repeat(n)))
        )
    }),
    ("ampersands", |n| item(&format!("<description>{}</description>", "&".repeat(n)))),
    ("less-thans", |n| item(&format!("<description>{}</description>", "<".repeat(n)))),
    ("halves of characters", |n| item(&format!("<description>{}</description>", "&#xD83D;".repeat(n)))),
    ("text that was encoded twice", |n| item(&format!("<description>{}</description>", "Ã©".repeat(n)))),
    ("one long text", |n| item(&format!("<description>{}</description>", "আনন্দবাজার ".repeat(n)))),
    ("one long title", |n| item(&format!("<description/><title>{}</title>", "শিরোনাম ".repeat(n)))),
    ("comments that do not end", |n| rss(&"<!--".repeat(n))),
    ("CDATA that does not end", |n| item(&"<d><![CDATA[t</d>".repeat(n))),
    ("quotes that do not end", |n| item(&"<a b=\"".repeat(n))),
    ("items", |n| rss(&"<item/>".repeat(n))),
    ("items with little in them", |n| {
        rss(&each(n, |k| format!("<item><title>{k}</title><guid>{k}</guid></item>")))
    }),
    ("categories", |n| item(&each(n, |k| format!("<category>c{k}</category>")))),
    ("people", |n| item(&each(n, |k| format!("<author>a{k}@x.example (A{k})</author>")))),
    ("contents of media", |n| item(&each(n, |k| format!("<media:content url='http://x.example/{k}'/>")))),
    ("markup: elements nested", |n| body(&"<div>".repeat(n))),
    ("markup: lines nested", |n| body(&"<b><i>".repeat(n))),
    ("markup: crossing tags", |n| body(&"<b><p></b>".repeat(n))),
    ("markup: lists in lists", |n| body(&"<li><ul>".repeat(n))),
    ("markup: tables in tables", |n| body(&"<table><tr><td>".repeat(n))),
    ("markup: text in tables", |n| body(&"<table>x<b>y</b>".repeat(n))),
    ("markup: links in links", |n| body(&"<a href=x><p>".repeat(n))),
    ("markup: end tags", |n| body(&"</p></b></table>".repeat(n))),
    ("markup: attributes", |n| body(&format!("<p {}>", each(n, |k| format!("a{k}=1 "))))),
    ("markup: styles", |n| body(&format!("<p style='{}'>", "text-align:left;".repeat(n)))),
    ("markup: pictures of a set", |n| body(&format!("<img alt=x srcset='{}'>", "a.png 1x, ".repeat(n)))),
    ("markup: frames", |n| body(&"<iframe src=x>".repeat(n))),
    ("markup: drawings", |n| body(&format!("{}</svg>", "<svg><path d='M0 0'>".repeat(n)))),
    ("markup: drawings that HTML ends", |n| body(&format!("{}</svg>", "<svg><p>".repeat(n)))),
    ("markup: scripts in drawings", |n| body(&format!("{}</svg>", "<svg><style><script>".repeat(n)))),
    ("markup: formulas", |n| body(&format!("{}</math>", "<math><mrow><mi>a".repeat(n)))),
    ("markup: comments", |n| body(&"<!-- ".repeat(n))),
    ("markup: references", |n| body(&"&am&#x&lt".repeat(n))),
    ("markup: marks over a letter", |n| body(&"\u{301}\u{327}".repeat(n))),
    ("JSON nested", |n| {
        format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":{}", "[".repeat(n))
    }),
    ("JSON items", |n| {
        format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{}",
            "{\"id\":\"1\"},".repeat(n)
        )
    }),
    ("JSON numbers", |n| {
        format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{}", "1,".repeat(n))
    }),
    ("bytes of no charset", |n| {
        format!("<rss><channel><title>{}</title></channel></rss>", "\u{ff}".repeat(n))
    }),
];

/// What reading one document took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Of this thread.
    pub time: Duration,
    /// How much memory was in use at most beside the document, in bytes.
    pub memory: usize,
    pub size: usize,
}

/// Reads and normalizes so many of a shape. To be called in a process of its own: its peak of memory is looked at.
/// `None` where the system tells neither.
pub fn cost(shape: usize, pieces: usize) -> Option<Cost> {
    let make = SHAPES[shape].1;
    // A few first, so that the program itself is in memory.
    read(&make(10));
    let document = make(pieces);
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS:")?;
    let began = worked();
    read(&document);
    let time = worked() - began;
    let memory = status("VmHWM:")?.saturating_sub(before);
    Some(Cost { time, memory, size: document.len() })
}

fn read(document: &str) {
    let reading = parse::read(document.as_bytes(), Some("text/xml; charset=utf-8"), None);
    normalize::reading(reading, &normalize::Settings::default());
}

fn status(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<usize>().ok()? * 1024)
}

/// How long this thread has worked: Linux tells it apart from waiting while others have the cores.
fn worked() -> Duration {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

/// What is wrong with what `n` and `2n` of a shape cost; `None` = nothing.
///
/// Four times the time would be quadratic. Memory: four times the document, and what small documents may take whatever
/// they hold: five thousand items, an item of fifty thousand elements, a body of forty thousand.
pub fn broken(once: Cost, twice: Cost) -> Option<String> {
    const ANYWAY: usize = 24 << 20;
    if twice.time > once.time * 3 + Duration::from_millis(50) {
        return Some(format!("{:?}, and {:?} for twice as much", once.time, twice.time));
    }
    let grown = twice.memory.saturating_sub(ANYWAY);
    (grown > 4 * twice.size)
        .then(|| format!("{} kB of memory for {} kB", twice.memory >> 10, twice.size >> 10))
}
