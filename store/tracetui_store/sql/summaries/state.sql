-- Whether the newest summary holds, and of how many traces it does not.
SELECT
    coalesce(arg_max(holds, summary), FALSE) AS holds,
    (SELECT count(*) FROM stale_now) AS stale
FROM summaries;
