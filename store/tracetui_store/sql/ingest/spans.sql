INSERT INTO own.span_rows BY NAME SELECT * EXCLUDE (attributes, extra) FROM batch_spans;
