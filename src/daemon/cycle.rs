//! The cycle: waits until a source is due, or somebody wants something; makes a round; shows what came of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::hub::{Asked, Hub};
use super::subscribe::{Ours, Post};
use super::views::Librarian;
use super::watch::Watch;
use super::{Clock, http, notify};
use crate::config::{self, Config, Paint};
use crate::model::SourceId;
use crate::report::{Placed, Report, Visit};
use crate::run::{Fault, Opened, Pause, Stop, Wish};
use crate::serve::{Done, Facts, House, Letter, Metrics, Order};

/// Rounds do not follow each other faster, unless somebody asks for one.
const LEAST: Duration = Duration::from_secs(1);
/// At the most this long passes between two rounds or a look at the clock: it may have been set, the machine may have slept.
const MOST: Duration = Duration::from_secs(60);
/// After a round that asked nobody (hosts that are left alone) or broke, so long passes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the cycle goes by; changes with the configuration.
pub(super) struct Cycle {
    opened: Arc<Opened>,
    house: Arc<House>,
    path: PathBuf,
    clock: Clock,
    facts: Facts,
    /// Sources that somebody wants now.
    wanted: Vec<SourceId>,
    /// The configuration changed: what is published may be another thing.
    anew: bool,
    hub: Arc<Hub>,
    librarian: Librarian,
}

type Orders = mpsc::Receiver<(Order, oneshot::Sender<Done>)>;

impl Cycle {
    pub(super) fn new(
        opened: Opened,
        house: Arc<House>,
        path: PathBuf,
        clock: Clock,
        facts: Facts,
        librarian: Librarian,
    ) -> Self {
        Self {
            opened: Arc::new(opened),
            house,
            path,
            clock,
            facts,
            wanted: Vec::new(),
            anew: false,
            hub: Arc::default(),
            librarian,
        }
    }
}

/// Goes round until `stop` is wished.
pub(super) async fn go(mut cycle: Cycle, mut orders: Orders, post: Post, stop: &Stop) {
    let Post { mut letters, awaited } = post;
    let mut ours = Ours::new(awaited);
    ours.look(&cycle.opened, cycle.clock).await;
    cycle.deliver();
    let path = cycle.path.clone();
    let mut watch = Watch::begin(&path);
    let mut wait = Duration::ZERO;
    loop {
        let woken = Instant::now();
        while cycle.wanted.is_empty() && !cycle.anew && ours.is_quiet() && woken.elapsed() < wait {
            tokio::select! {
                biased;
                () = stop.wished() => return,
                Some((order, tell)) = orders.recv() => cycle.obey(order, tell).await,
                Some(letter) = letters.recv() => cycle.open_letter(letter, &mut ours).await,
                () = watch.changed() => { let _ = cycle.reload(); },
                () = tokio::time::sleep(wait.saturating_sub(woken.elapsed())) => {}
            }
        }
        let pushed = ours.take(cycle.opened.config());
        cycle.wanted.extend(pushed.keys().cloned());
        let wish = match cycle.wanted.is_empty() {
            true => Wish::Due,
            false => Wish::These(std::mem::take(&mut cycle.wanted)),
        };
        let by_push: Vec<SourceId> = pushed.keys().cloned().collect();
        cycle.anew = false;
        let opened = Arc::clone(&cycle.opened);
        let (now, began) = (cycle.clock.now(), Instant::now());
        let round = opened.round_with(&wish, pushed, now, stop, &|_| {});
        let mut round = std::pin::pin!(round);
        let done = loop {
            tokio::select! {
                done = round.as_mut() => break done,
                Some((order, tell)) = orders.recv() => cycle.obey(order, tell).await,
                Some(letter) = letters.recv() => cycle.open_letter(letter, &mut ours).await,
                () = watch.changed() => { let _ = cycle.reload(); },
            }
        };
        let took = began.elapsed();
        cycle.show(done.as_ref(), took).await;
        if stop.is_wished() {
            return;
        }
        cycle.deliver();
        if let Ok(report) = &done {
            ours.after_round(&cycle.opened, report, &by_push, cycle.clock).await;
        }
        ours.look(&cycle.opened, cycle.clock).await;
        wait = cycle.next(done.as_ref(), took).await;
    }
}

impl Cycle {
    /// Tells what came of a round, and serves the documents that it made.
    async fn show(&self, done: Result<&Report, &Fault>, took: Duration) {
        let metrics = self.house.metrics();
        match done {
            Ok(report) => {
                self.librarian.after_round(report);
                note(metrics, report, took);
                tell(report);
                if !report.sources.is_empty() {
                    notify::status(&report.summary());
                }
                metrics.last_round.set(self.clock.now().timestamp());
            }
            Err(fault) => {
                metrics.faults.inc();
                tracing::error!(help = fault.help().unwrap_or_default(), "{fault}");
                notify::status(&fault.to_string());
            }
        }
        self.read_documents().await;
    }

    async fn read_documents(&self) {
        let (house, facts) = (Arc::clone(&self.house), self.facts.clone());
        let dir = self.opened.config().publish.dir.clone();
        let faults = tokio::task::spawn_blocking(move || house.read(&dir, &facts)).await;
        for fault in faults.into_iter().flatten() {
            tracing::warn!("{fault}");
        }
    }

    /// Sends what changed to who subscribed; goes on beside the rounds.
    fn deliver(&self) {
        if self.opened.config().serve.hub {
            self.hub.deliver(&self.opened, &self.house, self.clock);
        }
    }

