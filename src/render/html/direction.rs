//! Where the lines of a language begin: at the right for those written in Arabic, Hebrew, Thaana and their like.

/// Where lines begin; the value of `dir`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// At the left.
    Ltr,
    /// At the right.
    Rtl,
    /// Nothing is told of the language: the first letter decides.
    Auto,
}

impl Direction {
    /// The value of the attribute `dir`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
            Self::Auto => "auto",
        }
    }
}

/// Scripts that are written from the right (ISO 15924).
const SCRIPTS: [&str; 14] = [
    "adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "syre", "syrj", "syrn",
    "thaa",
];

/// Languages that are written from the right where their tag names no script (CLDR, likelySubtags).
const LANGUAGES: [&str; 34] = [
    "acm", "aeb", "ajp", "apc", "apd", "ar", "arc", "ars", "ary", "arz", "bal", "bqi", "ckb", "dv", "fa",
    "glk", "he", "iw", "jrb", "ks", "lad", "lrc", "mzn", "nqo", "pes", "pnb", "prs", "ps", "sd", "skr",
    "syr", "ug", "ur", "yi",
];

/// The direction of a language by its tag (BCP 47).
pub(super) fn direction(tag: Option<&str>) -> Direction {
    let Some(tag) = tag else { return Direction::Auto };
    let mut parts = tag.split('-').map(str::to_ascii_lowercase);
    let language = parts.next().unwrap_or_default();
    let script = parts.find(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let from_the_right = match &script {
        Some(script) => SCRIPTS.contains(&script.as_str()),
        None => LANGUAGES.contains(&language.as_str()),
    };
    if from_the_right { Direction::Rtl } else { Direction::Ltr }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_script_wins_over_the_language() {
        for (tag, expected) in [
            (Some("ar"), Direction::Rtl),
            (Some("AR-eg"), Direction::Rtl),
            (Some("ur-Latn"), Direction::Ltr),
            (Some("az-Arab-IR"), Direction::Rtl),
            (Some("bn-IN"), Direction::Ltr),
            (Some("de-1996"), Direction::Ltr),
            (None, Direction::Auto),
        ] {
            assert_eq!(direction(tag), expected, "{tag:?}");
        }
    }
}
