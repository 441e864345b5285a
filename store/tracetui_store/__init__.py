"""The store: the embedded DuckDB, its schema, ingest and queries."""
