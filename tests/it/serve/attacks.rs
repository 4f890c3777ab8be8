//! What strangers try: refused or harmless, and the service goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::home;
use crate::support::daemon::{Daemon, told};

/// The raw head of a request, and the status that is answered; 0 is a connection that is closed without an answer.
#[test]
fn strange_requests_by_the_table() {
    let home = home("", "");
    home.write("secret.txt", "not for you");
    let mut daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let long = "x".repeat(64 << 10);
    let many: String = (0..200).map(|n| format!("X-{n}: 1\r\n")).collect();
    for (head, statuses) in [
        ("GET /../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404][..]),
        ("GET /%2e%2e/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET /..%2fsecret.txt HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET //etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET /city.atom%00.html HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET /feeds/../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET /\\..\\secret.txt HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[400, 404]),
        ("GET /a%0d%0aSet-Cookie:%20x=1 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[404]),
        ("GET http://evil.example/city.atom HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[200, 404]),
        ("GET city.atom HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[400, 404]),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), &[414, 431]),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), &[431]),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), &[431]),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n".to_owned(), &[400]),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), &[400, 505]),
        ("\u{16}\u{3}\u{1}".to_owned(), &[400]),
        ("POST /api/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx".to_owned(), &[400]),
        ("POST /api/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(), &[400, 401]),
    ] {
        let mut stream = daemon.connect();
        let shown: String = head.chars().take(60).collect();
        // It may be refused before all of it was sent.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = told(&stream);
        assert!(statuses.contains(&answer.status), "{shown:?}: {answer:?}");
        assert!(!answer.text().contains("not for you"), "{shown:?}");
        assert!(answer.header("set-cookie").is_none(), "{shown:?}");
    }
    assert!(daemon.is_alive());
    assert_eq!(daemon.get("/city.atom", &[]).status, 200);
}

/// A refusal that is sent while the client still speaks must not be destroyed by a reset of the connection.
#[test]
fn who_says_too_much_can_say_it_and_read_why_not() {
    let home = home("", "");
    let daemon = Daemon::start(&home);
    let more = "x".repeat(20 << 10);
    // It is heard for a second; a machine that is busy may let that pass, but not each time.
    let is_heard = (0..5).any(|_| {
        let mut stream = daemon.connect();
        let _ = stream.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\nX: {more}{more}").as_bytes());
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer, and the end of it");
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        // The other side is closed; without being heard the first of these brings a reset, and the next one fails.
        (0..4).all(|_| stream.write_all(more.as_bytes()).is_ok())
    });
    assert!(is_heard, "what is said after a refusal is answered with a reset");
    // Who never ends is not heard for ever.
    let mut stream = daemon.connect();
    let began = Instant::now();
    while stream.write_all(more.as_bytes()).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(20), "heard for ever");
    }
}

#[test]
fn who_sends_a_head_drop_by_drop_is_put_out() {
    let home = home("idle_timeout = \"1s\"", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let mut slow = daemon.connect();
    slow.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let began = Instant::now();
    // A letter now and then keeps it busy and does not help.
    slow.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut byte = [0; 512];
    loop {
        match slow.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                let _ = slow.write_all(b"X");
            }
            Err(_) => break,
        }
        assert!(began.elapsed() < Duration::from_secs(20), "still there");
    }
    assert!(began.elapsed() > Duration::from_millis(500));
}

#[test]
fn who_takes_nothing_of_his_answer_is_put_out() {
    let home = home("write_timeout = \"1s\"", "keep = { entries = 5000 }");
    let titles: Vec<String> = (0..3000).map(|n| format!("খবর {n}")).collect();
    home.write("a.xml", super::feed(&titles.iter().map(String::as_str).collect::<Vec<_>>()));
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let mut lazy = daemon.connect();
    // So many answers that no buffer holds them.
    let ask = "GET /city.atom HTTP/1.1\r\nHost: x\r\n\r\n".repeat(40);
    lazy.write_all(ask.as_bytes()).unwrap();
    let figure = |name: &str| -> u64 {
        let text = daemon.get("/metrics", &[]).text();
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap()
    };
    let began = Instant::now();
    while figure("harkara_connections ") > 1 {
        assert!(began.elapsed() < Duration::from_secs(20), "still there");
        std::thread::park_timeout(Duration::from_millis(50));
    }
    drop(lazy);
}

