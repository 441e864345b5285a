-- Turns and sessions made of log records that hold nothing any more, where spans of the session are
-- loaded. Run for turns (agent), then for sessions (workflow).
SELECT h.row_id
FROM settling h
WHERE h.derived_from = 'log records'
  AND h.kind = $kind
  AND h.row_id NOT IN (SELECT row_id FROM found_superseded)
  AND NOT EXISTS (
    SELECT 1 FROM settling c
    WHERE c.trace_id = h.trace_id
      AND c.parent_span_id = h.span_id
      AND c.row_id NOT IN (SELECT row_id FROM found_superseded)
  )
  AND (
    h.session_id IN (SELECT session_id FROM span_rows WHERE derived_from IS NULL)
    OR h.trace_id IN (
        SELECT m.trace_id
        FROM settling m
        JOIN links l ON l.row_id = m.row_id
        WHERE m.derived_from = 'log records'
          AND l.trace_id IN (SELECT trace_id FROM span_rows WHERE derived_from IS NULL)
    )
  );
