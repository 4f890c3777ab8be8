-- What politeness has to know between two runs. Times are whole seconds since 1970 in UTC.
CREATE TABLE host (
    name         TEXT PRIMARY KEY,              -- as in an address, without port
    free_at      INTEGER,                       -- before this no further question starts
    refused_at   INTEGER,                       -- when it said 429 or 503 last
    refused_by   TEXT,                          -- to which source
    closed_until INTEGER,                       -- it said so to several: none is asked before this
    closings     INTEGER NOT NULL DEFAULT 0     -- in a row
) STRICT, WITHOUT ROWID;

CREATE TABLE robots (
    origin  TEXT PRIMARY KEY,                   -- `https://news.example`
    read_at INTEGER NOT NULL,
    rules   TEXT NOT NULL                       -- the lines that concern us
) STRICT, WITHOUT ROWID;

ALTER TABLE source ADD COLUMN status INTEGER;   -- of the last answer
ALTER TABLE source ADD COLUMN retry_at INTEGER; -- the server asked not to come before
ALTER TABLE source ADD COLUMN moved TEXT;       -- model::Move as JSON
