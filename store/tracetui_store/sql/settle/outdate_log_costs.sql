-- What held and was not found again.
INSERT INTO own.outdated
SELECT 'log_costs', r.row_id, r.settled, $generation
FROM log_costs r
WHERE r.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND NOT EXISTS (
    SELECT 1 FROM found_log_costs f
    WHERE f.row_id = r.row_id
          AND f.cost_usd IS NOT DISTINCT FROM r.cost_usd
  );
