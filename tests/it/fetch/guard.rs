//! The guard: every address that is not public is refused, however it is written, named or reached.

use super::*;
use crate::support::tls::{self, Certificates, TlsSite};
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

/// Every class of addresses that is refused, with hosts that mean one of it, in every notation that browsers read.
const CLASSES: &[(&str, &[&str])] = &[
    (
        "this machine (loopback)",
        &[
            "127.0.0.1",
            "127.255.255.254",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0X7F.1",
            "0177.0.0.1",
            "017700000001",
            "127.1",
            "127.0.1",
            "127.0.0.1.",
            "１２７.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:7f00:0001]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::127.0.0.1]",
            "[2002:7f00:1::]",
            "[2002:7f00:1::5]",
        ],
    ),
    ("this machine", &["0.0.0.0", "0", "0x0", "0.1.2.3", "[::]", "[::ffff:0.0.0.0]"]),
    (
        "a private network",
        &[
            "10.0.0.1",
            "167772161",
            "0x0a000001",
            "012.0.0.1",
            "10.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.168.257",
            "[::ffff:10.0.0.1]",
            "[::10.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b:1::1]",
            "[2002:a00:1::1]",
            "[2002:c0a8:101::1]",
        ],
    ),
    ("a private network (unique local)", &["[fc00::1]", "[fd00::1]", "[fdff:ffff::1]"]),
    ("a private network (site-local)", &["[fec0::1]"]),
    (
        "a carrier's shared network",
        &["100.64.0.1", "100.127.255.255", "0144.0100.0.1", "[::ffff:100.64.0.1]"],
    ),
    (
        "a link-local address",
        &["169.254.0.1", "169.254.170.2", "[fe80::1]", "[febf::1]", "[::ffff:169.254.1.1]"],
    ),
    (
        "a cloud metadata service",
        &[
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::169.254.169.254]",
            "[2002:a9fe:a9fe::]",
            "100.100.100.200",
            "168.63.129.16",
            "[fd00:ec2::254]",
            "metadata.google.internal",
            "METADATA.google.internal.",
        ],
    ),
    ("a documentation address", &["192.0.2.1", "198.51.100.7", "203.0.113.9", "[2001:db8::1]", "[3fff::1]"]),
    ("a test network", &["198.18.0.1", "198.19.255.255"]),
    ("a protocol address", &["192.0.0.1", "192.88.99.1"]),
    (
        "a protocol or tunnel address",
        &["[2001::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001:1ff::1]"],
    ),
    ("a multicast address", &["224.0.0.1", "239.255.255.255", "[ff02::1]", "[ff0e::1]"]),
    ("a reserved address", &["240.0.0.1", "255.255.255.255", "[100::1]", "[4000::1]", "[5f00::1]"]),
    ("an IPv4 address in disguise", &["[::8.8.8.8]"]),
];

#[test]
fn every_class_of_addresses_is_refused_in_every_notation_by_redirect_and_by_name() {
    let strict = Client::new(&strict(), "1").unwrap();
    let site = Site::open();
    let client = Client::new(&settings(), "1").unwrap();
    // What the rows of this machine would find if anybody asked; what is allowed there is allowed by `settings`.
    let own = |class: &str| class.starts_with("this machine (loopback)");
    run(async {
        for (class, hosts) in CLASSES {
            for host in *hosts {
                let url = Url::parse(&format!("http://{host}/latest/meta-data/")).unwrap();
                let error = strict.ask(&Request::new(url.clone())).await.unwrap_err().to_string();
                assert!(error.contains(&format!(", {class}, which may not be asked")), "{host}: {error}");
                if !own(class) {
                    site.set("/feed", Reply::redirect(302, &format!("http://{host}/")));
                    let error = client.ask(&Request::new(site.url("/feed"))).await.unwrap_err().to_string();
                    assert!(
                        error.contains(&format!(", {class}, which may not be asked")),
                        "→ {host}: {error}"
                    );
                }
                // The address itself, as the answer of a name server.
                let Some(address) =
                    url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok())
                else {
                    continue;
                };
                let lookup = Arc::new(move |_: &str| Ok(vec![address]));
                let named = Client::with_lookup(&super::guard::strict(), "1", lookup).unwrap();
                let request = Request::new(Url::parse("http://news.example/").unwrap());
                let error = named.ask(&request).await.unwrap_err().to_string();
                assert!(
                    error.contains(&format!(", {class}, which may not be asked")),
                    "name → {host}: {error}"
                );
            }
        }
    });
    assert!(site.asked().iter().all(|asked| asked.path == "/feed"));
}

