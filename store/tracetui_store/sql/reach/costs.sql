-- Traces with calls of which log records say what they cost otherwise than was found.
SELECT DISTINCT s.trace_id
FROM span_rows s
JOIN (SELECT request_id, max(cost_usd) AS cost_usd FROM request_costs GROUP BY request_id) c
    ON c.request_id = s.response_id
LEFT JOIN log_costs l ON l.row_id = s.row_id
WHERE s.cost_given_usd IS NULL AND l.cost_usd IS DISTINCT FROM c.cost_usd;
