-- Sessions and groups that loaders make of other records are written anew as they grow, and in pieces
-- where a load is resumed: of each, the whole extent.
SELECT s.row_id, w.start_time_unix_nano, w.end_time_unix_nano
FROM settling s
JOIN (
    SELECT
        trace_id,
        span_id,
        min(start_time_unix_nano) AS start_time_unix_nano,
        max(end_time_unix_nano) AS end_time_unix_nano
    FROM settling
    WHERE derived_from IS NOT NULL AND kind IN ('agent', 'workflow')
    GROUP BY trace_id, span_id
    HAVING count(*) > 1
) w USING (trace_id, span_id)
WHERE s.row_id NOT IN (SELECT row_id FROM found_superseded);
