INSERT INTO own.orphans
SELECT $generation, c.row_id
FROM span_rows c
WHERE c.parent_span_id IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM span_rows p WHERE p.trace_id = c.trace_id AND p.span_id = c.parent_span_id
  )
  AND c.row_id NOT IN (SELECT row_id FROM superseded);
