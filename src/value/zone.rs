//! A time zone by its IANA name.

use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Flaw;

/// A time zone of the IANA database: `Asia/Kolkata`, `Europe/Berlin`, `UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone.
    pub const fn tz(self) -> Tz {
        self.0
    }
}

impl TryFrom<String> for Zone {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        if let Ok(zone) = Tz::from_str_insensitive(&written) {
            return Ok(Self(zone));
        }
        let near = |zone: &&Tz| strsim::jaro_winkler(&zone.name().to_lowercase(), &written.to_lowercase());
        let nearest = chrono_tz::TZ_VARIANTS.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
        Err(Flaw::new(format!("unknown time zone `{written}`"))
            .help(match nearest.filter(|zone| near(zone) > 0.85) {
            Some(zone) => format!("did you mean `{}`?", zone.name()),
            None => {
                "zones have names like `Asia/Kolkata` or `UTC` (the IANA list); `+05:30` and `IST` are none"
                    .into()
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Tz, &str>) {
        match (Zone::try_from(text.to_owned()), expected) {
            (Ok(zone), Ok(tz)) => assert_eq!(zone.tz(), tz),
            (Err(flaw), Err(part)) => assert!(flaw.to_string().contains(part), "{flaw}"),
            (got, _) => panic!("{text}: {got:?}"),
        }
    }

    #[test]
    fn zones_are_iana_names_in_any_case() {
        check("Asia/Kolkata", Ok(Tz::Asia__Kolkata));
        check("asia/dhaka", Ok(Tz::Asia__Dhaka));
        check("Asia/Kolkatta", Err("did you mean `Asia/Kolkata`?"));
        check("IST", Err("the IANA list"));
        check("+05:30", Err("the IANA list"));
    }
}
