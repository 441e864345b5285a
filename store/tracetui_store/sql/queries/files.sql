-- The ingest report: what became of each source.
WITH done AS (
    SELECT
        source_id,
        arg_max(state, step) AS state,
        max(bytes_done) AS bytes_done,
        sum(ok) AS ok,
        sum(repaired) AS repaired,
        sum(rejected) AS rejected,
        sum(blank) AS blank,
        sum(tail) AS tail,
        sum(metric_points) AS metric_points
    FROM current_progress
    GROUP BY source_id
),
counted AS (
    SELECT source_id, count(*) AS spans, count(DISTINCT trace_id) AS traces FROM span_rows GROUP BY source_id
),
evented AS (SELECT row_id >> 40 AS source_id, count(*) AS events FROM events GROUP BY ALL),
linked AS (SELECT row_id >> 40 AS source_id, count(*) AS links FROM links GROUP BY ALL),
logged AS (SELECT source_id, count(*) AS logs FROM logs GROUP BY source_id),
repeated AS (SELECT row_id >> 40 AS source_id, count(*) AS duplicates FROM superseded GROUP BY ALL),
parentless AS (
    SELECT row_id >> 40 AS source_id, count(*) AS orphans FROM orphans GROUP BY ALL
),
wrong AS (SELECT source_id, count(*) AS problem_count FROM current_problems GROUP BY source_id)
SELECT
    f.source_id,
    f.path,
    f.format,
    f.reason,
    -- A file that is followed, or read on over a cache, has grown since it was first opened.
    if(f.bytes IS NULL, NULL, greatest(f.bytes, bytes_done)) AS bytes,
    coalesce(bytes_done, 0) AS bytes_done,
    coalesce(state, 'waiting') AS state,
    coalesce(ok, 0)::BIGINT AS ok,
    coalesce(repaired, 0)::BIGINT AS repaired,
    coalesce(rejected, 0)::BIGINT AS rejected,
    coalesce(blank, 0)::BIGINT AS blank,
    coalesce(tail, 0)::BIGINT AS tail,
    coalesce(spans, 0) AS spans,
    coalesce(traces, 0) AS traces,
    coalesce(events, 0) AS events,
    coalesce(links, 0) AS links,
    coalesce(logs, 0) AS logs,
    coalesce(metric_points, 0)::BIGINT AS metric_points,
    coalesce(duplicates, 0) AS duplicates,
    coalesce(orphans, 0) AS orphans,
    coalesce(problem_count, 0) AS problem_count
FROM sources f
LEFT JOIN done USING (source_id)
LEFT JOIN counted USING (source_id)
LEFT JOIN evented USING (source_id)
LEFT JOIN linked USING (source_id)
LEFT JOIN logged USING (source_id)
LEFT JOIN repeated USING (source_id)
LEFT JOIN parentless USING (source_id)
LEFT JOIN wrong USING (source_id)
ORDER BY f.source_id;
