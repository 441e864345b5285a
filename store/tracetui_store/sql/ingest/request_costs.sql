-- What Claude Code's records say that requests cost (MAPPING §4).
INSERT INTO own.request_costs
SELECT row_id, request_id, cost_usd
FROM (
    SELECT
        row_id,
        json_extract_string(attributes, '$.request_id') AS request_id,
        try_cast(json_extract_string(attributes, '$.cost_usd') AS DOUBLE) AS cost_usd
    FROM batch_logs
    WHERE event_name IN ('claude_code.api_request', 'api_request')
      AND json_valid(attributes)
)
WHERE request_id IS NOT NULL AND cost_usd >= 0;
