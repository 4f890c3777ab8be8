//! Documents over HTTP: the same bytes as on disk, conditional requests, codings, ranges, who may have what.

use std::io::Read;
use std::io::Write;
use std::os::unix::net::UnixStream;

use super::{ADMIN, feed, home};
use crate::support::daemon::{Daemon, Told, told};

fn unpacked(told: &Told) -> Vec<u8> {
    let mut out = Vec::new();
    match told.header("content-encoding") {
        None => out.extend_from_slice(&told.body),
        Some("gzip") => drop(flate2::read::GzDecoder::new(&told.body[..]).read_to_end(&mut out).unwrap()),
        Some("br") => drop(brotli::Decompressor::new(&told.body[..], 4096).read_to_end(&mut out).unwrap()),
        Some(other) => panic!("{other}"),
    }
    out
}

#[test]
fn the_published_tree_is_served_as_it_lies_on_disk() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    for (path, kind) in [
        ("/city.atom", "application/atom+xml; charset=utf-8"),
        ("/city.rss", "application/rss+xml; charset=utf-8"),
        ("/city.json", "application/feed+json; charset=utf-8"),
    ] {
        let on_disk = std::fs::read(home.at(&format!("public{path}"))).unwrap();
        let mut tags = Vec::new();
        for accept in
            ["", "Accept-Encoding: gzip", "Accept-Encoding: gzip, br", "Accept-Encoding: identity;q=0"]
        {
            let headers: Vec<&str> = [accept].into_iter().filter(|header| !header.is_empty()).collect();
            let told = daemon.get(path, &headers);
            assert_eq!(told.status, 200);
            assert_eq!(unpacked(&told), on_disk, "{path} {accept}");
            assert_eq!(told.header("content-type"), Some(kind));
            // A browser that opens a feed to look at it is told another type.
            let vary =
                if path == "/city.json" { "Accept-Encoding" } else { "Accept-Encoding, Sec-Fetch-Dest" };
            assert_eq!(told.header("vary"), Some(vary));
            assert_eq!(told.header("content-length"), Some(told.body.len().to_string().as_str()));
            assert_eq!(told.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(told.header("access-control-allow-origin"), Some("*"));
            assert!(told.header("cache-control").unwrap().starts_with("public, max-age="));
            assert!(told.header("date").is_some());
            if path != "/city.json" {
                let own = format!("<https://news.example/feeds{path}>; rel=\"self\"");
                let links = told.all("link");
                assert!(
                    links.contains(&own.as_str()) && links.contains(&"<https://hub.example/>; rel=\"hub\""),
                    "{links:?}"
                );
            }
            tags.push((told.header("content-encoding").map(str::to_owned), told.etag()));
            let head = daemon.ask("HEAD", path, &headers);
            assert!(head.body.is_empty());
            let names =
                ["etag", "last-modified", "content-length", "content-type", "content-encoding", "vary"];
            for name in names {
                assert_eq!(head.header(name), told.header(name), "{name}");
            }
        }
        tags.sort();
        tags.dedup();
        let (codings, only_tags): (Vec<_>, Vec<_>) = tags.into_iter().unzip();
        assert_eq!(codings, [None, Some("br".to_owned()), Some("gzip".to_owned())]);
        let distinct: std::collections::BTreeSet<_> = only_tags.iter().collect();
        assert_eq!(distinct.len(), 3, "one tag for each form: {only_tags:?}");
    }
    // The proxy may leave the path of `base_url` in place; escapes mean the same; a query changes nothing.
    for path in ["/feeds/city.atom", "/city%2Eatom", "/city.atom?v=7"] {
        assert_eq!(daemon.get(path, &[]).status, 200, "{path}");
    }
    assert_eq!(daemon.get("/city.atom.gz", &[]).status, 404, "a packed form is no document");
    assert_eq!(daemon.stop(), 0);
}

