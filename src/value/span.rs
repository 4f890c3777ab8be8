//! A length of time, as people write it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A length of time: `15m`, `1h 30m`, `2 days`, `500ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Span(Duration);

impl Span {
    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// So many hours.
    pub const fn hours(hours: u64) -> Self {
        Self::seconds(hours * 3600)
    }

    /// The length.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Duration {
        span.0
    }
}

impl TryFrom<String> for Span {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        let bad = || Flaw::new(format!("`{written}` is no length of time"));
        match humantime::parse_duration(&written) {
            Ok(duration) => Ok(Self(duration)),
            Err(_) if written.starts_with(['P', 'p']) => {
                Err(bad().help("the ISO form is not read here; write `15m`, `1h 30m` or `2 days`"))
            }
            Err(humantime::DurationError::UnknownUnit { start, end, .. }) if start < end => Err(bad()
                .help("units are `ms`, `s`, `m` (minutes), `h`, `days`, `weeks`: `15m`, `1h 30m`")
                .at(start..end)),
            Err(_) => Err(bad().help("write a number and a unit: `30s`, `15m`, `1h 30m`, `2 days`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(Span::try_from(text.to_owned()).ok(), seconds.map(Span::seconds), "{text}");
    }

    #[test]
    fn lengths_are_read_as_people_write_them() {
        check("15m", Some(900));
        check("1h 30m", Some(5400));
        check("2 days", Some(172_800));
        check("20s", Some(20));
    }

    #[test]
    fn numbers_without_a_unit_and_iso_are_refused() {
        for bad in ["15", "", "PT15M", "-5m", "15 parsecs", "m"] {
            check(bad, None);
        }
    }
}
