-- Whether any span was made of log records.
SELECT count(*) > 0 FROM span_rows WHERE derived_from = 'log records';
