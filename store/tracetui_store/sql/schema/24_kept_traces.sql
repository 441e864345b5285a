-- The newest summary that held: right but for its stale traces, and once another says that it does not.
CREATE VIEW kept_traces AS
SELECT * EXCLUDE (summary)
FROM trace_rows
WHERE summary = (SELECT max(summary) FROM summaries WHERE holds);
