-- The functions that a query may call, as completion offers them; operators have no letters.
SELECT DISTINCT function_name
FROM duckdb_functions()
WHERE function_type IN ('scalar', 'aggregate', 'macro', 'window')
  AND schema_name = 'main'
  AND regexp_full_match(function_name, '[a-z][a-z0-9_]+')
ORDER BY function_name;
