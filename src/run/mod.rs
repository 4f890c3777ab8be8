//! One trip over the whole road: every due source is asked and read, then every feed is published.
//!
//! The only room that knows every station; `ask` and `visit` are the way of one source, `press` that of one feed. A failure of a
//! source is a line of the report, the walk goes on; only a broken promise of our own ([`Fault`]) ends it, and then
//! every published document is still whole.

mod account;
mod announce;
mod archive;
mod ask;
mod choose;
mod courtesy;
mod diff;
mod due;
mod held;
mod kept;
mod pages;
mod press;
mod preview;
mod pushed;
mod readers;
mod sources;
mod stop;
mod stories;
mod view;
mod visit;
mod why;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use ask::Asker;
use choose::{Asked, choose};
use courtesy::Courtesy;

use crate::config::Config;
use crate::fetch::{Client, FetchError, Response};
use crate::model::{Host, SourceId, Timestamp};
use crate::publish::PublishError;
use crate::report::{Cut, Report, SourceLine};
use crate::store::{Answers, Desk, StoreError, Writer};

pub(crate) use choose::address;
pub use diff::{Before, Change, Diff, FeedDiff, Line, SourceDiff, diff};
pub use due::{Outlook, Pause, paused_sources};
pub use held::{HeldEntry, HeldOf, held, release_or_drop};
pub use preview::{Preview, preview};
pub(crate) use sources::{outlines, unvisited};
pub use stop::{GRACE, Stop, Stopper};
pub use view::{Unseen, Viewer};
pub use why::{Alike, Answer, DocumentOf, InFeed, Known, Member, Nearest, Story, TieTold, Why, why};

/// A promise of our own that could not be kept. Old outputs are whole.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The state cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The published tree cannot be written.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// No client can be made from the settings of `[fetch]`.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl Fault {
    /// True when another run is at work on the state: then what is due is being asked.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Store(StoreError::Busy(_)))
    }

    /// The next step for the owner.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.help()),
            Self::Publish(error) => Some(error.help().to_owned()),
            Self::Fetch(error) => error.help(),
        }
    }
}

/// Which sources a run asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Those that are due.
    Due,
    /// Every one that is not switched off.
    All,
    /// These, due or not.
    These(Vec<SourceId>),
}

/// What happens meanwhile, for a progress bar.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many sources will be asked.
    Begun(usize),
    /// One of them is done.
    Visited(&'a SourceLine),
    /// All are done; documents are made.
    Publishing,
}

/// What stays open between two rounds: the state with its lock, and the client that knows whose turn it is.
pub struct Opened {
    config: Arc<Config>,
    asker: Arc<Asker>,
    writer: Arc<Writer>,
    /// When everything was published last by this configuration.
    published: Mutex<Option<Timestamp>>,
}

/// Documents are made anew after this, though nothing came: somebody may have deleted one.
const STALE: TimeDelta = TimeDelta::hours(1);
/// The same where a feed keeps entries for hours: they grow old.
const AGED: TimeDelta = TimeDelta::minutes(15);

/// What all visits of a round share.
struct Road {
    config: Arc<Config>,
    asker: Arc<Asker>,
    writer: Arc<Writer>,
    courtesy: Courtesy,
    now: Timestamp,
    stop: Stop,
    /// Documents that were pushed.
    pushed: Mutex<HashMap<SourceId, Response>>,
}

impl Road {
    /// What was pushed for a source; taken once.
    fn pushed(&self, source: &SourceId) -> Option<Response> {
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner).remove(source)
    }

    /// What is written about hosts together with a visit.
    fn hosts_to_write(&self) -> Vec<Host> {
        self.courtesy.to_write(&self.asker.client, self.config.fetch.spacing)
    }
}

/// Takes the lock of the state, brings it to today's version, makes the client.
///
/// # Errors
/// When another harkara holds the state, it cannot be opened, or no client can be made.
pub fn open(config: Arc<Config>) -> Result<Opened, Fault> {
    let writer = Arc::new(Writer::open(&config.store.path)?);
    let answers = Answers::beside(&config.store.path, config.store.answers.bytes());
    let ids: HashSet<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
    answers.forget_others(|id| ids.contains(id));
    let asker = Arc::new(Asker::new(&config.fetch, Some(answers))?);
    Ok(Opened { config, asker, writer, published: Mutex::default() })
}

