-- Model calls and roll-ups of the load: all that usage roles depend on, by row.
SELECT
    row_id,
    span_id,
    kind,
    usage_role,
    response_id,
    scope_name,
    start_time_unix_nano,
    end_time_unix_nano,
    coalesce(input_tokens, rollup_input_tokens) AS input_tokens,
    coalesce(output_tokens, rollup_output_tokens) AS output_tokens,
    coalesce(total_tokens, rollup_total_tokens) AS total_tokens,
    coalesce(cache_read_tokens, rollup_cache_read_tokens) AS cache_read_tokens,
    coalesce(cache_write_tokens, rollup_cache_write_tokens) AS cache_write_tokens,
    coalesce(reasoning_tokens, rollup_reasoning_tokens) AS reasoning_tokens
FROM span_rows
WHERE (kind IN ('llm', 'embedding', 'reranker') OR usage_role = 'rollup')
  AND row_id NOT IN (SELECT row_id FROM superseded)
ORDER BY row_id;
