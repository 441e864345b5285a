"""SQLite databases with span tables: Phoenix's own, and dataframes saved as a table.

Phoenix keeps `spans` beside `traces`, which has the trace's id; attributes are nested JSON. A
dataframe's table has `attributes.x.y` columns, whose lists are Python's text of them. Only
ordinary tables are read, read-only; a database in use is read as of its last checkpoint or with
its log, where one stands beside it.

Source: arize-phoenix `src/phoenix/db/models.py` (`Span`, `Trace`); FORMATS §6.
"""

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head, LoadError
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.loose import flattened, unpacked
from tracetui_loaders.source import Source, describe
from tracetui_loaders.sqlite_file import MAGIC, connect
from tracetui_loaders.table_rows import ATTRIBUTE, WHOLE, add_row, field_of, table_kind
from tracetui_loaders.vendor_values import mapping

_TABLES = """
SELECT name FROM sqlite_master
WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite_%' ORDER BY rowid
"""
_PHOENIX = (
    'SELECT t.trace_id AS trace_id, s.* FROM "spans" s JOIN "traces" t ON t.id = s.trace_rowid'
)
_LONGEST_LITERAL = 1 << 20
_NO_LITERAL = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


class SqliteSpansLoader:
    """Loads spans from SQLite databases."""

    name: ClassVar[str] = "sqlite_spans"
    title: ClassVar[str] = "SQLite database with span tables"

    def sniff(self, head: Head) -> float:
        """Return how surely it has span tables: their columns stand in its first pages."""
        if not head.data.startswith(MAGIC):
            return 0.0
        return 0.8 if b"span_id" in head.data and b"start_time" in head.data else 0.1

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the rows of every table with known columns.

        Raises:
            LoadError: If SQLite cannot read the file, or no table has known columns.
        """
        title = f"{describe(source.path)}: the SQLite database"
        if source.size is None or source.compression is not None:
            raise LoadError(f"{title} must be a plain file, not a stream or compressed")
        builder = BatchBuilder(source_id)
        try:
            with closing(connect(source.path)) as connection:
                yield from _load(connection, builder, title)
        except sqlite3.Error as error:
            raise LoadError(f"{title} cannot be read: {error}") from error
        yield builder.flush(source.size)


def _load(connection: sqlite3.Connection, builder: BatchBuilder, title: str) -> Iterator[Batch]:
    tables = [name for (name,) in connection.execute(_TABLES)]
    read = False
    for name in tables:
        query = f"SELECT * FROM {_quoted(name)}"  # noqa: S608 - quoted
        if name == "spans" and "traces" in tables and _has_column(connection, name, "trace_rowid"):
            query = _PHOENIX
        cursor = connection.execute(query)
        columns: list[str] = [item[0] for item in cursor.description]
        fields = [field_of(column) for column in columns]
        kind = table_kind(field for field in fields if field)
        if kind is not None:
            read = True
            yield from _load_rows(cursor, kind, fields, builder)
    if not read:
        raise LoadError(
            f"{title} has no table with span columns (trace id, span id, name, start); "
            f"its tables: {', '.join(tables[:12]) or 'none'}"
        )


def _load_rows(
    cursor: sqlite3.Cursor, kind: str, fields: list[str | None], builder: BatchBuilder
) -> Iterator[Batch]:
    refused = 0
    for values in cursor:
        row: dict[str, Any] = {}
        for field, value in zip(fields, values, strict=True):
            if field is not None and value is not None and field not in row:
                row[field] = _value(field, value)
        refused += not add_row(kind, row, builder)
        yield from builder.full(0)
    if refused:
        builder.problem("rejected", f"{refused:,} rows have no trace id and no span id", None, None)


def _value(field: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if field == "attributes":
        return flattened(mapping(unpacked(value)), WHOLE)
    return _literal(value) if field.startswith(ATTRIBUTE) else value


def _literal(value: Any) -> Any:
    """Return a list or dict of which Python's own text was kept; any other value as it is."""
    value = unpacked(value)
    if isinstance(value, str) and value[:1] in ("[", "{") and len(value) < _LONGEST_LITERAL:
        try:
            return ast.literal_eval(value)
        except _NO_LITERAL:
            return value
    return value


def _has_column(connection: sqlite3.Connection, table: str, column: str) -> bool:
    found = connection.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column))
    return found.fetchone() is not None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


LOADER = SqliteSpansLoader()
