//! Rows of WebSub: who subscribed with us, and where we did.

use rusqlite::{OptionalExtension, Row, params};

use super::sources::time;
use super::{Desk, StoreError};
use crate::model::{Channel, SourceId, Timestamp};

/// Who wants a topic of ours pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Where pushes go.
    pub callback: String,
    /// The address of the document.
    pub topic: String,
    /// Signs pushes.
    pub secret: Option<String>,
    /// End of the lease.
    pub until: Timestamp,
    /// The tag of the version that was delivered last.
    pub tag: Option<String>,
}

/// A source whose changes a hub pushes to us, or is asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Which source.
    pub source: String,
    /// The hub.
    pub hub: String,
    /// What the source calls itself.
    pub topic: String,
    /// The last step of the callback's path; nobody else knows it.
    pub token: String,
    /// Signs pushes.
    pub secret: String,
    /// End of the lease, once it was verified.
    pub until: Option<Timestamp>,
    /// When the hub was asked last.
    pub asked_at: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Pushes since a poll found something that no push had told.
    pub pushed: u32,
}

fn subscriber(row: &Row<'_>) -> rusqlite::Result<Subscriber> {
    Ok(Subscriber {
        callback: row.get(0)?,
        topic: row.get(1)?,
        secret: row.get(2)?,
        until: time(row.get(3)?),
        tag: row.get(4)?,
    })
}

fn subscription(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    let at = |index: usize| row.get::<_, Option<i64>>(index).map(|seconds| seconds.map(time));
    Ok(Subscription {
        source: row.get(0)?,
        hub: row.get(1)?,
        topic: row.get(2)?,
        token: row.get(3)?,
        secret: row.get(4)?,
        until: at(5)?,
        asked_at: at(6)?,
        failures: row.get(7)?,
        pushed: row.get(8)?,
    })
}

impl Desk {
    /// Subscribers whose lease has not ended at `now`; the others are forgotten.
    ///
    /// # Errors
    /// What the database says.
    pub fn subscribers(&self, now: Timestamp) -> Result<Vec<Subscriber>, StoreError> {
        self.connection
            .execute("DELETE FROM subscriber WHERE until <= ?1", [now.timestamp()])
            .map_err(|e| self.fail(e))?;
        let sql = "SELECT callback, topic, secret, until, tag FROM subscriber ORDER BY callback, topic";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.query_map([], subscriber).and_then(Iterator::collect).map_err(|e| self.fail(e))
    }

    /// Adds a subscriber, or gives it a new lease and secret; what was delivered stays noted.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_subscriber(&self, new: &Subscriber) -> Result<(), StoreError> {
        let sql = "INSERT INTO subscriber VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET \
             secret = excluded.secret, until = excluded.until";
        let Subscriber { callback, topic, secret, until, tag } = new;
        self.connection
            .execute(sql, params![callback, topic, secret, until.timestamp(), tag])
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Notes what was delivered.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_delivered(&self, callback: &str, topic: &str, tag: &str) -> Result<(), StoreError> {
        let sql = "UPDATE subscriber SET tag = ?3 WHERE callback = ?1 AND topic = ?2";
        self.connection.execute(sql, [callback, topic, tag]).map(drop).map_err(|e| self.fail(e))
    }

    /// Takes a subscriber out.
    ///
    /// # Errors
    /// What the database says.
    pub fn remove_subscriber(&self, callback: &str, topic: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM subscriber WHERE callback = ?1 AND topic = ?2";
        self.connection.execute(sql, [callback, topic]).map(drop).map_err(|e| self.fail(e))
    }

    /// All subscriptions of ours.
    ///
    /// # Errors
    /// What the database says.
    pub fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let sql =
            "SELECT source, hub, topic, token, secret, until, asked_at, failures, pushed FROM subscription";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.query_map([], subscription).and_then(Iterator::collect).map_err(|e| self.fail(e))
    }

    /// Writes a subscription as it is now.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_subscription(&self, now: &Subscription) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO subscription VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let seconds = |at: Option<Timestamp>| at.map(|at| at.timestamp());
        self.connection
            .execute(
                sql,
                params![
                    now.source,
                    now.hub,
                    now.topic,
                    now.token,
                    now.secret,
                    seconds(now.until),
                    seconds(now.asked_at),
                    now.failures,
                    now.pushed,
                ],
            )
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// Takes a subscription out.
    ///
    /// # Errors
    /// What the database says.
    pub fn remove_subscription(&self, source: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM subscription WHERE source = ?1";
        self.connection.execute(sql, [source]).map(drop).map_err(|e| self.fail(e))
    }

    /// Notes what a source says of itself in what a hub pushed, and nothing else: when it is polled next, what that poll brings
    /// and whether the last one failed is not told by a push. In the same job as the entries that came with it (law 7).
    pub(super) fn note_pushed(&self, row: i64, channel: &Channel) -> Result<(), StoreError> {
        let channel = serde_json::to_string(channel).unwrap_or_else(|_| "{}".to_owned());
        let sql = "UPDATE source SET channel = ?2 WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql).map_err(|e| self.fail(e))?;
        query.execute(params![row, channel]).map(drop).map_err(|e| self.fail(e))
    }

    /// Polls a source not before `until`, if nothing else puts it off longer.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_off(&self, id: &SourceId, until: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE source SET next_due = max(coalesce(next_due, 0), ?2) WHERE slug = ?1 AND failures = 0";
        self.connection
            .query_row(&format!("{sql} RETURNING id"), params![id.as_str(), until.timestamp()], |_| Ok(()))
            .optional()
            .map(drop)
            .map_err(|e| self.fail(e))
    }
}
