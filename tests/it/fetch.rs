//! The client against a scripted site: what is asked, what is made of every kind of answer.

mod cookies;
mod guard;
mod limits;
mod pages;
mod proxy;
mod redirects;
mod tls;

use std::future::Future;
use std::io::Read;
use std::time::Duration;

use flate2::Compression;
use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};
use harkara::fetch::{Answer, Client, FetchError, Request, Response, Settings};
use url::Url;

use crate::support::site::{Reply, Site};

const FEED: &str = "<rss version=\"2.0\"><channel><title>খবর</title></channel></rss>";

/// Loopback allowed, no pause between questions, short limits.
fn settings() -> Settings {
    Settings {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        spacing: Duration::ZERO,
        timeout: Duration::from_secs(5),
        contact: Some("mailto:editor@news.example".to_owned()),
        ..Settings::default()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn ask_with(settings: &Settings, request: &Request) -> Result<Answer, FetchError> {
    let client = Client::new(settings, "1.2.3").unwrap();
    run(client.ask(request))
}

fn ask(url: Url) -> Result<Answer, FetchError> {
    ask_with(&settings(), &Request::new(url))
}

fn fresh(answer: Result<Answer, FetchError>) -> Response {
    match answer {
        Ok(Answer::Fresh(response)) => response,
        other => panic!("no fresh answer: {other:?}"),
    }
}

/// The message without the address, which has another port each time.
fn message(answer: Result<Answer, FetchError>) -> String {
    let error = answer.expect_err("a failure");
    let text = error.to_string();
    let url = error.url().map(ToString::to_string).unwrap_or_default();
    text.strip_prefix(&url).unwrap_or(&text).trim_start().to_owned()
}

fn all(mut from: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    from.read_to_end(&mut out).unwrap();
    out
}

#[test]
fn a_feed_is_asked_for_politely_and_read_whole() {
    let site = Site::open().expect(&["GET /feed?x=1"]);
    let headers = [
        "Content-Type: application/rss+xml; charset=utf-8",
        "ETag: W/\"a b\"",
        "Last-Modified: whenever",
        "Cache-Control: max-age=600",
    ];
    site.on("/feed?x=1", Reply::new("200 OK", &headers, FEED));
    let response = fresh(ask(site.url("/feed?x=1#top")));
    assert_eq!(response.body, FEED.as_bytes());
    assert_eq!(response.url, site.url("/feed?x=1"));
    assert_eq!(response.status, 200);
    assert_eq!(response.content_type.as_deref(), Some("application/rss+xml; charset=utf-8"));
    assert_eq!(response.etag.as_deref(), Some(&b"W/\"a b\""[..]));
    assert_eq!(response.last_modified.as_deref(), Some(&b"whenever"[..]));
    assert_eq!(response.max_age, Some(Duration::from_secs(600)));
    assert_eq!((response.permanent_url, response.truncated, response.remarks.len()), (None, false, 0));
    assert_eq!(response.hash, <[u8; 32]>::from(blake3::hash(FEED.as_bytes())));

    let asked = site.last();
    assert_eq!(asked.header("user-agent"), Some("harkara/1.2.3 (+mailto:editor@news.example)"));
    assert_eq!(asked.header("accept-encoding"), Some("gzip, deflate, br, zstd"));
    assert!(asked.header("accept").unwrap().starts_with("application/atom+xml, application/rss+xml"));
    assert_eq!(asked.header("if-none-match"), None);
    assert_eq!(asked.header("if-modified-since"), None);
}

#[test]
fn validators_go_back_byte_by_byte_and_are_kept_when_nothing_changed() {
    let site = Site::open();
    site.on("/feed", Reply::raw("HTTP/1.1 304 Not Modified\r\nETag: \"new\"\r\nExpires: 0\r\n\r\n"));
    let mut request = Request::new(site.url("/feed"));
    request.etag = Some(b"\"caf\xe9\" , W/x".to_vec());
    request.last_modified = Some("yesterday, about noon".into());
    let Ok(Answer::Unchanged(seen)) = ask_with(&settings(), &request) else { panic!("changed") };
    assert_eq!(seen.etag.as_deref(), Some(&b"\"new\""[..]));
    assert_eq!(seen.last_modified, request.last_modified);
    let asked = site.last();
    assert_eq!(asked.header("if-modified-since"), Some("yesterday, about noon"));
    // The site reads lossily; the byte has come through as one that is no UTF-8.
    assert!(asked.header("if-none-match").unwrap().starts_with("\"caf"));
}

#[test]
fn a_304_that_nobody_asked_for_is_told() {
    let site = Site::open();
    site.on("/feed", Reply::raw("HTTP/1.1 304 Not Modified\r\n\r\n"));
    let error = ask(site.url("/feed")).unwrap_err();
    assert!(error.is_transient());
    assert_eq!(message(Err(error)), "answered 304 not modified, though nothing was known");
}

#[test]
fn each_compression_is_undone() {
    let gzip = || all(GzEncoder::new(FEED.as_bytes(), Compression::default()));
    let zlib = all(ZlibEncoder::new(FEED.as_bytes(), Compression::default()));
    let raw = all(DeflateEncoder::new(FEED.as_bytes(), Compression::default()));
    let brotli = |bytes: &[u8]| all(brotli::CompressorReader::new(bytes, 4096, 5, 20));
    let (head, tail) = FEED.split_at(20);
    let members: Vec<u8> = [head, tail]
        .iter()
        .flat_map(|part| all(GzEncoder::new(part.as_bytes(), Compression::default())))
        .collect();
    let cases: [(&str, Vec<u8>); 8] = [
        ("gzip", gzip()),
        ("x-gzip", gzip()),
        ("gzip", members),
        ("deflate", zlib),
        ("deflate", raw),
        ("br", brotli(FEED.as_bytes())),
        ("gzip, br", brotli(&gzip())),
        ("gzip", FEED.into()),
    ];
    for (name, bytes) in cases {
        let site = Site::open();
        site.on("/feed", Reply::new("200 OK", &[&format!("Content-Encoding: {name}")], bytes));
        let response = fresh(ask(site.url("/feed")));
        assert_eq!(String::from_utf8(response.body).unwrap(), FEED, "{name}");
        assert!(!response.truncated, "{name}");
    }
}

#[test]
fn refusals_are_named_with_their_next_step() {
    let check = |reply: Reply, told: &str, transient: bool, help: Option<&str>| {
        let site = Site::open();
        site.on("/feed", reply);
        let error = ask(site.url("/feed")).unwrap_err();
        assert_eq!(error.is_transient(), transient, "{told}");
        let helped = error.help();
        assert!(
            helped.as_deref().unwrap_or_default().contains(help.unwrap_or_default())
                && helped.is_some() == help.is_some(),
            "{told}: {helped:?}"
        );
        assert_eq!(message(Err(error)), told);
    };
    check(Reply::new("404 Not Found", &[], "no"), "answered 404 not found", false, Some("change `url`"));
    check(Reply::new("500 Oh", &[], ""), "answered 500 internal server error", true, None);
    check(
        Reply::new("429 Slow Down", &["Retry-After: 3600"], ""),
        "answered 429 too many requests, and asks to come again after 1h",
        true,
        Some("raise `every`"),
    );
    check(Reply::new("401 No", &[], ""), "answered 401 unauthorized", false, Some("Authorization"));
    let wall = Reply::new("403 Forbidden", &["Server: cloudflare"], "<title>Just a moment...</title>");
    let told = "answered 403 forbidden: a challenge of Cloudflare keeps us out";
    check(wall, told, false, Some("let feed readers pass"));
}

#[test]
fn retry_after_may_be_a_date() {
    let site = Site::open();
    let header = "Retry-After: Fri, 31 Dec 2999 23:59:59 GMT";
    site.on("/feed", Reply::new("503 Service Unavailable", &[header], ""));
    let error = ask(site.url("/feed")).unwrap_err();
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(900 * 365 * 86_400)));
}

