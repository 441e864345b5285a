"""Reads span tables of DuckDB files: a loader that lives here, because only the store has DuckDB.

Tables go to the loaders as Arrow batches; which of them hold spans, logs or data points is told
by their columns, as for Parquet. Only tables are read: a view of a file from elsewhere could
say anything. The file is opened read-only and cannot reach other files.
"""

from collections.abc import Iterator

import duckdb
from tracetui_loaders.arrow_tables import Table, load_arrow
from tracetui_loaders.base import Batch, Head, LoadError
from tracetui_loaders.source import Source, describe

_MAGIC, _MAGIC_AT = b"DUCK", 8
_ROWS = 4_096
_TABLES = """
SELECT schema_name, table_name FROM duckdb_tables()
WHERE NOT internal AND NOT temporary ORDER BY table_oid
"""


class DuckDbLoader:
    """Loads spans from a DuckDB file."""

    name: str = "duckdb_file"
    title: str = "DuckDB file with span columns"

    def sniff(self, head: Head) -> float:
        """Return 1 for a DuckDB file: its mark stands behind a checksum."""
        return 1.0 if head.data[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] == _MAGIC else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the rows of every table with known columns.

        Raises:
            LoadError: If DuckDB cannot open the file, or no table has known columns.
        """
        title = f"{describe(source.path)}: the DuckDB file"
        if source.size is None or source.compression is not None:
            raise LoadError(f"{title} must be a plain file, not a stream or compressed")
        try:
            connection = duckdb.connect(
                source.path,
                read_only=True,
                config={
                    "enable_external_access": "false",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                },
            )
            with connection:
                yield from load_arrow(_tables(connection), source_id, source.size, title)
        except duckdb.Error as error:
            raise LoadError(f"{title} cannot be read: {error}") from error


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Table]:
    for schema, name in connection.execute(_TABLES).fetchall():
        query = f"SELECT * FROM {_quoted(schema)}.{_quoted(name)}"  # noqa: S608 - quoted
        reader = connection.sql(query).to_arrow_reader(_ROWS)
        yield Table(reader.schema, reader)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


LOADER = DuckDbLoader()