#[test]
fn what_is_allowed_by_network_or_by_name_works_in_every_notation() {
    let site = Site::open();
    site.on("/feed", Reply::feed(FEED));
    let allow = |line: &str| Settings { allow: vec![line.parse().unwrap()], ..settings() };
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "①②⑦.0.0.1", "[::ffff:127.0.0.1]"] {
        let url = site.url_as(host, "/feed");
        assert_eq!(
            fresh(ask_with(&allow("127.0.0.0/8"), &Request::new(url.clone()))).body,
            FEED.as_bytes(),
            "{host}"
        );
        assert!(
            ask_with(&allow("127.0.0.2"), &Request::new(url)).is_err(),
            "{host}: another address was named"
        );
    }
    let named = |line: &str| {
        let lookup = Arc::new(|_: &str| Ok(vec!["127.0.0.1".parse().unwrap()]));
        let client = Client::with_lookup(&allow(line), "1", lookup).unwrap();
        run(client.ask(&Request::new(site.url_as("intranet.example", "/feed")))).is_ok()
    };
    assert!(named("intranet.example") && named("*.example") && named("127.0.0.1"));
    assert!(!named("example") && !named("other.example") && !named("10.0.0.0/8"));
}

#[test]
fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    // The name leads to an allowed address whenever it is looked up first, and next door ever after: whoever looked a
    // second time, for connecting, would come to the trap.
    let site = Site::open().expect(&["GET /feed"]);
    site.on("/feed", Reply::feed(FEED));
    let port = site.address().port();
    let Some(trap) = Site::open_at(&format!("127.0.0.2:{port}")) else { return };
    let trap = trap.expect(&[]);
    let looked = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&looked);
    let lookup = Arc::new(move |_: &str| {
        let first = times.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(vec![if first { "127.0.0.1" } else { "127.0.0.2" }.parse().unwrap()])
    });
    let allow = vec!["127.0.0.1".parse().unwrap()];
    let client = Client::with_lookup(&Settings { allow, ..settings() }, "1", lookup).unwrap();
    let request = Request::new(site.url_as("news.example", "/feed"));
    assert_eq!(fresh(run(client.ask(&request))).body, FEED.as_bytes());
    assert_eq!(looked.load(Ordering::SeqCst), 1, "one connection, one look");
    let told = message(run(client.ask(&request)));
    assert_eq!(told, "leads to 127.0.0.2, this machine (loopback), which may not be asked");
    drop(trap);
}

#[test]
fn secrets_are_not_sent_in_the_clear_after_a_redirect_from_https() {
    let plain = Site::open().expect(&["GET /feed"]);
    plain.on("/feed", Reply::feed(FEED));
    let to = plain.url_as("news.example", "/feed");
    let site = TlsSite::open(Certificates::Welcome, FEED, Some(to));
    let trusting = Settings { ca_file: Some(tls::file("test-ca.pem")), ..settings() };
    let lookup = Arc::new(|_: &str| Ok(vec!["127.0.0.1".parse().unwrap()]));
    let client = Client::with_lookup(&trusting, "1", lookup).unwrap();
    let mut request = Request::new(site.url_as("news.example", "/away"));
    let response = fresh(run(client.ask(&request)));
    assert_eq!(response.remarks, ["redirects lead from https to http"]);
    request.headers = vec![("Authorization".to_owned(), "Bearer secret".to_owned())];
    let told = message(run(client.ask(&request)));
    assert_eq!(told, "redirects from https to http, where the secrets of the source must not go");
}
