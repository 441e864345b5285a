-- What log records say that calls cost.
CREATE VIEW log_costs AS
SELECT * EXCLUDE (generation), generation AS settled
FROM settled_log_costs s
WHERE NOT EXISTS (
    SELECT 1 FROM outdated o
    WHERE o.relation = 'log_costs' AND o.row_id = s.row_id AND o.settled = s.generation
);
