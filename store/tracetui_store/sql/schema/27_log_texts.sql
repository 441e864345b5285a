-- All text of log records, by the span that they name; `log_row_id` is the record's own.
CREATE VIEW log_texts AS
SELECT row_id AS log_row_id, trace_id, span_id, 'log_name' AS field, FALSE AS is_json, event_name AS text
FROM logs
UNION ALL
SELECT row_id, trace_id, span_id, 'log', TRUE, body FROM logs
UNION ALL
SELECT row_id, trace_id, span_id, 'log_attributes', TRUE, attributes FROM logs;
