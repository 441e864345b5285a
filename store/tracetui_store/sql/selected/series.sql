-- The chosen spans by time, and by `value`. Buckets begin at multiples of their size.
WITH placed AS (
    SELECT
        s.*,
        s.start_time_unix_nano - s.start_time_unix_nano % $bucket_nano AS start_unix_nano,
        r.row_id AS root_error
    FROM chosen s
    LEFT JOIN root_errors r ON r.row_id = s.row_id
    WHERE s.start_time_unix_nano >= 0
),
summed AS (
    SELECT
        start_unix_nano,
        value,
        count(*) AS spans,
        count(*) FILTER (WHERE is_model_call) AS model_calls,
        count(root_error) AS errors,
        (sum(coalesce(input_tokens, rollup_input_tokens)) FILTER (WHERE counts))::BIGINT AS input_tokens,
        (sum(coalesce(output_tokens, rollup_output_tokens)) FILTER (WHERE counts))::BIGINT AS output_tokens,
        (sum(coalesce(total_tokens, rollup_total_tokens)) FILTER (WHERE counts))::BIGINT AS total_tokens,
        count(*) FILTER (WHERE usage_unknown) AS unknown_usage_count,
        sum(cost_usd) AS cost_usd,
        count(*) FILTER (WHERE (counts OR usage_unknown) AND cost_usd IS NULL) AS unpriced_count
    FROM placed
    GROUP BY start_unix_nano, value
),
begun AS (
    SELECT first - first % $bucket_nano AS start_unix_nano, value, count(*) AS traces
    FROM (
        SELECT trace_id, value, min(start_time_unix_nano) AS first
        FROM chosen
        WHERE start_time_unix_nano >= 0
        GROUP BY trace_id, value
    )
    GROUP BY ALL
)
SELECT
    s.start_unix_nano,
    s.value,
    spans,
    coalesce(traces, 0) AS traces,
    model_calls,
    errors,
    input_tokens,
    output_tokens,
    total_tokens,
    unknown_usage_count,
    cost_usd,
    unpriced_count
FROM summed s
LEFT JOIN begun b ON b.start_unix_nano = s.start_unix_nano AND b.value IS NOT DISTINCT FROM s.value;
