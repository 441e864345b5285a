-- Pairs of spans that belong together across traces or beside the tree, with why: links, message
-- ids, tool call ids, and parents that are in another trace. From what came first to what came of it.
WITH live AS MATERIALIZED (
    SELECT
        row_id, trace_id, span_id, parent_span_id, kind, otel_kind, start_time_unix_nano,
        end_time_unix_nano, message_id, message_destination, tool_call_id
    FROM span_rows
    WHERE row_id NOT IN (SELECT row_id FROM superseded)
),
-- A batch consumer links to everything it got: it does not make one system of it all.
narrow AS (
    SELECT row_id FROM links GROUP BY row_id HAVING count(*) <= $most_links
),
linked AS (
    SELECT t.row_id AS from_row, l.row_id AS to_row, 'link' AS reason
    FROM links l
    JOIN narrow USING (row_id)
    JOIN live t ON t.trace_id = l.trace_id AND t.span_id = l.span_id
),
said AS (
    SELECT *, otel_kind = 'PRODUCER' AS sends
    FROM live
    WHERE message_id IS NOT NULL
),
messages AS (
    SELECT p.row_id, c.row_id, 'message'
    FROM said p
    JOIN said c
        ON c.message_id = p.message_id
       AND c.message_destination IS NOT DISTINCT FROM p.message_destination
    WHERE p.sends AND NOT c.sends
),
-- An id that many spans share says little: the one that began first called the others.
called AS (
    SELECT
        row_id, trace_id,
        first_value(row_id) OVER same AS first_row,
        first_value(trace_id) OVER same AS first_trace,
        count(*) OVER (PARTITION BY tool_call_id) AS shared
    FROM live
    WHERE tool_call_id IS NOT NULL AND kind IN ('tool', 'rpc', 'messaging', 'http', 'agent')
    WINDOW same AS (PARTITION BY tool_call_id ORDER BY start_time_unix_nano NULLS LAST, row_id)
),
strays AS (
    SELECT c.row_id, c.trace_id, c.parent_span_id
    FROM live c
    JOIN orphans o ON o.row_id = c.row_id
),
known AS (
    SELECT span_id, min(row_id) AS row_id
    FROM live
    WHERE span_id IN (SELECT parent_span_id FROM strays)
    GROUP BY span_id
    HAVING count(*) = 1
),
found AS (
    FROM linked
    UNION ALL FROM messages
    UNION ALL
    SELECT first_row, row_id, 'tool_call' FROM called
    WHERE trace_id <> first_trace AND shared <= $most_links
    UNION ALL
    SELECT k.row_id, s.row_id, 'parent'
    FROM strays s JOIN known k ON k.span_id = s.parent_span_id
)
SELECT
    f.from_row,
    f.to_row,
    f.reason,
    a.trace_id AS from_trace,
    b.trace_id AS to_trace,
    a.end_time_unix_nano AS from_end_unix_nano,
    coalesce(a.start_time_unix_nano, a.end_time_unix_nano) AS from_start_unix_nano,
    b.start_time_unix_nano AS to_start_unix_nano
FROM found f
JOIN live a ON a.row_id = f.from_row
JOIN live b ON b.row_id = f.to_row
WHERE f.from_row <> f.to_row
ORDER BY f.to_row, f.from_row, f.reason;
