//! The real daemon in this process, by a clock whose hand the test moves: days pass in moments, nothing is skipped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use harkara::config;
use harkara::daemon::{self, Clock, Hand, Start};
use harkara::run::{Stop, Stopper};

use super::daemon::{PATIENCE, Told, send};
use super::home::Home;

pub struct ByHand {
    hand: Hand,
    address: SocketAddr,
    stopper: Stopper,
    daemon: Option<JoinHandle<()>>,
}

impl ByHand {
    /// Starts it in `home`, which says where it listens, by this clock and its hand; waits until its first round is over.
    pub fn start(home: &Home, address: SocketAddr, (clock, hand): (Clock, Hand)) -> Self {
        let path = home.at("harkara.toml");
        let config = Arc::new(config::load(&path).unwrap());
        let listeners = daemon::listen(&config).unwrap();
        let (stopper, stop) = Stop::pair();
        let start = Start { path, config, listeners, clock };
        let daemon = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(daemon::serve(start, &stop)).unwrap();
        });
        let by_hand = Self { hand, address, stopper, daemon: Some(daemon) };
        by_hand.asleep(0);
        by_hand
    }

    fn asleep(&self, times: u64) -> DateTime<Utc> {
        self.hand.asleep(times, PATIENCE).expect("the daemon goes to sleep")
    }

    /// Lets it live until `end`: each time that it wants to wake before it does.
    pub fn live_until(&self, end: DateTime<Utc>) {
        loop {
            let wake = self.asleep(0);
            self.hand.set(wake.min(end));
            if wake > end {
                return;
            }
        }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Told {
        send(self.address, method, path, headers, body)
    }

    /// Waits until a figure has become so.
    pub fn until(&self, name: &str, wished: u64) {
        let began = Instant::now();
        while self.figure(name) != wished {
            assert!(began.elapsed() < PATIENCE, "{name} is {} and never {wished}", self.figure(name));
            std::thread::park_timeout(Duration::from_millis(5));
        }
        self.asleep(0);
    }

    pub fn get(&self, path: &str) -> Told {
        send(self.address, "GET", path, &[], b"")
    }

    /// A figure of `/metrics`; 0 where it is not told yet.
    pub fn figure(&self, name: &str) -> u64 {
        let text = self.get("/metrics").text();
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or(0)
    }
}

impl Drop for ByHand {
    fn drop(&mut self) {
        self.stopper.stop();
        let broken = self.daemon.take().is_some_and(|daemon| daemon.join().is_err());
        assert!(!broken || std::thread::panicking(), "the daemon broke down");
    }
}
