-- WebSub. Times are whole seconds since 1970 in UTC.
CREATE TABLE subscriber (                       -- of the built-in hub
    callback TEXT NOT NULL,
    topic    TEXT NOT NULL,
    secret   TEXT,                              -- signs what is sent; the subscriber's own
    until    INTEGER NOT NULL,                  -- end of the lease
    tag      TEXT,                              -- of the version that was delivered last
    PRIMARY KEY (callback, topic)
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription (                     -- at the hubs of others
    source   TEXT PRIMARY KEY,                  -- slug
    hub      TEXT NOT NULL,
    topic    TEXT NOT NULL,
    token    TEXT NOT NULL UNIQUE,              -- the last step of the callback's path
    secret   TEXT NOT NULL,
    until    INTEGER,                           -- end of the lease, once it was verified
    asked_at INTEGER,                           -- when the hub was asked last
    failures INTEGER NOT NULL DEFAULT 0,        -- in a row
    pushed   INTEGER NOT NULL DEFAULT 0         -- pushes since the last poll that found something new: they work
) STRICT, WITHOUT ROWID;
