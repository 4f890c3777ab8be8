//! A configured proxy: what goes through it, and what never does.

use super::*;
use harkara::fetch::Way;
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

fn way(proxy: &str) -> Way {
    Way { proxy: Some(Secret::try_from(proxy.to_owned()).unwrap()), ..Way::default() }
}

#[test]
fn a_source_may_have_a_proxy_of_its_own_or_none() {
    let usual = Site::open().expect(&["GET http://news.example/a"]);
    let own = Site::open().expect(&["GET http://news.example/b"]);
    let straight = Site::open().expect(&["GET /c"]);
    usual.on("http://news.example/a", Reply::feed(FEED));
    own.on("http://news.example/b", Reply::feed(FEED));
    straight.on("/c", Reply::feed(FEED));
    let lookup = std::sync::Arc::new(|_: &str| Ok(vec!["127.0.0.1".parse().unwrap()]));
    let client = Client::with_lookup(&through(&usual), "1", lookup).unwrap();
    let ask = |url: Url, way: Way| fresh(run(client.ask(&Request { way, ..Request::new(url) })));
    let news = |path: &str| Url::parse("http://news.example/").unwrap().join(path).unwrap();
    ask(news("a"), Way::default());
    ask(news("b"), way(own.url("/").as_str()));
    ask(straight.url_as("news.example", "/c"), way("direct"));
}

#[test]
fn the_name_of_a_proxy_is_no_door_into_its_network() {
    // The proxy may stand in a private network; a source under the same name is refused, through it and past it.
    let proxy = Site::open().expect(&[]);
    let port = proxy.address().port();
    let lookup = || std::sync::Arc::new(|_: &str| Ok(vec!["127.0.0.1".parse().unwrap()]));
    let strict = Settings { allow: Vec::new(), ..settings() };
    let through =
        |proxy: String| Settings { proxy: Some(Secret::try_from(proxy).unwrap()), ..strict.clone() };
    let client =
        Client::with_lookup(&through(format!("http://proxy.example:{port}")), "1", lookup()).unwrap();
    for url in [format!("http://proxy.example:{port}/admin"), "https://proxy.example/".to_owned()] {
        let told = message(run(client.ask(&Request::new(Url::parse(&url).unwrap()))));
        assert_eq!(told, "leads to 127.0.0.1, this machine (loopback), which may not be asked", "{url}");
    }
    // Names of metadata services are refused though nobody sees where they lead.
    let told =
        message(run(client.ask(&Request::new(Url::parse("http://metadata.google.internal/").unwrap()))));
    assert_eq!(told, "leads to `metadata.google.internal`, a cloud metadata service, which may not be asked");
}
