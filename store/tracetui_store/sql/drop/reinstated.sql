-- What the cache calls superseded and a source that is dropped repeats.
INSERT INTO own.reinstated
SELECT s.row_id
FROM superseded d
JOIN span_rows s USING (row_id)
WHERE (s.trace_id, s.span_id) IN (
    SELECT (trace_id, span_id) FROM span_rows WHERE source_id = $source_id
);
