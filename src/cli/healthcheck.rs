//! `harkara healthcheck`: whether the daemon of this configuration answers; for containers and watchers.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use super::{Common, print, say};
use crate::report::exit;
use crate::serve::Listen;

/// So long the daemon may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What `healthcheck` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the daemon listens; without it `listen` of [serve]
    #[arg(long, value_name = "ADDRESS")]
    at: Option<String>,
}

pub(super) fn run(common: &Common, args: &Args) -> ExitCode {
    let listen = match &args.at {
        Some(at) => match Listen::try_from(at.clone()) {
            Ok(listen) => listen,
            Err(flaw) => {
                say(&format!("error: {flaw}"));
                return ExitCode::from(exit::MISTAKE);
            }
        },
        None => match common.load() {
            Ok(config) => config.serve.listen,
            Err(code) => return code,
        },
    };
    match ask(&listen) {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.0 200") => {
            let said = answer.split("\r\n\r\n").nth(1).unwrap_or("ready");
            print(&format!("{}\n", said.trim()))
        }
        Ok(answer) => {
            say(&format!("{listen}: {}", answer.split("\r\n\r\n").nth(1).unwrap_or(&answer).trim()));
            ExitCode::from(exit::SOME_FAILED)
        }
        Err(error) => {
            say(&format!("{listen}: {error}\n  help: is `harkara serve` running?"));
            ExitCode::from(exit::SOME_FAILED)
        }
    }
}

fn ask(listen: &Listen) -> io::Result<String> {
    match listen {
        Listen::Port(address) => {
            let stream = TcpStream::connect_timeout(&reachable(*address), PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            talk(stream)
        }
        #[cfg(unix)]
        Listen::Path(path) => {
            let stream = std::os::unix::net::UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            talk(stream)
        }
        #[cfg(not(unix))]
        Listen::Path(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn talk(mut stream: impl Read + Write) -> io::Result<String> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64 << 10).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Who listens at every address listens at this machine's own.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
