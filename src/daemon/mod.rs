//! `harkara serve`: rounds when sources are due, and the published tree over HTTP; in one process, on two sets of threads, so
//! that readers are served whatever the rounds do.
//!
//! ```text
//! watch (signals, file) ─→ cycle ─round→ run ─documents→ folder ─read→ serve::House ─→ readers
//!                            ↑ orders (api)
//! ```

mod clock;
mod cycle;
mod herald;
mod hub;
mod http;
mod lease;
pub mod log;
mod notify;
mod plan;
mod status;
mod subscribe;
mod told;
mod views;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::config::Config;
use crate::run::{self, Fault, Stop};
use crate::serve::{self, Desk, House, ListenError, Listener, Mail};
pub use clock::{Clock, Hand};
use subscribe::Post;

/// What the daemon begins with.
pub struct Start {
    /// The configuration file, read again when it changes.
    pub path: PathBuf,
    /// What it said.
    pub config: Arc<Config>,
    /// The sockets, open already.
    pub listeners: Vec<Listener>,
    /// Tells the time.
    pub clock: Clock,
}

/// The configuration that the daemon goes by now; whoever only tells something looks here.
type Current = arc_swap::ArcSwap<Config>;

/// Where the configuration comes from, and where it is told what it is.
struct Place {
    path: PathBuf,
    current: Arc<Current>,
}

/// Why the daemon did not begin or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A promise of our own is broken before anything was served.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// No threads for the endpoint.
    #[error("the endpoint cannot begin: {0}")]
    Threads(std::io::Error),
}

impl DaemonError {
    /// The next step for the owner.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Fault(fault) => fault.help(),
            Self::Listen(error) => Some(error.help()),
            Self::Threads(_) => Some("let the service have more threads (`TasksMax` of its unit)".to_owned()),
        }
    }
}

/// Serves until `stop` is wished. What is published already is served before the first round.
///
/// # Errors
/// When the state or the endpoint cannot be opened. Later faults are logged, and feeds go on being served.
pub async fn serve(start: Start, stop: &Stop) -> Result<(), DaemonError> {
    let Start { path, config, listeners, clock } = start;
    let opened = run::open(Arc::clone(&config))?;
    let (orders, taken) = mpsc::channel(64);
    let (letters, box_of_letters) = mpsc::channel(256);
    let mail = Mail { letters, awaited: Arc::default() };
    let current = Arc::new(Current::new(Arc::clone(&config)));
    let desk = Desk {
        orders,
        status: status::teller(Arc::clone(&current), clock.clone()),
        held: status::lister(Arc::clone(&current)),
    };
    let (views, workshop) = serve::views();
    let house = Arc::new(House::new(http::rules(&config), desk, mail.clone(), views));
    let librarian = views::begin(workshop, &house, &current, clock.clone()).map_err(DaemonError::Threads)?;
    let facts = http::facts(&config);
    for fault in house.read(&config.publish.dir, &facts) {
        tracing::warn!("{fault}");
    }
    let places: Vec<String> = listeners.iter().map(Listener::place).collect();
    let endpoint = http::begin(listeners, Arc::clone(&house), &config.serve).map_err(DaemonError::Threads)?;
    tracing::info!(documents = house.tree().paths().len(), "serving at {}", places.join(", "));
    notify::ready();
    let watchdog = tokio::spawn(notify::watchdog());
    let post = Post { letters: box_of_letters, awaited: mail.awaited };
    let place = Place { path, current };
    cycle::go(cycle::Cycle::new(opened, house, place, clock, facts, librarian), taken, post, stop).await;
    notify::stopping();
    watchdog.abort();
    endpoint.end();
    Ok(())
}

/// The sockets of a configuration; to be called before any thread begins.
///
/// # Errors
/// When one cannot be opened.
pub fn listen(config: &Config) -> Result<Vec<Listener>, ListenError> {
    serve::open(&config.serve.listen)
}
