INSERT INTO own.summaries SELECT coalesce(max(summary), 0) + 1, TRUE FROM summaries;
