//! Our own subscriptions: sources that announce a hub need not be asked so often. A hub that does not keep its word is no loss:
//! the source is polled as before.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::Url;

use super::{Clock, lease};
use crate::config::Config;
use crate::fetch::{Letter as Question, Response};
use crate::model::{Channel, SourceId};
use crate::report::{Report, Visit};
use crate::run::Opened;
use crate::serve::{Await, Awaited, AwaitedNow, Letter, Metrics, chance};
use crate::source::Source;
use crate::store::{Desk, StoreError, Subscription};

/// What we ask for; hubs give what they like.
const LEASE: &str = "864000";
/// So many pushes of a source may wait to be read; what comes beyond is left to polls.
const WAITING: usize = 16;

/// What comes in for subscriptions of ours.
pub(super) struct Post {
    pub(super) letters: mpsc::Receiver<Letter>,
    pub(super) awaited: Arc<AwaitedNow>,
}

/// Our subscriptions.
pub(super) struct Ours {
    awaited: Arc<AwaitedNow>,
    all: Vec<Subscription>,
    /// What was pushed and is not read yet, the first that came first.
    pushed: HashMap<SourceId, VecDeque<Response>>,
    /// Letters to hubs that are under way: each gives its hub back, which gets one after another.
    asking: JoinSet<String>,
    asked: HashSet<String>,
}

impl Ours {
    pub(super) fn new(awaited: Arc<AwaitedNow>) -> Self {
        Self {
            awaited,
            all: Vec::new(),
            pushed: HashMap::new(),
            asking: JoinSet::new(),
            asked: HashSet::new(),
        }
    }

    /// Nothing was pushed that is still to be read.
    pub(super) fn is_quiet(&self) -> bool {
        self.pushed.is_empty()
    }

    /// Whether something was, for this source.
    pub(super) fn was_pushed(&self, id: &SourceId) -> bool {
        self.pushed.contains_key(id)
    }

    /// What was pushed first for each source, if it is asked at all. The next one waits for the next round: each may tell of other
    /// entries.
    pub(super) fn take(&mut self, config: &Config) -> HashMap<SourceId, Response> {
        let enabled: HashSet<&SourceId> =
            config.sources.iter().filter(|s| s.enabled).map(|source| &source.id).collect();
        self.pushed.retain(|id, _| enabled.contains(id));
        let first = |(id, waiting): (&SourceId, &mut VecDeque<Response>)| {
            waiting.pop_front().map(|response| (id.clone(), response))
        };
        let taken = self.pushed.iter_mut().filter_map(first).collect();
        self.pushed.retain(|_, waiting| !waiting.is_empty());
        taken
    }

    /// Hubs that are being asked.
    pub(super) fn under_way(&self) -> usize {
        self.asking.len()
    }

    /// Waits until a hub has been asked; `None` when none is.
    pub(super) async fn answered(&mut self) -> Option<()> {
        // A task that broke down holds its hub back until a restart; none does.
        let hub = self.asking.join_next().await?.ok()?;
        self.asked.remove(&hub);
        Some(())
    }

    /// Looks which hubs are announced now: gives up what is announced no more, begins what is new, and asks those that are due.
    pub(super) async fn look(&mut self, opened: &Arc<Opened>, clock: &Clock) {
        match self.announced(opened).await {
            Ok(()) => self.ask(opened, clock).await,
            Err(error) => tracing::error!("{error}"),
        }
    }

