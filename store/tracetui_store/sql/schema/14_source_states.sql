-- Where each source can be read on, and what it looked like then; the newest step counts.
CREATE TABLE own.source_states (
    step BIGINT,
    source_id INTEGER,
    identity VARCHAR,
    byte_offset BIGINT,
    line BIGINT,
    inside_line BOOLEAN,
    ordinal BIGINT
);
