//! The cycle: waits until a source is due, or somebody wants something; makes a round; shows what came of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::herald::Herald;
use super::hub::{Asked, Hub};
use super::plan::{Came, Plan};
use super::subscribe::{Ours, Post};
use super::told::{count, note, tell};
use super::views::Librarian;
use super::watch::Watch;
use super::{Clock, Place, http, notify};
use crate::config::{self, Config, Paint};
use crate::model::{EntryId, SourceId, Timestamp};
use crate::report::{Report, SourceLine, Visit};
use crate::run::{Event, Fault, Opened, Pause, Stop, Wish};
use crate::serve::{Done, Facts, House, Letter, Names, Order};
use crate::store::{Fate, Which};

/// What the cycle goes by; changes with the configuration.
pub(super) struct Cycle {
    opened: Arc<Opened>,
    house: Arc<House>,
    place: Place,
    clock: Clock,
    facts: Facts,
    /// Sources that somebody wants now.
    wanted: Vec<SourceId>,
    /// The configuration changed: what is published may be another thing.
    anew: bool,
    /// The last round was of those that somebody wanted.
    was_wanted: bool,
    hub: Arc<Hub>,
    herald: Arc<Herald>,
    librarian: Librarian,
}

type Orders = mpsc::Receiver<(Order, oneshot::Sender<Done>)>;

impl Cycle {
    pub(super) fn new(
        opened: Opened,
        house: Arc<House>,
        place: Place,
        clock: Clock,
        facts: Facts,
        librarian: Librarian,
    ) -> Self {
        Self {
            opened: Arc::new(opened),
            house,
            place,
            clock,
            facts,
            wanted: Vec::new(),
            anew: false,
            was_wanted: false,
            hub: Arc::default(),
            herald: Arc::default(),
            librarian,
        }
    }
}

