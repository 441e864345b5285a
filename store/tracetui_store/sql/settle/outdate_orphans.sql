-- What held and was not found again.
INSERT INTO own.outdated
SELECT 'orphans', r.row_id, r.settled, $generation
FROM orphans r
WHERE r.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND NOT EXISTS (
    SELECT 1 FROM found_orphans f
    WHERE f.row_id = r.row_id
  );
