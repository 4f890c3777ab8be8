-- Once the entries are copied (migrate/lean.rs).
DROP TABLE entry;
ALTER TABLE lean RENAME TO entry;
CREATE UNIQUE INDEX entry_by_id ON entry (id_hash);
CREATE INDEX entry_by_source ON entry (source, published, id);
CREATE INDEX entry_by_date ON entry (published, id, source);
CREATE INDEX entry_by_story ON entry (story) WHERE story <> id;

-- Kept beside, so that nobody need count the history of a source.
ALTER TABLE source ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
UPDATE source SET entries = (SELECT count(*) FROM entry WHERE entry.source = source.id);
