//! What the headers of an answer say that we keep: how long it is fresh, when to come again, in which form it is.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};
use reqwest::header::{
    AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER,
};

use crate::model::Timestamp;

/// The value of a header as text, all of its lines joined with `, `; bytes that are no UTF-8 are replaced.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    lines.reduce(|all, line| format!("{all}, {line}"))
}

/// The media type as told; of several lines the last, as browsers take it.
pub fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get_all(CONTENT_TYPE).iter().next_back()?;
    Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned()).filter(|text| !text.is_empty())
}

/// `Content-Encoding`, first applied first.
pub fn content_encoding(headers: &HeaderMap) -> String {
    text(headers, CONTENT_ENCODING).unwrap_or_default()
}

/// What was done to the answer besides compression (`IM`, RFC 3229, 10.5.2), in lower case.
pub fn manipulations(headers: &HeaderMap) -> Vec<String> {
    let told = text(headers, HeaderName::from_static("im")).unwrap_or_default().to_lowercase();
    // Parameters (`;q=…`) say nothing to us.
    let names = told.split(',').map(|name| name.split(';').next().unwrap_or_default().trim().to_owned());
    names.filter(|name| !matches!(name.as_str(), "" | "identity" | "gzip" | "deflate")).collect()
}

/// A header byte by byte, for the validators that must go back as they came.
pub fn verbatim(headers: &HeaderMap, name: HeaderName) -> Option<Vec<u8>> {
    headers.get(name).map(|value| value.as_bytes().to_vec()).filter(|value| !value.is_empty())
}

/// For how long the answer says that it stays fresh, from now on: `max-age` less `Age`, else `Expires` less `Date`
/// (RFC 9111, 4.2.1). `None` = it does not say.
pub fn max_age(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let control = text(headers, CACHE_CONTROL).unwrap_or_default().to_lowercase();
    let told = control.split(',').find_map(|directive| directive.trim().strip_prefix("max-age"));
    if let Some(seconds) = told.and_then(|rest| seconds(rest.trim_start().strip_prefix('=')?)) {
        let age = text(headers, AGE).and_then(|age| self::seconds(&age)).unwrap_or_default();
        return Some(seconds.saturating_sub(age));
    }
    let expires = date(&text(headers, EXPIRES)?)?;
    let date = text(headers, DATE).and_then(|told| date(&told)).unwrap_or(now);
    Some((expires - date).to_std().unwrap_or_default())
}

/// When the server asks us to come again: seconds or a date (RFC 9110, 10.2.3). A date is reckoned from the server's own
/// `Date`, so that no clock need be right.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let told = headers.get(RETRY_AFTER)?;
    let told = String::from_utf8_lossy(told.as_bytes()).into_owned();
    match seconds(&told) {
        Some(wait) => Some(wait),
        None => {
            let now = text(headers, DATE).and_then(|told| date(&told)).unwrap_or(now);
            Some((date(&told)? - now).to_std().unwrap_or_default())
        }
    }
}

/// Whole seconds, at most about thirty years; a fraction is cut, quotes are passed over.
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim().trim_matches('"');
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // What does not fit is longer than anybody waits.
    Some(Duration::from_secs(whole.parse::<u64>().unwrap_or(u64::MAX).min(1_000_000_000)))
}

/// The three date forms of RFC 9110, 5.6.7; a wrong weekday is passed over.
fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let naive = |form| NaiveDateTime::parse_from_str(text, form).ok().map(|date| date.and_utc());
    let after_weekday = || text.split_once(',').map(|(_, rest)| rest.trim());
    DateTime::parse_from_rfc2822(text)
        .or_else(|e| after_weekday().map_or(Err(e), DateTime::parse_from_rfc2822))
        .map(|date| date.to_utc())
        .ok()
        .or_else(|| naive("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| naive("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        map
    }

    fn now() -> Timestamp {
        "1994-11-06T08:49:37Z".parse().unwrap()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let check = |told: &str, seconds: Option<u64>| {
            let wait = retry_after(&headers(&[("retry-after", told)]), now());
            assert_eq!(wait, seconds.map(Duration::from_secs), "{told}");
        };
        check("120", Some(120));
        check(" 1.5 ", Some(1));
        check("99999999999999999999999", Some(1_000_000_000));
        check("Sun, 06 Nov 1994 08:50:37 GMT", Some(60));
        check("Mon, 06 Nov 1994 08:50:37 GMT", Some(60));
        check("Sunday, 06-Nov-94 08:50:37 GMT", Some(60));
        check("Sun Nov  6 08:50:37 1994", Some(60));
        check("Sun, 06 Nov 1993 08:50:37 GMT", Some(0));
        check("soon", None);
        check("-5", None);
        check("", None);
        let later =
            [("retry-after", "Sun, 06 Nov 1994 10:00:00 GMT"), ("date", "Sun, 06 Nov 1994 09:00:00 GMT")];
        assert_eq!(retry_after(&headers(&later), now()), Some(Duration::from_secs(3600)));
    }

    #[test]
    fn freshness_is_read_from_max_age_else_from_expires() {
        let check = |lines: &[(&'static str, &str)], seconds: Option<u64>| {
            assert_eq!(max_age(&headers(lines), now()), seconds.map(Duration::from_secs), "{lines:?}");
        };
        check(&[], None);
        check(&[("cache-control", "public, Max-Age=600")], Some(600));
        check(&[("cache-control", "no-cache"), ("cache-control", "max-age = \"60\"")], Some(60));
        check(&[("cache-control", "max-age=600"), ("age", "500")], Some(100));
        check(&[("cache-control", "max-age=600"), ("age", "900")], Some(0));
        check(&[("cache-control", "s-maxage=9")], None);
        check(&[("expires", "Sun, 06 Nov 1994 09:49:37 GMT")], Some(3600));
        check(
            &[("expires", "Sun, 06 Nov 1994 09:49:37 GMT"), ("date", "Sun, 06 Nov 1994 09:49:07 GMT")],
            Some(30),
        );
        check(&[("expires", "0")], None);
        check(&[("expires", "Sun, 06 Nov 1984 09:49:37 GMT")], Some(0));
    }
}
