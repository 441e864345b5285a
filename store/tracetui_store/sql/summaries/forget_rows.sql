DELETE FROM own.trace_rows;
