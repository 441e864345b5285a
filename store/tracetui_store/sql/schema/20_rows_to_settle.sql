-- What settling looks at; of a roll-up the counts are what it claims.
CREATE VIEW rows_to_settle AS
SELECT
    row_id,
    trace_id,
    span_id,
    parent_span_id,
    kind,
    usage_role,
    kind IN ('llm', 'embedding', 'reranker') OR usage_role = 'rollup' AS has_usage,
    response_id,
    tool_call_id,
    session_id,
    scope_name,
    derived_from,
    start_time_unix_nano,
    end_time_unix_nano,
    coalesce(input_tokens, rollup_input_tokens) AS input_tokens,
    coalesce(output_tokens, rollup_output_tokens) AS output_tokens,
    coalesce(total_tokens, rollup_total_tokens) AS total_tokens,
    coalesce(cache_read_tokens, rollup_cache_read_tokens) AS cache_read_tokens,
    coalesce(cache_write_tokens, rollup_cache_write_tokens) AS cache_write_tokens,
    coalesce(reasoning_tokens, rollup_reasoning_tokens) AS reasoning_tokens,
    cost_given_usd
FROM span_rows;
