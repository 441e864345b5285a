SELECT *, $consulted::BOOLEAN AS consulted FROM rows_to_settle WHERE trace_id IS NULL;
