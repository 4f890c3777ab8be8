//! What came of a round, as figures and as lines of the log.

use std::time::Duration;

use crate::report::{HeldBack, Placed, Report, Visit};
use crate::run::Outlook;
use crate::serve::{Kind, Metrics};

/// Counts it.
pub(super) fn note(metrics: &Metrics, report: &Report, took: Duration) {
    if !report.sources.is_empty() {
        metrics.rounds.observe(took.as_secs_f64());
    }
    Metrics::add(&metrics.entries, "released", report.released);
    for line in &report.sources {
        Metrics::add(&metrics.entries, "held", line.held.as_ref().map_or(0, |held| held.count));
        let outcome = match &line.visit {
            Visit::Unchanged => "unchanged",
            Visit::Read { new, twins, changed, retouched, .. } => {
                Metrics::add(&metrics.entries, "new", *new);
                Metrics::add(&metrics.entries, "twin", *twins);
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

/// Writes it into the log.
pub(super) fn tell(report: &Report) {
    for line in &report.sources {
        if let Some(HeldBack { count, why }) = &line.held {
            tracing::warn!(source = %line.source, count, "held back, until `/api/held` is told what to do: {why}");
        }
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

/// Counts how the sources stand after it.
pub(super) fn count(metrics: &Metrics, outlook: &Outlook) {
    let Outlook { next: _, due, waiting, failing, paused, held } = *outlook;
    for (kind, count) in [("due", due), ("waiting", waiting), ("failing", failing), ("paused", paused)] {
        metrics.set_sources(kind, count);
    }
    for (kind, count) in [("held", held.held), ("dropped", held.dropped)] {
        metrics.held.get_or_create(&Kind { kind }).set(count as i64);
    }
}
