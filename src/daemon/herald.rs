//! Telling the hubs of others what changed, beside the rounds: one at a time, and what changes meanwhile is told next, once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::report::{DocumentLine, Placed, Report};
use crate::run::Opened;

/// Knows what is still to be told.
#[derive(Debug, Default)]
pub(super) struct Herald {
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    /// By path, so that a document that changes often does not wait twice.
    waiting: BTreeMap<String, DocumentLine>,
    is_under_way: bool,
}

impl Herald {
    /// Tells which documents a round wrote. They must be served by now: hubs come at once to fetch them.
    pub(super) fn announce(self: &Arc<Self>, opened: &Arc<Opened>, report: &Report) {
        let written = report.documents.iter().filter(|line| line.placed == Placed::Written);
        let mut told = self.told();
        told.waiting.extend(written.map(|line| (line.path.clone(), line.clone())));
        if told.waiting.is_empty() || std::mem::replace(&mut told.is_under_way, true) {
            return;
        }
        let (herald, opened) = (Arc::clone(self), Arc::clone(opened));
        tokio::spawn(async move {
            while let Some(documents) = herald.next() {
                for note in opened.announce(&documents).await {
                    tracing::info!("{note}");
                }
            }
        });
    }

    fn next(&self) -> Option<Vec<DocumentLine>> {
        let mut told = self.told();
        let documents: Vec<DocumentLine> = std::mem::take(&mut told.waiting).into_values().collect();
        told.is_under_way = !documents.is_empty();
        told.is_under_way.then_some(documents)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
