-- What is being loaded; one row per file, added before its first batch.
CREATE TABLE own.sources (
    source_id INTEGER,
    path VARCHAR,
    format VARCHAR,
    reason VARCHAR,
    bytes BIGINT
);