/// RFC 9110 section 13, one line each: headers of the request, status of the answer. `{…}` stand for validators.
#[test]
fn conditional_requests_by_the_table() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    let whole = daemon.until("/city.atom", &[], |told| told.status == 200);
    let gzip = daemon.get("/city.atom", &["Accept-Encoding: gzip"]);
    let (tag, gzip_tag) = (whole.etag(), gzip.etag());
    let modified = whole.header("last-modified").unwrap().to_owned();
    let fill = |text: &str| {
        text.replace("{tag}", &tag).replace("{gzip}", &gzip_tag).replace("{modified}", &modified)
    };
    for (headers, status) in [
        (&["If-None-Match: {tag}"][..], 304),
        (&["If-None-Match: W/{tag}"], 304),
        (&["If-None-Match: \"x\", {tag}"], 304),
        (&["If-None-Match: \"x\"", "If-None-Match: {tag}"], 304),
        (&["If-None-Match: *"], 304),
        (&["If-None-Match: \"x\""], 200),
        (&["If-None-Match: x"], 200),
        (&["If-None-Match: {gzip}"], 200),
        (&["If-None-Match: {gzip}", "Accept-Encoding: gzip"], 304),
        (&["If-None-Match: {gzip}", "Accept-Encoding: gzip, br"], 304),
        (&["If-None-Match: {tag}", "Accept-Encoding: br"], 304),
        (&["If-Modified-Since: {modified}"], 304),
        (&["If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT"], 304),
        (&["If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT"], 200),
        (&["If-Modified-Since: Sun Nov  6 08:49:37 1994"], 200),
        (&["If-Modified-Since: never"], 200),
        (&["If-None-Match: \"x\"", "If-Modified-Since: {modified}"], 200),
        (&["If-None-Match: {tag}", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"], 304),
        (&["If-Match: {tag}"], 200),
        (&["If-Match: *"], 200),
        (&["If-Match: \"x\""], 412),
        (&["If-Match: W/{tag}"], 412),
        (&["If-Unmodified-Since: {modified}"], 200),
        (&["If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"], 412),
        (&["If-Match: {tag}", "If-None-Match: {tag}"], 304),
        (&["Range: bytes=0-9"], 206),
        (&["Range: bytes=0-9", "If-None-Match: {tag}"], 304),
        (&["Range: bytes=0-9", "If-Range: {tag}"], 206),
        (&["Range: bytes=0-9", "If-Range: \"x\""], 200),
        (&["Range: bytes=0-9", "If-Range: W/{tag}"], 200),
        // Changed a moment ago: its date does not tell it from another one.
        (&["Range: bytes=0-9", "If-Range: {modified}"], 200),
        (&["Range: bytes=0-9", "Accept-Encoding: gzip"], 206),
        (&["Range: bytes=0-9", "Accept-Encoding: gzip, identity;q=0"], 200),
        (&["Range: bytes=99999999-"], 416),
        (&["Range: bytes=0-1,5-6"], 200),
        (&["Range: pages=1-2"], 200),
    ] {
        for method in ["GET", "HEAD"] {
            // Ranges are a matter of GET.
            let status = if method == "HEAD" && matches!(status, 206 | 416) { 200 } else { status };
            let filled: Vec<String> = headers.iter().map(|header| fill(header)).collect();
            let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
            let told = daemon.ask(method, "/city.atom", &filled);
            assert_eq!(told.status, status, "{method} {filled:?}");
            if status == 304 {
                assert!(told.body.is_empty() && told.header("content-length").is_none(), "{told:?}");
                for name in ["etag", "cache-control", "vary", "date", "last-modified"] {
                    assert!(told.header(name).is_some(), "{name} in {told:?}");
                }
                assert!(told.header("content-type").is_none());
            }
        }
    }
    let which =
        daemon.get("/city.atom", &[&format!("If-None-Match: {gzip_tag}"), "Accept-Encoding: gzip, br"]);
    assert_eq!(which.etag(), gzip_tag, "the 304 names the form that the client has");
    let part = daemon.get("/city.atom", &["Range: bytes=3-7", "Accept-Encoding: gzip"]);
    assert_eq!(part.body, &whole.body[3..8]);
    assert_eq!(part.header("content-range"), Some(format!("bytes 3-7/{}", whole.body.len()).as_str()));
    assert_eq!(part.header("content-encoding"), None);
    let nowhere = daemon.get("/city.atom", &["Range: bytes=99999999-"]);
    assert_eq!(nowhere.header("content-range"), Some(format!("bytes */{}", whole.body.len()).as_str()));
}

#[test]
fn other_methods_and_other_paths() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
        let told = daemon.ask(method, "/city.atom", &[]);
        assert_eq!((told.status, told.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
    }
    let options = daemon.ask(
        "OPTIONS",
        "/city.atom",
        &["Origin: https://reader.example", "Access-Control-Request-Method: GET"],
    );
    assert_eq!(
        (options.status, options.header("access-control-allow-methods")),
        (204, Some("GET, HEAD, OPTIONS"))
    );
    let told = daemon.get("/nothing", &[]);
    assert_eq!((told.status, told.header("content-type")), (404, Some("text/plain; charset=utf-8")));
}

#[test]
fn validators_outlive_the_daemon() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    let before = daemon.until("/city.atom", &[], |told| told.status == 200);
    daemon.stop();
    let daemon = Daemon::start(&home);
    let after = daemon.get("/city.atom", &[]);
    assert_eq!(after.etag(), before.etag());
    assert_eq!(after.header("last-modified"), before.header("last-modified"));
    // An entry more is another document.
    home.write("a.xml", feed(&["দুই", "এক"]));
    daemon.ask("POST", "/api/sources/a/refresh", &[ADMIN]);
    daemon.until("/city.atom", &[&format!("If-None-Match: {}", before.etag())], |told| told.status == 200);
}

