//! A configured proxy: what goes through it, and what never does.

use super::*;
use harkara::value::Secret;

fn through(proxy: &Site) -> Settings {
    let address = proxy.url("/").to_string();
    Settings { proxy: Some(Secret::try_from(address).unwrap()), ..settings() }
}

#[test]
fn public_names_are_asked_through_the_proxy() {
    let proxy = Site::open().expect(&["GET http://news.example/feed"]);
    proxy.on("http://news.example/feed", Reply::feed(FEED));
    let request = Request::new(Url::parse("http://news.example/feed").unwrap());
    assert_eq!(fresh(ask_with(&through(&proxy), &request)).body, FEED.as_bytes());
}

#[test]
fn what_is_allowed_by_name_is_asked_directly() {
    let (proxy, site) = (Site::open().expect(&[]), Site::open().expect(&["GET /feed"]));
    site.on("/feed", Reply::feed(FEED));
    assert_eq!(fresh(ask_with(&through(&proxy), &Request::new(site.url("/feed")))).body, FEED.as_bytes());
}

#[test]
fn private_addresses_are_refused_behind_a_proxy_too() {
    let proxy = Site::open().expect(&[]);
    let request = Request::new(Url::parse("http://10.0.0.1/").unwrap());
    let told = message(ask_with(&through(&proxy), &request));
    assert_eq!(told, "leads to 10.0.0.1, a private network, which may not be asked");
}
