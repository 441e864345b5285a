-- The values of one dimension among the chosen spans. The limit is null for all of them.
SELECT
    value,
    count(*) AS spans,
    count(DISTINCT trace_id) AS traces,
    count(*) OVER () AS values
FROM chosen
GROUP BY value
ORDER BY traces DESC, spans DESC, value NULLS LAST
LIMIT $limit;
