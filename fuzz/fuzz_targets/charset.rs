//! Bytes under any label are read without a panic; what comes out is text that XML can carry, and valid UTF-8 stays what
//! it is whatever the labels say.

#![no_main]

use harkara::parse;
use libfuzzer_sys::fuzz_target;

const LABELS: [&str; 16] = [
    "utf-8", "utf-16", "utf-16be", "windows-1252", "iso-8859-1", "gb2312", "gb18030", "big5", "shift_jis", "euc-jp",
    "iso-2022-jp", "euc-kr", "koi8-r", "windows-1251", "windows-1253", "x-no-such-set",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let label = LABELS[usize::from(*first) % LABELS.len()];
    let header = format!("text/xml; charset={label}");
    let told = (*first >= 16).then_some(header.as_str());
    // As the whole document, and as the title of a feed, where it must come back.
    parse::read(bytes, told, None);
    let mut document = b"<?xml version='1.0'?><rss version='2.0'><channel><title>".to_vec();
    document.extend(bytes);
    document.extend(b"</title></channel></rss>");
    let reading = parse::read(&document, told, None);
    if let Some(harkara::model::Raw::Text(title)) = &reading.channel.title {
        let illegal = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        assert!(!title.contains(illegal), "{title:?}");
        let letters = |c: char| matches!(c, 'a'..='z' | ' ' | '\u{400}'..='\u{4ff}' | '\u{980}'..='\u{9ff}' | '\u{4e00}'..='\u{9fff}');
        if let Ok(text) = std::str::from_utf8(bytes)
            && text.contains(|c: char| !c.is_ascii())
            && text.chars().all(letters)
            && !bytes.contains(&0xC3)
        {
            assert_eq!(title.trim(), text.trim());
        }
    }
});
