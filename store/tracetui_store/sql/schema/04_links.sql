-- Links of spans. Their targets may come later or never: not a foreign key.
CREATE TABLE own.links (
    row_id BIGINT,
    position INTEGER,
    trace_id VARCHAR,
    span_id VARCHAR,
    attributes VARCHAR USING COMPRESSION zstd
);
