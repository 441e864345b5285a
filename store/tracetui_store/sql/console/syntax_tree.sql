-- What DuckDB's own parser reads a query as; nothing is run.
SELECT json_serialize_sql($text::VARCHAR) AS tree;
