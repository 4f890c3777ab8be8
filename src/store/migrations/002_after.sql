-- Once the entries are copied (migrate/lean.rs).
DROP TABLE entry;
ALTER TABLE lean RENAME TO entry;
CREATE UNIQUE INDEX entry_by_id ON entry (id_hash);
CREATE INDEX entry_by_source ON entry (source, published, id);
CREATE INDEX entry_by_date ON entry (published, id);
CREATE INDEX entry_by_story ON entry (story) WHERE story <> id;
