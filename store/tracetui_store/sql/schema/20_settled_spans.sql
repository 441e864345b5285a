-- Each span once, its usage role settled, and nothing of money: what asks for none is spared the
-- prices, which are half the cost of `spans`.
CREATE VIEW settled_spans AS
SELECT
    s.* EXCLUDE (usage_role, input_tokens, output_tokens, total_tokens, cache_read_tokens,
                 cache_write_tokens, reasoning_tokens, cost_given_usd, start_time_unix_nano,
                 end_time_unix_nano),
    coalesce(e.start_time_unix_nano, s.start_time_unix_nano) AS start_time_unix_nano,
    coalesce(e.end_time_unix_nano, s.end_time_unix_nano) AS end_time_unix_nano,
    coalesce(s.cost_given_usd, l.cost_usd) AS cost_given_usd,
    coalesce(r.usage_role, s.usage_role) AS usage_role,
    r.duplicate_of,
    r.call_role,
    r.usage_gap_tokens,
    coalesce(r.input_tokens, s.input_tokens) AS input_tokens,
    coalesce(r.output_tokens, s.output_tokens) AS output_tokens,
    coalesce(r.total_tokens, s.total_tokens) AS total_tokens,
    coalesce(r.cache_read_tokens, s.cache_read_tokens) AS cache_read_tokens,
    coalesce(r.cache_write_tokens, s.cache_write_tokens) AS cache_write_tokens,
    coalesce(r.reasoning_tokens, s.reasoning_tokens) AS reasoning_tokens,
    coalesce(s.response_model, s.request_model) AS model,
    -- A pending span took the place of the real one: see tracetui_loaders.pending.
    CASE WHEN s.kind = 'partial' THEN s.span_id END AS pending_of,
    CASE WHEN s.kind = 'partial' THEN s.parent_span_id END AS real_parent,
    s.kind IN ('llm', 'embedding', 'reranker')
        AND coalesce(r.usage_role, s.usage_role) <> 'duplicate'
        AND coalesce(r.call_role, '') <> 'wrapper' AS is_model_call,
    coalesce(r.usage_role, s.usage_role) IN ('own', 'own_fallback')
        OR coalesce(r.call_role, '') = 'lone' AS counts,
    -- A model call that may have been billed and does not say for how much.
    is_model_call AND coalesce(r.usage_role, s.usage_role) = 'none' AND NOT s.error
        AND r.call_role IS NULL AS usage_unknown
FROM span_rows s
LEFT JOIN usage_roles r ON r.row_id = s.row_id
LEFT JOIN log_costs l ON l.row_id = s.row_id
LEFT JOIN extents e ON e.row_id = s.row_id
WHERE NOT EXISTS (SELECT 1 FROM superseded d WHERE d.row_id = s.row_id);
