//! Where connections come in: a port, a unix socket, or what systemd hands over.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use listenfd::ListenFd;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::value::Flaw;

/// Address and port (`127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`), or a unix socket (`unix:/run/harkara.sock`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(into = "String")]
pub enum Listen {
    /// A port.
    Port(SocketAddr),
    /// A path.
    Path(PathBuf),
}

impl Default for Listen {
    fn default() -> Self {
        Self::Port(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080))
    }
}

impl From<Listen> for String {
    fn from(listen: Listen) -> String {
        listen.to_string()
    }
}

impl serde::Serialize for Listen {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::fmt::Display for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Port(address) => write!(f, "{address}"),
            Self::Path(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl TryFrom<String> for Listen {
    type Error = Flaw;

    fn try_from(written: String) -> Result<Self, Flaw> {
        if let Some(path) = written.strip_prefix("unix:") {
            return match path.starts_with('/') {
                true => Ok(Self::Path(path.into())),
                false => {
                    Err(Flaw::new("a unix socket needs a whole path").help("write `unix:/run/harkara.sock`"))
                }
            };
        }
        let text = match written.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => written.clone(),
        };
        text.parse().map(Self::Port).map_err(|_| {
            Flaw::new(format!("`{written}` is no place to listen at"))
                .help("write `127.0.0.1:8080`, `[::]:8080` for every address, or `unix:/run/harkara.sock`")
        })
    }
}

/// So many may wait at the door.
#[cfg(unix)]
const WAITING: i32 = 4096;

/// A socket that listens.
#[derive(Debug)]
pub enum Listener {
    /// For TCP.
    Port(std::net::TcpListener),
    /// For a path.
    #[cfg(unix)]
    Path(std::os::unix::net::UnixListener),
}

impl Listener {
    /// The same socket once more, for another thread.
    ///
    /// # Errors
    /// What the system says.
    pub fn again(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Port(listener) => Self::Port(listener.try_clone()?),
            #[cfg(unix)]
            Self::Path(listener) => Self::Path(listener.try_clone()?),
        })
    }

    /// Where it listens, for people.
    pub fn place(&self) -> String {
        match self {
            Self::Port(listener) => {
                listener.local_addr().map_or_else(|_| "a port".to_owned(), |at| format!("http://{at}/"))
            }
            #[cfg(unix)]
            Self::Path(listener) => match listener.local_addr() {
                Ok(at) => at
                    .as_pathname()
                    .map_or_else(|| "a socket".to_owned(), |path| format!("unix:{}", path.display())),
                Err(_) => "a socket".to_owned(),
            },
        }
    }
}

/// Opens the sockets: those of systemd (`LISTEN_FDS`), where there are any, else the one that is configured.
///
/// # Errors
/// What the system says, with the place.
pub fn open(listen: &Listen) -> Result<Vec<Listener>, ListenError> {
    let mut given = ListenFd::from_env();
    let mut sockets = Vec::new();
    for place in 0..given.len() {
        sockets.push(
            take(&mut given, place)
                .map_err(|cause| ListenError { place: "a socket of systemd".to_owned(), cause })?,
        );
    }
    if sockets.is_empty() {
        sockets.push(bind(listen).map_err(|cause| ListenError { place: listen.to_string(), cause })?);
    }
    Ok(sockets)
}

fn take(given: &mut ListenFd, place: usize) -> io::Result<Listener> {
    let nothing = || io::Error::from(io::ErrorKind::NotFound);
    #[cfg(unix)]
    if let Ok(Some(listener)) = given.take_unix_listener(place) {
        listener.set_nonblocking(true)?;
        return Ok(Listener::Path(listener));
    }
    let listener = given.take_tcp_listener(place)?.ok_or_else(nothing)?;
    listener.set_nonblocking(true)?;
    Ok(Listener::Port(listener))
}

fn bind(listen: &Listen) -> io::Result<Listener> {
    match listen {
        Listen::Port(address) => {
            let listener = std::net::TcpListener::bind(address)?;
            // The library lets 128 wait; a crowd of more would lose its first packets and come again a second later.
            #[cfg(unix)]
            rustix::net::listen(&listener, WAITING)?;
            listener.set_nonblocking(true)?;
            Ok(Listener::Port(listener))
        }
        #[cfg(unix)]
        Listen::Path(path) => {
            use std::os::unix::net::{UnixListener, UnixStream};
            // What a killed daemon left; one that answers is another's.
            if path.exists()
                && UnixStream::connect(path).is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused)
            {
                std::fs::remove_file(path)?;
            }
            let listener = UnixListener::bind(path)?;
            listener.set_nonblocking(true)?;
            Ok(Listener::Path(listener))
        }
        #[cfg(not(unix))]
        Listen::Path(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// The daemon cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen at `{place}`: {cause}")]
pub struct ListenError {
    place: String,
    #[source]
    cause: io::Error,
}

impl ListenError {
    /// The next step for the owner.
    pub fn help(&self) -> String {
        match self.cause.kind() {
            io::ErrorKind::AddrInUse => "another program listens there: end it, or set `listen` of [serve] to another port",
            io::ErrorKind::PermissionDenied => "ports below 1024 are for root: let a reverse proxy or systemd have it, or set `listen` of [serve] to another",
            io::ErrorKind::AddrNotAvailable => "this machine has no such address: set `listen` of [serve] to one that it has",
            _ => "set `listen` of [serve] to a place where this user may listen",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: Result<&str, &str>) {
        match (Listen::try_from(written.to_owned()), expected) {
            (Ok(listen), Ok(shown)) => assert_eq!(listen.to_string(), shown),
            (Err(flaw), Err(part)) => assert!(flaw.to_string().contains(part), "{flaw}"),
            (got, _) => panic!("{written}: {got:?}"),
        }
    }

    #[test]
    fn places_to_listen_at() {
        check("127.0.0.1:8080", Ok("127.0.0.1:8080"));
        check("localhost:80", Ok("127.0.0.1:80"));
        check("[::]:8080", Ok("[::]:8080"));
        check("unix:/run/h.sock", Ok("unix:/run/h.sock"));
        check("unix:h.sock", Err("whole path"));
        check("8080", Err("write `127.0.0.1:8080`"));
        check("example.org:80", Err("no place to listen at"));
        check(":80", Err("no place"));
    }
}
