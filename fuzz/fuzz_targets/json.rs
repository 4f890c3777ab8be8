//! JSON, broken or not, is read without a panic; what serde_json reads as a feed with items is a feed.

#![no_main]

use harkara::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    parse::read(data, Some("application/feed+json"), None);
    let head = br#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","content_html":"x"},"#;
    for tail in [&b"]}"[..], b""] {
        let document = [&head[..], data, tail].concat();
        let reading = parse::read(&document, None, None);
        assert!(!reading.drafts.is_empty(), "the first item is lost: {}", String::from_utf8_lossy(&document));
    }
});
