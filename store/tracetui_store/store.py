"""The embedded DuckDB: one file, one writer, a cursor per reader."""

import contextlib
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa
from tracetui_loaders.base import Batch

from tracetui_store.settle import settle
from tracetui_store.sql import names, statement

_CLOSE_ATTEMPTS = 40
_TABLES = ("events", "links", "logs", "resources", "problems")
# Storage settings (INGEST §2): small row groups make one trace cheap to read; without a log the
# commit of a batch does not write it twice, and a store that is thrown away needs no recovery.
_ATTACH = "ATTACH '{path}' AS store (ROW_GROUP_SIZE 16384, RECOVERY_MODE no_wal_writes)"


class StoreError(Exception):
    """The store cannot be made or written; its text says why and what to try next."""


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


class Store:
    """Where loaded traces live. Made by `Store.temporary()`, thrown away by `close()`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._connection = duckdb.connect(
            ":memory:",
            config={
                # DuckDB with all threads starves the interface (RENDERING §4).
                "threads": max(1, (os.cpu_count() or 2) - 1),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": str(directory),
                # Every checkpoint rewrites the last row groups: at 16 MB that doubles the CPU of
                # a load (1.19 s against 0.64 s for 100,000 spans).
                "checkpoint_threshold": "128MB",
            },
        )
        path = str(directory / "traces.duckdb").replace("'", "''")
        self._connection.execute(_ATTACH.format(path=path))
        self._connection.execute("USE store")
        # Nothing that a trace says can make the database read or write anything else.
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        for name in names("schema"):
            self._connection.execute(statement(name))
        self._writer = self._connection.cursor()
        self._writer.execute("USE store")
        self._lock = threading.Lock()
        self._closed = False

    @classmethod
    def temporary(cls) -> "Store":
        """Return a store in a private directory that goes with it.

        Raises:
            StoreError: If no temporary directory can be written.
        """
        try:
            return cls(Path(tempfile.mkdtemp(prefix="tracetui-")))
        except (OSError, duckdb.Error) as error:
            raise StoreError(
                f"cannot make a temporary store: {error}\n"
                "Set TMPDIR to a directory that can be written and has room."
            ) from error

    def reader(self) -> Reader:
        """Return a reader for the calling thread; use it as a context manager."""
        cursor = self._connection.cursor()
        cursor.execute("USE store")
        return Reader(cursor)

    def add_source(
        self, source_id: int, path: str, chosen: str | None, reason: str, size: int | None
    ) -> None:
        """Write down that a source is being loaded."""
        self._writer.execute(
            statement("ingest/source"),
            {
                "source_id": source_id,
                "path": _storable(path),
                "format": chosen,
                "reason": _storable(reason),
                "bytes": size,
            },
        )

    def add_batch(self, batch: Batch, state: str = "loading") -> None:
        """Commit one batch with its progress, all or nothing."""
        writer = self._writer
        writer.execute("BEGIN TRANSACTION")
        try:
            if batch.spans.num_rows:
                writer.register("batch_spans", batch.spans)
                writer.execute(statement("ingest/spans"))
                writer.execute(statement("ingest/payloads"))
                writer.unregister("batch_spans")
            for table in _TABLES:
                rows: pa.RecordBatch = getattr(batch, table)
                if rows.num_rows:
                    writer.register(f"batch_{table}", rows)
                    writer.execute(statement(f"ingest/{table}"))
                    writer.unregister(f"batch_{table}")
            lines = batch.lines
            writer.execute(
                statement("ingest/progress"),
                {
                    "source_id": batch.source_id,
                    "state": state,
                    "bytes_done": batch.bytes_done,
                    "ok": lines.ok,
                    "repaired": lines.repaired,
                    "rejected": lines.rejected,
                    "blank": lines.blank,
                    "tail": lines.tail,
                    "metric_points": batch.metric_points,
                },
            )
            writer.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(duckdb.Error):  # a failed commit has rolled back already
                writer.execute("ROLLBACK")
            if isinstance(error, duckdb.Error):
                raise self._cannot_write(error) from error
            raise

    def finish_source(self, source_id: int, state: str, bytes_done: int) -> None:
        """Write down that a source is `done` or `failed`."""
        values: dict[str, Any] = dict.fromkeys(
            ("ok", "repaired", "rejected", "blank", "tail", "metric_points"), 0
        )
        values |= {"source_id": source_id, "state": state, "bytes_done": bytes_done}
        self._writer.execute(statement("ingest/progress"), values)

    def add_problem(self, source_id: int, kind: str, message: str) -> None:
        """Write down what is wrong with a source as a whole."""
        self._writer.execute(
            statement("ingest/problem"),
            {"source_id": source_id, "kind": kind, "message": _storable(message)},
        )

    def settle(self) -> None:
        """Settle what follows from all that is loaded: re-sent spans, usage roles, orphans."""
        try:
            settle(self._writer)
        except duckdb.Error as error:
            raise self._cannot_write(error) from error

    def count_spans(self) -> int:
        """Return how many span rows are committed."""
        return int(self._writer.execute(statement("ingest/count_spans")).fetchall()[0][0])

    def _cannot_write(self, error: duckdb.Error) -> StoreError:
        reason = str(error).splitlines()[0]
        return StoreError(
            f"cannot store what was read in {self._directory}: {reason}\n"
            "If the disk is full, set TMPDIR to a directory with more room."
        )

    def close(self) -> None:
        """Close the database and remove its files; a second call does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        # A statement of a thread that is late must not keep the files: it is cut short.
        self._writer.interrupt()
        for _ in range(_CLOSE_ATTEMPTS):
            try:
                self._writer.close()
                self._connection.close()
                break
            except duckdb.Error:
                time.sleep(0.05)
        shutil.rmtree(self._directory, ignore_errors=True)


def _bindable(values: dict[str, Any]) -> dict[str, Any] | None:
    bound = {
        name: _storable(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return bound or None


def _storable(text: str) -> str:
    """Return `text` with every byte that is no Unicode written out, as in backslash xff.

    File names and arguments may hold such bytes. Python hands them on as lone surrogates, which
    DuckDB refuses.
    """
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
