//! The rules for single values: addresses, dates, mail, languages, media types, HTML.

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike};
use regex::Regex;

use super::Fault;

/// What was found so far.
#[derive(Default)]
pub struct Report {
    /// In the order found.
    pub faults: Vec<Fault>,
    ids: HashSet<String>,
}

fn matches(pattern: &LazyLock<Regex>, value: &str) -> bool {
    pattern.is_match(value)
}

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a pattern"));
    };
}

pattern!(URI, r"^[a-zA-Z][0-9a-zA-Z+.-]*:(//)?(\[[0-9A-Fa-f:.]+\])?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+$");
pattern!(
    TAG,
    r"^tag:([a-zA-Z0-9._-]+@)?[a-z0-9.-]+,\d{4}(-\d{2}(-\d{2})?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]*$"
);
pattern!(URN, r"^(?i)urn:[a-z0-9][a-z0-9-]{0,31}:([a-z0-9()+,.:=@;$_!*'/?#~&-]|%[0-9a-f]{2})+$");
pattern!(UUID, r"^(?i)urn:uuid:[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$");
pattern!(WEB, r"^(?i)(https?|ftp)://[^/]");
pattern!(
    RFC822,
    r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d(:\d\d)? ([+-]\d\d[03]0|GMT|UT|Z)$"
);
pattern!(RFC3339, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$");
pattern!(MAIL, r"^[\w.%+'-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*$");
pattern!(MAIL_WITH_NAME, r"^[\w.%+'-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*( \(.+\))?$");
pattern!(MIME, r#"^[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+(\s*;\s*\S+=\S+)*$"#);
pattern!(LANGUAGE, r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$");
pattern!(
    MARKUP,
    r"</(a|b|i|p|em|strong|span|div|br|img|u|sub|sup)>|<(a|b|i|p|em|strong|span|div|br|img)[ />]"
);
pattern!(HANDLER, r#"<[a-zA-Z][^<>]*\son[a-z]+\s*="#);
pattern!(ACTIVE, r"<(script|style|iframe|object|embed|link|meta|form)[\s>/]");
pattern!(REFERENCE, r#"<(?:a\s+[^>]*href|img\s+[^>]*src)="([^"]*)""#);

impl Report {
    /// The document is invalid.
    pub fn error(&mut self, text: String) {
        self.faults.push(Fault::Error(text));
    }

    /// The document is valid, but.
    pub fn warning(&mut self, text: String) {
        self.faults.push(Fault::Warning(text));
    }

    fn must(&mut self, good: bool, text: impl FnOnce() -> String) {
        if !good {
            self.error(text());
        }
    }

    /// An absolute URI in ASCII.
    pub fn uri(&mut self, place: &str, value: &str) {
        let scheme = value.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let good = match scheme.as_str() {
            "tag" => matches(&TAG, value),
            "urn" if value.to_ascii_lowercase().starts_with("urn:uuid:") => matches(&UUID, value),
            "urn" => matches(&URN, value),
            "http" | "https" | "ftp" => matches(&URI, value) && matches(&WEB, value),
            _ => matches(&URI, value),
        };
        let fragments = value.matches('#').count();
        self.must(good && fragments < 2, || format!("{place} `{value}` is no absolute URI"));
    }

    /// An http address.
    pub fn web(&mut self, place: &str, value: &str) {
        self.must(matches(&WEB, value), || format!("{place} `{value}` is no http address"));
    }

    /// A date of RSS.
    pub fn rfc822(&mut self, place: &str, value: &str) {
        let parsed = DateTime::parse_from_rfc2822(value);
        self.must(matches(&RFC822, value) && parsed.is_ok(), || {
            format!("{place} `{value}` is no RFC 822 date")
        });
        self.plausible(place, parsed.ok().map(|date| date.year()));
    }

    /// A date of Atom and JSON Feed.
    pub fn rfc3339(&mut self, place: &str, value: &str) {
        let parsed = DateTime::parse_from_rfc3339(value);
        self.must(matches(&RFC3339, value) && parsed.is_ok(), || {
            format!("{place} `{value}` is no RFC 3339 date")
        });
        self.plausible(place, parsed.ok().map(|date| date.year()));
    }

    fn plausible(&mut self, place: &str, year: Option<i32>) {
        if year.is_some_and(|year| !(1990..2100).contains(&year)) {
            self.warning(format!("{place}: implausible date"));
        }
    }

    /// A mail address.
    pub fn mail(&mut self, place: &str, value: &str) {
        self.must(matches(&MAIL, value), || format!("{place}: `{value}` is no mail address"));
    }

    /// `mail (name)`, as RSS wants it.
    pub fn mail_with_name(&mut self, place: &str, value: &str) {
        self.must(matches(&MAIL_WITH_NAME, value), || format!("{place} `{value}` is no mail address"));
    }

    /// A media type.
    pub fn mime(&mut self, place: &str, value: &str) {
        self.must(matches(&MIME, value), || format!("{place} `{value}` is no media type"));
    }

    /// A language tag.
    pub fn language(&mut self, place: &str, value: &str) {
        self.must(matches(&LANGUAGE, value), || format!("{place} `{value}` is no language"));
    }

    /// An id that comes once in the document.
    pub fn once(&mut self, place: &str, id: &str) {
        let new = self.ids.insert(id.to_owned());
        self.must(new, || format!("{place}: id `{id}` comes twice"));
    }

    /// Something must be told.
    pub fn filled(&mut self, place: &str, value: &str) {
        self.must(!value.trim().is_empty(), || format!("{place} is blank"));
    }

    /// A whole number, zero or more.
    pub fn number(&mut self, place: &str, value: &str) {
        self.must(value.parse::<u64>().is_ok(), || format!("{place} `{value}` is no number"));
    }

    /// Text that should not look like HTML.
    pub fn plain(&mut self, place: &str, value: &str) {
        if matches(&MARKUP, value) {
            self.warning(format!("{place} looks like HTML"));
        }
    }

    /// HTML that readers show: nothing active, no relative address.
    pub fn html(&mut self, place: &str, value: &str) {
        if matches(&HANDLER, value) || matches(&ACTIVE, value) {
            self.warning(format!("{place}: an event handler or active element"));
        }
        let references = REFERENCE.captures_iter(value).map(|found| found[1].to_owned());
        for reference in references.collect::<Vec<_>>() {
            if !reference.contains(':') {
                self.warning(format!("{place}: relative address `{reference}`"));
            }
        }
    }

    /// Characters that validators refuse anywhere.
    pub fn characters(&mut self, place: &str, value: &str) {
        if let Some(c) = value.chars().find(|c| matches!(c, '\u{7f}'..='\u{9f}')) {
            self.error(format!("{place} holds {c:?}"));
        }
    }

    /// `rel=self` must be told and be the place where the document is found.
    pub fn own(&mut self, told: Option<&str>, location: Option<&str>) {
        match (told, location) {
            (None, _) => self.warning("no atom:link rel=self".to_owned()),
            (Some(told), Some(location)) if told != location => {
                self.warning(format!("rel=self is `{told}`, found at `{location}`"));
            }
            _ => {}
        }
    }
}
