-- Log records that name one of the spans of a range of rows.
SELECT s.row_id, l.event_name, l.time_unix_nano, l.severity_text, l.body, l.attributes
FROM logs l
JOIN span_rows s ON s.trace_id = l.trace_id AND s.span_id = l.span_id
WHERE s.row_id BETWEEN $first AND $last
ORDER BY s.row_id, l.time_unix_nano, l.row_id;
