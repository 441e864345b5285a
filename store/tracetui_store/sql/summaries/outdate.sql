-- What was summed up of the traces in the registered Arrow table does not hold any more.
INSERT INTO own.stale_traces
SELECT summary, touched.trace_id
FROM (SELECT max(summary) AS summary FROM summaries HAVING arg_max(holds, summary)), touched;
