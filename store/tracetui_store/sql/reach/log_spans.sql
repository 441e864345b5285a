-- Traces made of log records that what is settled may bear on, as `superseded_by_spans` compares them.
SELECT DISTINCT m.trace_id
FROM span_rows m
WHERE m.derived_from = 'log records'
  AND (
    m.session_id IN (SELECT session_id FROM settling WHERE session_id IS NOT NULL)
    OR m.response_id IN (SELECT response_id FROM settling WHERE response_id IS NOT NULL)
    OR m.tool_call_id IN (SELECT tool_call_id FROM settling WHERE tool_call_id IS NOT NULL)
    OR m.row_id IN (
        SELECT row_id FROM links WHERE trace_id IN (SELECT trace_id FROM settling WHERE trace_id IS NOT NULL)
    )
  )
  AND NOT EXISTS (SELECT 1 FROM settling t WHERE t.trace_id IS NOT DISTINCT FROM m.trace_id);
