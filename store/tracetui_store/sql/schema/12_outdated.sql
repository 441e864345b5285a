-- What a settling found and a later one took back: of a relation the row, as settled in a generation.
CREATE TABLE own.outdated (
    relation VARCHAR,
    row_id BIGINT,
    settled INTEGER,
    -- the settling that took it back
    generation INTEGER
);
