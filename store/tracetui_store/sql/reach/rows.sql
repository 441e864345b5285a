-- The rows of the registered traces.
SELECT *, $consulted::BOOLEAN AS consulted
FROM rows_to_settle
WHERE trace_id IN (SELECT trace_id FROM wanted);
