-- OTLP log records; those that name a span are shown with it.
CREATE TABLE own.logs (
    row_id BIGINT,
    source_id INTEGER,
    line BIGINT,
    trace_id VARCHAR,
    span_id VARCHAR,
    time_unix_nano BIGINT,
    event_name VARCHAR,
    severity_number INTEGER,
    severity_text VARCHAR,
    body VARCHAR USING COMPRESSION zstd,
    attributes VARCHAR USING COMPRESSION zstd,
    resource_id BIGINT
);
