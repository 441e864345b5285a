-- OTLP metric data points: a cross-check of what spans say, never added to it.
CREATE TABLE own.metrics (
    row_id BIGINT,
    source_id INTEGER,
    line BIGINT,
    name VARCHAR,
    description VARCHAR,
    unit VARCHAR,
    kind VARCHAR,
    temporality VARCHAR,
    monotonic BOOLEAN,
    start_time_unix_nano BIGINT,
    time_unix_nano BIGINT,
    attributes VARCHAR,
    value DOUBLE,
    count BIGINT,
    sum DOUBLE,
    min DOUBLE,
    max DOUBLE,
    distribution VARCHAR,
    exemplars VARCHAR,
    scope_name VARCHAR,
    resource_id BIGINT
);
