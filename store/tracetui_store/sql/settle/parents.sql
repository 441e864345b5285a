-- Each span with its parent's row, and whether it is an agent: the tree, as numbers.
SELECT
    c.row_id,
    p.row_id AS parent_row_id,
    c.parent_span_id IS NOT NULL AS has_parent,
    c.kind = 'agent' AS is_agent
FROM settling c
LEFT JOIN settling p
    ON p.trace_id = c.trace_id
   AND p.span_id = c.parent_span_id
   AND p.row_id NOT IN (SELECT row_id FROM found_superseded)
WHERE c.row_id NOT IN (SELECT row_id FROM found_superseded)
ORDER BY c.row_id;
