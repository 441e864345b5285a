-- What agents are found by: every span with the row of its parent, and of names only those of spans
-- that act. One row per span; of parents that share an id the first stands. In no order.
SELECT
    s.row_id,
    e.parent_row_id,
    s.trace_id,
    s.kind,
    CASE WHEN s.kind IN ('agent', 'tool', 'handoff') THEN s.name END AS name,
    CASE WHEN s.kind = 'agent' THEN s.agent_name END AS agent_name,
    CASE WHEN s.kind = 'tool' THEN s.tool_name END AS tool_name,
    s.handoff_from,
    s.handoff_to,
    s.operation = 'create_agent' AS creates,
    s.service_name,
    s.start_time_unix_nano,
    s.end_time_unix_nano,
    s.error,
    s.is_model_call,
    s.usage_unknown,
    CASE WHEN s.counts THEN coalesce(s.total_tokens, s.rollup_total_tokens) END AS total_tokens,
    s.cost_usd,
    (s.counts OR s.usage_unknown) AND s.cost_usd IS NULL AS unpriced
FROM spans s
LEFT JOIN (
    SELECT row_id, min(parent_row_id) AS parent_row_id
    FROM span_edges
    GROUP BY row_id
) e ON e.row_id = s.row_id;
