//! A scripted web site on loopback: says byte for byte what it was told to say, and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use url::Url;

/// A question that the site was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// When it came.
    pub at: Instant,
}

impl Asked {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is said to one question: pieces in order; then the connection is closed.
#[derive(Debug, Clone, Default)]
pub struct Reply(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    /// These bytes, as they are.
    Bytes(Vec<u8>),
    /// Nothing more, but the connection stays open until the site is gone or the other side hangs up.
    Hold,
    /// These bytes again and again for as long as somebody reads them.
    Endless(Vec<u8>),
    /// A byte now and then, for ever.
    Drip(u8, Duration),
}

impl Reply {
    /// Exactly these bytes: HTTP or not.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Piece::Bytes(bytes.into())])
    }

    /// A good answer: `status` like `200 OK`, headers like `ETag: "1"`, a body with its length.
    pub fn new(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len()).into_bytes();
        for header in headers {
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"Connection: close\r\n\r\n");
        bytes.extend_from_slice(body);
        Self::raw(bytes)
    }

    /// A feed with status 200.
    pub fn feed(body: impl AsRef<[u8]>) -> Self {
        Self::new("200 OK", &["Content-Type: application/rss+xml"], body)
    }

    /// A redirect to `location`.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(&format!("{status} Elsewhere"), &[&format!("Location: {location}")], "")
    }

    /// The same, and then silence.
    pub fn hold(self) -> Self {
        self.then(Piece::Hold)
    }

    /// The same, and then `bytes` without end.
    pub fn endless(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.then(Piece::Endless(bytes.into()))
    }

    /// The same, and then `byte` each `pause`.
    pub fn drip(self, byte: u8, pause: Duration) -> Self {
        self.then(Piece::Drip(byte, pause))
    }

    fn then(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }
}

/// Above so many, connections that are over are forgotten.
const MANY_TALKS: usize = 64;

/// The site. Its end is waited for when it is dropped; what [`Site::expect`] told must have happened by then.
pub struct Site {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
    expected: Option<Vec<String>>,
}

/// Makes the answer to a question for which nothing is scripted.
type Answering = Box<dyn Fn(&Asked) -> Reply + Send + Sync>;

#[derive(Default)]
struct Shared {
    script: Mutex<HashMap<String, VecDeque<Reply>>>,
    answering: OnceLock<Answering>,
    asked: Mutex<Vec<Asked>>,
    talks: Mutex<Vec<(JoinHandle<()>, TcpStream)>>,
    over: AtomicBool,
    closing: (Mutex<bool>, Condvar),
}

impl Site {
    /// Opens on a free port of 127.0.0.1.
    pub fn open() -> Self {
        Self::open_at("127.0.0.1:0").expect("a free port")
    }

    /// Opens at this address; `None` where the machine has none like it.
    pub fn open_at(address: &str) -> Option<Self> {
        let listener = TcpListener::bind(address).ok()?;
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        let listener = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if served.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let Ok(handle) = stream.try_clone() else { continue };
                let talk = Arc::clone(&served);
                let talk = std::thread::spawn(move || talk.talk(stream));
                let mut talks = lock(&served.talks);
                if talks.len() >= MANY_TALKS {
                    talks.retain(|(talk, _)| !talk.is_finished());
                }
                talks.push((talk, handle));
            }
        });
        Some(Self { address, shared, listener: Some(listener), expected: None })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The absolute address of `path`.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).expect("a path")
    }

    /// The same under another name for this machine.
    pub fn url_as(&self, host: &str, path: &str) -> Url {
        Url::parse(&format!("http://{host}:{}{path}", self.address.port())).expect("a host and a path")
    }

    /// Says this to every question for `path` from now on.
    pub fn set(&self, path: &str, reply: Reply) {
        lock(&self.shared.script).insert(path.to_owned(), VecDeque::from([reply]));
    }

    /// Answers `path` with `reply`; told again, with the next one the next time. The last one stays.
    pub fn on(&self, path: &str, reply: Reply) -> &Self {
        lock(&self.shared.script).entry(path.to_owned()).or_default().push_back(reply);
        self
    }

    /// Answers every question for which nothing is scripted by `answering`; said once.
    pub fn answer_by(&self, answering: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        assert!(self.shared.answering.set(Box::new(answering)).is_ok(), "said twice");
    }

    /// All questions so far.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    /// The last question.
    pub fn last(&self) -> Asked {
        self.asked().pop().expect("a question")
    }

    /// All questions there will ever be, as `GET /path`; compared at the end.
    pub fn expect(mut self, questions: &[&str]) -> Self {
        self.expected = Some(questions.iter().map(ToString::to_string).collect());
        self
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        *lock(&self.shared.closing.0) = true;
        self.shared.closing.1.notify_all();
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
        let mut broken = self.listener.take().is_some_and(|thread| thread.join().is_err());
        let talks = std::mem::take(&mut *lock(&self.shared.talks));
        for (talk, stream) in talks {
            let _ = stream.shutdown(std::net::Shutdown::Both);
            broken |= talk.join().is_err();
        }
        if std::thread::panicking() {
            return;
        }
        assert!(!broken, "the site broke down");
        if let Some(expected) = &self.expected {
            let asked: Vec<_> = self.asked().iter().map(|it| format!("{} {}", it.method, it.path)).collect();
            assert_eq!(&asked, expected, "what the site was asked");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// One connection, one question.
    fn talk(&self, mut stream: TcpStream) {
        let Ok(reading) = stream.try_clone() else { return };
        let Some(asked) = hear(&mut BufReader::new(reading)) else { return };
        lock(&self.asked).push(asked.clone());
        let reply = match lock(&self.script).get_mut(&asked.path) {
            Some(replies) if replies.len() > 1 => replies.pop_front(),
            Some(replies) => replies.front().cloned(),
            None => None,
        };
        let reply = reply.or_else(|| self.answering.get().map(|answering| answering(&asked)));
        let reply = reply.unwrap_or_else(|| Reply::new("404 Not Found", &[], "nothing is scripted here"));
        for piece in &reply.0 {
            if self.say(&mut stream, piece).is_err() {
                return;
            }
        }
        // The site keeps a handle of its own: dropping this one would not hang up.
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }

    fn say(&self, stream: &mut TcpStream, piece: &Piece) -> std::io::Result<()> {
        match piece {
            Piece::Bytes(bytes) => stream.write_all(bytes),
            Piece::Endless(bytes) => loop {
                stream.write_all(bytes)?;
            },
            // Over when the other side hangs up or the site closes.
            Piece::Hold => stream.read(&mut [0]).map(|_| ()),
            Piece::Drip(byte, pause) => {
                let (closing, told) = &self.closing;
                let mut over = lock(closing);
                while !*over {
                    stream.write_all(&[*byte])?;
                    over = told.wait_timeout(over, *pause).unwrap_or_else(PoisonError::into_inner).0;
                }
                Ok(())
            }
        }
    }
}

/// Reads the head of a question; `None` when the other side says nothing.
fn hear(reader: &mut impl BufRead) -> Option<Asked> {
    let line = hear_line(reader)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let line = hear_line(reader)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Some(Asked { method, path, headers, at: Instant::now() })
}

fn hear_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok()?;
    Some(String::from_utf8_lossy(&line).into_owned())
}