    async fn open_letter(&mut self, letter: Letter, ours: &mut Ours) {
        match letter {
            Letter::Asked { callback, path, topic, lease, secret } => {
                let asked = Asked { callback, path, topic, lease, secret };
                self.hub.verify(&self.opened, &self.house, self.clock, asked);
            }
            other => ours.open_letter(&self.opened, other, self.clock, self.house.metrics()).await,
        }
    }

    /// How long to wait until the next round.
    async fn next(&self, done: Result<&Report, &Fault>, took: Duration) -> Duration {
        // A fifth of the time at the most goes into rounds that came by themselves.
        let least = (took * 4).clamp(LEAST, MOST);
        let asked = done.is_ok_and(|report| {
            report.sources.iter().any(|line| !matches!(line.visit, Visit::Waiting { .. }))
        });
        let now = self.clock.now();
        match self.opened.next_due(now).await {
            Ok(Some(due)) if due <= now && !asked => PATIENCE,
            Ok(Some(due)) => (due - now).to_std().unwrap_or_default().clamp(least, MOST),
            Ok(None) => MOST,
            Err(error) => {
                tracing::error!(help = error.help(), "{error}");
                PATIENCE
            }
        }
    }

    async fn obey(&mut self, order: Order, tell: oneshot::Sender<Done>) {
        let known = |id: &SourceId| self.opened.config().sources.iter().any(|source| source.id == *id);
        let done = match order {
            Order::Reload => self.reload(),
            Order::Refresh(id) | Order::Pause(id) | Order::Resume(id) if !known(&id) => {
                Err(format!("there is no source `{id}`"))
            }
            Order::Refresh(id) => {
                let told = format!("`{id}` is asked");
                self.wanted.push(id);
                Ok(told)
            }
            Order::Pause(id) => self.pause(id, Pause::Begin, "is paused").await,
            Order::Resume(id) => self.pause(id, Pause::End, "is asked again when it is due").await,
        };
        if let Ok(told) = &done {
            tracing::info!("{told}");
        }
        // Whoever asked may have gone.
        let _ = tell.send(done);
    }

    async fn pause(&self, id: SourceId, pause: Pause, told: &str) -> Done {
        let done = self.opened.set_paused(id.clone(), pause).await;
        done.map(|()| format!("`{id}` {told}")).map_err(|error| error.to_string())
    }

    /// Reads the configuration again. One with mistakes is refused, and the old one goes on.
    fn reload(&mut self) -> Done {
        notify::reloading();
        let done = self.take_over();
        notify::ready();
        match &done {
            Ok(told) => {
                self.house.set_mistake(None);
                tracing::info!("{told}");
            }
            Err(mistake) => {
                self.house.set_mistake(Some(mistake.clone()));
                tracing::error!("the configuration was refused, the old one goes on:\n{mistake}");
            }
        }
        done
    }

    fn take_over(&mut self) -> Done {
        let config = config::load(&self.path)
            .map_err(|mistakes| mistakes.render(Paint::Plain).trim_end().to_owned())?;
        let old = self.opened.config();
        let fixed = |config: &Config| (config.store.clone(), config.serve.listen.clone());
        if fixed(&config) != fixed(old) {
            return Err("`store.path` and `serve.listen` change with a restart only".to_owned());
        }
        let opened = self.opened.with(Arc::new(config)).map_err(|fault| fault.to_string())?;
        let config = Arc::clone(opened.config());
        self.house.set_rules(http::rules(&config));
        self.facts = http::facts(&config);
        self.librarian.take_over(&config);
        self.opened = Arc::new(opened);
        self.anew = true;
        Ok("the configuration was read again".to_owned())
    }
}

fn note(metrics: &Metrics, report: &Report, took: Duration) {
    if !report.sources.is_empty() {
        metrics.rounds.observe(took.as_secs_f64());
    }
    for line in &report.sources {
        let outcome = match &line.visit {
            Visit::Unchanged => "unchanged",
            Visit::Read { new, changed, retouched, .. } => {
                Metrics::add(&metrics.entries, "new", *new);
                Metrics::add(&metrics.entries, "changed", *changed);
                Metrics::add(&metrics.entries, "retouched", *retouched);
                "read"
            }
            Visit::Failed(_) => "failed",
            Visit::Waiting { .. } => "waiting",
        };
        Metrics::add(&metrics.visits, outcome, 1);
    }
    for line in &report.documents {
        let placed = match line.placed {
            Placed::Written => "written",
            Placed::Same => "same",
            Placed::Refused(_) => "refused",
        };
        Metrics::add(&metrics.documents, placed, 1);
    }
}

fn tell(report: &Report) {
    for line in &report.sources {
        match &line.visit {
            Visit::Failed(failure) => {
                tracing::warn!(source = %line.source, stage = %failure.stage, "{}", failure.message);
            }
            Visit::Read { new, changed, .. } if new + changed > 0 => {
                tracing::info!(source = %line.source, new, changed, "read");
            }
            _ => {}
        }
    }
    for line in &report.documents {
        match &line.placed {
            Placed::Written => tracing::info!(document = line.path, entries = line.entries, "written"),
            Placed::Refused(reason) => tracing::warn!(document = line.path, "{reason}"),
            Placed::Same => {}
        }
    }
    for note in &report.notes {
        tracing::info!("{note}");
    }
}
