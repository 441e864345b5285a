-- What each model cost
SELECT provider, model, count(*) AS calls, sum(input_tokens) AS input_tokens,
    sum(output_tokens) AS output_tokens, round(sum(cost_usd), 4) AS cost_usd
FROM spans WHERE is_model_call GROUP BY ALL ORDER BY cost_usd DESC NULLS LAST;