impl Opened {
    /// The same state under another configuration, which must have the same `store.path`. Rounds that are under way go on with
    /// theirs.
    ///
    /// # Errors
    /// When no client can be made from its `[fetch]`.
    pub fn with(&self, config: Arc<Config>) -> Result<Self, Fault> {
        // A new client would forget whose turn it is, so it is made only where it must behave otherwise.
        let most = config.store.answers;
        let asker = match config.fetch == self.config.fetch && most == self.config.store.answers {
            true => Arc::clone(&self.asker),
            false => {
                let answers = self.asker.answers.clone().map(|answers| answers.up_to(most.bytes()));
                Arc::new(Asker::new(&config.fetch, answers)?)
            }
        };
        let writer = Arc::clone(&self.writer);
        Ok(Self { config, asker, writer, published: Mutex::default() })
    }

    /// The configuration that rounds go by.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Who asks; letters to hubs and subscribers go through it too.
    pub fn client(&self) -> &Client {
        &self.asker.client
    }

    /// The state.
    pub fn writer(&self) -> &Arc<Writer> {
        &self.writer
    }

    /// One round: asks what `wish` says, publishes every feed.
    ///
    /// `now` is the time of the whole round: of first sight, of the clamp of future dates, of what is due. Once `stop` is
    /// wished no visit is begun, those under way have [`GRACE`] to end, and no further document is put in place: the next
    /// round does it.
    ///
    /// # Errors
    /// [`Fault`] only; failures of sources are in the report.
    pub async fn round(
        &self,
        wish: &Wish,
        now: Timestamp,
        stop: &Stop,
        tell: &(dyn Fn(Event<'_>) + Sync),
    ) -> Result<Report, Fault> {
        self.round_with(wish, HashMap::new(), now, stop, tell).await
    }

    /// The same, with documents that were pushed to us: those sources are not asked, and read from there.
    ///
    /// # Errors
    /// As [`Opened::round`].
    pub async fn round_with(
        &self,
        wish: &Wish,
        pushed: HashMap<SourceId, Response>,
        now: Timestamp,
        stop: &Stop,
        tell: &(dyn Fn(Event<'_>) + Sync),
    ) -> Result<Report, Fault> {
        let yesterday = now - TimeDelta::days(1);
        let config = Arc::clone(&self.config);
        let known = move |desk: &Desk| {
            let is_broken = courtesy::begin(desk)?;
            let released = held::let_in(desk, &config, now)?;
            Ok((desk.hosts()?, desk.robots(yesterday)?, is_broken, released))
        };
        let (known, robots, is_broken, released) = self.writer.call(known).await?;
        for (origin, rules, read_at) in robots {
            let ago = (now - read_at).to_std().unwrap_or_default();
            self.asker.client.know_robots(origin, &rules, ago);
        }
        let road = Arc::new(Road {
            config: Arc::clone(&self.config),
            asker: Arc::clone(&self.asker),
            writer: Arc::clone(&self.writer),
            courtesy: Courtesy::new(known, now),
            now,
            stop: stop.clone(),
            pushed: Mutex::new(pushed),
        });
        road.courtesy.pauses(&road.asker.client);
        // Who is asked for by name is asked, whatever his host said before.
        match wish {
            Wish::Due => road.courtesy.closings(&road.asker.client),
            Wish::All | Wish::These(_) => road.asker.client.open(),
        }
        let chosen = choose(&road, wish).await?;
        if is_broken {
            let places = chosen
                .asked
                .iter()
                .map(|(place, state)| choose::address(&self.config.sources[*place], state.as_deref()));
            courtesy::pause_all(&self.asker.client, places, self.config.fetch.spacing);
        }
        tell(Event::Begun(chosen.asked.len()));
        let is_still =
            *wish == Wish::Due && chosen.asked.is_empty() && released.count == 0 && self.is_fresh(now);
        if !is_still {
            // What is read now and fails to be published is the next round's, whoever that one asks.
            self.note_published(None);
        }
        let (mut sources, mut cut) = visit_all(&road, chosen.asked, stop, tell).await?;
        // What could not be kept is asked for anew when it is needed.
        let _ = road.asker.answers.as_ref().map(Answers::settle);
        sources.extend(chosen.waiting);
        sources.sort_by_key(|(place, _)| *place);
        let mut sources: Vec<SourceLine> = sources.into_iter().map(|(_, line)| line).collect();
        if !stop.is_wished() {
            stories::relate_all(&road, &mut sources).await?;
        }
        let hosts = road.courtesy.rest(&road.asker.client);
        let robots = road.asker.client.robots_read();
        let note = move |desk: &Desk| {
            courtesy::end(desk)?;
            desk.note_hosts(&hosts)?;
            desk.forget_hosts(now)?;
            desk.note_robots(&robots, now, yesterday)
        };
        self.writer.call(note).await?;
        let (mut documents, mut notes) = (Vec::new(), held::told(&released));
        if !stop.is_wished() && !is_still {
            tell(Event::Publishing);
            let (made, left) = press::all(&road).await?;
            documents = made;
            notes.extend(left);
            self.note_published(Some(now).filter(|_| !stop.is_wished()));
        }
        if stop.is_wished() {
            cut.get_or_insert_default();
        }
        let released = released.count;
        Ok(Report { sources, not_due: chosen.not_due, released, documents, notes, cut })
    }
}

impl Opened {
    fn note_published(&self, at: Option<Timestamp>) {
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Whether what is published is as a round at `now` would make it, if nobody was asked since.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let published = *self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let ages = self.config.feeds.iter().any(|feed| feed.keep.hours.is_some());
        let most = if ages { AGED } else { STALE };
        published.is_some_and(|at| at <= now && now < at + most)
    }
}

/// Runs once: opens, makes one [round](Opened::round), tells the hubs, and closes.
///
/// # Errors
/// As [`open`] and [`Opened::round`].
pub async fn run(
    config: Arc<Config>,
    wish: &Wish,
    now: Timestamp,
    stop: &Stop,
    tell: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Report, Fault> {
    let opened = open(config)?;
    let mut report = opened.round(wish, now, stop, tell).await?;
    // Who wishes to stop does not wait for a hub.
    tokio::select! {
        biased;
        () = stop.wished() => {}
        notes = opened.announce(&report.documents) => report.notes.extend(notes),
    }
    Ok(report)
}

/// So many answers, and no more than questions, may be waiting to be read or written while as many questions are out as may be.
const READ_AHEAD: usize = 16;

/// What a task gave. `visit` catches what reading may do; a panic elsewhere is ours and must be seen.
fn whole<T>(done: Result<T, JoinError>) -> T {
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Asks them all, some at a time; each line with its place in the configuration. With what a wish to stop cut off.
async fn visit_all(
    road: &Arc<Road>,
    asked: Vec<Asked>,
    stop: &Stop,
    tell: &(dyn Fn(Event<'_>) + Sync),
) -> Result<(Vec<(usize, SourceLine)>, Option<Cut>), Fault> {
    let mut waiting = asked.into_iter();
    let (mut under_way, mut settling) = (JoinSet::new(), JoinSet::new());
    let mut lines = Vec::new();
    let mut deadline = None;
    // Some more than the client lets out at once: while one is read, another is asked.
    let out = road.config.fetch.concurrency;
    let hands = Arc::new(Semaphore::new(out + out.min(READ_AHEAD)));
    while !(under_way.is_empty() && settling.is_empty() && (deadline.is_some() || waiting.len() == 0)) {
        let wish = async {
            match deadline {
                None => stop.wished().await,
                Some(deadline) => sleep_until(deadline).await,
            }
        };
        tokio::select! {
            biased;
            () = wish => match deadline {
                None => deadline = Some(Instant::now() + GRACE),
                // Each of them has written all of its piece or nothing: the writer's jobs are whole.
                Some(_) => break,
            },
            Some(settled) = settling.join_next() => {
                let (place, line): (usize, Result<SourceLine, StoreError>) = whole(settled);
                let line = line?;
                tell(Event::Visited(&line));
                lines.push((place, line));
            }
            Some(visited) = under_way.join_next() => {
                let (place, later): (usize, visit::Later) = whole(visited);
                settling.spawn(async move { (place, later.await) });
            }
            // Never closed, so never refused.
            Ok(hand) = Arc::clone(&hands).acquire_owned(), if deadline.is_none() && waiting.len() > 0 => {
                let Some((place, state)) = waiting.next() else { continue };
                let road = Arc::clone(road);
                let state = state.map(|state| *state);
                under_way.spawn(async move { (place, visit::visit(&road, place, state, hand).await) });
            }
        }
    }
    let cut = deadline.map(|_| Cut { not_asked: waiting.count(), dropped: under_way.len() + settling.len() });
    Ok((lines, cut))
}
