//! What a source would give if it were read now: nothing is stored, nothing published.

use serde::Serialize;
use url::Url;

use super::Fault;
use super::ask::{Asker, End, ask};
use crate::config::Config;
use crate::model::{Channel, Item, Remark};
use crate::report::Failure;
use crate::rules::{self, Verdict};
use crate::source::Source;

/// One item as it would be taken in.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// After the rules of the source.
    #[serde(flatten)]
    pub item: Item,
    /// Tags of the source and of its rules.
    pub tags: Vec<String>,
    /// The rule that keeps it out of every feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<String>,
}

/// What a source gives.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// The address that answered.
    pub url: Url,
    /// The feed that the given page announces, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_url: Option<Url>,
    /// What it says of itself.
    pub channel: Channel,
    /// Its items, in document order.
    pub items: Vec<Shown>,
    /// What was odd.
    pub remarks: Vec<Remark>,
}

/// Asks and reads one source.
///
/// # Errors
/// `Err` when no client can be made; what the source does wrong is the inner `Err`.
pub async fn preview(config: &Config, source: &Source) -> Result<Result<Preview, Failure>, Fault> {
    let asker = Asker::new(&config.fetch, None)?;
    Ok(match ask(&asker, source, None).await {
        End::Failed(refusal) => Err(refusal.failure),
        // Nothing has been refused yet, so this is not to be seen; if it is, it is told.
        End::Closed { host, left } => Err(Failure {
            stage: crate::model::Stage::Fetch,
            message: format!("{host} is left alone for {}", humantime::format_duration(left)),
            help: None,
        }),
        End::Unchanged(_) => Err(Failure {
            stage: crate::model::Stage::Fetch,
            message: format!("{} answered that nothing changed, though nothing was known of it", source.url),
            help: None,
        }),
        End::Fresh(fresh) => {
            let (heard, success, copy) = *fresh;
            let items = copy.sifted.items.iter().map(|keyed| show(source, keyed.whole())).collect();
            Ok(Preview {
                url: heard.url,
                found_url: success.found_url,
                channel: copy.channel,
                items,
                remarks: copy.remarks,
            })
        }
    })
}

fn show(source: &Source, mut item: Item) -> Shown {
    let mut tags = source.tags.clone();
    let dropped = match rules::apply(&source.rules, &mut item, &mut tags, &source.id) {
        Verdict::Keep => None,
        Verdict::Drop(reason) => Some(reason),
    };
    Shown { item, tags, dropped }
}
