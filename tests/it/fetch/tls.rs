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
