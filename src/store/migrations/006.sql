-- Entries that are held back. They have rows below 0: who is held has not come yet, and rows are the order in which entries came.
CREATE TABLE held (
    entry  INTEGER PRIMARY KEY,                 -- below 0
    source INTEGER NOT NULL,
    since  INTEGER NOT NULL,                    -- seconds since 1970
    state  INTEGER NOT NULL,                    -- 0: held; 1: dropped, and known so that it does not come again; 2: comes with the next round
    why    TEXT NOT NULL
) STRICT;
