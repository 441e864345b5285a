-- Written last, when a store is published as a cache: what is not there was not finished.
CREATE TABLE own.meta (
    key VARCHAR,
    value VARCHAR
);
