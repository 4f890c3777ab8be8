//! Names and ids: what the owner calls sources and feeds, and the permanent id of an entry.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a name cannot be the id of a source or a feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no id: use lower-case ASCII letters, digits, `-` and `_`, at most 64, beginning with a letter or digit (the title may be anything)"
)]
pub struct SlugError(pub String);

fn check(slug: String) -> Result<String, SlugError> {
    let good = (1..=64).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && slug.as_bytes()[0].is_ascii_alphanumeric();
    if good { Ok(slug) } else { Err(SlugError(slug)) }
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = SlugError;
            fn try_from(slug: String) -> Result<Self, SlugError> {
                check(slug).map(Self)
            }
        }
        impl std::str::FromStr for $name {
            type Err = SlugError;
            fn from_str(slug: &str) -> Result<Self, SlugError> {
                check(slug.to_owned()).map(Self)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug!(
    /// The name of a source in the configuration: an ASCII slug. All state hangs on it, not on the address.
    SourceId
);
slug!(
    /// The name of a published feed: an ASCII slug, the stem of its documents' paths.
    FeedId
);

/// The public id of an entry: an absolute ASCII URI, made once, kept for ever (RFC 4287 section 4.2.6).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(String);

impl EntryId {
    /// Wraps a URI that `dedup` has minted or adopted, or that the store kept.
    pub(crate) fn kept(uri: String) -> Self {
        Self(uri)
    }

    /// The URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 63 bits of a hash of the URI: what an index holds in its place.
    pub fn number(&self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = *blake3::hash(self.0.as_bytes()).as_bytes();
        // 63 bits: the stores know signed integers.
        (u64::from_le_bytes([a, b, c, d, e, f, g, h]) >> 1) as i64
    }
}

/// A `urn:uuid:` over `parts`, version 8 (RFC 9562 section 5.8): the same parts give the same id on every machine.
pub fn urn(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_ascii_and_short() {
        for good in ["a", "khobor", "bbc-bn", "9to5", "a_b"] {
            assert!(good.parse::<SourceId>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "A", "খবর", "a b", "a/b", "..", &"x".repeat(65)] {
            assert!(bad.parse::<FeedId>().is_err(), "{bad}");
        }
    }
}
