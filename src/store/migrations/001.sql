-- The first state. Times are whole seconds since 1970 in UTC.
CREATE TABLE source (
    id            INTEGER PRIMARY KEY,
    slug          TEXT NOT NULL UNIQUE,
    url           TEXT NOT NULL,                -- as configured; a change forgets validators and find
    found_url     TEXT,                         -- the feed that the configured page announced
    etag          BLOB,                         -- verbatim
    last_modified BLOB,                         -- verbatim
    body_hash     BLOB,
    reader        TEXT,                         -- version and settings that the last reading hung on
    channel       TEXT NOT NULL DEFAULT '{}',   -- model::Channel as JSON
    first_read    INTEGER,
    last_try      INTEGER,
    last_success  INTEGER,
    next_due      INTEGER,
    schedule      TEXT,                         -- the schedule that next_due was reckoned by
    failures      INTEGER NOT NULL DEFAULT 0,   -- in a row
    failing_since INTEGER,
    message       TEXT,                         -- the last failure in words
    max_age       INTEGER,                      -- seconds, as the server said
    gone          INTEGER NOT NULL DEFAULT 0,
    items         INTEGER NOT NULL DEFAULT 0    -- in the last reading
) STRICT;

CREATE TABLE entry (
    id         INTEGER PRIMARY KEY,
    source     INTEGER NOT NULL REFERENCES source(id),
    public_id  TEXT NOT NULL UNIQUE,
    story      INTEGER NOT NULL,                -- the entry.id that was first of its story; its own where it is alone
    published  INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    revision   INTEGER NOT NULL DEFAULT 0,
    marks      INTEGER NOT NULL DEFAULT 0,      -- aliases in the ledger
    text_hash  BLOB NOT NULL,
    item_hash  BLOB NOT NULL,
    item       TEXT NOT NULL                    -- model::Item as JSON
) STRICT;
CREATE INDEX entry_by_source ON entry (source, published, id);
CREATE INDEX entry_by_date ON entry (published, id);
CREATE INDEX entry_by_story ON entry (story) WHERE story <> id;

-- The ledger: under which marks an entry is found again. First come, first kept.
CREATE TABLE alias (
    hash   INTEGER NOT NULL,
    source INTEGER NOT NULL,
    entry  INTEGER,                             -- NULL: shared by several, tells nothing
    PRIMARY KEY (hash, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