#[test]
fn thousands_who_only_sit_there_keep_nobody_out() {
    let home = home("max_connections = 500\nidle_timeout = \"10m\"", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    // Each new one takes the seat of one that does nothing.
    let is_let_in = |idle: &mut Vec<TcpStream>| {
        let began = Instant::now();
        loop {
            let Ok(mut stream) = TcpStream::connect(daemon.address()) else {
                // This process has no files left.
                idle.pop();
                continue;
            };
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let _ = stream.write_all(b"GET /city.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            let mut start = [0; 12];
            if stream.read_exact(&mut start).is_ok() {
                assert_eq!(&start, b"HTTP/1.1 200");
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "kept out by {} idle ones", idle.len());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    };
    // As many as this process may open, up to 10,000.
    let mut idle: Vec<TcpStream> = Vec::new();
    while idle.len() < 10_000 {
        let Ok(stream) = TcpStream::connect(daemon.address()) else { break };
        idle.push(stream);
        if idle.len().is_multiple_of(1000) {
            is_let_in(&mut idle);
        }
    }
    is_let_in(&mut idle);
    assert!(idle.len() > 500, "only {} idle ones", idle.len());
}

#[test]
fn who_asks_too_often_is_told_to_wait() {
    let home = home("rate = 5\ntrusted_proxies = [\"127.0.0.0/8\"]", "");
    let daemon = Daemon::start(&home);
    let ask = |client: &str| daemon.get("/healthz", &[&format!("X-Forwarded-For: {client}")]);
    let statuses: Vec<u16> = (0..7).map(|_| ask("203.0.113.9").status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429]);
    let refused = ask("203.0.113.9");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=13).contains(&wait), "{wait}");
    assert_eq!(ask("203.0.113.10").status, 200, "another client");
    assert_eq!(ask("1.1.1.1, 203.0.113.9").status, 429, "what a client writes itself is not believed");
}

#[test]
fn tokens_are_not_guessed_at_volume() {
    let serve = "trusted_proxies = [\"127.0.0.0/8\"]\n[serve.access.city]\ntoken = \"k3y\"\nuser = \"desk\"\npassword = \"pass\"";
    let home = home(serve, "[feed.open]");
    let daemon = Daemon::start(&home);
    daemon.until("/open.atom", &[], |told| told.status == 200);
    let (guesser, other) = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.10");
    type Guess = fn(usize) -> (String, Vec<String>);
    let guesses: [(Guess, Guess); 3] = [
        (|n| (format!("/city.atom?token={n}"), vec![]), |_| ("/city.atom?token=k3y".to_owned(), vec![])),
        (
            |n| (format!("/city.atom?q=x&%74oken={n}"), vec![]),
            |_| ("/city.atom".to_owned(), vec!["Authorization: Basic ZGVzazpwYXNz".to_owned()]),
        ),
        (
            |n| ("/api/status".to_owned(), vec![format!("Authorization: Bearer {n}")]),
            |_| ("/api/status".to_owned(), vec!["Authorization: Bearer s3cret".to_owned()]),
        ),
    ];
    for (wrong, right) in guesses {
        let ask = |(path, headers): (String, Vec<String>), client: &str| {
            let headers: Vec<&str> = headers.iter().map(String::as_str).chain([client]).collect();
            daemon.get(&path, &headers)
        };
        // His bucket fills again while we look: some tries may pass on a machine that is busy.
        let is_shut = (0..20).any(|_| {
            let refused = (0..200).map(|n| ask(wrong(n), guesser)).find(|told| told.status != 401);
            let refused = refused.expect("never refused");
            let wait: u64 = refused.header("retry-after").expect("when to come again").parse().unwrap();
            assert!(refused.status == 429 && (1..=3).contains(&wait), "{refused:?}");
            ask(right(0), guesser).status == 429
        });
        assert!(is_shut, "the right one must not be told from the wrong ones");
        assert_eq!(ask(right(0), other).status, 200, "nobody else is shut out");
        assert_eq!(daemon.get("/open.atom", &[guesser]).status, 200, "nor he from what is open");
        assert_eq!(
            daemon.get("/city.atom", &[guesser]).status,
            401,
            "who brings nothing is told what is wanted"
        );
    }
}

#[test]
fn hundreds_who_send_drop_by_drop_keep_nobody_out() {
    let home = home("max_connections = 200\nidle_timeout = \"2s\"", "");
    let daemon = Daemon::start(&home);
    daemon.until("/city.atom", &[], |told| told.status == 200);
    let mut slow: Vec<TcpStream> = Vec::new();
    let mut served = 0;
    let began = Instant::now();
    // Three times as many as there are seats, each with a head that never ends.
    while slow.len() < 600 || served < 20 {
        if let Ok(mut stream) = TcpStream::connect(daemon.address()) {
            let _ = stream.write_all(b"GET /city.atom HTTP/1.1\r\nX: ");
            slow.push(stream);
        }
        if slow.len().is_multiple_of(20) || slow.len() >= 600 {
            for stream in &mut slow {
                let _ = stream.write_all(b"y");
            }
            let asked = Instant::now();
            let mut stream = TcpStream::connect(daemon.address()).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let _ = stream.write_all(b"GET /city.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            let mut start = [0; 12];
            // When all seats are taken by busy ones, one is turned away at the door, and comes again.
            if stream.read_exact(&mut start).is_ok() {
                assert_eq!(&start, b"HTTP/1.1 200");
                assert!(asked.elapsed() < Duration::from_secs(5));
                served += 1;
            } else {
                std::thread::park_timeout(Duration::from_millis(100));
            }
        }
        assert!(began.elapsed() < Duration::from_secs(60), "served {served} beside {}", slow.len());
    }
}
