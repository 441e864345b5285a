-- What held and was not found again.
INSERT INTO own.outdated
SELECT 'superseded', r.row_id, r.settled, $generation
FROM superseded r
WHERE r.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND NOT EXISTS (
    SELECT 1 FROM found_superseded f
    WHERE f.row_id = r.row_id
  );
