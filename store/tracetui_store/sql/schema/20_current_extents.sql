-- How long spans are that were met in pieces.
CREATE VIEW extents AS
SELECT * EXCLUDE (generation), generation AS settled
FROM settled_extents s
WHERE NOT EXISTS (
    SELECT 1 FROM outdated o
    WHERE o.relation = 'extents' AND o.row_id = s.row_id AND o.settled = s.generation
);
