-- Spans that name a parent which is not in the load: pending while loading.
CREATE TABLE own.settled_orphans (
    generation INTEGER,
    row_id BIGINT
);
