-- What queries hold at the moment, in bytes; the pages of tables are a cache that gives way.
SELECT
    coalesce(sum(memory_usage_bytes) FILTER (WHERE tag <> 'BASE_TABLE'), 0)::BIGINT AS memory_bytes,
    coalesce(sum(temporary_storage_bytes), 0)::BIGINT AS spilled_bytes
FROM duckdb_memory();
