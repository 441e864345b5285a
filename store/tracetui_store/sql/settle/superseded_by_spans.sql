-- Calls made of log records, where a span says the same: by its id, or of the same kind at the same
-- time in the same session, or in the trace in which the record was written (RULES §8).
WITH made AS (
    SELECT row_id, kind, response_id, tool_call_id, session_id, start_time_unix_nano, end_time_unix_nano
    FROM settling
    WHERE derived_from = 'log records'
      AND kind IN ('llm', 'tool')
      AND row_id NOT IN (SELECT row_id FROM found_superseded)
),
sent AS (
    SELECT kind, response_id, tool_call_id, session_id, trace_id, start_time_unix_nano, end_time_unix_nano
    FROM span_rows
    WHERE derived_from IS NULL AND kind IN ('llm', 'tool')
)
SELECT m.row_id FROM made m JOIN sent s ON s.kind = m.kind AND s.response_id = m.response_id
UNION
SELECT m.row_id FROM made m JOIN sent s ON s.kind = m.kind AND s.tool_call_id = m.tool_call_id
UNION
SELECT m.row_id
FROM made m
JOIN sent s
    ON s.kind = m.kind
   AND s.session_id = m.session_id
   AND s.start_time_unix_nano <= m.end_time_unix_nano
   AND s.end_time_unix_nano >= m.start_time_unix_nano
UNION
SELECT m.row_id
FROM made m
JOIN links l ON l.row_id = m.row_id
JOIN sent s
    ON s.kind = m.kind
   AND s.trace_id = l.trace_id
   AND s.start_time_unix_nano <= m.end_time_unix_nano
   AND s.end_time_unix_nano >= m.start_time_unix_nano;