#[test]
fn gone_is_an_answer() {
    let site = Site::open();
    site.on("/feed", Reply::new("410 Gone", &[], ""));
    assert_eq!(ask(site.url("/feed")), Ok(Answer::Gone));
}

#[test]
fn odd_heads_are_read() {
    let heads = [
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml;\r\n charset=utf-8\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Name : value\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad Name: value\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\nConnection: close\n\n",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 \r\nX-Title: খবর\r\nConnection: close\r\n\r\n",
    ];
    let many: String = (0..150).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let many = format!("HTTP/1.1 200 OK\r\n{many}Connection: close\r\n\r\n");
    for head in heads.into_iter().chain([many.as_str()]) {
        let site = Site::open();
        site.on("/feed", Reply::raw(format!("{head}{FEED}")));
        let response = fresh(ask(site.url("/feed")));
        assert_eq!(response.body, FEED.as_bytes(), "{head}");
    }
}

#[test]
fn what_is_no_http_is_told() {
    let site = Site::open();
    site.on("/feed", Reply::raw("220 mail.example ESMTP\r\n"));
    assert_eq!(
        message(ask(site.url("/feed"))),
        "answered something that is no HTTP: invalid HTTP version parsed"
    );
    let site = Site::open();
    site.on("/feed", Reply::raw(""));
    assert_eq!(
        message(ask(site.url("/feed"))),
        "could not be reached: connection closed before message completed"
    );
}

#[test]
fn headers_that_cannot_be_sent_are_named_without_their_value() {
    let mut request = Request::new(Url::parse("http://127.0.0.1:1/").unwrap());
    for name in ["Host", "Content-Length", "a b"] {
        request.headers = vec![(name.to_owned(), "secret".to_owned())];
        let told = format!("cannot be asked: the header `{name}` cannot be sent");
        assert_eq!(message(ask_with(&settings(), &request)), told);
    }
    request.headers = vec![("Cookie".to_owned(), "se\ncret".to_owned())];
    assert_eq!(
        message(ask_with(&settings(), &request)),
        "cannot be asked: the header `Cookie` cannot be sent"
    );
}

#[test]
fn files_are_answered_from_disk() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("খবর feed.xml");
    std::fs::write(&path, FEED).unwrap();
    let url = Url::from_file_path(&path).unwrap();
    let response = fresh(ask(url.clone()));
    assert_eq!((response.body.as_slice(), response.url), (FEED.as_bytes(), url.clone()));
    let mut request = Request::new(url);
    request.etag = response.etag;
    assert!(
        matches!(ask_with(&settings(), &request), Ok(Answer::Unchanged(seen)) if seen.etag == request.etag)
    );
    let missing = Url::from_file_path(place.path().join("none.xml")).unwrap();
    assert_eq!(message(ask(missing)), "is not there");
    assert_eq!(message(ask(Url::from_file_path(place.path()).unwrap())), "is a directory");
    assert_eq!(
        message(ask(Url::parse("file://other.example/feed").unwrap())),
        "cannot be read: it names another machine"
    );
    let scheme = message(ask(Url::parse("ftp://other.example/feed").unwrap()));
    assert_eq!(scheme, "cannot be asked: `ftp:` is no scheme of ours");
}
