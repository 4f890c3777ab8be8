//! TLS that cannot be trusted, and what is said about it.
//!
//! The certificate (`support/self-signed.*.der`, for `news.example` and 127.0.0.1, valid for a hundred years) was made for
//! this test and signs nothing else:
//! `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj "/CN=harkara test"`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};

use super::*;
use crate::support::tls::{self, Certificates, TlsSite};

/// Serves one connection with `talk`; gives back its address.
fn serve(talk: impl FnOnce(TcpStream) + Send + 'static) -> (Url, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || talk(listener.accept().unwrap().0));
    (Url::parse(&format!("https://127.0.0.1:{port}/feed")).unwrap(), thread)
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_told() {
    let certificate = CertificateDer::from(&include_bytes!("../support/self-signed.cert.der")[..]);
    let key = PrivatePkcs8KeyDer::from(&include_bytes!("../support/self-signed.key.der")[..]);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key))
        .unwrap();
    let (url, server) = serve(move |mut stream| {
        let mut tls = ServerConnection::new(Arc::new(config)).unwrap();
        // The client hangs up with an alert; nothing of a question may come before it.
        let asked = rustls::Stream::new(&mut tls, &mut stream).read(&mut [0; 100]);
        assert!(asked.is_err(), "asked in spite of the certificate");
    });
    let error = ask(url).unwrap_err();
    assert!(!error.is_transient());
    assert_eq!(
        message(Err(error)),
        "cannot be trusted: its certificate is signed by nobody that this machine trusts (self-signed, or an intermediate one is missing)"
    );
    server.join().unwrap();
}

#[test]
fn a_port_that_speaks_no_tls_is_told() {
    let (url, server) = serve(|mut stream| {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Until the client hangs up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert_eq!(message(ask(url)), "cannot be trusted: it does not speak TLS there");
    server.join().unwrap();
}

/// Settings that trust the authority of these tests.
fn trusting() -> Settings {
    Settings { ca_file: Some(tls::file("test-ca.pem")), ..settings() }
}

/// A client for which every name leads to this machine.
fn client_at_home(settings: &Settings) -> Client {
    let lookup = Arc::new(|_: &str| Ok(vec!["127.0.0.1".parse().unwrap()]));
    Client::with_lookup(settings, "1", lookup).unwrap()
}

#[test]
fn an_authority_of_ones_own_is_trusted_for_all_or_for_one_and_http2_is_spoken() {
    let site = TlsSite::open(Certificates::Welcome, FEED, None);
    let mut request = Request::new(site.url_as("news.example", "/feed"));
    let answer = run(client_at_home(&trusting()).ask(&request));
    assert_eq!(fresh(answer).body, FEED.as_bytes());
    assert_eq!(site.asked()[0].version, "HTTP/2");
    assert!(run(client_at_home(&settings()).ask(&request)).is_err(), "nobody vouches for it");

    request.way.ca_file = Some(tls::file("test-ca.pem"));
    assert_eq!(fresh(run(client_at_home(&settings()).ask(&request))).body, FEED.as_bytes());
    // A certificate for another name.
    let other = Request::new(site.url_as("other.example", "/feed"));
    let told = message(run(client_at_home(&trusting()).ask(&other)));
    assert!(told.starts_with("cannot be trusted: "), "{told}");
}

#[test]
fn names_of_every_script_and_literals_of_the_new_protocol_are_asked() {
    let site = TlsSite::open(Certificates::Welcome, FEED, None);
    let url = site.url_as("খবর.example", "/feed");
    assert_eq!(url.host_str(), Some("xn--q5b8bm.example"));
    let names = Arc::new(std::sync::Mutex::new(Vec::new()));
    let asked = Arc::clone(&names);
    let lookup = Arc::new(move |name: &str| {
        asked.lock().unwrap().push(name.to_owned());
        Ok(vec!["127.0.0.1".parse().unwrap()])
    });
    let client = Client::with_lookup(&trusting(), "1", lookup).unwrap();
    assert_eq!(fresh(run(client.ask(&Request::new(url)))).body, FEED.as_bytes());
    assert_eq!(names.lock().unwrap()[0], "xn--q5b8bm.example");

    let Some(site) = Site::open_at("[::1]:0") else { return skipped("IPv6") };
    site.on("/feed", Reply::feed(FEED));
    let allowed = Settings { allow: vec!["::1".parse().unwrap()], ..settings() };
    assert_eq!(fresh(ask_with(&allowed, &Request::new(site.url("/feed")))).body, FEED.as_bytes());
    assert_eq!(site.last().header("host"), Some(site.address().to_string().as_str()));
}

#[expect(clippy::print_stderr, reason = "a skipped test has to say so")]
fn skipped(name: &str) {
    eprintln!("skipped: this machine has no {name}");
}

#[test]
fn a_certificate_of_ours_is_shown_to_its_origin_only() {
    let away = TlsSite::open(Certificates::Welcome, FEED, None);
    let site = TlsSite::open(Certificates::Wanted, FEED, Some(away.url_as("localhost", "/feed")));
    let client = client_at_home(&trusting());
    let mut request = Request::new(site.url_as("news.example", "/feed"));
    assert!(run(client.ask(&request)).is_err(), "without a certificate nobody comes in");
    request.way.client_certificate = Some(tls::file("test-client.pem"));
    request.headers = vec![("Authorization".to_owned(), "Bearer secret".to_owned())];
    assert_eq!(fresh(run(client.ask(&request))).body, FEED.as_bytes());
    assert!(site.asked().iter().all(|asked| asked.has_certificate && asked.authorization.is_some()));

    request.url = site.url_as("news.example", "/away");
    assert_eq!(fresh(run(client.ask(&request))).url, away.url_as("localhost", "/feed"));
    let asked = &away.asked()[0];
    assert_eq!((asked.has_certificate, asked.authorization.as_deref()), (false, None));
}

#[test]
fn files_of_certificates_that_cannot_be_used_are_named() {
    let missing = Settings { ca_file: Some("/none.pem".into()), ..settings() };
    let told = Client::new(&missing, "1").err().unwrap().to_string();
    assert!(told.starts_with("`ca_file`: `/none.pem` cannot be used: No such file"), "{told}");
    let mut request = Request::new(Url::parse("https://127.0.0.1:1/").unwrap());
    request.way.client_certificate = Some(tls::file("test-ca.pem"));
    let told = message(ask_with(&settings(), &request));
    assert!(told.ends_with("it must hold a certificate and its key (PEM, not encrypted)"), "{told}");
}
