//! A site on loopback that speaks TLS, HTTP/1.1 or HTTP/2 as the client likes it, and may want to see a certificate.
//!
//! The certificates beside this file were made for these tests and sign nothing else: `test-ca.pem` signed
//! `test-server.pem` (for `news.example`, `localhost`, 127.0.0.1 and ::1) and `test-client.pem`; all are valid for a
//! hundred years (`openssl ecparam -name prime256v1 -genkey`, `openssl x509 -req -CA … -days 36500`).

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// What one question looked like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `HTTP/2` or `HTTP/1.1`.
    pub version: &'static str,
    /// The path.
    pub path: String,
    /// Whether a certificate was shown.
    pub has_certificate: bool,
    /// `Authorization`.
    pub authorization: Option<String>,
}

/// The site; its threads end when it is dropped.
pub struct TlsSite {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    _runtime: Runtime,
}

/// Whether a certificate of the client is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Certificates {
    /// Without one nobody comes in.
    Wanted,
    /// It is seen, and nobody is sent away.
    Welcome,
}

/// A file beside this one.
pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/support").join(name)
}

impl TlsSite {
    /// Opens; `/feed` is answered with `body`, `/away` with a redirect to `away`.
    pub fn open(certificates: Certificates, body: &'static str, away: Option<Url>) -> Self {
        let pem = std::fs::read(file("test-server.pem")).unwrap();
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&pem).map(|found| found.unwrap()).collect();
        let key = PrivateKeyDer::from_pem_slice(&pem).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(file("test-ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = match certificates {
            Certificates::Wanted => verifier.build(),
            Certificates::Welcome => verifier.allow_unauthenticated().build(),
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.unwrap())
            .with_single_cert(chain, key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(acceptor.clone(), stream, Arc::clone(&heard), body, away.clone()));
            }
        });
        Self { port, asked, _runtime: runtime }
    }

    /// The address of `path` under `host`.
    pub fn url_as(&self, host: &str, path: &str) -> Url {
        Url::parse(&format!("https://{host}:{}{path}", self.port)).unwrap()
    }

    /// All questions so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn talk(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    heard: Arc<Mutex<Vec<Asked>>>,
    body: &'static str,
    away: Option<Url>,
) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let (_, session) = stream.get_ref();
    let has_certificate = session.peer_certificates().is_some();
    let away = away.map(String::from);
    if session.alpn_protocol() == Some(b"h2") {
        let Ok(mut talk) = h2::server::handshake(stream).await else { return };
        while let Some(Ok((question, mut answer))) = talk.accept().await {
            let text = |name| question.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let path = question.uri().path().to_owned();
            let to = away.clone().filter(|_| path == "/away");
            let authorization = text(http::header::AUTHORIZATION);
            heard.lock().unwrap().push(Asked { version: "HTTP/2", path, has_certificate, authorization });
            let builder = http::Response::builder();
            let head = match to {
                Some(to) => builder.status(302).header("location", to).body(()),
                None => builder.status(200).header("content-type", "application/rss+xml").body(()),
            };
            let Ok(mut send) = answer.send_response(head.unwrap(), false) else { continue };
            let _ = send.send_data(body.as_bytes().to_vec().into(), true);
        }
        return;
    }
    let mut head = vec![0; 8192];
    let Ok(read) = stream.read(&mut head).await else { return };
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let line = |line: &&str| line.to_lowercase().starts_with("authorization:");
    let authorization = head.lines().find(line).map(|line| line[14..].trim().to_owned());
    heard.lock().unwrap().push(Asked { version: "HTTP/1.1", path, has_certificate, authorization });
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
