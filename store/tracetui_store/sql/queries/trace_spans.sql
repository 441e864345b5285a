-- One trace, in file order: what the tree and the waterfall draw.
SELECT
    row_id,
    span_id,
    parent_span_id,
    name,
    kind,
    start_time_unix_nano,
    end_time_unix_nano,
    error,
    status_message,
    error_type,
    error_message,
    service_name,
    agent_name,
    tool_name,
    model,
    -- A lone roll-up counts like one that stands in for silent calls.
    CASE WHEN call_role = 'lone' THEN 'own_fallback' ELSE usage_role END AS usage_role,
    CASE WHEN counts THEN coalesce(input_tokens, rollup_input_tokens) ELSE input_tokens END AS input_tokens,
    CASE WHEN counts THEN coalesce(output_tokens, rollup_output_tokens) ELSE output_tokens END AS output_tokens,
    CASE WHEN counts THEN coalesce(total_tokens, rollup_total_tokens) ELSE total_tokens END AS total_tokens,
    cost_usd,
    cost_status,
    usage_gap_tokens,
    link_count,
    event_count,
    is_model_call,
    usage_unknown
FROM spans
WHERE trace_id = $trace_id
ORDER BY row_id;
