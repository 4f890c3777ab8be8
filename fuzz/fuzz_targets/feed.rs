//! Any bytes, and any inside of a feed, are read without a panic; nothing is made larger than it can be.

#![no_main]

use harkara::{model::Format, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let whole = parse::read(data, None, None);
    assert!(whole.drafts.is_empty() || whole.format != Format::Unknown);
    for (head, tail) in [
        ("<rss version='2.0'><channel><item>", "</item></channel></rss>"),
        ("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a.example/b/'><entry>", "</entry></feed>"),
        ("<!DOCTYPE rss [<!ENTITY e 'x'>", "]><rss><channel><title>&e;</title></channel></rss>"),
    ] {
        let document = [head.as_bytes(), data, tail.as_bytes()].concat();
        let reading = parse::read(&document, None, url::Url::parse("https://n.example/feed").ok().as_ref());
        for draft in &reading.drafts {
            for text in [&draft.title, &draft.summary, &draft.content].into_iter().flatten() {
                let length = match text {
                    harkara::model::Raw::Text(text) => text.len(),
                    harkara::model::Raw::Html(raw) => raw.html.len(),
                };
                // A quote or a name of a character may grow when it is escaped again, an entity to what the document is.
                assert!(length <= document.len() * 8 + 1000, "{length} of {}", document.len());
            }
        }
    }
});
