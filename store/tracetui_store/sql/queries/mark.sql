-- How far each source is, as the rows of its spans and log records.
SELECT row_id >> 40 AS source_id, max(row_id) AS last_row_id, count(*) AS rows
FROM (SELECT row_id FROM span_rows UNION ALL SELECT row_id FROM logs)
GROUP BY ALL
ORDER BY ALL;
