-- Each span with its parent's row, and whether it is an agent: the tree, as numbers.
SELECT
    c.row_id,
    p.row_id AS parent_row_id,
    c.parent_span_id IS NOT NULL AS has_parent,
    c.kind = 'agent' AS is_agent
FROM span_rows c
LEFT JOIN span_rows p
    ON p.trace_id = c.trace_id
   AND p.span_id = c.parent_span_id
   AND p.row_id NOT IN (SELECT row_id FROM superseded)
WHERE c.row_id NOT IN (SELECT row_id FROM superseded)
ORDER BY c.row_id;
