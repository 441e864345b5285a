-- Rows that the cache below calls superseded, by rows of a source that has been dropped.
CREATE TABLE own.reinstated (
    row_id BIGINT
);
