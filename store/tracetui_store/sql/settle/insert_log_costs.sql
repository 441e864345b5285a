-- What was found and does not hold yet.
INSERT INTO own.settled_log_costs BY NAME
SELECT $generation AS generation, f.*
FROM found_log_costs f
WHERE f.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND f.row_id NOT IN (SELECT row_id FROM log_costs);
