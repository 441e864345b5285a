-- Root errors: error spans that no error span below them caused (RULES §5).
CREATE VIEW root_errors AS
WITH failed AS MATERIALIZED (
    SELECT row_id, trace_id, span_id, parent_span_id FROM settled_spans WHERE error
)
SELECT e.row_id, e.trace_id
FROM failed e
WHERE NOT EXISTS (
    SELECT 1 FROM failed c
    WHERE c.trace_id = e.trace_id AND c.parent_span_id = e.span_id
      AND c.span_id <> e.span_id -- a span may name itself as its parent
);