    async fn announced(&mut self, opened: &Arc<Opened>) -> Result<(), StoreError> {
        let config = opened.config();
        if config.site.base_url.is_none() || !config.serve.websub {
            self.all = Vec::new();
            self.awaited.store(Arc::default());
            return Ok(());
        }
        let job = |desk: &Desk| {
            let mut announced = HashMap::new();
            desk.each_source(|id, state, channel| {
                drop(announced.insert(id.to_owned(), (state.url, channel)))
            })?;
            Ok((announced, desk.subscriptions()?))
        };
        let (channels, kept) = opened.writer().call(job).await?;
        let mut kept: HashMap<String, Subscription> =
            kept.into_iter().map(|one| (one.source.clone(), one)).collect();
        self.all = Vec::new();
        for source in config.sources.iter().filter(|s| s.enabled) {
            let channel = channels.get(source.id.as_str()).filter(|(url, _)| url == source.url.as_str());
            let Some((hub, topic)) = channel.and_then(|(_, channel)| announced(source, channel)) else {
                continue;
            };
            let known = kept.remove(source.id.as_str()).filter(|one| one.hub == hub && one.topic == topic);
            self.all.extend(known.or_else(|| begin(source, hub, topic)));
        }
        let gone: Vec<String> = kept.into_keys().collect();
        let forget = move |desk: &Desk| gone.iter().try_for_each(|source| desk.remove_subscription(source));
        opened.writer().call(forget).await?;
        let expected = |one: &Subscription| {
            (one.token.clone(), Await { topic: one.topic.clone(), secret: one.secret.clone() })
        };
        self.awaited.store(Arc::new(Awaited(self.all.iter().map(expected).collect())));
        Ok(())
    }

    /// Asks the hubs that are due. Each is noted before it is asked: it may come to the callback before it has answered.
    pub(super) async fn ask(&mut self, opened: &Arc<Opened>, clock: &Clock) {
        let Some(base) = &opened.config().site.base_url else { return };
        let now = clock.now();
        let mut due: BTreeMap<String, Vec<Subscription>> = BTreeMap::new();
        for one in &mut self.all {
            if !self.asked.contains(&one.hub) && lease::is_due(one, now) {
                one.asked_at = Some(now);
                one.failures = one.failures.saturating_add(1);
                due.entry(one.hub.clone()).or_default().push(one.clone());
            }
        }
        if due.is_empty() {
            return;
        }
        let rows: Vec<Subscription> = due.values().flatten().cloned().collect();
        let note = move |desk: &Desk| rows.iter().try_for_each(|row| desk.put_subscription(row));
        if let Err(error) = opened.writer().call(note).await {
            tracing::error!("{error}");
            return;
        }
        for (hub, mut ones) in due {
            self.asked.insert(hub.clone());
            // Each time another one first: one that breaks the hub must not keep it from the others.
            let first = ones.first().map_or(0, |one| one.failures as usize);
            let count = ones.len().max(1);
            ones.rotate_left(first % count);
            let letters = ones.iter().filter_map(|one| letter(base, one)).collect();
            self.asking.spawn(ask_one_by_one(Arc::clone(opened), hub, letters));
        }
    }

    /// Opens what a hub sent.
    pub(super) async fn open_letter(
        &mut self,
        opened: &Opened,
        letter: Letter,
        clock: &Clock,
        metrics: &Metrics,
    ) {
        let now = clock.now();
        let token = match &letter {
            Letter::Verified { token, .. } | Letter::Denied { token, .. } | Letter::Pushed { token, .. } => {
                token
            }
            Letter::Asked { .. } => return,
        };
        let Some(one) = self.all.iter_mut().find(|one| one.token == *token) else { return };
        match letter {
            Letter::Verified { lease, .. } => {
                one.until = Some(now + TimeDelta::from_std(lease).unwrap_or_default());
                one.failures = 0;
                tracing::info!(source = one.source, hub = one.hub, "subscribed");
            }
            Letter::Denied { reason, .. } => {
                // It will push no more.
                (one.until, one.pushed) = (None, 0);
                tracing::info!(source = one.source, hub = one.hub, "the hub refuses: {reason}");
            }
            Letter::Pushed { content_type, body, .. } => {
                one.pushed += 1;
                Metrics::add(&metrics.pushes, "received", 1);
                let (Ok(id), Ok(url)) = (SourceId::try_from(one.source.clone()), Url::parse(&one.topic))
                else {
                    return;
                };
                // Where it came from may have been told in headers only.
                let hub = Url::parse(&one.hub).ok();
                let waiting = self.pushed.entry(id).or_default();
                let held = waiting.iter().map(|it| it.body.len() as u64).sum::<u64>() + body.len() as u64;
                // As much as one answer may have, and one push always: that one was not larger.
                let has_room = waiting.is_empty() || held <= opened.config().fetch.max_body;
                if waiting.len() < WAITING && has_room {
                    waiting.push_back(Response::pushed(url, hub, content_type, body));
                } else {
                    lease::missed(one, now);
                    tracing::warn!(source = one.source, "the hub pushes faster than it can be read");
                }
            }
            Letter::Asked { .. } => {}
        }
        let row = one.clone();
        if let Err(error) = opened.writer().call(move |desk| desk.put_subscription(&row)).await {
            tracing::error!("{error}");
        }
    }

