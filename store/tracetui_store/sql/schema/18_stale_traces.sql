-- Traces of which a summary does not hold any more: they are summed up anew by whoever asks.
CREATE TABLE own.stale_traces (
    summary INTEGER,
    trace_id VARCHAR
);
