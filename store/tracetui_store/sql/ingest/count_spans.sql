SELECT count(*) FROM own.span_rows;
