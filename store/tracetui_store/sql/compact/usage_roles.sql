DELETE FROM own.settled_usage_roles s
WHERE EXISTS (
    SELECT 1 FROM own.outdated o
    WHERE o.relation = 'usage_roles' AND o.row_id = s.row_id AND o.settled = s.generation AND o.generation <= $before
);
