-- Costs of Claude Code's calls, joined by the request's id (MAPPING §4); nothing for other loads.
INSERT INTO own.log_costs
SELECT s.row_id, max(l.cost_usd)
FROM (
    SELECT
        json_extract_string(attributes, '$.request_id') AS request_id,
        try_cast(json_extract_string(attributes, '$.cost_usd') AS DOUBLE) AS cost_usd
    FROM logs
    WHERE event_name IN ('claude_code.api_request', 'api_request')
      AND json_valid(attributes)
) l
JOIN span_rows s ON s.response_id = l.request_id
WHERE l.cost_usd >= 0
  AND s.cost_given_usd IS NULL
  AND s.row_id NOT IN (SELECT row_id FROM log_costs)
GROUP BY s.row_id;
