-- The traces that cost most
SELECT trace_id, name, span_count, llm_count, total_tokens, round(cost_usd, 4) AS cost_usd
FROM traces ORDER BY cost_usd DESC NULLS LAST LIMIT 20;
