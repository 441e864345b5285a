-- Sources of the cache below that no longer count.
CREATE TABLE own.hidden_sources (
    source_id INTEGER
);
