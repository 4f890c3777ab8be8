//! Cookies of one question: sites that set one and send us back are answered, and nobody else sees it.

use super::*;

fn set(status: &str, location: &str, cookie: &str) -> Reply {
    Reply::new(status, &[&format!("Location: {location}"), &format!("Set-Cookie: {cookie}")], "")
}

#[test]
fn a_site_that_sets_a_cookie_and_sends_us_back_is_not_a_circle() {
    let site = Site::open().expect(&["GET /feed", "GET /consent", "GET /feed"]);
    site.on("/feed", Reply::redirect(302, "/consent")).on("/feed", Reply::feed(FEED));
    site.on("/consent", set("302 Found", "/feed", "ok=1; Path=/"));
    let mut request = Request::new(site.url("/feed"));
    request.headers = vec![("Cookie".to_owned(), "token=x; ok=0".to_owned())];
    assert_eq!(fresh(ask_with(&settings(), &request)).body, FEED.as_bytes());
    let cookies: Vec<_> =
        site.asked().iter().map(|asked| asked.header("cookie").map(str::to_owned)).collect();
    let told = |text: &str| Some(text.to_owned());
    assert_eq!(cookies, [told("token=x; ok=0"), told("token=x; ok=0"), told("token=x; ok=1")]);
}

#[test]
fn a_cookie_never_leaves_its_origin_nor_its_question() {
    let (site, away) = (Site::open(), Site::open());
    site.on("/feed", set("302 Found", away.url("/next").as_str(), "a=1; Domain=127.0.0.1"));
    away.on("/next", set("302 Found", site.url("/last").as_str(), "b=1"));
    site.on("/last", Reply::feed(FEED));
    let client = Client::new(&settings(), "1").unwrap();
    let request = Request::new(site.url("/feed"));
    fresh(run(client.ask(&request)));
    assert_eq!(away.last().header("cookie"), None);
    assert_eq!(site.last().header("cookie"), Some("a=1"));
    fresh(run(client.ask(&request)));
    assert_eq!(site.asked()[2].header("cookie"), None, "another question begins without any");
}

#[test]
fn a_site_that_sets_another_cookie_each_time_ends_at_the_limit() {
    let site = Site::open();
    for n in 0..9 {
        site.on("/feed", set("302 Found", "/feed", &format!("n={n}")));
    }
    let told = message(ask(site.url("/feed")));
    assert!(
        told.starts_with("redirects more than 5 times") || told.starts_with("redirects in a circle"),
        "{told}"
    );
    assert_eq!(site.asked().len(), 6);
}
