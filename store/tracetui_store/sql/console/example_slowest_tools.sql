-- The slowest tools
SELECT tool_name, count(*) AS calls, count(*) FILTER (WHERE error) AS errors,
    round(quantile_cont((end_time_unix_nano - start_time_unix_nano) / 1e6, 0.95), 1) AS p95_ms
FROM spans WHERE kind = 'tool' GROUP BY tool_name ORDER BY p95_ms DESC NULLS LAST;
