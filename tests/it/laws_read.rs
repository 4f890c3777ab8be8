//! Laws of reading: any bytes are read without a panic, in linear time, and normalizing twice is normalizing once.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use harkara::model::{Format, Reading};
use harkara::normalize::{self, Normalized};
use harkara::parse;
use proptest::prelude::*;

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    for folder in ["feeds", "bengali/feeds", "broken", "pages"] {
        files.extend(std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.sort();
    assert!(files.len() > 40, "{}", files.len());
    files
}

fn read(bytes: &[u8]) -> Normalized {
    normalize::reading(parse::read(bytes, None, None), &normalize::Settings::default())
}

#[test]
fn every_prefix_of_every_fixture_is_read() {
    for file in fixtures() {
        let bytes = std::fs::read(&file).unwrap();
        // Reading goes to the end each time: every byte of the small ones, steps in the large ones. The steps are odd,
        // so that cuts fall inside of characters and tags too.
        let step = (bytes.len() * bytes.len() / 8_000_000).max(1) | 1;
        let whole = parse::read(&bytes, None, None);
        for end in (0..bytes.len()).step_by(step) {
            let part = parse::read(&bytes[..end], None, None);
            assert!(part.drafts.len() <= whole.drafts.len() + 1, "{} cut at {end}", file.display());
        }
    }
}

/// How long this thread has worked: Linux tells it apart from waiting while other tests have the cores.
fn worked() -> Duration {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()) {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => BEGAN.elapsed(),
    }
}

/// Reads hostile input of a size and of twice the size: the time grows about as the input does.
fn linear(name: &str, make: impl Fn(usize) -> String, size: usize) {
    let time = |size: usize| {
        let input = make(size);
        let best = (0..3).map(|_| {
            let started = worked();
            read(input.as_bytes());
            worked() - started
        });
        best.min().unwrap_or_default()
    };
    let (once, twice) = (time(size), time(size * 2));
    // Four times would be quadratic; below 50 ms the clock tells nothing.
    assert!(twice < once * 3 + Duration::from_millis(50), "{name}: {once:?}, twice as long {twice:?}");
    assert!(twice < Duration::from_secs(10), "{name}: {twice:?}");
}

fn rss(inside: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>t</title>{inside}</channel></rss>")
}

fn item(inside: &str) -> String {
    rss(&format!("<item><title>t</title><description>{inside}</description></item>"))
}

#[test]
fn nothing_takes_more_than_linear_time() {
    linear("open elements", |n| rss(&"<a>".repeat(n)), 30_000);
    linear("end tags without start", |n| rss(&"</a>".repeat(n)), 30_000);
    linear("nested items", |n| rss(&"<item>".repeat(n)), 20_000);
    linear("bare less-than", |n| "<".repeat(n), 500_000);
    linear("declarations", |n| "<!DOCTYPE [".repeat(n), 50_000);
    linear("an unclosed CDATA", |n| item(&format!("<![CDATA[{}", "x".repeat(n))), 1_000_000);
    linear("many CDATA", |n| item(&"<![CDATA[x]]>".repeat(n)), 30_000);
    linear(
        "attributes",
        |n| rss(&format!("<item {}/>", (0..n).map(|k| format!("a{k}='1' ")).collect::<String>())),
        20_000,
    );
    linear("ampersands", |n| item(&"&".repeat(n)), 300_000);
    linear("comments that do not end", |n| rss(&"<!--".repeat(n)), 50_000);
    linear("nested markup in text", |n| item(&"&lt;div&gt;".repeat(n)), 20_000);
    linear("bold that is never closed", |n| item(&"&lt;b&gt;&lt;p&gt;".repeat(n)), 10_000);
    linear("tables in tables", |n| item(&"&lt;table&gt;&lt;td&gt;".repeat(n)), 10_000);
    linear(
        "namespaces",
        |n| rss(&(0..n).map(|k| format!("<x{k}:a xmlns:x{k}='u{k}'>")).collect::<String>()),
        10_000,
    );
    let many = |n: usize, make: fn(usize) -> String| {
        rss(&format!("<item><title>t</title>{}</item>", (0..n).map(make).collect::<String>()))
    };
    linear("authors", |n| many(n, |k| format!("<author>a{k}@x.example (A{k})</author>")), 5_000);
    linear("credits", |n| many(n, |k| format!("<media:credit>A{k}</media:credit>")), 5_000);
    linear("categories", |n| many(n, |k| format!("<category>A{k}</category>")), 5_000);
    linear("contents", |n| many(n, |k| format!("<media:content url='http://x.example/{k}'/>")), 5_000);
    linear(
        "JSON arrays",
        |n| format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":{}", "[".repeat(n)),
        50_000,
    );
}

#[test]
fn entities_that_feed_on_each_other_stay_small() {
    let mut document = String::from("<!DOCTYPE rss [<!ENTITY a0 \"lol\">");
    for n in 1..20 {
        document += &format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10));
    }
    document += "<!ENTITY file SYSTEM \"file:///etc/passwd\">]>";
    document += &rss("<item><title>&a19;&file;</title></item>");
    let read = read(document.as_bytes());
    let title = read.items[0].title.clone().unwrap_or_default();
    assert!(title.len() < 200 && !title.contains("root:"), "{title}");
}

/// What an item would be as a draft again: its own text, read once more.
fn again(read: &Normalized) -> Normalized {
    let json = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": read.channel.title,
        "items": read.items.iter().enumerate().map(|(n, item)| serde_json::json!({
            "id": item.id.clone().unwrap_or_else(|| n.to_string()),
            "url": item.url,
            "title": item.title,
            "content_html": item.content.as_ref().or(item.summary.as_ref()),
            "date_published": item.published,
        })).collect::<Vec<_>>(),
    });
    normalize::reading(parse::read(json.to_string().as_bytes(), None, None), &normalize::Settings::default())
}

#[test]
fn normalizing_twice_is_normalizing_once() {
    for file in fixtures() {
        let once = read(&std::fs::read(&file).unwrap());
        if once.format == Format::Unknown {
            continue;
        }
        let twice = again(&once);
        assert_eq!(twice.items.len(), once.items.len(), "{}", file.display());
        for (a, b) in once.items.iter().zip(&twice.items) {
            assert_eq!(a.title, b.title, "{}", file.display());
            assert_eq!(a.url, b.url, "{}", file.display());
            assert_eq!(a.published, b.published, "{}", file.display());
            assert_eq!(a.content.as_ref().or(a.summary.as_ref()), b.content.as_ref(), "{}", file.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let reading: Reading = parse::read(&bytes, None, None);
        prop_assert!(reading.drafts.is_empty() || reading.format != Format::Unknown);
    }

    /// Bytes of fixtures with some of them exchanged, taken out and put in.
    #[test]
    fn damaged_fixtures_are_read(which in any::<prop::sample::Index>(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..12)) {
        let files = fixtures();
        let mut bytes = std::fs::read(&files[which.index(files.len())]).unwrap();
        bytes.truncate(20_000);
        for (place, byte, how) in damage {
            if bytes.is_empty() {
                break;
            }
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, byte),
            }
        }
        read(&bytes);
    }
}
