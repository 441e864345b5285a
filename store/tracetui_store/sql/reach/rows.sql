-- The rows of the registered traces.
SELECT *, $consulted::BOOLEAN AS consulted
FROM rows_to_settle r
SEMI JOIN wanted w ON w.trace_id IS NOT DISTINCT FROM r.trace_id;
