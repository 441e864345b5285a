-- Rows that count no more.
CREATE VIEW superseded AS
SELECT * EXCLUDE (generation), generation AS settled
FROM settled_superseded s
WHERE NOT EXISTS (
    SELECT 1 FROM outdated o
    WHERE o.relation = 'superseded' AND o.row_id = s.row_id AND o.settled = s.generation
);
