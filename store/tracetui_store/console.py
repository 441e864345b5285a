"""The SQL console: a query of the user's own, read-only, bounded and cancellable.

`console_check` says what may be asked. It runs in a read-only transaction, on a database that is
closed (see `store`); a watch ends it when it holds more memory or disk than a question should.
"""

import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from tracetui_store.console_check import checked
from tracetui_store.console_errors import words
from tracetui_store.protocol import QueryInterruptedError, SqlError, SqlNames
from tracetui_store.sql import statement
from tracetui_store.statements import Statements

MOST_MEMORY = 1 << 30
"""Bytes that a query may hold at once, and that it may spill to the disk four times over."""
MOST_RESULT = 256 << 20
"""Bytes of a result that is held whole."""
_WATCH_SECONDS = 0.1
_BATCH_ROWS = 2_048
_EXAMPLES = (
    "console/example_cost_by_model",
    "console/example_expensive_traces",
    "console/example_slowest_tools",
    "console/example_errors",
    "console/example_attributes",
)
_RELATIONS = (
    *("traces", "spans", "payloads", "events", "links", "logs", "resources", "metrics"),
    *("sources", "problems", "span_texts", "log_texts", "span_edges"),
)
"""What completion offers; the rest of the schema is the store's own affair, but can be asked."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query to begin with."""

    title: str
    text: str
    """On one line."""


@dataclass(frozen=True, slots=True)
class SqlResult:
    """The rows of a query, as far as they were wanted."""

    table: pa.Table
    truncated: bool
    """Whether there are more."""


def examples() -> list[Example]:
    """Return a few queries that answer something in any load."""
    found: list[Example] = []
    for name in _EXAMPLES:
        title, _, query = statement(name).partition("\n")
        text = " ".join(query.split()).removesuffix(";")
        found.append(Example(title.removeprefix("-- "), text))
    return found


def first_rows(batches: Iterable[pa.RecordBatch], limit: int | None) -> SqlResult:
    """Return the first `limit` rows of a query, and at most `MOST_RESULT` bytes of them.

    Args:
        batches: From `TraceReader.sql`; closed when there is enough.
        limit: None for as many as fit.
    """
    kept: list[pa.RecordBatch] = []
    rows = size = 0
    truncated = False
    for batch in batches:
        room = batch.num_rows if limit is None else limit - rows
        if size and size + batch.nbytes > MOST_RESULT:
            truncated = True
            break
        kept.append(batch.slice(0, room))
        rows += min(batch.num_rows, room)
        size += batch.nbytes
        if batch.num_rows > room:
            truncated = True
            break
    return SqlResult(pa.Table.from_batches(kept), truncated)


def sql(reader: Statements, text: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the user's own query, as `TraceReader.sql` says."""
    with reader.read_only() as cursor:
        query = checked(cursor, text)
        with _watch(reader, cursor) as watch:
            try:
                yield from reader.stream(query, _BATCH_ROWS)
            except QueryInterruptedError:
                if watch.exceeded is None:
                    raise
                raise SqlError(watch.exceeded) from None
            except (duckdb.Error, OSError, RuntimeError) as error:
                # Arrow reports an error in the middle of a stream as an OSError.
                raise words(error, query) from None


def sql_names(reader: Statements) -> SqlNames:
    """Return what a query may name."""
    columns: dict[str, list[tuple[str, str]]] = {name: [] for name in _RELATIONS}
    for table, column, kind in reader.rows("console/columns"):
        if table in columns:
            columns[table].append((column, kind.lower()))
    functions = tuple(name for (name,) in reader.rows("console/functions"))
    return SqlNames({name: tuple(found) for name, found in columns.items()}, functions)


class _Watch:
    """Ends a query that grows out of bounds, from a thread of its own."""

    def __init__(self, reader: Statements, cursor: duckdb.DuckDBPyConnection) -> None:
        self._reader = reader
        self._cursor = cursor
        self._ended = threading.Event()
        self.exceeded: str | None = None
        """Why it was ended; None if it was not."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._before = self._held()

    def _held(self) -> tuple[int, int]:
        memory, spilled = self._cursor.execute(statement("console/memory")).fetchall()[0]
        return memory, spilled

    def _run(self) -> None:
        while not self._ended.wait(_WATCH_SECONDS):
            try:
                memory, spilled = self._held()
            except duckdb.Error:  # the store is being closed
                return
            if memory - self._before[0] > MOST_MEMORY:
                self.exceeded = "this holds more than 1 GiB of memory: ask for fewer rows or groups"
            elif spilled - self._before[1] > 4 * MOST_MEMORY:
                self.exceeded = "this needs more than 4 GiB of disk to sort or join: ask for less"
            if self.exceeded is not None:
                self._reader.interrupt()
                return

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
        self._cursor.close()


@contextmanager
def _watch(reader: Statements, cursor: duckdb.DuckDBPyConnection) -> Generator[_Watch]:
    """Watch over what is run within."""
    watch = _Watch(reader, cursor.cursor())
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
