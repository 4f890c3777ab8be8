//! Conditional requests: whether the client has what it asks for already (RFC 9110 section 13).

use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use hyper::header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};

/// The opaque parts of a list of entity tags, without quotes; of weak ones too (RFC 9110 section 8.8.3). What is no tag is
/// passed over, and nothing after it is believed.
pub fn tags(list: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = list;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (weak, tail) = match rest.strip_prefix("W/") {
            Some(tail) => (true, tail),
            None => (false, rest),
        };
        let (opaque, tail) = tail.strip_prefix('"')?.split_once('"')?;
        rest = tail;
        Some(Tag { opaque, weak })
    })
}

/// One entity tag of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'t> {
    /// Between the quotes.
    pub opaque: &'t str,
    /// Written with `W/`.
    pub weak: bool,
}

/// What a list of tags in a header means for a document that is there.
pub enum Match<'h> {
    /// The header is not there.
    Absent,
    /// `*`: any document at all.
    Any,
    /// These.
    Tags(Vec<Tag<'h>>),
}

fn list<'h>(headers: &'h HeaderMap, name: &hyper::header::HeaderName) -> Match<'h> {
    let mut values = headers.get_all(name).iter().peekable();
    if values.peek().is_none() {
        return Match::Absent;
    }
    let mut all = Vec::new();
    for value in values {
        let value = value.to_str().unwrap_or_default();
        if value.trim() == "*" {
            return Match::Any;
        }
        all.extend(tags(value));
    }
    Match::Tags(all)
}

/// `If-None-Match`.
pub fn if_none_match(headers: &HeaderMap) -> Match<'_> {
    list(headers, &IF_NONE_MATCH)
}

/// Whether `If-Match` and `If-Unmodified-Since` let the request pass; otherwise the answer is 412. `is_current` compares a
/// tag strongly.
pub fn may_pass(headers: &HeaderMap, modified: SystemTime, is_current: impl Fn(&str) -> bool) -> bool {
    match list(headers, &IF_MATCH) {
        Match::Any => true,
        Match::Tags(tags) => tags.iter().any(|tag| !tag.weak && is_current(tag.opaque)),
        Match::Absent => match date(headers, &IF_UNMODIFIED_SINCE) {
            Some(since) => modified <= since,
            None => true,
        },
    }
}

/// Whether `If-Modified-Since` tells that the client has a document last modified then. Not asked where there is an
/// `If-None-Match`.
pub fn is_unmodified(headers: &HeaderMap, modified: SystemTime) -> bool {
    date(headers, &IF_MODIFIED_SINCE).is_some_and(|since| modified <= since)
}

/// Whether `If-Range` lets a range pass: it is not there, or names this very form of the document. A date will do only when
/// the document has not been touched for a minute before `now` (RFC 9110 section 8.8.2.2).
pub fn range_may_pass(headers: &HeaderMap, tag: &str, modified: SystemTime, now: SystemTime) -> bool {
    let Some(value) = headers.get(IF_RANGE) else { return true };
    let Ok(value) = value.to_str() else { return false };
    if value.trim_start().starts_with(['"', 'W']) && value.contains('"') {
        return tags(value).next().is_some_and(|told| !told.weak && told.opaque == tag);
    }
    let settled = now.duration_since(modified).is_ok_and(|age| age >= Duration::from_secs(60));
    settled && httpdate::parse_http_date(value.trim()).is_ok_and(|told| told == modified)
}

fn date(headers: &HeaderMap, name: &hyper::header::HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_tags_are_read_as_they_are_sent() {
        let read = |list| tags(list).map(|tag| (tag.opaque, tag.weak)).collect::<Vec<_>>();
        assert_eq!(read("\"a\""), [("a", false)]);
        assert_eq!(read("W/\"a\" ,\"b,c\",, \"\""), [("a", true), ("b,c", false), ("", false)]);
        assert_eq!(read("a, \"b\""), []);
        assert_eq!(read("\"a\", b, \"c\""), [("a", false)]);
        assert_eq!(read("\"open"), []);
    }
}
