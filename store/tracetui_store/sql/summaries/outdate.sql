-- What was summed up of the traces in the registered Arrow table does not hold any more.
INSERT INTO own.stale_traces
SELECT newest.summary, t.trace_id
FROM (SELECT max(summary) AS summary FROM summaries HAVING arg_max(holds, summary)) newest, touched t
WHERE NOT EXISTS (SELECT 1 FROM stale_now n WHERE n.trace_id IS NOT DISTINCT FROM t.trace_id);
