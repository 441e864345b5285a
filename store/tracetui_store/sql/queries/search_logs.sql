-- Where a text stands in the log records of a range of rows; their spans may not be loaded.
WITH found AS MATERIALIZED (
    SELECT log_row_id, trace_id, span_id, field, is_json, text
    FROM log_texts
    WHERE log_row_id BETWEEN $first AND $last
      AND ($trace_id::VARCHAR IS NULL OR trace_id = $trace_id)
      AND ((NOT is_json AND regexp_matches(text, $plain, 'is'))
        OR (is_json AND regexp_matches(text, $json, 'is')
            AND ($whole = $json OR regexp_matches(text, $whole, 'is'))))
),
named AS (
    SELECT row_id, trace_id, span_id, name
    FROM span_rows
    WHERE trace_id IN (SELECT trace_id FROM found)
      AND row_id NOT IN (SELECT row_id FROM superseded)
)
SELECT
    n.row_id,
    f.trace_id,
    f.span_id,
    n.name,
    f.field,
    f.is_json,
    CASE WHEN f.is_json THEN regexp_extract(text, $json_snippet, 0, 'is')
        ELSE regexp_extract(text, $plain_snippet, 0, 'is') END AS snippet
FROM found f
LEFT JOIN named n ON n.trace_id = f.trace_id AND n.span_id = f.span_id
ORDER BY f.log_row_id, f.field, snippet;
