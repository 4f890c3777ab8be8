//! Redirects: what is followed, what lasts, what never leaves its origin.

use super::*;

fn follow(status: u16, location: &str) -> (Site, Response) {
    let site = Site::open();
    site.on("/feed", Reply::redirect(status, location)).on("/new", Reply::feed(FEED));
    let response = fresh(ask(site.url("/feed")));
    assert_eq!(response.body, FEED.as_bytes());
    (site, response)
}

#[test]
fn each_kind_is_followed_and_only_permanent_ones_last() {
    for status in [301, 308] {
        let (site, response) = follow(status, "/new");
        assert_eq!(response.url, site.url("/new"));
        assert_eq!(response.permanent_url, Some(site.url("/new")), "{status}");
    }
    for status in [302, 303, 307] {
        let (site, response) = follow(status, "new");
        assert_eq!(response.url, site.url("/new"));
        assert_eq!(response.permanent_url, None, "{status}");
    }
}

#[test]
fn a_permanent_hop_behind_a_temporary_one_does_not_last() {
    let site = Site::open().expect(&["GET /feed", "GET /a", "GET /b", "GET /new"]);
    site.on("/feed", Reply::redirect(301, "/a"))
        .on("/a", Reply::redirect(302, "/b"))
        .on("/b", Reply::redirect(301, "/new"))
        .on("/new", Reply::feed(FEED));
    let response = fresh(ask(site.url("/feed")));
    assert_eq!(response.url, site.url("/new"));
    assert_eq!(response.permanent_url, Some(site.url("/a")));
}

#[test]
fn a_location_in_raw_utf8_is_followed() {
    let site = Site::open();
    let path = "/%E0%A6%96%E0%A6%AC%E0%A6%B0?x=%E0%A7%A7";
    site.on("/dir/feed", Reply::redirect(302, "../খবর?x=১")).on(path, Reply::feed(FEED));
    assert_eq!(fresh(ask(site.url("/dir/feed"))).url, site.url(path));
}

#[test]
fn circles_and_long_ways_are_told_with_the_way() {
    let site = Site::open().expect(&["GET /feed", "GET /b"]);
    site.on("/feed", Reply::redirect(302, "/b")).on("/b", Reply::redirect(302, "/feed"));
    let told = message(ask(site.url("/feed")));
    assert_eq!(told, format!("redirects in a circle: {} → {}", site.url("/b"), site.url("/feed")));
    let site = Site::open();
    for n in 0..9 {
        site.on(&format!("/{n}"), Reply::redirect(302, &format!("/{}", n + 1)));
    }
    let told = message(ask(site.url("/0")));
    assert!(told.starts_with("redirects more than 5 times: ") && told.ends_with("/6"), "{told}");
    assert_eq!(site.asked().len(), 6);
}

#[test]
fn redirects_that_lead_nowhere_are_told() {
    let check = |reply: Reply, told: &str| {
        let site = Site::open().expect(&["GET /feed"]);
        site.on("/feed", reply);
        assert_eq!(message(ask(site.url("/feed"))), told);
    };
    check(Reply::new("302 Found", &[], ""), "redirects without saying where to");
    check(Reply::redirect(301, "http://[nonsense"), "redirects to `http://[nonsense`, which is no address");
    check(Reply::redirect(301, "file:///etc/passwd"), "cannot be asked: `file:` is no scheme of ours");
}

#[test]
fn secrets_stay_with_their_origin_and_validators_go_along() {
    let (home, away) = (Site::open(), Site::open());
    home.on("/feed", Reply::redirect(302, "/next"));
    home.on("/next", Reply::redirect(302, away.url("/feed").as_str()));
    away.on("/feed", Reply::feed(FEED));
    let mut url = home.url("/feed");
    url.set_username("editor").unwrap();
    url.set_password(Some("pass")).unwrap();
    let mut request = Request::new(url);
    request.etag = Some("\"1\"".into());
    request.user_agent = Some("special/1".to_owned());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    request.headers = vec![pair("X-Token", "secret"), pair("Cookie", "a=b"), pair("Accept-Language", "bn")];
    let response = fresh(ask_with(&settings(), &request));
    assert_eq!(response.url, away.url("/feed"));
    for asked in home.asked() {
        assert_eq!(asked.header("x-token"), Some("secret"), "{}", asked.path);
        assert_eq!(asked.header("cookie"), Some("a=b"));
        assert_eq!(asked.header("authorization"), Some("Basic ZWRpdG9yOnBhc3M="));
    }
    let asked = away.last();
    for name in ["x-token", "cookie", "authorization", "referer"] {
        assert_eq!(asked.header(name), None, "{name}");
    }
    assert_eq!(asked.header("accept-language"), Some("bn"));
    assert_eq!(asked.header("if-none-match"), Some("\"1\""));
    assert_eq!(asked.header("user-agent"), Some("special/1"));
}

#[test]
fn credentials_are_in_no_message() {
    let site = Site::open();
    let mut url = site.url("/feed");
    url.set_username("editor").unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let error = ask(url).unwrap_err();
    assert_eq!(error.to_string(), format!("{} answered 404 not found", site.url("/feed")));
    assert!(!format!("{error:?}").contains("hunter2"));
}