/// Goes round until `stop` is wished.
pub(super) async fn go(mut cycle: Cycle, mut orders: Orders, post: Post, stop: &Stop) {
    let Post { mut letters, awaited } = post;
    let mut ours = Ours::new(awaited);
    ours.look(&cycle.opened, &cycle.clock).await;
    cycle.deliver();
    let path = cycle.place.path.clone();
    let mut watch = Watch::begin(&path);
    let mut plan = Plan::at_once(cycle.clock.now());
    loop {
        let wish = loop {
            let now = cycle.clock.now();
            if let Some(wish) = cycle.wish(&plan, &ours, now) {
                break wish;
            }
            let (left, under_way) = (plan.sleep(now, || !ours.is_quiet()), ours.under_way());
            tokio::select! {
                biased;
                () = stop.wished() => return,
                Some((order, tell)) = orders.recv() => cycle.obey(order, tell).await,
                Some(letter) = letters.recv() => cycle.open_letter(letter, &mut ours).await,
                Some(()) = ours.answered() => {}
                () = watch.changed() => { let _ = cycle.reload(); },
                () = cycle.clock.sleep(left, under_way) => ours.ask(&cycle.opened, &cycle.clock).await,
            }
        };
        let (wish, pushed) = match wish {
            Wish::These(mut these) => {
                let pushed = ours.take(cycle.opened.config());
                these.extend(pushed.keys().cloned());
                (Wish::These(these), pushed)
            }
            wish => (wish, HashMap::new()),
        };
        let by_push: Vec<SourceId> = pushed.keys().cloned().collect();
        let is_anew = std::mem::take(&mut cycle.anew);
        let opened = Arc::clone(&cycle.opened);
        let (now, began) = (cycle.clock.now(), Instant::now());
        let queue = cycle.house.metrics().queue.clone();
        let tell = |event: Event<'_>| {
            match event {
                Event::Begun(count) => queue.set(count as i64),
                Event::Visited(_) => queue.dec(),
                Event::Publishing => queue.set(0),
            };
        };
        let round = opened.round_with(&wish, pushed, now, stop, &tell);
        let mut round = std::pin::pin!(round);
        let done = loop {
            tokio::select! {
                done = round.as_mut() => break done,
                Some((order, tell)) = orders.recv() => cycle.obey(order, tell).await,
                Some(letter) = letters.recv() => cycle.open_letter(letter, &mut ours).await,
                Some(()) = ours.answered() => {}
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
            cycle.herald.announce(&cycle.opened, report);
            ours.after_round(&cycle.opened, report, &by_push, &cycle.clock).await;
        }
        // Only what was read may announce another hub.
        let is_read = |line: &SourceLine| matches!(line.visit, Visit::Read { .. });
        if is_anew || done.as_ref().is_ok_and(|report| report.sources.iter().any(is_read)) {
            ours.look(&cycle.opened, &cycle.clock).await;
        }
        plan = cycle.plan(done.as_ref(), took).await;
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
            self.hub.deliver(&self.opened, &self.house, &self.clock);
        }
    }

    async fn open_letter(&mut self, letter: Letter, ours: &mut Ours) {
        match letter {
            Letter::Asked { callback, path, topic, lease, secret } => {
                let asked = Asked { callback, path, topic, lease, secret };
                self.hub.verify(&self.opened, &self.house, &self.clock, asked);
            }
            other => ours.open_letter(&self.opened, other, &self.clock, self.house.metrics()).await,
        }
    }

    /// What the next round is for, if it is time for one. Who is due and what is wanted take turns, so that neither waits for an
    /// end of the other.
    fn wish(&mut self, plan: &Plan, ours: &Ours, now: Timestamp) -> Option<Wish> {
        let is_wanted = !self.wanted.is_empty() || (!ours.is_quiet() && plan.takes_pushes(now));
        let is_due = self.anew || plan.is_due(now);
        self.was_wanted = match (is_wanted, is_due) {
            (false, false) => return None,
            (true, true) => !self.was_wanted,
            (is_wanted, _) => is_wanted,
        };
        Some(match self.was_wanted {
            true => {
                // Who is wanted and was pushed is read from the push now, and asked next time.
                let these = std::mem::take(&mut self.wanted);
                let (later, these) = these.into_iter().partition(|id| ours.was_pushed(id));
                self.wanted = later;
                Wish::These(these)
            }
            false => Wish::Due,
        })
    }

    /// When the next round comes.
    async fn plan(&self, done: Result<&Report, &Fault>, took: Duration) -> Plan {
        let is_asked = |line: &SourceLine| !matches!(line.visit, Visit::Waiting { .. });
        let came = match done {
            Err(_) => Came::Broke,
            Ok(report) if report.sources.iter().any(is_asked) => Came::Well,
            Ok(_) => Came::ToNothing,
        };
        let now = self.clock.now();
        match self.opened.outlook(now).await {
            Ok(outlook) => {
                count(self.house.metrics(), &outlook);
                Plan::after(now, took, outlook.next, came)
            }
            Err(error) => {
                tracing::error!(help = error.help(), "{error}");
                Plan::after(now, took, None, Came::Broke)
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
            Order::Release(names) => self.settle_held(names, Fate::Release).await,
            Order::Drop(names) => self.settle_held(names, Fate::Drop).await,
            Order::Pause(id) => self.pause(id, Pause::Begin, "is paused").await,
            Order::Resume(id) => self.pause(id, Pause::End, "is asked again when it is due").await,
        };
        if let Ok(told) = &done {
            tracing::info!("{told}");
        }
        // Whoever asked may have gone.
        let _ = tell.send(done);
    }

    async fn settle_held(&mut self, names: Names, fate: Fate) -> Done {
        let sources = names.sources.into_iter().map(Which::Of);
        let which = sources.chain(names.ids.into_iter().map(|id| Which::One(EntryId::kept(id)))).collect();
        let told = self.opened.settle_held(which, fate).await?;
        // The next round lets in what was released, and counts what is left.
        self.anew = true;
        Ok(told)
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
        let config = config::load(&self.place.path)
            .map_err(|mistakes| mistakes.render(Paint::Plain).trim_end().to_owned())?;
        let old = self.opened.config();
        let fixed = |config: &Config| (config.store.path.clone(), config.serve.listen.clone());
        if fixed(&config) != fixed(old) {
            return Err("`store.path` and `serve.listen` change with a restart only".to_owned());
        }
        let opened = self.opened.with(Arc::new(config)).map_err(|fault| fault.to_string())?;
        let config = Arc::clone(opened.config());
        self.house.set_rules(http::rules(&config));
        self.facts = http::facts(&config);
        self.place.current.store(Arc::clone(&config));
        self.librarian.take_over();
        self.opened = Arc::new(opened);
        self.anew = true;
        Ok("the configuration was read again".to_owned())
    }
}
