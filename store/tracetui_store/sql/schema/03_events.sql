-- Events of spans; row_id is the span's.
CREATE TABLE own.events (
    row_id BIGINT,
    position INTEGER,
    time_unix_nano BIGINT,
    name VARCHAR,
    attributes VARCHAR USING COMPRESSION zstd
);
