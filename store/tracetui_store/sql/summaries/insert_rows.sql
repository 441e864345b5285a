-- Every trace as it is now.
INSERT INTO own.trace_rows BY NAME
SELECT (SELECT coalesce(max(summary), 0) + 1 FROM summaries) AS summary, * FROM traces;
