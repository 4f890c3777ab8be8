//! The hub: verifies who subscribes, and sends each feed to its subscribers when it changed (w3.org/TR/websub, sections 5 to 8).
//!
//! Callbacks are addresses that strangers name: they are asked through the client of the rounds, behind the same guard and in
//! the same turns, so nobody can make us knock at private doors, or often at anybody's. One question verifies, and nothing is
//! sent to who does not answer it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use url::Url;

use super::Clock;
use crate::fetch::{self, Reply};
use crate::run::Opened;
use crate::serve::{House, Metrics, SIGNATURE, chance, sign};
use crate::store::Subscriber;

/// So many subscriptions at the most, and so many of one host.
const MOST: usize = 10_000;
const MOST_OF_HOST: usize = 100;
/// So many letters are under way at once.
const AT_ONCE: usize = 32;
/// How long to wait after each failure. When all have passed, the next change tries again.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600), Duration::from_secs(3600)];

/// What is going on.
#[derive(Debug)]
pub(super) struct Hub {
    /// Callback and topic of letters under way: one at a time for each.
    busy: Mutex<HashSet<(String, String)>>,
    hands: Semaphore,
}

impl Default for Hub {
    fn default() -> Self {
        Self { busy: Mutex::default(), hands: Semaphore::new(AT_ONCE) }
    }
}

/// Somebody wants something; not verified yet.
pub(super) struct Asked {
    pub(super) callback: Url,
    pub(super) path: String,
    pub(super) topic: String,
    /// `None`: wants it no more.
    pub(super) lease: Option<Duration>,
    pub(super) secret: Option<String>,
}

/// What the work of the hub needs.
#[derive(Clone)]
struct Shop {
    hub: Arc<Hub>,
    opened: Arc<Opened>,
    house: Arc<House>,
    clock: Clock,
}

impl Hub {
    /// Asks the callback whether it wants what was asked for in its name.
    pub(super) fn verify(
        self: &Arc<Self>,
        opened: &Arc<Opened>,
        house: &Arc<House>,
        clock: &Clock,
        asked: Asked,
    ) {
        let shop = self.shop(opened, house, clock);
        // Whoever asks for the same again while it is being verified is not asked twice.
        let key = (asked.callback.to_string(), format!("? {}", asked.topic));
        if !self.begin(&key) {
            return;
        }
        tokio::spawn(async move {
            let callback = asked.callback.clone();
            match shop.verified(asked).await {
                Ok(told) => tracing::info!(%callback, "{told}"),
                Err(why) => tracing::info!(%callback, "not subscribed: {why}"),
            }
            shop.hub.end(&key);
        });
    }

    /// Sends every topic that changed to those who have not got it.
    pub(super) fn deliver(self: &Arc<Self>, opened: &Arc<Opened>, house: &Arc<House>, clock: &Clock) {
        let shop = self.shop(opened, house, clock);
        tokio::spawn(async move {
            let now = shop.clock.now();
            let subscribers = match shop.opened.writer().call(move |desk| desk.subscribers(now)).await {
                Ok(subscribers) => subscribers,
                Err(error) => return tracing::error!("{error}"),
            };
            for subscriber in subscribers {
                let key = (subscriber.callback.clone(), subscriber.topic.clone());
                if !shop.has_news(&subscriber) || !shop.hub.begin(&key) {
                    continue;
                }
                let shop = shop.clone();
                tokio::spawn(async move {
                    shop.send(subscriber).await;
                    shop.hub.end(&key);
                });
            }
        });
    }

    fn shop(self: &Arc<Self>, opened: &Arc<Opened>, house: &Arc<House>, clock: &Clock) -> Shop {
        Shop {
            hub: Arc::clone(self),
            opened: Arc::clone(opened),
            house: Arc::clone(house),
            clock: clock.clone(),
        }
    }

    fn begin(&self, key: &(String, String)) -> bool {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone())
    }

    fn end(&self, key: &(String, String)) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

