//! The answer to a request for a document, by RFC 9110 and, for `A-IM: feed`, RFC 3229.

use std::io;
use std::ops::Range;
use std::time::SystemTime;

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use tokio::io::AsyncSeekExt;

use super::body::Body;
use super::coding::{self, Coding};
use super::conditional::{self, Match};
use super::media;
use super::page::{self, Form, Held, Page};
use super::range::{self, Wish};

const A_IM: HeaderName = HeaderName::from_static("a-im");
const IM: HeaderName = HeaderName::from_static("im");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What may be done with a document.
pub(super) const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// Answers a request for `page`. `now` tells how settled its date is.
pub async fn answer(page: &Page, method: &Method, headers: &HeaderMap, now: SystemTime) -> Response<Body> {
    match *method {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return options(page),
        _ => return not_allowed(ALLOWED),
    }
    let wanted = coding::wanted(headers);
    let has = |coding| page.form(coding).is_some();
    let mut coding = wanted.best(has);
    let is_current =
        |tag: &str| Coding::ALL.into_iter().filter_map(|c| page.form(c)).any(|form| form.tag == tag);
    if !conditional::may_pass(headers, page.modified, is_current) {
        return text(StatusCode::PRECONDITION_FAILED, "the document is another one by now");
    }
    match conditional::if_none_match(headers) {
        Match::Any => return unmodified(page, coding),
        Match::Tags(tags) => {
            // Of the forms that the client can read, whichever it has is good: the answer says which.
            let forms = [coding].into_iter().chain(Coding::ALL).filter(|c| *c == coding || wanted.allows(*c));
            let known = |coding: &Coding| {
                page.form(*coding).is_some_and(|form| tags.iter().any(|tag| tag.opaque == form.tag))
            };
            if let Some(known) = forms.into_iter().find(known) {
                return unmodified(page, known);
            }
            if wants_feed(headers)
                && method == Method::GET
                && let Some(answer) = tags.iter().find_map(|tag| delta(page, tag.opaque))
            {
                return answer;
            }
        }
        Match::Absent if conditional::is_unmodified(headers, page.modified) => {
            return unmodified(page, coding);
        }
        Match::Absent => {}
    }
    let asked =
        headers.get(header::RANGE).and_then(|value| value.to_str().ok()).filter(|_| method == Method::GET);
    let mut part = None;
    if let Some(asked) = asked
        && let Some(form) = page.form(Coding::Identity)
        && (coding == Coding::Identity || wanted.allows(Coding::Identity))
        && conditional::range_may_pass(headers, &form.tag, page.modified, now)
    {
        match range::wish(asked, form.length) {
            Wish::Whole => {}
            Wish::Nowhere => return nowhere(form.length),
            Wish::Part(range) => {
                coding = Coding::Identity;
                part = Some(range);
            }
        }
    }
    let Some(form) = page.form(coding) else {
        return text(StatusCode::NOT_FOUND, "there is no such document");
    };
    let mut response = send(form, part, method).await;
    if media::is_xml_feed(page.media_type) && is_opened(headers) {
        insert(&mut response, header::CONTENT_TYPE, "application/xml; charset=utf-8");
    }
    response
}

/// Whether somebody opens the document in a browser, to look at it (w3.org/TR/fetch-metadata section 2.1). Under the types of feeds
/// browsers show its source or put it into a file; under that of XML they use its style sheet. Readers never say this.
fn is_opened(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_DEST).is_some_and(|wanted| wanted == "document")
}

async fn send(form: &Form, part: Option<Range<u64>>, method: &Method) -> Response<Body> {
    let range = part.clone().unwrap_or(0..form.length);
    let body = match &form.held {
        _ if method == Method::HEAD => Ok(Body::empty()),
        Held::Memory(bytes) => Ok(cut(bytes, &range)),
        Held::Disk(path) => open(path, form.length, &range).await,
    };
    let Ok(body) = body else {
        // It was replaced since the tree was read, which happens in the moment before the tree is read again.
        return text(StatusCode::SERVICE_UNAVAILABLE, "the document is being replaced; ask again");
    };
    let mut response = Response::new(body);
    *response.headers_mut() = form.headers.clone();
    if part.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let Range { start, end } = range;
        let told = format!("bytes {start}-{}/{}", end.saturating_sub(1), form.length);
        insert(&mut response, header::CONTENT_RANGE, &told);
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(end.saturating_sub(start)));
    }
    response
}

