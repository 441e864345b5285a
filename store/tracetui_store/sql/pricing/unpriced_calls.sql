-- What calls say of themselves that no price of the edition in force is looked up for yet.
SELECT DISTINCT provider, request_model, response_model, service_tier
FROM span_rows
WHERE (kind IN ('llm', 'embedding', 'reranker') OR usage_role = 'rollup')
  AND coalesce(request_model, response_model) IS NOT NULL
EXCEPT
SELECT provider, request_model, response_model, service_tier FROM current_prices;
