-- All text that spans say, piece by piece; JSON text is as the loader wrote it. Rows that were
-- superseded are here too.
CREATE VIEW span_texts AS
SELECT row_id, 'name' AS field, FALSE AS is_json, name AS text FROM span_rows
UNION ALL
SELECT row_id, 'status_message', FALSE, status_message FROM span_rows
UNION ALL
SELECT row_id, 'attributes', TRUE, attributes FROM payloads
UNION ALL
SELECT row_id, 'extra', TRUE, extra FROM payloads
UNION ALL
SELECT row_id, 'event_name', FALSE, name FROM events
UNION ALL
SELECT row_id, 'event', TRUE, attributes FROM events;
