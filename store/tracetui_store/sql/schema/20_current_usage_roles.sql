-- Usage roles that hold, of spans whose usage is not what they say by themselves.
CREATE VIEW usage_roles AS
SELECT * EXCLUDE (generation), generation AS settled
FROM settled_usage_roles s
WHERE NOT EXISTS (
    SELECT 1 FROM outdated o
    WHERE o.relation = 'usage_roles' AND o.row_id = s.row_id AND o.settled = s.generation
);
