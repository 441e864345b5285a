SELECT
    l.row_id,
    l.trace_id,
    l.span_id,
    l.attributes,
    EXISTS (SELECT 1 FROM span_rows s WHERE s.trace_id = l.trace_id AND s.span_id = l.span_id) AS loaded
FROM links l
WHERE l.row_id BETWEEN $first AND $last
ORDER BY l.row_id, l.position;
