//! Telling hubs that documents changed (WebSub, publisher to hub). What fails is a note: readers come by themselves too.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use url::Url;

use super::Opened;
use super::ask::Asker;
use crate::fetch::Letter;
use crate::report::{DocumentLine, Placed};

impl Opened {
    /// Tells the hubs of each feed which of its documents were written, as the report of a round says. Hubs come at once to fetch
    /// them, so they must be served as they are now. Gives what failed, in words.
    pub async fn announce(&self, documents: &[DocumentLine]) -> Vec<String> {
        let mut letters = JoinSet::new();
        for (hub, topics) in self.told(documents) {
            letters.spawn(tell(Arc::clone(&self.asker), hub, topics));
        }
        let mut notes: Vec<String> = letters.join_all().await.into_iter().flatten().collect();
        notes.sort();
        notes
    }

    /// The addresses that each hub is told.
    fn told(&self, documents: &[DocumentLine]) -> BTreeMap<Url, Vec<Url>> {
        let mut told: BTreeMap<Url, Vec<Url>> = BTreeMap::new();
        let Some(base) = &self.config.site.base_url else { return told };
        // The hub of the daemon sees by itself what changed.
        let own = self.config.serve.hub.then(|| base.join("hub").ok()).flatten();
        for feed in &self.config.feeds {
            let hubs = if feed.hubs.is_empty() { &self.config.site.hubs } else { &feed.hubs };
            let is_of_feed = |path: &str| {
                feed.formats.iter().any(|format| path == format!("{}.{}", feed.id, format.extension()))
            };
            let written = documents.iter().filter(|line| line.placed == Placed::Written);
            for topic in
                written.filter(|line| is_of_feed(&line.path)).filter_map(|line| base.join(&line.path).ok())
            {
                for hub in hubs.iter().filter(|hub| Some(*hub) != own.as_ref()) {
                    told.entry(hub.clone()).or_default().push(topic.clone());
                }
            }
        }
        told
    }
}

/// Tells a hub one after the other, until it is seen that it does not answer.
async fn tell(asker: Arc<Asker>, hub: Url, topics: Vec<Url>) -> Option<String> {
    let mut note = None;
    for topic in topics {
        let pairs = [("hub.mode", "publish"), ("hub.url", topic.as_str()), ("hub.topic", topic.as_str())];
        match asker.client.send(Letter::form(hub.clone(), &pairs)).await {
            Ok(reply) if (200..300).contains(&reply.status) => {}
            Ok(reply) => {
                let text = format!("the hub {hub} answered {} when it was told what changed", reply.status);
                let is_down = matches!(reply.status, 429 | 500..);
                note.get_or_insert(text);
                if is_down {
                    break;
                }
            }
            Err(error) => return Some(format!("the hub could not be told what changed: {error}")),
        }
    }
    note
}
