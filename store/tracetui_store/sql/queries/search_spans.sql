-- Where a text stands in a range of rows.
WITH found AS MATERIALIZED (
    SELECT row_id, field, is_json, text
    FROM span_texts
    WHERE row_id BETWEEN $first AND $last
      AND ((NOT is_json AND regexp_matches(text, $plain, 'is'))
        OR (is_json AND regexp_matches(text, $json, 'is')
            AND ($whole = $json OR regexp_matches(text, $whole, 'is'))))
)
SELECT
    f.row_id,
    s.trace_id,
    s.span_id,
    s.name,
    f.field,
    f.is_json,
    CASE WHEN f.is_json THEN regexp_extract(text, $json_snippet, 0, 'is')
        ELSE regexp_extract(text, $plain_snippet, 0, 'is') END AS snippet
FROM found f
JOIN span_rows s USING (row_id)
WHERE s.row_id BETWEEN $first AND $last
  AND ($trace_id::VARCHAR IS NULL OR s.trace_id = $trace_id)
  AND f.row_id NOT IN (SELECT row_id FROM superseded)
ORDER BY f.row_id, f.field, snippet;
