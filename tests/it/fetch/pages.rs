//! Pages are fetched where `robots.txt` lets us: asked for once, for every hop, kept for a day.

use super::*;
use harkara::fetch::Accept;

fn page(url: Url) -> Request {
    Request { accept: Accept::Page, ..Request::new(url) }
}

/// Asks for pages one after the other with one client; told is which of them came.
fn ask_all(site: &Site, client: &Client, paths: &[&str]) -> Vec<bool> {
    let ask = |path: &&str| run(client.ask(&page(site.url(path))));
    let told = |answer| match answer {
        Ok(Answer::Fresh(_)) => true,
        Err(error) => {
            let text = FetchError::to_string(&error);
            assert!(text.contains("may not be fetched by us, as `robots.txt` of its site says"), "{text}");
            false
        }
        Ok(other) => panic!("{other:?}"),
    };
    paths.iter().map(ask).map(told).collect()
}

fn client() -> Client {
    Client::new(&settings(), "1").unwrap()
}

fn robots(reply: Reply) -> Site {
    let site = Site::open();
    site.on("/robots.txt", reply);
    for path in ["/a", "/b?x=1"] {
        site.on(path, Reply::new("200 OK", &["Content-Type: text/html"], "<p>খবর"));
    }
    site
}

#[test]
fn rules_are_asked_for_once_and_obeyed() {
    let rules = "User-agent: *\nDisallow: /\n\nUser-agent: harkara\nDisallow: /b";
    let site = robots(Reply::new("200 OK", &["Content-Type: text/plain"], rules)).expect(&[
        "GET /robots.txt",
        "GET /a",
        "GET /a",
    ]);
    let client = client();
    assert_eq!(ask_all(&site, &client, &["/a", "/b?x=1", "/a"]), [true, false, true]);
    assert_eq!(
        client.robots_read(),
        [(site.url("/").origin().ascii_serialization(), "user-agent: *\ndisallow: /b\n".to_owned())]
    );
    assert!(client.robots_read().is_empty(), "told once");
}

#[test]
fn what_was_kept_is_not_asked_for_again_for_a_day() {
    let site = robots(Reply::new("200 OK", &[], "")).expect(&["GET /robots.txt", "GET /a"]);
    let origin = site.url("/").origin().ascii_serialization();
    let kept = client();
    kept.know_robots(origin.clone(), "user-agent: *\ndisallow: /a", Duration::from_secs(3600));
    assert_eq!(ask_all(&site, &kept, &["/a"]), [false]);
    let old = client();
    old.know_robots(origin, "user-agent: *\ndisallow: /a", Duration::from_secs(86_401));
    assert_eq!(ask_all(&site, &old, &["/a"]), [true]);
}

#[test]
fn no_rules_open_everything_and_a_site_that_cannot_tell_nothing() {
    let check = |reply: Reply, open: bool| {
        let site = robots(reply);
        assert_eq!(ask_all(&site, &client(), &["/a"]), [open]);
    };
    check(Reply::new("404 Not Found", &[], ""), true);
    check(Reply::new("403 Forbidden", &[], "user-agent: *\ndisallow: /"), true);
    check(Reply::new("500 Oh", &[], ""), false);
    check(Reply::new("429 Slow", &[], ""), false);
    check(Reply::raw("nonsense"), false);
    check(Reply::redirect(301, "/robots.txt"), true);
    let long = format!("user-agent: *\ndisallow: /a\n{}", "#\n".repeat(600 << 10));
    check(Reply::new("200 OK", &[], long), false);
    let endless = Reply::raw("HTTP/1.1 200 OK\r\n\r\nuser-agent: *\ndisallow: /a\n")
        .endless("# and so on\n".repeat(1000));
    check(endless, false);
}

#[test]
fn each_hop_is_asked_for_its_own_rules_and_secrets_stay_away() {
    let away = robots(Reply::new("200 OK", &[], "user-agent: *\ndisallow: /b")).expect(&["GET /robots.txt"]);
    let site = robots(Reply::redirect(302, "/rules")).expect(&["GET /robots.txt", "GET /rules", "GET /c"]);
    site.on("/rules", Reply::new("200 OK", &[], "user-agent: *\nallow: /"));
    site.on("/c", Reply::redirect(302, away.url("/b?x=1").as_str()));
    let mut request = page(site.url("/c"));
    request.headers = vec![("Cookie".to_owned(), "token=x".to_owned())];
    let told = message(ask_with(&settings(), &request));
    assert!(told.contains("may not be fetched by us"), "{told}");
    let cookies: Vec<_> = site.asked().iter().map(|asked| asked.header("cookie").is_some()).collect();
    assert_eq!(cookies, [false, false, true]);
}

#[test]
fn feeds_are_named_by_the_owner_and_asked_for_anyway() {
    let site = robots(Reply::new("200 OK", &[], "user-agent: *\ndisallow: /")).expect(&["GET /a"]);
    assert_eq!(fresh(ask(site.url("/a"))).status, 200);
}
