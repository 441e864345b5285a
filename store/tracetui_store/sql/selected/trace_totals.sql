-- Sums over all spans of the chosen traces, as `selected/totals` makes of the spans themselves.
SELECT
    count(trace_id) AS traces,
    coalesce(sum(span_count), 0)::BIGINT AS spans,
    coalesce(sum(llm_count), 0)::BIGINT AS model_calls,
    coalesce(sum(agent_count), 0)::BIGINT AS agents,
    sum(input_tokens)::BIGINT AS input_tokens,
    sum(output_tokens)::BIGINT AS output_tokens,
    sum(cache_read_tokens)::BIGINT AS cache_read_tokens,
    sum(cache_write_tokens)::BIGINT AS cache_write_tokens,
    sum(reasoning_tokens)::BIGINT AS reasoning_tokens,
    coalesce(sum(unknown_usage_count), 0)::BIGINT AS unknown_usage_calls,
    sum(cost_usd) AS cost_usd,
    coalesce(sum(unpriced_count), 0)::BIGINT AS unpriced_calls,
    coalesce(sum(error_count), 0)::BIGINT AS errors,
    coalesce(sum(error_span_count), 0)::BIGINT AS error_spans,
    coalesce(sum(running_count), 0)::BIGINT AS running,
    coalesce(sum(orphan_count), 0)::BIGINT AS orphans,
    (SELECT count(*) FROM logs) AS logs,
    (SELECT count(*) FROM metrics) AS metric_points
FROM chosen;
