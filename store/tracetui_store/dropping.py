"""Takes sources out of a store: what a file said before it was written anew no longer counts.

What this process has loaded itself is deleted: a file that is read again and again would fill the
disk. A published cache is never written, so its rows are hidden: the views over it are made anew
when the first of its sources goes, and cost nothing before.
"""

from collections.abc import Sequence

import duckdb
from tracetui_loaders.schema import ROW_BITS

from tracetui_store.sql import SOURCE_COLUMNS, statement


def drop_sources(
    writer: duckdb.DuckDBPyConnection, source_ids: Sequence[int], *, based: bool
) -> int:
    """Drop sources inside the writer's transaction; settle afterwards.

    Spans that rows of these sources had superseded stand again until they are settled.

    Returns:
        Span rows that were deleted.
    """
    if based and not writer.execute(statement("drop/count_hidden")).fetchall()[0][0]:
        _hide_dropped(writer)
    deleted = 0
    for source_id in source_ids:
        values = {"source_id": source_id}
        if based:
            writer.execute(statement("drop/hidden"), values)
        for table, column in SOURCE_COLUMNS.items():
            rows = writer.execute(_deletion(table, column), values).fetchall()
            if table == "span_rows":
                deleted += int(rows[0][0])
    return deleted


def _deletion(table: str, column: str) -> str:
    """Return the statement that deletes the rows of a source."""
    if column == "source_id":
        return f"DELETE FROM own.{table} WHERE source_id = $source_id"  # noqa: S608 - our own names
    # A range, so that row groups of other sources are skipped.
    first = f"($source_id::BIGINT << {ROW_BITS})"
    last = f"{first} + {(1 << ROW_BITS) - 1}"
    return f"DELETE FROM own.{table} WHERE {column} BETWEEN {first} AND {last}"  # noqa: S608 - as above


def _hide_dropped(writer: duckdb.DuckDBPyConnection) -> None:
    """Put views over the cache that leave out what is dropped."""
    for table, column in SOURCE_COLUMNS.items():
        source = column if column == "source_id" else f"({column} >> {ROW_BITS})"
        hidden = f"{source} IN (SELECT source_id FROM own.hidden_sources)"  # noqa: S608 - as above
        writer.execute(
            f"CREATE OR REPLACE VIEW {table} AS FROM base.own.{table} WHERE NOT {hidden} "
            f"UNION ALL FROM own.{table}"
        )
