-- The same of all rows, as far as it is quickly told.
SELECT
    TRUE AS has_repeated,
    (SELECT count(*) > 0 FROM span_rows WHERE derived_from = 'log records') AS has_log_spans,
    (SELECT count(*) > 0 FROM span_rows WHERE derived_from IS NOT NULL) AS has_holders,
    (SELECT count(*) > 0 FROM request_costs) AS has_costs,
    (SELECT count(*) FROM settled_superseded) AS superseded,
    (SELECT count(*) FROM settled_usage_roles) AS usage_roles,
    (SELECT count(*) FROM settled_orphans) AS orphans,
    (SELECT count(*) FROM settled_extents) AS extents,
    (SELECT count(*) FROM settled_log_costs) AS log_costs;
