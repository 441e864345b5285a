-- Lines that were not simply read.
CREATE TABLE own.problems (
    source_id INTEGER,
    line BIGINT,
    byte_offset BIGINT,
    kind VARCHAR,
    message VARCHAR,
    -- the step of progress that it came with; null of a source as a whole
    step BIGINT
);
