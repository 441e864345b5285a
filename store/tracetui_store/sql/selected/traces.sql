-- One row per trace of the chosen spans, which are all spans of their traces: `rows.TRACE_COLUMNS`, and
-- what else totals add up.
WITH errors AS (
    SELECT trace_id, count(*) AS error_count FROM root_errors GROUP BY trace_id
),
pending AS (
    SELECT s.trace_id, count(*) AS orphan_count
    FROM orphans o JOIN span_rows s USING (row_id)
    GROUP BY s.trace_id
),
per_trace AS (
    SELECT
        trace_id,
        coalesce(
            arg_min(name, start_time_unix_nano) FILTER (WHERE parent_span_id IS NULL),
            arg_min(name, start_time_unix_nano),
            arg_min(name, row_id)
        ) AS name,
        coalesce(
            arg_min(kind, start_time_unix_nano) FILTER (WHERE parent_span_id IS NULL),
            arg_min(kind, start_time_unix_nano),
            arg_min(kind, row_id)
        ) AS kind,
        coalesce(
            arg_min(agent_name, start_time_unix_nano) FILTER (WHERE agent_name IS NOT NULL),
            arg_min(agent_name, row_id)
        ) AS agent_name,
        coalesce(
            arg_min(service_name, start_time_unix_nano) FILTER (WHERE service_name IS NOT NULL),
            arg_min(service_name, row_id)
        ) AS service_name,
        arg_min(session_id, row_id) AS session_id,
        min(start_time_unix_nano) AS start_time_unix_nano,
        max(end_time_unix_nano) AS last_end,
        count(*) AS span_count,
        count(*) FILTER (WHERE is_model_call) AS llm_count,
        count(*) FILTER (WHERE kind = 'tool') AS tool_count,
        count(*) FILTER (WHERE kind = 'agent') AS agent_count,
        -- What has no start either has no times at all: nobody knows whether it runs.
        count(*) FILTER (WHERE end_time_unix_nano IS NULL AND start_time_unix_nano IS NOT NULL)
            AS running_count,
        count(*) FILTER (
            WHERE end_time_unix_nano IS NULL AND start_time_unix_nano IS NOT NULL
              AND parent_span_id IS NULL
        ) AS running_roots,
        sum(coalesce(total_tokens, rollup_total_tokens)) FILTER (WHERE counts) AS total_tokens,
        sum(coalesce(input_tokens, rollup_input_tokens)) FILTER (WHERE counts) AS input_tokens,
        sum(coalesce(output_tokens, rollup_output_tokens)) FILTER (WHERE counts) AS output_tokens,
        count(*) FILTER (WHERE usage_unknown) AS unknown_usage_count,
        sum(coalesce(cache_read_tokens, rollup_cache_read_tokens)) FILTER (WHERE counts) AS cache_read_tokens,
        sum(coalesce(cache_write_tokens, rollup_cache_write_tokens)) FILTER (WHERE counts) AS cache_write_tokens,
        sum(coalesce(reasoning_tokens, rollup_reasoning_tokens)) FILTER (WHERE counts) AS reasoning_tokens,
        count(*) FILTER (WHERE error) AS error_span_count,
        sum(cost_usd) AS cost_usd,
        count(*) FILTER (WHERE (counts OR usage_unknown) AND cost_usd IS NULL) AS unpriced_count
    FROM chosen
    GROUP BY trace_id
)
SELECT
    trace_id,
    name,
    kind,
    agent_name,
    service_name,
    session_id,
    start_time_unix_nano,
    CASE WHEN running_roots = 0 THEN last_end END AS end_time_unix_nano,
    -- greatest() skips NULL: a trace in which nothing has begun or ended has no duration, not 0.
    CASE WHEN last_end >= start_time_unix_nano THEN last_end - start_time_unix_nano
        WHEN last_end < start_time_unix_nano THEN 0 END AS duration_nano,
    span_count,
    llm_count,
    tool_count,
    agent_count,
    coalesce(error_count, 0) AS error_count,
    running_count,
    coalesce(orphan_count, 0) AS orphan_count,
    total_tokens::BIGINT AS total_tokens,
    input_tokens::BIGINT AS input_tokens,
    output_tokens::BIGINT AS output_tokens,
    unknown_usage_count,
    -- Spans that never came may have used tokens: a trace with missing parents is a lower bound too.
    unknown_usage_count > 0 OR coalesce(orphan_count, 0) > 0 AS lower_bound,
    cost_usd,
    unpriced_count,
    cache_read_tokens::BIGINT AS cache_read_tokens,
    cache_write_tokens::BIGINT AS cache_write_tokens,
    reasoning_tokens::BIGINT AS reasoning_tokens,
    error_span_count
FROM per_trace
LEFT JOIN errors USING (trace_id)
LEFT JOIN pending USING (trace_id);
