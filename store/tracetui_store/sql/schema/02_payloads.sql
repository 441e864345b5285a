-- What is fetched one span at a time, apart from the columns that lists scan.
CREATE TABLE own.payloads (
    row_id BIGINT,
    attributes VARCHAR USING COMPRESSION zstd,
    extra VARCHAR USING COMPRESSION zstd
);
