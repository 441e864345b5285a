"""Lays out a store: tables of its own, and the views over them and a cache's that queries read."""

import duckdb

from tracetui_store.sql import TABLES, names, statement
from tracetui_store.summaries import EVERY_TRACE, traces_of


def lay_out(connection: duckdb.DuckDBPyConnection, *, based: bool) -> None:
    """Make the tables and views of the attached store, over the attached cache if it is `based`."""
    found = names("schema")
    for name in found:
        if name < "schema/2":
            connection.execute(statement(name))
    schemas = ("base.own", "own") if based else ("own",)
    for table in TABLES:
        layers = [f"FROM {schema}.{table}" for schema in schemas]
        connection.execute(f"CREATE VIEW {table} AS {' UNION ALL '.join(layers)}")
    for name in found:
        if name > "schema/2":
            connection.execute(statement(name))
    connection.execute(f"CREATE VIEW {EVERY_TRACE} AS {traces_of('FROM spans')}")
