-- What a source that is dropped repeats is not superseded any more, as far as that is known here.
DELETE FROM own.superseded
WHERE row_id IN (
    SELECT row_id
    FROM span_rows
    WHERE (trace_id, span_id) IN (
        SELECT (trace_id, span_id) FROM span_rows WHERE source_id = $source_id
    )
);
