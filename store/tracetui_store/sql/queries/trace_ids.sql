-- Every trace there is something of.
SELECT trace_id FROM span_rows WHERE trace_id IS NOT NULL
UNION
SELECT trace_id FROM logs WHERE trace_id IS NOT NULL
ORDER BY trace_id;
