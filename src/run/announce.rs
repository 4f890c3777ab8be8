//! Telling hubs that documents changed (WebSub, publisher to hub). What fails is a note: readers come by themselves too.

use std::sync::Arc;

use tokio::task::JoinSet;
use url::Url;

use super::Road;
use crate::fetch::Letter;
use crate::report::{DocumentLine, Placed};

/// Tells the hubs of each feed which of its documents were written. Gives what failed, in words.
pub(super) async fn changed(road: &Arc<Road>, documents: &[DocumentLine]) -> Vec<String> {
    let Some(base) = &road.config.site.base_url else { return Vec::new() };
    // The hub of the daemon sees by itself what changed.
    let own = road.config.serve.hub.then(|| base.join("hub").ok()).flatten();
    let mut letters = JoinSet::new();
    for feed in &road.config.feeds {
        let hubs = if feed.hubs.is_empty() { &road.config.site.hubs } else { &feed.hubs };
        for line in documents.iter().filter(|line| line.placed == Placed::Written) {
            let is_of_feed =
                feed.formats.iter().any(|f| line.path == format!("{}.{}", feed.id, f.extension()));
            let Some(topic) = base.join(&line.path).ok().filter(|_| is_of_feed) else { continue };
            for hub in hubs.iter().filter(|hub| Some(*hub) != own.as_ref()) {
                let (road, hub, topic) = (Arc::clone(road), hub.clone(), topic.clone());
                letters.spawn(async move { tell(&road, hub, &topic).await });
            }
        }
    }
    let mut notes: Vec<String> = letters.join_all().await.into_iter().flatten().collect();
    notes.sort();
    // One line a hub is enough.
    notes.dedup();
    notes
}

async fn tell(road: &Road, hub: Url, topic: &Url) -> Option<String> {
    let pairs = [("hub.mode", "publish"), ("hub.url", topic.as_str()), ("hub.topic", topic.as_str())];
    match road.asker.client.send(Letter::form(hub.clone(), &pairs)).await {
        Ok(reply) if (200..300).contains(&reply.status) => None,
        Ok(reply) => Some(format!("the hub {hub} answered {} when it was told what changed", reply.status)),
        Err(error) => Some(format!("the hub could not be told what changed: {error}")),
    }
}
