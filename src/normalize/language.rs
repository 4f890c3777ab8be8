//! Languages: tags in canonical case, checked against the script that the text is really written in.

use super::script::script_of;

/// What was found out about a language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// BCP 47, canonical case; `None` = unknowable.
    pub tag: Option<String>,
    /// The source's tag, where the script of the text speaks against it.
    pub corrected: Option<String>,
}

/// The language of an item or a channel: what the source says where that can be, else what the script tells.
///
/// `told` in order of trust; `text` is a sample of what people read.
pub fn of(told: &[Option<&str>], text: &str) -> Told {
    let seen = script_of(text);
    let mut corrected = None;
    for tag in told.iter().flatten().filter_map(|tag| canonical(tag)) {
        match seen {
            Some(script) if !script.fits(&tag) => corrected = corrected.or(Some(tag)),
            _ => return Told { tag: Some(tag), corrected: None },
        }
    }
    let tag = seen.and_then(|script| script.language(text)).map(str::to_owned);
    match tag {
        Some(tag) => Told { tag: Some(tag), corrected },
        // The script speaks against the tag, but not for a language: the source knows better.
        None => Told { tag: corrected, corrected: None },
    }
}

/// A tag in canonical case (RFC 5646, section 2.1.1), `_` taken for `-`; `None` when it is no tag.
pub fn canonical(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-");
    let mut out = String::new();
    let mut after_singleton = false;
    for (n, part) in tag.split('-').enumerate() {
        let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
        let good = (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let first = n > 0
            || (letters && (part.len() != 1 || matches!(part, "x" | "X" | "i" | "I")) && part.len() != 4);
        if !good || !first {
            return None;
        }
        if n > 0 {
            out.push('-');
        }
        let lower = part.to_ascii_lowercase();
        match part.len() {
            2 if n > 0 && letters && !after_singleton => out.push_str(&part.to_ascii_uppercase()),
            4 if n > 0 && letters && !after_singleton => {
                out.push_str(&lower[..1].to_ascii_uppercase());
                out.push_str(&lower[1..]);
            }
            _ => out.push_str(&lower),
        }
        after_singleton |= part.len() == 1;
    }
    let primary = out.split('-').next().unwrap_or_default();
    // `und`, `mul`, `zxx` say that nothing is said.
    (!matches!(primary, "und" | "mul" | "zxx" | "mis")).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(told: &str, text: &str, expected: Option<&str>) {
        assert_eq!(of(&[Some(told)], text).tag.as_deref(), expected, "{told} {text}");
    }

    #[test]
    fn tags_get_their_canonical_case() {
        for (tag, expected) in [
            ("EN-us", Some("en-US")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("bn_IN", Some("bn-IN")),
            ("sl-ROZAJ-biske", Some("sl-rozaj-biske")),
            ("en-a-BB-x-y", Some("en-a-bb-x-y")),
            ("english language", None),
            ("", None),
            ("und", None),
            ("x-klingon", Some("x-klingon")),
        ] {
            assert_eq!(canonical(tag).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn a_tag_that_can_be_right_stays() {
        check("en-US", "Hello world", Some("en-US"));
        check(
            "fr",
            "Hello, this is certainly English text of some length, and the source says something else",
            Some("fr"),
        );
        check("bn-BD", "বাংলা খবর", Some("bn-BD"));
        check("en", "Three words and বাংলা", Some("en"));
        check("sr", "Ово је вест", Some("sr"));
        check("ja", "東京都", Some("ja"));
        check("pa-Arab", "پنجابی اخبار", Some("pa-Arab"));
    }

    #[test]
    fn a_tag_that_the_script_refutes_is_corrected() {
        check("en-US", "তিন ঘণ্টা পর ফিরল টিকিট পরিষেবা", Some("bn"));
        check("en", "অসমীয়া বাতৰি কাকত", Some("as"));
        check("en", "தமிழ் செய்தி", Some("ta"));
        check("en-us", "今日のニュース", Some("ja"));
        check("en", "今天的新闻", Some("zh"));
        check("", "آج کی خبریں اور ٹی وی", Some("ur"));
        check("en", "אַ ייַדיש", Some("he"));
        let told = of(&[Some("en-US")], "তিন ঘণ্টা পর ফিরল");
        assert_eq!(told.corrected.as_deref(), Some("en-US"));
    }

    #[test]
    fn short_latin_text_tells_nothing() {
        check("", "Breaking news", None);
        check(
            "",
            "The committee said on Tuesday that it would look into the matter again before the end of the year",
            Some("en"),
        );
        check("en", "Привет", Some("en"));
    }
}
