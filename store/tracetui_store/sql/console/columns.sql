-- The columns of the canonical relations, as completion offers them.
SELECT table_name, column_name, data_type
FROM duckdb_columns()
WHERE database_name = 'store' AND schema_name = 'main'
ORDER BY table_name, column_index;
