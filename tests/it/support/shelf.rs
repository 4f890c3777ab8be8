//! A published tree behind a plain web server on loopback, with the headers that `harkara serve` gives, or without.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What keeps foreign things out of a page of ours.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src * data:; media-src *; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// A tree that is served until it is dropped. Pictures that are not in it are all the same small one.
pub struct Shelf {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Shelf {
    /// Serves `tree`; `policy` is the Content-Security-Policy of every answer.
    pub fn new(tree: &Path, policy: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (stopped, noted, tree) = (Arc::clone(&stop), Arc::clone(&asked), tree.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (noted, tree) = (Arc::clone(&noted), tree.clone());
                // A browser that hangs up early wants no more.
                std::thread::spawn(move || drop(answer(stream, &tree, policy, &noted)));
            }
        });
        Self { address, stop, asked }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// The paths that were asked for since the last question.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn answer(
    stream: TcpStream,
    tree: &Path,
    policy: Option<&str>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let target = request.split(' ').nth(1).unwrap_or("/");
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(target.to_owned());
    let path = target.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let path = PathBuf::from(if path.is_empty() { "index.html" } else { path });
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        // What Chromium wants before it uses the style sheet of a feed.
        Some("rss" | "atom") if target.ends_with("?xml") => "application/xml",
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("rss") => "application/rss+xml; charset=utf-8",
        Some("atom") => "application/atom+xml; charset=utf-8",
        Some("json") => "application/feed+json; charset=utf-8",
        Some("opml") => "text/x-opml; charset=utf-8",
        _ => "image/svg+xml",
    };
    let file = inside.then(|| std::fs::read(tree.join(&path)).ok()).flatten();
    let (status, body) = match file {
        Some(body) => ("200 OK", body),
        None if kind == "image/svg+xml" => ("200 OK", PICTURE.as_bytes().to_vec()),
        None => ("404 Not Found", Vec::new()),
    };
    let policy = policy.map(|it| format!("Content-Security-Policy: {it}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n\
         {policy}Connection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

const PICTURE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='1600' height='1000' viewBox='0 0 16 10'>\
     <rect width='16' height='10' fill='#8fb3c7'/><path d='M0 10V7l4-3 3 2 4-4 5 4v4z' fill='#4f6d5a'/>\
     <circle cx='13' cy='2' r='1' fill='#f4e3b0'/></svg>";
