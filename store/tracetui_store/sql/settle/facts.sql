-- What there is to look for among the rows that are settled: rows sent again, spans made of log
-- records, those met in pieces, costs in log records. Then how much may hold of each relation.
WITH held AS MATERIALIZED (
    SELECT relation
    FROM (
        SELECT 'superseded' AS relation, row_id FROM settled_superseded
        UNION ALL
        SELECT 'usage_roles', row_id FROM settled_usage_roles
        UNION ALL
        SELECT 'orphans', row_id FROM settled_orphans
        UNION ALL
        SELECT 'extents', row_id FROM settled_extents
        UNION ALL
        SELECT 'log_costs', row_id FROM settled_log_costs
    )
    WHERE row_id IN (SELECT row_id FROM settling)
)
SELECT
    count(*) > count(DISTINCT (trace_id, span_id)) AS has_repeated,
    coalesce(bool_or(derived_from = 'log records'), FALSE) AS has_log_spans,
    coalesce(bool_or(derived_from IS NOT NULL AND kind IN ('agent', 'workflow')), FALSE) AS has_holders,
    (SELECT count(*) > 0 FROM request_costs) AS has_costs,
    (SELECT count(*) FROM held WHERE relation = 'superseded') AS superseded,
    (SELECT count(*) FROM held WHERE relation = 'usage_roles') AS usage_roles,
    (SELECT count(*) FROM held WHERE relation = 'orphans') AS orphans,
    (SELECT count(*) FROM held WHERE relation = 'extents') AS extents,
    (SELECT count(*) FROM held WHERE relation = 'log_costs') AS log_costs
FROM settling;