#[test]
fn a_feed_that_is_not_for_everybody() {
    let home =
        home("access = { city = { token = \"t0ken\", user = \"হর\", password = \"করা\" } }", "[feed.open]\n");
    let daemon = Daemon::start(&home);
    daemon.until("/open.atom", &[], |told| told.status == 200);
    let told = daemon.get("/city.atom", &[]);
    assert_eq!(told.status, 401);
    assert!(told.header("www-authenticate").unwrap().starts_with("Basic realm="));
    assert_eq!(daemon.get("/city.rss", &["If-None-Match: *"]).status, 401, "not even whether it changed");
    for header in [
        "Authorization: Bearer t0ke",
        "Authorization: Bearer",
        "Authorization: Basic eDp5",
        "Authorization: t0ken",
    ] {
        assert_eq!(daemon.get("/city.atom", &[header]).status, 401, "{header}");
    }
    // হর:করা in base64.
    assert_eq!(daemon.get("/city.atom", &["Authorization: Basic 4Ka54KawOuCmleCmsOCmvg=="]).status, 200);
    let told = daemon.get("/city.atom", &["Authorization: Bearer t0ken"]);
    assert_eq!(told.status, 200);
    assert!(told.header("cache-control").unwrap().starts_with("private"));
    assert_eq!(told.header("access-control-allow-origin"), None);
    assert_eq!(daemon.get("/city.atom?token=t0ken", &[]).status, 200);
    assert_eq!(daemon.get("/city.atom?token=t0keN", &[]).status, 401);
}

#[test]
fn over_a_unix_socket() {
    let home = home("", "");
    let socket = home.at("h.sock");
    let config = super::config("", "").replace("127.0.0.1:0", &format!("unix:{}", socket.display()));
    home.write("harkara.toml", &config);
    let daemon = Daemon::start(&home);
    let ask = || {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        told(stream)
    };
    assert_eq!(ask().status, 200);
    let health = home.harkara(&["healthcheck"]);
    assert_eq!((health.code, health.stdout.as_str()), (0, "ready\n"), "{}", health.stderr);
    // One that was killed leaves its socket behind; the next one takes the place.
    drop(daemon);
    assert!(socket.exists());
    assert_eq!(home.harkara(&["healthcheck"]).code, 1);
    let _daemon = Daemon::start(&home);
    assert_eq!(ask().status, 200);
}

#[test]
fn documents_that_find_no_room_in_memory_come_from_disk() {
    let home = home("memory = \"1B\"", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let on_disk = std::fs::read(home.at("public/city.atom")).unwrap();
    for accept in ["Accept-Encoding: identity", "Accept-Encoding: gzip", "Accept-Encoding: br"] {
        assert_eq!(unpacked(&daemon.get("/city.atom", &[accept])), on_disk);
    }
    assert_eq!(daemon.get("/city.atom", &["Range: bytes=-5"]).body, &on_disk[on_disk.len() - 5..]);
    let tag = daemon.get("/city.atom", &[]).etag();
    assert_eq!(daemon.get("/city.atom", &[&format!("If-None-Match: {tag}")]).status, 304);
}
