//! The guard: every address that is not public is refused, however it is written, named or reached.

use super::*;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Nothing allowed.
fn strict() -> Settings {
    Settings { allow: Vec::new(), ..settings() }
}

/// A client whose names lead to `addresses`, a further one each time; the last one stays.
fn client(settings: &Settings, addresses: &[&str]) -> Client {
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let times = AtomicUsize::new(0);
    let lookup = Arc::new(move |_: &str| {
        let time = times.fetch_add(1, Ordering::SeqCst).min(addresses.len() - 1);
        Ok(vec![addresses[time]])
    });
    Client::with_lookup(settings, "1", lookup).unwrap()
}

#[test]
fn literals_are_refused_in_every_notation() {
    let site = Site::open().expect(&[]);
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "①②⑦.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "0.0.0.0",
        "[::]",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "224.0.0.1",
    ] {
        let error = ask_with(&strict(), &Request::new(site.url_as(host, "/feed"))).unwrap_err();
        assert!(error.to_string().contains("which may not be asked"), "{host}: {error}");
        assert!(error.help().unwrap().contains("allow = ["), "{host}");
        assert!(!error.is_transient());
    }
}

#[test]
fn names_are_refused_by_the_address_they_lead_to() {
    for address in
        ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.9.9", "::1", "fd00::7", "::ffff:10.0.0.1"]
    {
        let client = client(&strict(), &[address]);
        let error = run(client.ask(&Request::new(Url::parse("http://news.example/").unwrap()))).unwrap_err();
        let canonical = address.parse::<IpAddr>().unwrap().to_canonical();
        let told = error.to_string();
        assert!(told.starts_with(&format!("http://news.example/ leads to {canonical}, ")), "{told}");
    }
}

#[test]
fn localhost_is_refused_unless_named() {
    let site = Site::open();
    site.on("/feed", Reply::feed(FEED));
    let request = Request::new(site.url_as("localhost", "/feed"));
    assert!(message(ask_with(&strict(), &request)).contains("this machine (loopback)"));
    let named = Settings { allow: vec!["localhost".parse().unwrap()], ..settings() };
    assert_eq!(fresh(ask_with(&named, &request)).body, FEED.as_bytes());
    assert!(ask_with(&named, &Request::new(site.url("/feed"))).is_err(), "the address was not named");
}

#[test]
fn redirects_into_private_networks_are_refused() {
    for target in ["http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://0x0a000001/"] {
        let site = Site::open().expect(&["GET /feed"]);
        site.on("/feed", Reply::redirect(301, target));
        let told = message(ask(site.url("/feed")));
        assert!(
            told.starts_with("(redirected to http://") && told.contains("which may not be asked"),
            "{told}"
        );
    }
}

#[test]
fn a_name_that_changes_its_address_is_looked_at_each_time() {
    // Only 127.0.0.1 is allowed; the name leads there first, and then next door.
    let site = Site::open().expect(&["GET /feed"]);
    let allow = vec!["127.0.0.1".parse().unwrap()];
    let client = client(&Settings { allow, ..settings() }, &["127.0.0.1", "127.0.0.2"]);
    site.on("/feed", Reply::redirect(302, "/again"));
    let told = message(run(client.ask(&Request::new(site.url_as("news.example", "/feed")))));
    let again = site.url_as("news.example", "/again");
    assert_eq!(
        told,
        format!(
            "(redirected to {again}) leads to 127.0.0.2, this machine (loopback), which may not be asked"
        )
    );
}

#[test]
fn of_several_addresses_only_the_open_ones_are_connected_to() {
    let site = Site::open();
    site.on("/feed", Reply::feed(FEED));
    let lookup = Arc::new(|_: &str| Ok(vec!["10.0.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()]));
    let client = Client::with_lookup(&settings(), "1", lookup).unwrap();
    let answer = run(client.ask(&Request::new(site.url_as("news.example", "/feed"))));
    assert_eq!(fresh(answer).body, FEED.as_bytes());
}

#[test]
fn a_name_without_an_address_is_told() {
    let lookup = Arc::new(|_: &str| {
        Err(std::io::Error::other("failed to lookup address information: Name or service not known"))
    });
    let client = Client::with_lookup(&settings(), "1", lookup).unwrap();
    let error = run(client.ask(&Request::new(Url::parse("https://nwes.example/feed").unwrap()))).unwrap_err();
    assert!(error.is_transient());
    assert_eq!(
        error.to_string(),
        "https://nwes.example/feed has no address: `nwes.example`: name or service not known"
    );
}