    /// Polls seldom where pushes work; where a poll found what no push had told, or a push brought nothing that can be read, they
    /// do not.
    pub(super) async fn after_round(
        &mut self,
        opened: &Opened,
        report: &Report,
        by_push: &[SourceId],
        clock: &Clock,
    ) {
        let now = clock.now();
        let mut all: HashMap<String, &mut Subscription> =
            self.all.iter_mut().map(|one| (one.source.clone(), one)).collect();
        let mut notes = Vec::new();
        for line in &report.sources {
            let Some(one) = all.get_mut(line.source.as_str()) else { continue };
            let is_failure = match (&line.visit, by_push.contains(&line.source)) {
                (Visit::Read { new, .. }, false) => *new > 0,
                (Visit::Failed(_), true) => true,
                _ => false,
            };
            if is_failure {
                lease::missed(one, now);
            }
            notes.push((line.source.clone(), (*one).clone(), is_failure));
        }
        let note = move |desk: &Desk| {
            for (id, one, is_failure) in &notes {
                if *is_failure {
                    desk.put_subscription(one)?;
                }
                let polled = desk.source(id)?.and_then(|state| state.last_try);
                if let Some(until) = polled.and_then(|polled| lease::rest(one, polled, now)) {
                    desk.put_off(id, until)?;
                }
            }
            Ok(())
        };
        if let Err(error) = opened.writer().call(note).await {
            tracing::error!("{error}");
        }
    }
}

/// The hub and the topic that a source announces: both, or it cannot be subscribed to (section 4).
fn announced(source: &Source, channel: &Channel) -> Option<(String, String)> {
    let web = |url: &&Url| matches!(url.scheme(), "http" | "https");
    let hub = channel.hub_urls.iter().find(web)?;
    let topic = channel.self_url.as_ref().filter(web).unwrap_or(&source.url);
    Some((hub.to_string(), topic.to_string()))
}

fn begin(source: &Source, hub: String, topic: String) -> Option<Subscription> {
    Some(Subscription {
        source: source.id.to_string(),
        hub,
        topic,
        token: chance()?,
        secret: chance()?,
        until: None,
        asked_at: None,
        failures: 0,
        pushed: 0,
    })
}

/// Asks for a subscription; what comes of it comes to the callback.
fn letter(base: &Url, one: &Subscription) -> Option<Question> {
    let hub = Url::parse(&one.hub).ok()?;
    let callback = base.join(&format!("websub/{}", one.token)).ok()?;
    let pairs = [
        ("hub.mode", "subscribe"),
        ("hub.topic", one.topic.as_str()),
        ("hub.callback", callback.as_str()),
        ("hub.secret", one.secret.as_str()),
        ("hub.lease_seconds", LEASE),
    ];
    Some(Question::form(hub, &pairs))
}

/// Asks a hub for one subscription after another, until it is seen that it is down: then the others count as asked. So it gets
/// one letter each time, however many of our sources are with it.
async fn ask_one_by_one(opened: Arc<Opened>, hub: String, letters: Vec<Question>) -> String {
    let mut left = letters.len();
    for letter in letters {
        let told = opened.client().send(letter).await;
        left -= 1;
        let is_down = match told {
            Ok(reply) if (200..300).contains(&reply.status) => false,
            Ok(reply) => {
                tracing::info!(hub, "the hub answered {} to a subscription", reply.status);
                matches!(reply.status, 429 | 500..)
            }
            Err(error) => {
                tracing::info!(hub, "the hub cannot be asked: {error}");
                true
            }
        };
        if is_down && left > 0 {
            tracing::info!(hub, "{left} more subscriptions wait for it");
            break;
        }
    }
    hub
}
