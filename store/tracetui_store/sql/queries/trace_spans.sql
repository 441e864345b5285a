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
    usage_role,
    input_tokens,
    output_tokens,
    total_tokens,
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
