//! Views in the daemon: a thread that makes them, and one that keeps the index up by which they are searched.
//!
//! The index is made from the state and beside the rounds: a run from cron knows nothing of it. After each round the new
//! entries are indexed and those of the sources that were read are compared; at the start, and once a day, everything is, piece
//! by piece from the newest down, so that whatever else changed the state meanwhile is found.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::{Clock, Current};
use crate::config::Config;
use crate::model::{FeedId, SourceId};
use crate::render::Format;
use crate::report::{Report, Visit};
use crate::run::{Unseen, Viewer};
use crate::serve::{House, Made, Wanted, Workshop};
use crate::store::{self, Below, Desk, Index, StoreError};

/// Everything is compared again after so long.
const AGAIN: Duration = Duration::from_secs(86_400);
/// So many pieces of what is new are indexed at once.
const PIECES: usize = 10;
/// After a failure nothing is tried for so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What both threads go by.
struct Shared {
    config: Arc<Current>,
    rounds: AtomicU64,
}

/// Tells the threads what happens. They end with it.
pub(super) struct Librarian {
    shared: Arc<Shared>,
    house: Arc<House>,
    news: Sender<Vec<SourceId>>,
}

/// Begins.
///
/// # Errors
/// When no threads can be had.
pub(super) fn begin(
    workshop: Workshop,
    house: &Arc<House>,
    config: &Arc<Current>,
    clock: Clock,
) -> std::io::Result<Librarian> {
    let shared = Arc::new(Shared { config: Arc::clone(config), rounds: AtomicU64::new(0) });
    let (news, heard) = channel();
    let known = Arc::clone(&shared);
    std::thread::Builder::new().name("views".to_owned()).spawn(move || workshop.work(maker(known, clock)))?;
    // Weak: the house holds the place where views are asked for, and its end is the end of the workshop.
    let (known, weak) = (Arc::clone(&shared), Arc::downgrade(house));
    std::thread::Builder::new().name("index".to_owned()).spawn(move || keep_up(&known, &weak, &heard))?;
    Ok(Librarian { shared, house: Arc::clone(house), news })
}

impl Librarian {
    /// A round was made.
    pub(super) fn after_round(&self, report: &Report) {
        self.shared.rounds.fetch_add(1, Ordering::Relaxed);
        let is_read = |visit: &Visit| matches!(visit, Visit::Read { new, changed, retouched, .. } if new + changed + retouched > 0);
        let read: Vec<SourceId> = report
            .sources
            .iter()
            .filter(|line| is_read(&line.visit))
            .map(|line| line.source.clone())
            .collect();
        if !read.is_empty() || report.released > 0 {
            self.house.views().outdate();
            // Nobody hears where the thread could not go on; it has said so.
            let _ = self.news.send(read);
        }
    }

    /// The configuration is another one.
    pub(super) fn take_over(&self) {
        self.house.views().clear();
        let _ = self.news.send(Vec::new());
    }
}

fn maker(shared: Arc<Shared>, clock: Clock) -> impl FnMut(&Wanted) -> Made {
    let mut known: Option<(Arc<Config>, u64, Viewer)> = None;
    move |wanted| {
        let (config, rounds) = (shared.config.load_full(), shared.rounds.load(Ordering::Relaxed));
        let kept = known.take().filter(|(of, ..)| Arc::ptr_eq(of, &config));
        let (_, last, viewer) =
            known.insert(kept.unwrap_or_else(|| (Arc::clone(&config), rounds, Viewer::new(config))));
        if *last != rounds {
            *last = rounds;
            viewer.look_again();
        }
        make(viewer, wanted, &clock)
    }
}

