-- Sums over the chosen spans. Token and money sums leave out what repeats other spans' usage.
SELECT
    count(DISTINCT s.trace_id) AS traces,
    count(*) AS spans,
    count(*) FILTER (WHERE is_model_call) AS model_calls,
    count(*) FILTER (WHERE kind = 'agent') AS agents,
    (sum(coalesce(input_tokens, rollup_input_tokens)) FILTER (WHERE counts))::BIGINT AS input_tokens,
    (sum(coalesce(output_tokens, rollup_output_tokens)) FILTER (WHERE counts))::BIGINT AS output_tokens,
    (sum(coalesce(cache_read_tokens, rollup_cache_read_tokens)) FILTER (WHERE counts))::BIGINT AS cache_read_tokens,
    (sum(coalesce(cache_write_tokens, rollup_cache_write_tokens)) FILTER (WHERE counts))::BIGINT AS cache_write_tokens,
    (sum(coalesce(reasoning_tokens, rollup_reasoning_tokens)) FILTER (WHERE counts))::BIGINT AS reasoning_tokens,
    count(*) FILTER (WHERE usage_unknown) AS unknown_usage_calls,
    sum(cost_usd) AS cost_usd,
    count(*) FILTER (WHERE (counts OR usage_unknown) AND cost_usd IS NULL) AS unpriced_calls,
    count(r.row_id) AS errors,
    count(*) FILTER (WHERE error) AS error_spans,
    -- What has no start either has no times at all: nobody knows whether it runs.
    count(*) FILTER (WHERE end_time_unix_nano IS NULL AND start_time_unix_nano IS NOT NULL) AS running,
    count(o.row_id) AS orphans,
    (SELECT count(*) FROM logs) AS logs,
    (SELECT count(*) FROM metrics) AS metric_points
FROM chosen s
LEFT JOIN root_errors r ON r.row_id = s.row_id
LEFT JOIN orphans o ON o.row_id = s.row_id;
