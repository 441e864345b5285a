-- Spans that name a parent which is not in the load, as of a generation: pending while loading.
CREATE TABLE own.orphans (
    generation INTEGER,
    row_id BIGINT
);
