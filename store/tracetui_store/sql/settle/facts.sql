-- What is to be looked for: spans made of log records, spans met in pieces, costs in log records.
SELECT
    coalesce(bool_or(derived_from = 'log records'), FALSE),
    coalesce(bool_or(derived_from IS NOT NULL AND kind IN ('agent', 'workflow')), FALSE),
    (SELECT count(*) > 0 FROM request_costs)
FROM settling;
