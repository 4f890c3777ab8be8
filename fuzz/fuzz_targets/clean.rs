//! Markup is cleaned without a panic; cleaning twice is cleaning once; the short way gives what the long way gives; and
//! nothing that acts is left.

#![no_main]

use harkara::model::RawHtml;
use harkara::normalize::html;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let base = url::Url::parse("https://n.example/a/").ok();
    for base in [None, base.as_ref()] {
        let raw = RawHtml { html: text.to_owned(), base: None };
        let clean = html::clean(raw.clone(), base);
        let markup = clean.as_str();
        assert_eq!(html::clean_the_long_way(&raw, base).as_str(), markup, "the long way");
        let again = html::clean(RawHtml { html: markup.to_owned(), base: None }, base);
        assert_eq!(again.as_str(), markup, "once more");
        assert!(markup.len() <= text.len() * 8 + 1000);
        nothing_acts(markup);
    }
});

/// Looks at clean markup as it was written: every `<` begins a tag, every value stands in quotes.
fn nothing_acts(markup: &str) {
    const GONE: [&str; 24] = [
        "script", "style", "iframe", "object", "embed", "form", "input", "button", "base", "meta", "link", "frame",
        "frameset", "template", "foreignobject", "animate", "set", "animatemotion", "animatetransform", "handler",
        "listener", "annotation-xml", "use", "image",
    ];
    for tag in markup.split('<').skip(1) {
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let end = tag.find([' ', '>']).expect("a tag ends");
        let name = tag[..end].to_ascii_lowercase();
        assert!(!GONE.contains(&name.as_str()), "<{tag}");
        let mut rest = &tag[end..];
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (name, value) = attribute.split_once("=\"").expect("a value in quotes");
            let (value, tail) = value.split_once('"').expect("a closed quote");
            let name = name.to_ascii_lowercase();
            assert!(!name.starts_with("on"), "{attribute}");
            // As a browser reads an address: tabs and line breaks are dropped, anything else that stands inside a scheme makes it
            // none (URL standard, section 4.4).
            let ends = |c: char| c <= ' ';
            let address: String = value.trim_matches(ends).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
            let address = address.to_ascii_lowercase();
            let bare: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            let bare = bare.to_ascii_lowercase();
            if matches!(name.as_str(), "href" | "src" | "cite" | "poster" | "srcset" | "xlink:href" | "action") {
                assert!(!address.starts_with("javascript:") && !address.starts_with("vbscript:"), "{attribute}");
                assert!(!address.starts_with("data:") || address.starts_with("data:image/"), "{attribute}");
            }
            if matches!(name.as_str(), "style" | "fill" | "stroke" | "stop-color" | "clip-path" | "transform") {
                acts_in_a_style(&bare, attribute);
            }
            rest = tail;
        }
        assert!(rest.starts_with('>'), "<{tag}");
    }
}

/// A word alone is a colour that nobody knows, whatever it says: it acts with a colon, a bracket or a sign.
fn acts_in_a_style(value: &str, attribute: &str) {
    const ACTS: [&str; 9] = [
        "expression(", "javascript:", "vbscript:", "data:", "behavior:", "behaviour:", "-moz-binding:", "position:", "@",
    ];
    for bad in ACTS.iter().chain(&["\\", "/*"]) {
        assert!(!value.contains(bad), "{attribute}");
    }
    // What is called by address stands in the picture itself.
    assert!(value.split("url(").skip(1).all(|called| called.starts_with('#')), "{attribute}");
}
