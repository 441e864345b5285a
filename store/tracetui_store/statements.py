"""Statements on a cursor of one thread: by name, values as parameters, Arrow out, cancellable."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from tracetui_store.protocol import QueryInterruptedError
from tracetui_store.sql import TABLES, statement


class Statements:
    """Runs statements for one thread; reading never waits for the writer."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._interrupts = 0

    def table(self, name: str, **values: Any) -> pa.Table:
        """Return the result of the statement `sql/<name>.sql` with `values` bound."""
        return self.composed_table(statement(name), values)

    def batches(self, name: str, batch_rows: int, **values: Any) -> Iterator[pa.RecordBatch]:
        """Return the result as a stream of Arrow batches."""
        return self.composed_batches(statement(name), values, batch_rows)

    def rows(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return a small result as Python rows."""
        with self._interruptible():
            return self._cursor.execute(statement(name), _bindable(values)).fetchall()

    def composed_table(self, text: str, values: dict[str, Any]) -> pa.Table:
        """Return the result of a statement that `selecting` put together."""
        with self._interruptible():
            # A relation hands its rows to Arrow without the copy that a DB-API result makes.
            return self._cursor.sql(text, params=_bindable(values)).to_arrow_table()

    def composed_batches(
        self, text: str, values: dict[str, Any], batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Yield the result of such a statement as Arrow batches."""
        with self._interruptible():
            stream = self._cursor.sql(text, params=_bindable(values)).to_arrow_reader(batch_rows)
        while True:
            with self._interruptible():
                batch = next(stream, None)
            if batch is None:
                return
            yield batch

    def stream(self, text: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the result of a statement; the first batch is empty and says the columns."""
        check = self.interrupt_check()
        with self._interruptible():
            stream = self._cursor.sql(text).to_arrow_reader(batch_rows)
        yield pa.RecordBatch.from_pylist([], schema=stream.schema)
        while True:
            check()
            with self._interruptible():
                batch = next(stream, None)
            if batch is None:
                return
            yield batch

    @contextmanager
    def read_only(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Run what is within in a transaction that cannot write, and leave nothing of it."""
        self._cursor.execute("BEGIN TRANSACTION READ ONLY")
        try:
            yield self._cursor
        finally:
            # Closing the store under it ends the transaction as well.
            with suppress(duckdb.Error):
                self._cursor.execute("ROLLBACK")

    def count(self, table: str) -> int:
        """Return how many rows a table of `TABLES` has."""
        if table not in TABLES:
            raise KeyError(table)
        return int(self._cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608

    def interrupt(self) -> None:
        """Cancel the running query; callable from any thread."""
        self._interrupts += 1
        self._cursor.interrupt()

    def interrupt_check(self) -> Callable[[], None]:
        """Return what a query of several statements calls between them.

        It raises `QueryInterruptedError` once `interrupt` has been called.
        """
        before = self._interrupts

        def check() -> None:
            if self._interrupts != before:
                raise QueryInterruptedError

        return check

    @contextmanager
    def _interruptible(self) -> Generator[None]:
        """Say in the protocol's words that a query was interrupted.

        Raises:
            QueryInterruptedError: If it was, also when its answer came just the same.
        """
        check = self.interrupt_check()
        try:
            yield
        except (duckdb.Error, OSError):
            # Arrow reports an interrupt of its stream as an OSError.
            check()
            raise
        check()

    def __enter__(self) -> Self:
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
    try:
        return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return text.encode(errors="backslashreplace").decode()
