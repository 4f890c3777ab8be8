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

fn json(items: &str) -> String {
    format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{items}{{\"id\":\"\"}}]}}")
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
    ("bytes of an old charset", |n| {
        let body = item(&format!("<description>{}</description>", "\u{e0}\u{ef}\u{f1} ".repeat(n)));
        format!("<?xml version='1.0' encoding='koi8-r'?>{body}")
    }),
    ("people who helped", |n| item(&each(n, |k| format!("<contributor>a{k}</contributor>")))),
    ("credits of media", |n| item(&each(n, |k| format!("<media:credit>a{k}</media:credit>")))),
    ("categories of media", |n| item(&each(n, |k| format!("<media:category>a{k}</media:category>")))),
    ("enclosures", |n| item(&each(n, |k| format!("<enclosure url='{k}'/>")))),
    ("pages of an item", |n| item(&each(n, |k| format!("<link>{k}</link>")))),
    ("markup that is not escaped", |n| {
        item(&format!("<description>{}</description>", "<p id='1'>x</p>".repeat(n)))
    }),
    ("text of many paragraphs", |n| {
        format!("<feed><entry><summary>{}</summary></entry></feed>", "a\n\n".repeat(n))
    }),
    ("markup: pictures of many sets with a long base", |n| {
        format!(
            "<rss xml:base='http://a.example/{}'><channel><item><description><![CDATA[{}]]></description></item></channel></rss>",
            "b/".repeat(900),
            "<img alt=x srcset='a 1x, b 2x, c 3x, d 4x'>".repeat(n)
        )
    }),
    ("markup: pictures in their addresses", |n| {
        body(&format!("<img src='data:image/png;base64,{}'>", "AAAA".repeat(n)))
    }),
    ("markup: one long title", |n| body(&format!("<p title='{}'>", "&amp; a".repeat(n)))),
    ("JSON items that end", |n| json(&each(n, |k| format!("{{\"id\":\"{k}\",\"title\":\"t\"}},")))),
    ("JSON items of some size", |n| {
        json(&each(n, |k| format!("{{\"id\":\"{k}\",\"content_html\":\"{}\"}},", "<p>ক</p>".repeat(40))))
    }),
    ("JSON tags", |n| json(&format!("{{\"tags\":[{}\"\"]}},", each(n, |k| format!("\"{k}\",        "))))),
    ("JSON attachments", |n| {
        json(&format!(
            "{{\"attachments\":[{}{{}}]}},",
            each(n, |k| format!("{{\"url\":\"http://a.example/{k}\"}},"))
        ))
    }),
    ("JSON of one long text", |n| json(&format!("{{\"content_text\":\"{}\"}},", "আনন্দ\\n".repeat(n)))),
];

/// A document of a shape, in UTF-8; where the name tells of bytes, each character is one.
pub fn document(shape: usize, pieces: usize) -> Vec<u8> {
    let (name, make) = SHAPES[shape];
    let text = make(pieces);
    if !name.starts_with("bytes") {
        return text.into_bytes();
    }
    text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// What reading one document took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Of this thread.
    pub time: Duration,
    /// How much memory was in use at most for the document and what was made of it, in bytes.
    pub memory: usize,
    pub size: usize,
}

/// Reads and normalizes so many of a shape. To be called in a process of its own: its peak of memory is looked at.
/// `None` where the system tells neither.
pub fn cost(shape: usize, pieces: usize) -> Option<Cost> {
    // A few first, so that the program itself is in memory.
    read(document(shape, 10));
    let document = document(shape, pieces);
    let size = document.len();
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS:")?.saturating_sub(size);
    let began = worked();
    read(document);
    let time = worked() - began;
    let memory = status("VmHWM:")?.saturating_sub(before);
    Some(Cost { time, memory, size })
}

/// Reads as the program does, which keeps the document no longer than until it is read.
fn read(document: Vec<u8>) {
    let reading = parse::read(document, None, None);
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

/// How many of a shape a document of about so many bytes holds.
pub fn pieces(shape: usize, bytes: usize) -> usize {
    const FEW: usize = 2_000;
    let (few, many) = (document(shape, FEW).len(), document(shape, 2 * FEW).len());
    FEW * bytes.saturating_sub(few) / (many - few) + FEW
}

/// What is wrong with what `n` and `2n` of a shape cost; `None` = nothing.
///
/// Four times the time would be quadratic.
pub fn broken(once: Cost, twice: Cost) -> Option<String> {
    if twice.time > once.time * 3 + Duration::from_millis(50) {
        return Some(format!("{:?}, and {:?} for twice as much", once.time, twice.time));
    }
    too_large(twice)
}

/// What is wrong with the memory that a document took: four times its size, itself among it, beside what any takes.
pub fn too_large(cost: Cost) -> Option<String> {
    const ANYWAY: usize = 8 << 20;
    (cost.memory > 4 * cost.size + ANYWAY)
        .then(|| format!("{} kB of memory for {} kB", cost.memory >> 10, cost.size >> 10))
}
