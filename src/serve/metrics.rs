//! What is counted, and how it is told to Prometheus (OpenMetrics text).

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// The label of counters that have one: never an address, so that there are never many of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Kind {
    /// What is counted.
    pub kind: &'static str,
}

/// The label of gauges of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfFeed {
    /// Its id.
    pub feed: String,
}

/// Everything that is counted. Copies count into the same counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Visits of sources by outcome: `read`, `unchanged`, `failed`.
    pub visits: Family<Kind, Counter>,
    /// Entries by decision: `new`, `changed`, `retouched`; `twin` are those of the new ones that tell a known story; `held` those
    /// that were kept back, `released` those that came later.
    pub entries: Family<Kind, Counter>,
    /// Entries that are not published: `held` until somebody decides, and `dropped`.
    pub held: Family<Kind, Gauge>,
    /// Documents by what became of them: `written`, `same`, `refused`.
    pub documents: Family<Kind, Counter>,
    /// Seconds that rounds took which asked somebody.
    pub rounds: Histogram,
    /// Rounds that ended with a fault of our own.
    pub faults: Counter,
    /// Seconds since 1970 of the last round that ended well.
    pub last_round: Gauge,
    /// Sources by state after the last round: `due`, `waiting` for a host that is left alone, `failing`, `paused`.
    pub sources: Family<Kind, Gauge>,
    /// Sources of the round that is under way that have not been read yet.
    pub queue: Gauge,
    /// Seconds since 1970 of the newest entry of each feed.
    pub newest: Family<OfFeed, Gauge>,
    /// Connections that were turned away because every seat was taken.
    pub turned_away: Counter,
    /// Connections at this moment.
    pub connections: Gauge,
    /// Documents that are served.
    pub documents_served: Gauge,
    /// Pushes that were received by outcome, and those that were sent to subscribers of the hub.
    pub pushes: Family<Kind, Counter>,
    /// Answers by class of their status; kept out of the family so that no lock is taken for them.
    answers: [Counter<u64, AtomicU64>; 5],
    /// Bytes of bodies that were sent.
    pub sent: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("harkara");
        let visits = Family::default();
        registry.register("visits", "Visits of sources", visits.clone());
        let entries = Family::default();
        registry.register("entries", "Entries taken in", entries.clone());
        let held = Family::default();
        registry.register("held_entries", "Entries that are kept and not published", held.clone());
        let documents = Family::default();
        registry.register("documents", "Documents of rounds", documents.clone());
        let rounds = Histogram::new(exponential_buckets(0.05, 2.0, 14));
        registry.register_with_unit("round_duration", "How long rounds took", Unit::Seconds, rounds.clone());
        let faults = Counter::default();
        registry.register("faults", "Rounds that broke a promise of our own", faults.clone());
        let last_round = Gauge::default();
        registry.register_with_unit(
            "last_round_timestamp",
            "When a round ended well",
            Unit::Seconds,
            last_round.clone(),
        );
        let sources = Family::default();
        registry.register("sources", "Sources by state", sources.clone());
        let queue = Gauge::default();
        registry.register("queue", "Sources that wait in the round under way", queue.clone());
        let newest = Family::default();
        registry.register_with_unit(
            "feed_newest_timestamp",
            "Newest entry of a feed",
            Unit::Seconds,
            newest.clone(),
        );
        let turned_away = Counter::default();
        registry.register("connections_turned_away", "Connections without a seat", turned_away.clone());
        let connections = Gauge::default();
        registry.register("connections", "Connections now", connections.clone());
        let documents_served = Gauge::default();
        registry.register("documents_served", "Documents in the tree", documents_served.clone());
        let pushes = Family::default();
        registry.register("websub_pushes", "WebSub pushes by outcome", pushes.clone());
        let family: Family<Kind, Counter> = Family::default();
        registry.register("http_answers", "Answers by class of status", family.clone());
        let answers =
            ["1xx", "2xx", "3xx", "4xx", "5xx"].map(|kind| family.get_or_create(&Kind { kind }).clone());
        let sent = Counter::default();
        registry.register_with_unit("http_sent", "Bodies of answers", Unit::Bytes, sent.clone());
        Self {
            registry,
            visits,
            entries,
            held,
            documents,
            rounds,
            faults,
            last_round,
            sources,
            queue,
            newest,
            turned_away,
            connections,
            documents_served,
            pushes,
            answers,
            sent,
        }
    }
}

impl Metrics {
    /// Counts an answer and the bytes of its body.
    pub fn answered(&self, status: u16, bytes: u64) {
        if let Some(counter) = self.answers.get(usize::from(status / 100).saturating_sub(1)) {
            counter.inc();
        }
        self.sent.inc_by(bytes);
    }

    /// Counts `by` more of a kind.
    pub fn add(family: &Family<Kind, Counter>, kind: &'static str, by: usize) {
        if by > 0 {
            family.get_or_create(&Kind { kind }).inc_by(by as u64);
        }
    }

    /// So many sources are in this state.
    pub fn set_sources(&self, kind: &'static str, count: usize) {
        self.sources.get_or_create(&Kind { kind }).set(count as i64);
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to memory does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
