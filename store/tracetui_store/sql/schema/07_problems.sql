-- Lines that were not simply read.
CREATE TABLE own.problems (
    source_id INTEGER,
    line BIGINT,
    byte_offset BIGINT,
    kind VARCHAR,
    message VARCHAR
);
