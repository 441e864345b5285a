-- Costs of Claude Code's calls, joined by the request's id (MAPPING §4); nothing for other loads.
SELECT s.row_id, max(c.cost_usd) AS cost_usd
FROM request_costs c
JOIN settling s ON s.response_id = c.request_id
WHERE s.cost_given_usd IS NULL
GROUP BY s.row_id;
