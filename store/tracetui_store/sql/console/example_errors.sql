-- Spans with an error; Enter opens one
SELECT trace_id, span_id, kind, name, error_type, coalesce(error_message, status_message) AS message
FROM spans WHERE error ORDER BY start_time_unix_nano DESC NULLS LAST;
