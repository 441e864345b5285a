-- Problems that still stand.
CREATE VIEW current_problems AS
SELECT * EXCLUDE (step)
FROM problems
WHERE step IS NULL OR step IN (SELECT step FROM current_progress);
