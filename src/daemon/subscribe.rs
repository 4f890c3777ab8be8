//! Our own subscriptions: sources that announce a hub need not be asked so often. A hub that does not keep its word is no loss:
//! the source is polled as before.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::mpsc;
use url::Url;

use super::{Clock, lease};
use crate::config::Config;
use crate::fetch::{Letter as Question, Response};
use crate::model::{Channel, SourceId};
use crate::report::{Report, Visit};
use crate::run::Opened;
use crate::serve::{Await, Awaited, AwaitedNow, Letter, Metrics, chance};
use crate::source::Source;
use crate::store::{StoreError, Subscription};

/// What we ask for; hubs give what they like.
const LEASE: &str = "864000";

/// What comes in for subscriptions of ours.
pub(super) struct Post {
    pub(super) letters: mpsc::Receiver<Letter>,
    pub(super) awaited: Arc<AwaitedNow>,
}

/// Our subscriptions.
pub(super) struct Ours {
    awaited: Arc<AwaitedNow>,
    all: Vec<Subscription>,
    pushed: HashMap<SourceId, Response>,
}

impl Ours {
    pub(super) fn new(awaited: Arc<AwaitedNow>) -> Self {
        Self { awaited, all: Vec::new(), pushed: HashMap::new() }
    }

    /// Nothing was pushed that is still to be read.
    pub(super) fn is_quiet(&self) -> bool {
        self.pushed.is_empty()
    }

    /// What was pushed for sources that are asked at all.
    pub(super) fn take(&mut self, config: &Config) -> HashMap<SourceId, Response> {
        let mut pushed = std::mem::take(&mut self.pushed);
        pushed.retain(|id, _| config.sources.iter().any(|source| source.enabled && source.id == *id));
        pushed
    }

    /// Subscribes where a hub is announced, renews what ends soon, gives up what is announced no more.
    pub(super) async fn look(&mut self, opened: &Arc<Opened>, clock: Clock) {
        if let Err(error) = self.try_to_look(opened, clock).await {
            tracing::error!("{error}");
        }
    }

    async fn try_to_look(&mut self, opened: &Arc<Opened>, clock: Clock) -> Result<(), StoreError> {
        let config = Arc::clone(opened.config());
        let (Some(base), true) = (&config.site.base_url, config.serve.websub) else {
            self.awaited.store(Arc::default());
            return Ok(());
        };
        let ids: Vec<SourceId> = config.sources.iter().filter(|s| s.enabled).map(|s| s.id.clone()).collect();
        let (channels, mut all) = opened
            .writer()
            .call(move |desk| {
                let channel = |id| desk.source(id)?.map(|state| desk.channel(state.row)).transpose();
                let channels = ids.iter().map(channel).collect::<Result<Vec<_>, _>>()?;
                Ok((channels, desk.subscriptions()?))
            })
            .await?;
        let now = clock.now();
        let (mut wanted, mut to_ask) = (HashSet::new(), Vec::new());
        for (source, channel) in config.sources.iter().filter(|s| s.enabled).zip(channels) {
            let Some((hub, topic)) = channel.as_ref().and_then(|channel| announced(source, channel)) else {
                continue;
            };
            wanted.insert(source.id.to_string());
            let known = all.iter().position(|one| one.source == source.id.as_str());
            let kept = known.map(|at| all.swap_remove(at)).filter(|one| one.hub == hub && one.topic == topic);
            let Some(mut one) = kept.or_else(|| begin(source, hub, topic)) else { continue };
            if lease::is_due(&one, now) {
                one.asked_at = Some(now);
                one.failures = one.failures.saturating_add(1);
                let row = one.clone();
                opened.writer().call(move |desk| desk.put_subscription(&row)).await?;
                to_ask.push(one.clone());
            }
            all.push(one);
        }
        for gone in all.iter().filter(|one| !wanted.contains(&one.source)).map(|one| one.source.clone()) {
            opened.writer().call(move |desk| desk.remove_subscription(&gone)).await?;
        }
        all.retain(|one| wanted.contains(&one.source));
        self.all = all;
        let expected = |one: &Subscription| {
            (one.token.clone(), Await { topic: one.topic.clone(), secret: one.secret.clone() })
        };
        self.awaited.store(Arc::new(Awaited(self.all.iter().map(expected).collect())));
        // Only now: a hub may come to the callback before it has answered.
        for one in &to_ask {
            ask(opened, base, one);
        }
        Ok(())
    }

    /// Opens what a hub sent.
    pub(super) async fn open_letter(
        &mut self,
        opened: &Opened,
        letter: Letter,
        clock: Clock,
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
                self.pushed.insert(id, Response::pushed(url, hub, content_type, body));
            }
            Letter::Asked { .. } => {}
        }
        let row = one.clone();
        if let Err(error) = opened.writer().call(move |desk| desk.put_subscription(&row)).await {
            tracing::error!("{error}");
        }
    }

    /// Polls seldom where pushes work; where a poll found what no push had told, they do not.
    pub(super) async fn after_round(
        &mut self,
        opened: &Opened,
        report: &Report,
        by_push: &[SourceId],
        clock: Clock,
    ) {
        let now = clock.now();
        for line in &report.sources {
            let Some(one) = self.all.iter_mut().find(|one| one.source == line.source.as_str()) else {
                continue;
            };
            let missed =
                matches!(&line.visit, Visit::Read { new, .. } if *new > 0) && !by_push.contains(&line.source);
            if missed {
                lease::missed(one, now);
            }
            let rest = lease::rest(one, now);
            let (row, id) = (one.clone(), line.source.clone());
            let note = move |desk: &crate::store::Desk| {
                if missed {
                    desk.put_subscription(&row)?;
                }
                rest.map_or(Ok(()), |until| desk.put_off(&id, until))
            };
            if let Err(error) = opened.writer().call(note).await {
                tracing::error!("{error}");
            }
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

/// Asks the hub; what comes of it comes to the callback.
fn ask(opened: &Arc<Opened>, base: &Url, one: &Subscription) {
    let (Ok(hub), Ok(callback)) = (Url::parse(&one.hub), base.join(&format!("websub/{}", one.token))) else {
        return;
    };
    let pairs = [
        ("hub.mode", "subscribe"),
        ("hub.topic", one.topic.as_str()),
        ("hub.callback", callback.as_str()),
        ("hub.secret", one.secret.as_str()),
        ("hub.lease_seconds", LEASE),
    ];
    let letter = Question::form(hub, &pairs);
    let (opened, source) = (Arc::clone(opened), one.source.clone());
    tokio::spawn(async move {
        match opened.client().send(letter).await {
            Ok(reply) if (200..300).contains(&reply.status) => {}
            Ok(reply) => tracing::info!(source, "the hub answered {} to a subscription", reply.status),
            Err(error) => tracing::info!(source, "the hub cannot be asked: {error}"),
        }
    });
}
