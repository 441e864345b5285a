-- Spans whose parent is not in the load.
CREATE VIEW orphans AS
SELECT * EXCLUDE (generation), generation AS settled
FROM settled_orphans s
WHERE NOT EXISTS (
    SELECT 1 FROM outdated o
    WHERE o.relation = 'orphans' AND o.row_id = s.row_id AND o.settled = s.generation
);
