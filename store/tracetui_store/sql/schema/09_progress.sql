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
    tail BIGINT,
    metric_points BIGINT,
    -- About an unfinished last line only: counts until the source is read on.
    provisional BOOLEAN
);
