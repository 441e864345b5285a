-- Traces that are not as they were at a mark: row ids rise within a source, and what was settled
-- otherwise came or was taken back in a later generation. Prices are looked up in generations too.
WITH seen AS (
    SELECT unnest($sources::BIGINT[]) AS source_id, unnest($last_row_ids::BIGINT[]) AS last_row_id
),
settled_anew AS (
    SELECT row_id FROM settled_superseded WHERE generation > $settled
    UNION ALL
    SELECT row_id FROM settled_usage_roles WHERE generation > $settled
    UNION ALL
    SELECT row_id FROM settled_orphans WHERE generation > $settled
    UNION ALL
    SELECT row_id FROM settled_extents WHERE generation > $settled
    UNION ALL
    SELECT row_id FROM settled_log_costs WHERE generation > $settled
    UNION ALL
    SELECT row_id FROM outdated WHERE generation > $settled
),
-- After another edition came into force, all that it prices.
priced_anew AS (
    SELECT DISTINCT provider, request_model, response_model, service_tier
    FROM current_prices
    WHERE generation > $priced
       OR (SELECT max(generation) FROM price_editions) > $priced
)
SELECT DISTINCT trace_id
FROM (
    SELECT trace_id
    FROM (SELECT row_id, trace_id FROM span_rows UNION ALL SELECT row_id, trace_id FROM logs) r
    LEFT JOIN seen ON seen.source_id = r.row_id >> 40
    WHERE r.row_id > coalesce(seen.last_row_id, -1)
    UNION ALL
    SELECT trace_id FROM span_rows WHERE row_id IN (SELECT row_id FROM settled_anew)
    UNION ALL
    SELECT s.trace_id
    FROM span_rows s
    JOIN priced_anew p
        ON p.provider IS NOT DISTINCT FROM s.provider
       AND p.request_model IS NOT DISTINCT FROM s.request_model
       AND p.response_model IS NOT DISTINCT FROM s.response_model
       AND p.service_tier IS NOT DISTINCT FROM s.service_tier
)
WHERE trace_id IS NOT NULL
ORDER BY trace_id;
