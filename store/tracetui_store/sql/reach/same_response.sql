-- Traces with calls that share a response id, and its time, with one that is settled. Rows that are
-- superseded are here too: what they were compared with is to be compared anew.
WITH calls AS (
    SELECT
        row_id,
        trace_id,
        response_id,
        start_time_unix_nano IS NULL OR end_time_unix_nano IS NULL AS timeless,
        start_time_unix_nano AS start,
        greatest(start_time_unix_nano, end_time_unix_nano) AS latest
    FROM rows_to_settle
    WHERE has_usage
      AND response_id IN (
        SELECT response_id FROM settling WHERE has_usage AND NOT consulted AND response_id IS NOT NULL
      )
),
parts AS (
    SELECT
        *,
        -- A part begins where nothing before it lasts.
        sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER same_id AS part
    FROM (
        SELECT *, coalesce(NOT timeless AND start > max(latest) OVER before, FALSE) AS begins
        FROM calls
        WINDOW before AS (
            PARTITION BY response_id, timeless ORDER BY start, row_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    )
    WINDOW same_id AS (PARTITION BY response_id, timeless ORDER BY start, row_id)
),
placed AS (
    SELECT trace_id, response_id, timeless, part, EXISTS (
        SELECT 1 FROM settling t WHERE t.row_id = p.row_id
    ) AS known
    FROM parts p
)
SELECT DISTINCT trace_id
FROM placed
WHERE NOT known
  AND (response_id, timeless, part) IN (SELECT (response_id, timeless, part) FROM placed WHERE known);
