DELETE FROM own.settled_superseded s
WHERE EXISTS (
    SELECT 1 FROM own.outdated o
    WHERE o.relation = 'superseded' AND o.row_id = s.row_id AND o.settled = s.generation AND o.generation <= $before
);
