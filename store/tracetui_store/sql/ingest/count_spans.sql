SELECT count(*) FROM span_rows;
