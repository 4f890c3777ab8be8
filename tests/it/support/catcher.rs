//! A server on loopback that keeps what it is sent, bodies too, and answers as a function says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use super::daemon::PATIENCE;

/// What was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A field of the query or of the form that was sent.
    pub fn field(&self, name: &str) -> Option<String> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let form = url::form_urlencoded::parse(&self.body);
        let mut pairs = url::form_urlencoded::parse(query.as_bytes()).chain(form);
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

type Kept = Arc<(Mutex<Vec<Sent>>, Condvar)>;

pub struct Catcher {
    address: SocketAddr,
    kept: Kept,
}

impl Catcher {
    /// Answers with status and body.
    pub fn open(answer: impl Fn(&Sent) -> (u16, String) + Send + 'static) -> Self {
        Self::open_at("127.0.0.1:0", answer)
    }

    /// The same at this address. Status 0 hangs up without a word.
    pub fn open_at(address: &str, answer: impl Fn(&Sent) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Kept::default();
        let keeping = Arc::clone(&kept);
        // Ends with the tests: nobody waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(sent) = read(&stream) else { continue };
                let (status, body) = answer(&sent);
                keeping.0.lock().unwrap().push(sent);
                keeping.1.notify_all();
                if status == 0 {
                    continue;
                }
                let head = format!(
                    "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = (&stream).write_all((head + &body).as_bytes());
            }
        });
        Self { address, kept }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn all(&self) -> Vec<Sent> {
        self.kept.0.lock().unwrap().clone()
    }

    /// Waits until so many came that are as wished, and gives the last of them.
    pub fn wait(&self, times: usize, wished: impl Fn(&Sent) -> bool) -> Sent {
        let began = Instant::now();
        let mut kept = self.kept.0.lock().unwrap();
        loop {
            let found: Vec<&Sent> = kept.iter().filter(|sent| wished(sent)).collect();
            if found.len() >= times {
                return found[times - 1].clone();
            }
            let left = PATIENCE.checked_sub(began.elapsed());
            let left = left.unwrap_or_else(|| panic!("never came: {kept:?}"));
            kept = self.kept.1.wait_timeout(kept, left).unwrap().0;
        }
    }
}

fn read(stream: &TcpStream) -> Option<Sent> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, v)| v.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Sent { method, path, headers, body })
}
