//! The real daemon on a free port of loopback, asked over raw sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::home::Home;

/// So long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Daemon {
    child: Child,
    address: SocketAddr,
    log: Arc<(Mutex<Vec<String>>, Condvar)>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Told {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Told {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All of this name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
            .collect()
    }

    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no etag: {self:?}")).to_owned()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }
}

impl Daemon {
    /// Starts it in `home`, whose configuration must say `listen = "127.0.0.1:0"`, and waits until it serves.
    pub fn start(home: &Home) -> Self {
        Self::start_with(home, |_| {})
    }

    pub fn start_with(home: &Home, more: impl FnOnce(&mut Command)) -> Self {
        let mut command = home.command(&["serve"]);
        more(&mut command);
        Self::of(command)
    }

    /// Starts it by a command that ends in it, and waits until it serves.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let (lines, seen) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                seen.0.lock().unwrap().push(line);
                seen.1.notify_all();
            }
        });
        let mut daemon = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), log };
        let line = daemon.logged("serving at ");
        if let Some(place) = line.split("http://").nth(1) {
            let end = place.find('/').unwrap();
            daemon.address = place[..end].parse().unwrap();
        }
        daemon
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until a line of the log holds this, and gives it.
    pub fn logged(&self, part: &str) -> String {
        self.logged_times(part, 1)
    }

    /// Waits until so many lines of the log hold this, and gives the last of them.
    pub fn logged_times(&self, part: &str, times: usize) -> String {
        let began = Instant::now();
        let mut lines = self.log.0.lock().unwrap();
        loop {
            let found: Vec<&String> = lines.iter().filter(|line| line.contains(part)).collect();
            if found.len() >= times {
                return found[times - 1].clone();
            }
            let left = PATIENCE.checked_sub(began.elapsed());
            let left = left.unwrap_or_else(|| panic!("never logged `{part}`:\n{}", lines.join("\n")));
            lines = self.log.1.wait_timeout(lines, left).unwrap().0;
        }
    }

    pub fn log(&self) -> String {
        self.log.0.lock().unwrap().join("\n")
    }

    pub fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Asks on a connection of its own.
    pub fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Told {
        self.send(method, path, headers, b"")
    }

    pub fn get(&self, path: &str, headers: &[&str]) -> Told {
        self.ask("GET", path, headers)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Told {
        send(self.address, method, path, headers, body)
    }

    /// Asks again and again until the answer is as wished.
    pub fn until(&self, path: &str, headers: &[&str], met: impl Fn(&Told) -> bool) -> Told {
        let began = Instant::now();
        loop {
            let told = self.get(path, headers);
            if met(&told) {
                return told;
            }
            assert!(began.elapsed() < PATIENCE, "{path} never became so: {told:?}\n{}", self.log());
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    pub fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success()
        );
    }

    /// SIGTERM; its exit code.
    pub fn stop(mut self) -> i32 {
        self.signal("-TERM");
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Asks whoever listens there, on a connection of its own.
pub fn send(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Told {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for header in headers {
        head += header;
        head += "\r\n";
    }
    if !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    let mut stream = connect(address);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    told(stream)
}

/// Reads an answer to its end; the connection is closed after it.
pub fn told(stream: impl Read) -> Told {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.trim_end().split_once(':').unwrap();
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut body = Vec::new();
    // A reset after the answer is how some connections end.
    let _ = reader.read_to_end(&mut body);
    Told { status, headers, body }
}
