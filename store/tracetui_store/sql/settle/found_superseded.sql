-- Of rows with one trace and span id the last that has an end wins, else the last (RULES §4).
SELECT row_id
FROM (
    SELECT
        row_id,
        row_number() OVER (
            PARTITION BY trace_id, span_id
            ORDER BY
                end_time_unix_nano IS NULL,
                -- A holder met in pieces: the piece with its beginning knows what it is about.
                CASE WHEN derived_from IS NOT NULL AND kind IN ('agent', 'workflow')
                    THEN start_time_unix_nano END,
                row_id DESC
        ) AS place
    FROM settling
    WHERE (trace_id, span_id) IN (
        SELECT (trace_id, span_id)
        FROM settling
        GROUP BY trace_id, span_id
        HAVING count(*) > 1
    )
)
WHERE place > 1;
