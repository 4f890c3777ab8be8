//! Sockets that somebody else opened (sd_listen_fds(3)): the daemon takes them and opens none of its own.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use super::home;
use crate::support::daemon::{Daemon, PATIENCE, Told, told};
use crate::support::example::{program, python_with};
use crate::support::home::Home;

fn over(path: &std::path::Path, document: &str) -> Told {
    let mut stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("GET {document} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    told(stream)
}

/// A port that is taken while this lives, so that whoever opens the configured one fails.
fn home_with_a_taken_port() -> (Home, std::net::TcpListener) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = home("", "");
    let config = home.read("harkara.toml").replace("127.0.0.1:0", &taken.local_addr().unwrap().to_string());
    home.write("harkara.toml", config);
    (home, taken)
}

#[test]
fn both_kinds_of_sockets_are_taken_over() {
    let Some(python) = python_with("socket") else { return };
    let (home, _taken) = home_with_a_taken_port();
    let launch = "import os, socket, sys\n\
         port = socket.create_server(('127.0.0.1', 0)); path = socket.socket(socket.AF_UNIX); path.bind(sys.argv[1]); path.listen()\n\
         for number, it in ((20, port), (21, path)): os.dup2(it.fileno(), number)\n\
         for number in (3, 4): os.dup2(number + 17, number, inheritable=True)\n\
         os.environ.update(LISTEN_FDS='2', LISTEN_PID=str(os.getpid()))\n\
         os.execv(sys.argv[2], sys.argv[2:])";
    let mut command = Command::new(python.get_program());
    command.args(["-c", launch]).arg(home.at("given.sock")).args([env!("CARGO_BIN_EXE_harkara"), "serve"]);
    command.current_dir(home.path()).env_clear().stdin(Stdio::null());
    let daemon = Daemon::of(command);
    let by_port = daemon.until("/city.atom", &[], |told| told.status == 200);
    let by_path = over(&home.at("given.sock"), "/city.atom");
    assert_eq!((by_path.status, by_path.etag()), (200, by_port.etag()));
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn the_first_who_comes_starts_the_daemon() {
    let Some(mut systemd) = program("systemd-socket-activate") else { return };
    let (home, _taken) = home_with_a_taken_port();
    // What was published already is there at once.
    home.run_at("2026-11-02T00:00:00Z", 0);
    let socket = home.at("given.sock");
    let mut child = systemd
        .arg("-l")
        .arg(&socket)
        .args([env!("CARGO_BIN_EXE_harkara"), "serve"])
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = std::time::Instant::now();
    while !socket.exists() {
        assert!(began.elapsed() < PATIENCE, "no socket");
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    let first = over(&socket, "/city.atom");
    let second = over(&socket, "/city.atom");
    // It became the daemon: the same process.
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let ended = child.wait().unwrap();
    assert_eq!((first.status, second.etag()), (200, first.etag()));
    assert_eq!(ended.code(), Some(0));
}