fn cut(bytes: &bytes::Bytes, range: &Range<u64>) -> Body {
    let place = |at: u64| usize::try_from(at).unwrap_or(bytes.len()).min(bytes.len());
    let (start, end) = (place(range.start), place(range.end));
    bytes.slice(start..end.max(start)).into()
}

/// The file as it was when the tree was read: one of another length is another document.
async fn open(path: &std::path::Path, length: u64, range: &Range<u64>) -> io::Result<Body> {
    let mut file = tokio::fs::File::open(path).await?;
    if file.metadata().await?.len() != length {
        return Err(io::ErrorKind::NotFound.into());
    }
    file.seek(io::SeekFrom::Start(range.start)).await?;
    Ok(Body::Disk { file, left: range.end.saturating_sub(range.start) })
}

fn unmodified(page: &Page, coding: Coding) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    if let Some(form) = page.form(coding) {
        *response.headers_mut() = form.unmodified.clone();
    }
    response
}

/// Whether `feed` is among the instance manipulations that the client understands (RFC 3229 section 10.5.3).
///
/// feedparser says so for every program that fetches with it, whatever that program does with a 226: rss2email takes it for a
/// failure and never sees anything new again. No other client accepts netCDF.
fn wants_feed(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).map_or(&b""[..], HeaderValue::as_bytes);
    if memchr::memmem::find(accepts, b"application/x-netcdf").is_some() {
        return false;
    }
    headers.get_all(A_IM).iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).any(
        |member| {
            let (name, weight) = coding::weighted(member);
            name.eq_ignore_ascii_case("feed") && weight != Some(0)
        },
    )
}

/// 226: only what is new since the version that the client has. The tag is that of the whole document as it is now.
fn delta(page: &Page, tag: &str) -> Option<Response<Body>> {
    let delta = page.delta(tag)?;
    let form = page.form(Coding::Identity)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::IM_USED;
    *response.headers_mut() = form.headers.clone();
    response.headers_mut().remove(header::ACCEPT_RANGES);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(delta.len()));
    response.headers_mut().insert(IM, HeaderValue::from_static("feed"));
    // A cache that does not know 226 must not keep it (RFC 3229 section 10.8.3).
    insert(&mut response, header::CACHE_CONTROL, "no-store, im");
    insert(&mut response, header::VARY, "A-IM, If-None-Match, Accept-Encoding");
    *response.body_mut() = delta.into();
    Some(response)
}

fn nowhere(length: u64) -> Response<Body> {
    let mut response = text(StatusCode::RANGE_NOT_SATISFIABLE, "the document has no such bytes");
    insert(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
    response
}

fn options(page: &Page) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    insert(&mut response, header::ALLOW, ALLOWED);
    let open =
        page.form(Coding::Identity).and_then(|form| form.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    if let Some(origin) = open {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        insert(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED);
        insert(
            &mut response,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "If-None-Match, If-Modified-Since, A-IM, Range, If-Range",
        );
        insert(&mut response, header::ACCESS_CONTROL_MAX_AGE, "86400");
    }
    response
}

/// 405, with what is allowed.
pub(super) fn not_allowed(allowed: &str) -> Response<Body> {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "this cannot be done here");
    insert(&mut response, header::ALLOW, allowed);
    response
}

/// 401 or whatever else wants no more than a sentence.
pub(super) fn text(status: StatusCode, sentence: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{sentence}\n")));
    *response.status_mut() = status;
    insert(&mut response, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    insert(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    insert(&mut response, header::CACHE_CONTROL, "no-store");
    insert(&mut response, header::CONTENT_SECURITY_POLICY, page::POLICY);
    response
}

/// Sets a header that we wrote ourselves; one that were none would be left out.
pub(super) fn insert(response: &mut Response<Body>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
