-- Traces whose rows in `kept_traces` do not hold.
CREATE VIEW stale_now AS
SELECT DISTINCT trace_id
FROM stale_traces
WHERE summary = (SELECT max(summary) FROM summaries WHERE holds);
