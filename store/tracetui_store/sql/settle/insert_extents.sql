-- What was found and does not hold yet.
INSERT INTO own.settled_extents BY NAME
SELECT $generation AS generation, f.*
FROM found_extents f
WHERE f.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND f.row_id NOT IN (SELECT row_id FROM extents);
