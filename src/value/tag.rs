//! Tags: words of the owner's own by which feeds choose entries.

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;

use super::{Flaw, list};

/// A tag in NFC, so that the same word is the same tag however it was typed.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Tag(String);

impl TryFrom<String> for Tag {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        let tag: String = written.trim().nfc().collect();
        if tag.is_empty() { Err(Flaw::new("an empty tag").help("leave it out")) } else { Ok(Self(tag)) }
    }
}

/// Reads a tag, for `deserialize_with`.
pub fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Tag::deserialize(deserializer)?.0)
}

/// Reads several, for `deserialize_with`.
pub fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(list::read::<D, Tag>(deserializer)?.into_iter().map(|tag| tag.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, tag: Option<&str>) {
        assert_eq!(Tag::try_from(written.to_owned()).ok().map(|tag| tag.0).as_deref(), tag);
    }

    #[test]
    fn the_same_word_is_the_same_tag() {
        check("সম\u{9df}", Some("সম\u{9af}\u{9bc}"));
        check(" news ", Some("news"));
        check(" ", None);
    }
}
