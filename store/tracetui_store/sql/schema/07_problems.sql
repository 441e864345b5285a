-- Lines that were not simply read.
CREATE TABLE problems (
    source_id INTEGER,
    line BIGINT,
    byte_offset BIGINT,
    kind VARCHAR,
    message VARCHAR
);
