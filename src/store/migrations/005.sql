-- The same article in several sources: what texts are found by, what ties entries together, and under which id each is told.
CREATE TABLE sketch (                           -- dedup::near::Record, packed: so many at once are read that rows would cost too much
    id      INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows, and none is given twice; those behind the note `related` have not been compared yet
    day     INTEGER NOT NULL,                   -- of `published`, since 1970
    records BLOB NOT NULL
) STRICT;
CREATE INDEX sketch_by_day ON sketch (day);

CREATE TABLE tie (
    a     INTEGER NOT NULL,                     -- the lower row
    b     INTEGER NOT NULL,
    kind  INTEGER NOT NULL,                     -- dedup::TieKind
    score REAL NOT NULL,                        -- how alike, 0 to 1
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX tie_by_other ON tie (b);

-- Entries whose ties have become doubtful: their stories are worked out anew.
CREATE TABLE unsettled (
    entry INTEGER PRIMARY KEY
) STRICT;

-- The entry by whose public id this one goes; its own where there is none. Fixed before it is announced, so that a story which
-- grows or parts announces nothing again.
ALTER TABLE entry ADD COLUMN told INTEGER;
UPDATE entry SET told = story WHERE story <> id;
INSERT INTO tie SELECT story, id, 0, 1.0 FROM entry WHERE story <> id;
