-- The sources with the first and last row of each table that is searched, in order. A trace's
-- rows are all that is asked for if there is one.
SELECT 'spans' AS searched, min(row_id) AS first, max(row_id) AS last
FROM span_rows
WHERE $trace_id::VARCHAR IS NULL OR trace_id = $trace_id
GROUP BY row_id >> 40
UNION ALL
SELECT 'logs', min(row_id), max(row_id)
FROM logs
WHERE $trace_id::VARCHAR IS NULL OR trace_id = $trace_id
GROUP BY row_id >> 40
ORDER BY searched DESC, first;
