-- What held and was not found again.
INSERT INTO own.outdated
SELECT 'extents', r.row_id, r.settled, $generation
FROM extents r
WHERE r.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND NOT EXISTS (
    SELECT 1 FROM found_extents f
    WHERE f.row_id = r.row_id
          AND f.start_time_unix_nano IS NOT DISTINCT FROM r.start_time_unix_nano
          AND f.end_time_unix_nano IS NOT DISTINCT FROM r.end_time_unix_nano
  );
