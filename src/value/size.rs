//! A number of bytes, as people write it.

use bytesize::ByteSize;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A number of bytes: `512KiB`, `5MiB` (1024s), `5MB` (1000s).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Size(u64);

impl Size {
    /// So many MiB.
    pub const fn mebibytes(count: u64) -> Self {
        Self(count << 20)
    }

    /// So many KiB.
    pub const fn kibibytes(count: u64) -> Self {
        Self(count << 10)
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl TryFrom<String> for Size {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        let size = written.trim().parse::<ByteSize>().ok().map(|size| size.as_u64());
        // The crate reads a bare number as bytes; here a unit must be there, for nobody means 5 bytes.
        match size.filter(|_| written.contains(|c: char| c.is_ascii_lowercase() || c.is_ascii_uppercase())) {
            Some(0) => {
                Err(Flaw::new(format!("`{written}` lets nothing through")).help("write for instance `5MiB`"))
            }
            Some(bytes) => Ok(Self(bytes)),
            None => Err(Flaw::new(format!("`{written}` is no size"))
                .help("write a number and a unit: `512KiB`, `5MiB`, `1.5MB`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, bytes: Option<u64>) {
        assert_eq!(Size::try_from(text.to_owned()).ok(), bytes.map(Size), "{text}");
    }

    #[test]
    fn sizes_are_read_with_their_unit() {
        check("512KiB", Some(524_288));
        check("5 MiB", Some(5_242_880));
        check("5MB", Some(5_000_000));
        check("100 B", Some(100));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for bad in ["", "5", "5 apples", "-1MiB", "0MiB"] {
            check(bad, None);
        }
    }
}