impl Shop {
    async fn verified(&self, asked: Asked) -> Result<&'static str, String> {
        let Asked { callback, path, topic, lease, secret } = asked;
        if lease.is_some() {
            self.room_for(&callback, &topic).await?;
        }
        let challenge = chance().ok_or("this machine gives no chance")?;
        let mut url = callback.clone();
        {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("hub.mode", if lease.is_some() { "subscribe" } else { "unsubscribe" });
            pairs.append_pair("hub.topic", &topic).append_pair("hub.challenge", &challenge);
            if let Some(lease) = lease {
                pairs.append_pair("hub.lease_seconds", &lease.as_secs().to_string());
            }
        }
        let reply = self.letter(fetch::Letter { url, headers: Vec::new(), body: None }).await?;
        // Section 5.3: the body is the challenge, to the letter.
        if !(200..300).contains(&reply.status) || reply.body != challenge.as_bytes() {
            return Err(format!("it answered {} and not the challenge", reply.status));
        }
        let (callback, writer) = (callback.to_string(), self.opened.writer());
        let Some(lease) = lease else {
            let gone = writer.call(move |desk| desk.remove_subscriber(&callback, &topic)).await;
            return gone.map(|()| "unsubscribed").map_err(|error| error.to_string());
        };
        let until = self.clock.now() + TimeDelta::from_std(lease).unwrap_or_default();
        // It has the version that stands now, or gets it where it came from.
        let tag = self.house.tree().get(&path).map(|page| page.tag.clone());
        let new = Subscriber { callback, topic, secret, until, tag };
        let put = writer.call(move |desk| desk.put_subscriber(&new)).await;
        put.map(|()| "subscribed").map_err(|error| error.to_string())
    }

    /// Whether one more may subscribe; a renewal always may.
    async fn room_for(&self, callback: &Url, topic: &str) -> Result<(), String> {
        let now = self.clock.now();
        let all = self.opened.writer().call(move |desk| desk.subscribers(now)).await;
        let all = all.map_err(|error| error.to_string())?;
        let host = callback.host_str();
        let of_host =
            |other: &&Subscriber| Url::parse(&other.callback).is_ok_and(|url| url.host_str() == host);
        if all.iter().any(|other| other.callback == callback.as_str() && other.topic == topic) {
            return Ok(());
        }
        if all.len() >= MOST || all.iter().filter(of_host).count() >= MOST_OF_HOST {
            return Err("there are too many already".to_owned());
        }
        Ok(())
    }

    /// Whether the topic is another one than was delivered last.
    fn has_news(&self, subscriber: &Subscriber) -> bool {
        let page = self.path(&subscriber.topic).and_then(|path| self.house.tree().get(&path).cloned());
        page.is_some_and(|page| page.access.is_none() && subscriber.tag.as_ref() != Some(&page.tag))
    }

    fn path(&self, topic: &str) -> Option<String> {
        let base = self.opened.config().site.base_url.as_ref()?.as_str();
        Some(format!("/{}", topic.strip_prefix(base)?))
    }

    /// Sends the topic as it is now, and again after a while where that fails.
    async fn send(&self, subscriber: Subscriber) {
        let mut pauses = PAUSES.iter();
        loop {
            match self.try_to_send(&subscriber).await {
                Ok(()) => return Metrics::add(&self.house.metrics().pushes, "sent", 1),
                Err(Some(why)) => tracing::info!(callback = subscriber.callback, "not delivered: {why}"),
                Err(None) => return,
            }
            Metrics::add(&self.house.metrics().pushes, "failed", 1);
            let Some(pause) = pauses.next() else { return };
            tokio::time::sleep(*pause).await;
        }
    }

    /// `Err(None)`: it is not wanted any more, or there is nothing to send.
    async fn try_to_send(&self, subscriber: &Subscriber) -> Result<(), Option<String>> {
        let Subscriber { callback, topic, secret, .. } = subscriber.clone();
        let page = self.path(&topic).and_then(|path| self.house.tree().get(&path).cloned()).ok_or(None)?;
        let body = page.bytes().ok_or_else(|| Some("the document lies on disk only".to_owned()))?;
        let url = Url::parse(&callback).map_err(|_| None)?;
        let hub =
            self.opened.config().site.base_url.as_ref().and_then(|base| base.join("hub").ok()).ok_or(None)?;
        let mut headers = vec![
            ("Content-Type".to_owned(), page.content_type().unwrap_or(page.media_type).to_owned()),
            ("Link".to_owned(), format!("<{hub}>; rel=\"hub\", <{topic}>; rel=\"self\"")),
        ];
        headers.extend(secret.map(|secret| (SIGNATURE.to_owned(), sign(&secret, &body))));
        let reply =
            self.letter(fetch::Letter { url, headers, body: Some(body.to_vec()) }).await.map_err(Some)?;
        let writer = self.opened.writer();
        match reply.status {
            200..300 => {
                let tag = page.tag.clone();
                let noted = writer.call(move |desk| desk.note_delivered(&callback, &topic, &tag)).await;
                noted.map_err(|error| Some(error.to_string()))
            }
            // Section 7: it does not want any more.
            410 => {
                let gone = writer.call(move |desk| desk.remove_subscriber(&callback, &topic)).await;
                gone.map_err(|error| Some(error.to_string()))?;
                Err(None)
            }
            status => Err(Some(format!("it answered {status}"))),
        }
    }

    async fn letter(&self, letter: fetch::Letter) -> Result<Reply, String> {
        // Never closed, so never refused.
        let _hand = self.hub.hands.acquire().await;
        self.opened.client().send(letter).await.map_err(|error| error.to_string())
    }
}
