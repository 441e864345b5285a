-- Spans that name a parent which is not in the load, as of a generation: pending while loading.
CREATE TABLE orphans (
    generation INTEGER,
    row_id BIGINT
);