fn make(viewer: &mut Viewer, wanted: &Wanted, clock: &Clock) -> Made {
    let name = wanted.path.trim_start_matches('/');
    let place = name.rsplit_once('.').and_then(|(feed, ending)| {
        let format = Format::ALL.into_iter().find(|format| format.extension() == ending)?;
        Some((feed.parse::<FeedId>().ok()?, format))
    });
    let Some((feed, format)) = place else { return Err(Unseen::NoFeed.to_string()) };
    match viewer.view(&feed, format, &wanted.filter, wanted.most, clock.now()) {
        Ok(document) => Ok(document.bytes),
        Err(unseen @ (Unseen::NoFeed | Unseen::NoIndex)) => Err(unseen.to_string()),
        // What is wrong with the state or a template is the owner's to know.
        Err(fault) => {
            tracing::warn!(
                path = wanted.path,
                query = wanted.filter.query(),
                "a view cannot be made: {fault}"
            );
            Err("the view cannot be made".to_owned())
        }
    }
}

/// What the index is kept up with.
struct Shelves {
    index: Index,
    desk: Desk,
}

impl Shelves {
    fn open(config: &Config) -> Result<Option<Self>, StoreError> {
        let Some(desk) = store::reader(&config.store.path)? else { return Ok(None) };
        Ok(Some(Self { index: Index::open(&config.store.path)?, desk }))
    }

    /// Indexes what came since the last time, and what changed of these sources. With how many entries, and whether that was
    /// too much for one go: then everything has to be compared.
    fn take_in(&mut self, sources: &[SourceId]) -> Result<(usize, bool), StoreError> {
        let last = self.index.last()?;
        let mut touched = 0;
        let mut next = Some(Below::TOP);
        for _ in 0..PIECES {
            let Some(below) = next.filter(|below| !below.is_past(last)) else { break };
            let (on, indexed) = self.index.compare(&self.desk, below)?;
            (next, touched) = (on, touched + indexed);
        }
        for source in sources {
            touched += self.index.compare_source(&self.desk, source)?;
        }
        Ok((touched, next.is_some_and(|below| !below.is_past(last))))
    }
}

/// Keeps the index up until nobody tells anything any more.
fn keep_up(shared: &Shared, house: &Weak<House>, news: &Receiver<Vec<SourceId>>) {
    let mut shelves = None;
    let mut next = Some(Below::TOP);
    let mut compared = Instant::now();
    let mut wait = Duration::ZERO;
    loop {
        let heard = news.recv_timeout(if next.is_some() { wait } else { AGAIN });
        if matches!(heard, Err(RecvTimeoutError::Disconnected)) {
            return;
        }
        let config = shared.config.load_full();
        if !config.serve.views.enabled {
            (shelves, next, wait) = (None, Some(Below::TOP), AGAIN);
            continue;
        }
        if next.is_none() && compared.elapsed() >= AGAIN {
            next = Some(Below::TOP);
        }
        let begun = Instant::now();
        match step(&mut shelves, &config, heard.ok(), next) {
            Ok((on, touched)) => {
                if next.is_some() && on.is_none() {
                    tracing::debug!("the index is as the state is");
                    compared = Instant::now();
                }
                next = on;
                // The rest of the machine has something to do too.
                wait = begun.elapsed();
                if touched > 0
                    && let Some(house) = house.upgrade()
                {
                    house.views().outdate();
                }
            }
            Err(error) => {
                tracing::warn!(help = error.help(), "the index for searching cannot be kept up: {error}");
                (shelves, next, wait) = (None, Some(Below::TOP), PATIENCE);
            }
        }
    }
}

/// What was heard, and a piece of the comparison.
fn step(
    shelves: &mut Option<Shelves>,
    config: &Config,
    heard: Option<Vec<SourceId>>,
    next: Option<Below>,
) -> Result<(Option<Below>, usize), StoreError> {
    let open = match shelves.take() {
        Some(open) => Some(open),
        None => Shelves::open(config)?,
    };
    // No state yet: the first round makes one.
    let Some(open) = open else { return Ok((next, 0)) };
    let open = shelves.insert(open);
    let (mut touched, mut next) = (0, next);
    if let Some(sources) = heard {
        let (indexed, is_too_much) = open.take_in(&sources)?;
        touched += indexed;
        if is_too_much {
            next = Some(Below::TOP);
        }
    }
    let Some(below) = next else { return Ok((None, touched)) };
    let (next, compared) = open.index.compare(&open.desk, below)?;
    Ok((next, touched + compared))
}
