-- Whether a call elsewhere has the response id of one that is settled.
SELECT count(*) > 0
FROM span_rows
WHERE response_id IN (
    SELECT response_id FROM settling WHERE has_usage AND NOT consulted AND response_id IS NOT NULL
)
  AND row_id NOT IN (SELECT row_id FROM settling);
