//! The endpoint: threads of its own, so that no round can keep a reader waiting.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::config::Config;
use crate::serve::{self, Access, Facts, House, Listener, Manners, Rate, Rules, Seats, Settings, ViewRules};
use crate::value::Secret;

/// Files that are open besides connections: the state, documents, sources.
const RESERVED: u64 = 256;

/// The endpoint while it runs.
pub(super) struct Endpoint {
    close: watch::Sender<bool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Endpoint {
    /// Sees the clients out and waits for it.
    pub(super) fn end(self) {
        self.close.send_replace(true);
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("the endpoint broke down");
            }
        }
    }
}

/// Begins to serve. Each thread takes connections in and keeps them: nothing is handed from one to another, which would cost
/// more than most answers.
///
/// # Errors
/// When no threads can be had.
pub(super) fn begin(
    listeners: Vec<Listener>,
    house: Arc<House>,
    settings: &Settings,
) -> std::io::Result<Endpoint> {
    let (close, closing) = watch::channel(false);
    let seats = Arc::new(Seats::new(seats(settings.max_connections)));
    let manners = Manners { idle: settings.idle_timeout, write: settings.write_timeout };
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let mut threads = Vec::new();
    for number in 0..cores {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listeners = listeners.iter().map(Listener::again).collect::<Result<Vec<_>, _>>()?;
        let (house, seats, closing) = (Arc::clone(&house), Arc::clone(&seats), closing.clone());
        let work = move || {
            let done = runtime.block_on(async move {
                if number == 0 {
                    let (house, seats) = (Arc::clone(&house), Arc::clone(&seats));
                    tokio::spawn(count(house, Arc::clone(&seats)));
                    tokio::spawn(async move { seats.keep(manners.idle).await });
                }
                serve::serve(listeners, house, seats, manners, closing).await
            });
            if let Err(error) = done {
                tracing::error!(%error, "the endpoint cannot serve");
            }
            runtime.shutdown_timeout(Duration::from_secs(1));
        };
        threads.push(std::thread::Builder::new().name(format!("http {number}")).spawn(work)?);
    }
    Ok(Endpoint { close, threads })
}

async fn count(house: Arc<House>, seats: Arc<Seats>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        ticks.tick().await;
        house.metrics().connections.set(seats.taken() as i64);
    }
}

/// As many connections as are wished and as the system lets us have files; it is asked for more first.
fn seats(wished: usize) -> usize {
    let limit = files();
    let most = limit.map_or(wished, |limit| wished.min(limit.saturating_sub(RESERVED) as usize));
    if most < wished {
        tracing::warn!(
            "`max_connections` is {wished}, but this process may open {} files: {most} connections",
            limit.unwrap_or_default()
        );
    }
    most.max(1)
}

#[cfg(unix)]
fn files() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // The soft limit is there for programs that count their files in bits; up to the hard one is ours to take.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn files() -> Option<u64> {
    None
}

/// What requests go by.
pub(super) fn rules(config: &Config) -> Rules {
    let path = config.site.base_url.as_ref().map(|base| base.path().trim_end_matches('/').to_owned());
    let secret =
        |secret: &Option<Secret>| secret.as_ref().and_then(|secret| secret.reveal().map(str::to_owned));
    Rules {
        prefix: path.unwrap_or_default(),
        trusted: config.serve.trusted_proxies.clone(),
        rate: config.serve.rate.map(Rate::new),
        base: config.site.base_url.as_ref().map(ToString::to_string),
        hub: config.serve.hub,
        largest: usize::try_from(config.fetch.max_body).unwrap_or(usize::MAX),
        admin: secret(&config.serve.admin_token).map(|token| Access::new(Some(&token), None)),
        views: view_rules(config),
    }
}

fn view_rules(config: &Config) -> ViewRules {
    let settings = &config.serve.views;
    let mut paths = HashSet::new();
    for feed in config.feeds.iter().filter(|_| settings.enabled) {
        paths.extend(feed.formats.iter().map(|format| format!("/{}.{}", feed.id, format.extension())));
    }
    let rate = Some(Rate::new(settings.rate));
    ViewRules { paths, most: settings.max_entries, rate, room: settings.memory }
}

/// What documents are read with.
pub(super) fn facts(config: &Config) -> Facts {
    let of_feed = config.serve.access.iter().map(|(feed, access)| {
        let token = access.token.as_ref().and_then(Secret::reveal);
        let login = access.user.as_deref().zip(access.password.as_ref().and_then(Secret::reveal));
        (feed.clone(), Arc::new(Access::new(token, login)))
    });
    Facts { access: of_feed.collect::<HashMap<_, _>>(), memory: config.serve.memory }
}
