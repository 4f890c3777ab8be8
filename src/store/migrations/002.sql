-- What is asked often lies together: entries are lean, their bodies apart; the ledger goes by sources, so that a reading
-- touches the few pages of its own source; addresses that tell stories across sources have a table of their own.
CREATE TABLE lean (
    id         INTEGER PRIMARY KEY,
    source     INTEGER NOT NULL REFERENCES source(id),
    story      INTEGER NOT NULL,                -- the entry.id that was first of its story; its own where it is alone
    published  INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    revision   INTEGER NOT NULL DEFAULT 0,
    marks      INTEGER NOT NULL DEFAULT 0,      -- aliases in the ledger
    id_hash    INTEGER NOT NULL,                -- of public_id: a unique index over numbers is a third of one over text
    public_id  TEXT NOT NULL,
    text_hash  BLOB NOT NULL,
    item_hash  BLOB NOT NULL
) STRICT;

-- The item of an entry.
CREATE TABLE body (
    entry INTEGER PRIMARY KEY,
    item  TEXT NOT NULL                         -- model::Item as JSON
) STRICT;

-- The ledger: under which marks a source's entry is found again. First come, first kept.
CREATE TABLE mark (
    source INTEGER NOT NULL,
    hash   INTEGER NOT NULL,
    entry  INTEGER,                             -- NULL: shared by several, tells nothing
    PRIMARY KEY (source, hash)
) STRICT, WITHOUT ROWID;

-- Links that tell an article wherever it appears: those of the ledger that are not shared.
CREATE TABLE link (
    hash  INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (hash, entry)
) STRICT, WITHOUT ROWID;

INSERT INTO mark SELECT source, hash, entry FROM alias ORDER BY source, hash;
DROP TABLE alias;
ALTER TABLE mark RENAME TO alias;
