-- Each span that is not superseded with its parent, as row ids. A parent may be missing, and a span
-- that names itself has none.
CREATE VIEW span_edges AS
WITH tree AS MATERIALIZED (
    SELECT row_id, trace_id, span_id, parent_span_id
    FROM span_rows
    WHERE row_id NOT IN (SELECT row_id FROM superseded)
)
SELECT c.row_id, p.row_id AS parent_row_id
FROM tree c
JOIN tree p ON p.trace_id = c.trace_id AND p.span_id = c.parent_span_id
WHERE c.span_id <> c.parent_span_id;
