//! Whatever is read is normalized without a panic: lines are lines, addresses are harmless, and once is enough.

#![no_main]

use harkara::normalize::{self, Settings};
use harkara::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let base = url::Url::parse("https://n.example/feed").ok();
    let reading = parse::read(data, None, base.as_ref());
    let drafts = reading.drafts.len();
    let read = normalize::reading(reading, &Settings::default());
    assert_eq!(read.items.len(), drafts);
    for item in &read.items {
        for line in [&item.title, &item.rights].into_iter().flatten() {
            assert!(!line.contains(['\n', '\r', '\t']) && line.trim() == line, "{line:?}");
            assert_eq!(normalize::text::plain_line(line).as_ref(), Some(line));
        }
        for url in item.url.iter().chain(&item.alternate_urls).chain(item.attachments.iter().map(|it| &it.url)) {
            assert!(!matches!(url.scheme(), "javascript" | "data" | "vbscript" | "file"), "{url}");
        }
    }
});
