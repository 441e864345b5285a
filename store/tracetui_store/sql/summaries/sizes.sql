-- What tells whether traces are to be summed up anew.
SELECT (SELECT count(*) FROM span_rows) AS spans, (SELECT count(*) FROM kept_traces) AS kept;
