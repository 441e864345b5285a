"""Reading: a cursor per thread, statements by name, Arrow out."""

from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from tracetui_store.sql import TABLES, statement


class Reader:
    """A cursor for one thread; reading never waits for the writer."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def table(self, name: str, **values: Any) -> pa.Table:
        """Return the result of the statement `sql/<name>.sql` with `values` bound."""
        return self._relation(name, values).to_arrow_table()

    def batches(self, name: str, batch_rows: int, **values: Any) -> pa.RecordBatchReader:
        """Return the result as a stream of Arrow batches."""
        return self._relation(name, values).to_arrow_reader(batch_rows)

    def rows(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return a small result as Python rows."""
        return self._cursor.execute(statement(name), _bindable(values)).fetchall()

    def _relation(self, name: str, values: dict[str, Any]) -> duckdb.DuckDBPyRelation:
        # A relation hands its rows to Arrow without the copy that a DB-API result makes.
        return self._cursor.sql(statement(name), params=_bindable(values))

    def count(self, table: str) -> int:
        """Return how many rows a table of `TABLES` has."""
        if table not in TABLES:
            raise KeyError(table)
        return int(self._cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608

    def interrupt(self) -> None:
        """Cancel the running statement; callable from any thread."""
        self._cursor.interrupt()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cursor.close()


def _bindable(values: dict[str, Any]) -> dict[str, Any] | None:
    bound = {
        name: storable(value) if isinstance(value, str) else value for name, value in values.items()
    }
    return bound or None


def storable(text: str) -> str:
    """Return `text` with every byte that is no Unicode written out, as in backslash xff.

    File names and arguments may hold such bytes. Python hands them on as lone surrogates, which
    DuckDB refuses.
    """
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
