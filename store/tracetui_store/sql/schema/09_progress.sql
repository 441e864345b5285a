-- One row per committed batch, in the batch's own transaction: the sums say how far a source is.
CREATE TABLE own.progress (
    step BIGINT,
    source_id INTEGER,
    state VARCHAR,
    bytes_done BIGINT,
    ok BIGINT,
    repaired BIGINT,
    rejected BIGINT,
    blank BIGINT,
    -- of the last row of a source only: a torn line is read again once it is whole
    tail BIGINT,
    metric_points BIGINT
);
