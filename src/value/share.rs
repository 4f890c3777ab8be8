//! A share of a whole.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A share: a number above 0 and up to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(into = "f64")]
pub struct Share(f32);

impl Share {
    /// So many of a hundred.
    pub const fn percent(count: u8) -> Self {
        Self(count as f32 / 100.0)
    }

    /// 0 to 1.
    pub const fn get(self) -> f32 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = Flaw;

    fn try_from(written: f64) -> Result<Self, Flaw> {
        match written > 0.0 && written <= 1.0 {
            true => Ok(Self(written as f32)),
            false => Err(Flaw::new(format!("`{written}` is no share of a whole"))
                .help("write a number above 0 and up to 1, for instance `0.6`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_part_of_a_whole() {
        assert_eq!(Share::try_from(0.6).unwrap(), Share::percent(60));
        assert_eq!(Share::try_from(1.0).unwrap().get(), 1.0);
        for bad in [0.0, -0.1, 1.1, 60.0, f64::NAN] {
            assert!(Share::try_from(bad).is_err(), "{bad}");
        }
    }
}
