"""The embedded DuckDB: one file, one writer, a cursor per reader."""

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb
import msgspec
from tracetui_loaders.base import Batch, ResumePoint
from tracetui_loaders.identity import Identity

from tracetui_store.batches import BATCH_TABLES, Step, insert
from tracetui_store.dropping import drop_sources
from tracetui_store.layout import lay_out
from tracetui_store.priced import Unpriced, price
from tracetui_store.pricing.book import PriceBook
from tracetui_store.processes import private_directory
from tracetui_store.reach import Unsettled
from tracetui_store.reader import Reader
from tracetui_store.room import NoRoomError, Room, plain
from tracetui_store.settle import settle
from tracetui_store.sql import statement
from tracetui_store.statements import storable
from tracetui_store.summaries import is_due, outdate, summarise
from tracetui_store.sums import copy_with_sum

_MOST_HELD = 256
"""Batches of small files that are written together."""
_CHECKPOINT_ATTEMPTS = 8
_CLOSE_ATTEMPTS = 40
# Storage settings (INGEST §2): small row groups make one trace cheap to read; without a log the
# commit of a batch does not write it twice, and a store that is thrown away needs no recovery.
_ATTACH = "ATTACH '{path}' AS store (ROW_GROUP_SIZE 16384, RECOVERY_MODE no_wal_writes)"


class StoreError(Exception):
    """The store cannot be opened, made or written; its text says why and what to try next."""


class NoTemporaryStoreError(StoreError):
    """There is nowhere to put a store; a cache below it is not to blame."""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


class Store:
    """Where loaded traces live: a private database, over a published cache if there is one.

    Args:
        directory: Private to this store; removed by `close()`.
        base: A published cache to read from; never written.

    Raises:
        duckdb.Error: If a file cannot be made, or `base` cannot be opened.
    """

    def __init__(self, directory: Path, base: Path | None = None) -> None:
        self._directory = directory
        self._room = Room(self._file)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                # DuckDB with all threads starves the interface (RENDERING §4).
                "threads": max(1, (os.cpu_count() or 2) - 1),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                # A name in a statement is a table, never a variable of this program.
                "python_enable_replacements": "false",
                "temp_directory": str(directory),
                # Every checkpoint rewrites the last row groups: at 16 MB that doubles the CPU of
                # a load (1.19 s against 0.64 s for 100,000 spans).
                "checkpoint_threshold": "128MB",
            },
        )
        self.based = base is not None
        """Whether a published cache stands below."""
        self._lock = threading.Lock()
        self._all_at_once = self._holding = False
        self._held: list[Step] = []
        """Batches that wait to be written together."""
        self._closed = False
        try:
            self._open(base)
        except duckdb.Error:
            self._connection.close()
            shutil.rmtree(directory, ignore_errors=True)
            raise
        self._writer = self._connection.cursor()
        self._writer.execute("USE store")
        rows = self._writer.execute(statement("ingest/next_step")).fetchall()
        self._step = int(rows[0][0])
        self._note_afresh(everything=base is None)  # a published cache is settled

    def _open(self, base: Path | None) -> None:
        connection = self._connection
        connection.execute(_ATTACH.format(path=_quoted(self._file)))
        if base is not None:
            connection.execute(f"ATTACH '{_quoted(base)}' AS base (READ_ONLY)")
        connection.execute("USE store")
        # Nothing that a trace says can make the database read or write anything else.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        lay_out(connection, based=base is not None)

    @property
    def _file(self) -> Path:
        return self._directory / "traces.duckdb"

    @classmethod
    def temporary(cls, base: Path | None = None) -> "Store":
        """Return a store in a private directory that goes with it.

        Raises:
            StoreError: If no temporary directory can be written, or `base` cannot be read.
        """
        advice = "Set TMPDIR to a directory that can be written and has room."
        try:
            directory = private_directory()
        except OSError as error:
            raise NoTemporaryStoreError(
                f"cannot make a temporary store in {gettempdir()}: {plain(error)}\n{advice}"
            ) from error
        try:
            return cls(directory, base)
        except (OSError, duckdb.Error) as error:
            if base is not None:
                raise StoreError(plain(error)) from error
            raise NoTemporaryStoreError(
                f"cannot make a temporary store in {directory.parent}: {plain(error)}\n{advice}"
            ) from error

    def reader(self) -> Reader:
        """Return a reader for the calling thread; use it as a context manager."""
        cursor = self._connection.cursor()
        cursor.execute("USE store")
        return Reader(cursor)

    def _note_afresh(self, *, everything: bool) -> None:
        """Know nothing of what is settled and priced, or that all of it is settled."""
        self._unsettled = Unsettled(everything=everything)
        self._unpriced = Unpriced()

    def _next_step(self) -> int:
        self._step += 1
        return self._step

    def add_source(
        self, source_id: int, path: str, chosen: str | None, reason: str, size: int | None
    ) -> None:
        """Write down that a source is being loaded."""
        self._write(
            "ingest/source",
            {
                "source_id": source_id,
                "path": storable(path),
                "format": chosen,
                "reason": storable(reason),
                "bytes": size,
            },
        )

    def _write(self, name: str, values: dict[str, Any]) -> None:
        with self._transaction() as writer:
            writer.execute(statement(name), values)

    def claim_room(self, batch: Batch) -> None:
        """Look for room for a batch before it is added.

        Raises:
            StoreError: If the disk may be too full for it; what was committed before stays.
        """
        tables = (batch.spans, *(getattr(batch, table) for table in BATCH_TABLES))
        try:
            self._room.claim(sum(table.nbytes for table in tables))
        except (NoRoomError, OSError) as error:
            raise self._cannot_write(error) from error

    def add_batch(self, batch: Batch, *, settled: bool = False) -> None:
        """Commit one batch with its progress, all or nothing.

        Args:
            batch: What was read.
            settled: Settle within the same transaction: no reader sees the new rows without the
                totals that follow from them.

        Raises:
            StoreError: If it cannot be written; what was committed before stays.
        """
        self._held.append((self._next_step(), batch))
        if self._holding and not settled and len(self._held) < _MOST_HELD:
            return
        with self._transaction() as writer:
            touched = self._insert_held(writer)
            if settled:
                self._settle(writer)
            else:
                outdate(writer, touched)

    def _insert_held(self, writer: duckdb.DuckDBPyConnection) -> set[str | None]:
        """Insert the batches that wait; return the traces that they are about."""
        held, self._held = self._held, []
        traces: set[str | None] = set()
        if held:
            insert(writer, held)
        for _, batch in held:
            self._unsettled.add(batch)
            self._unpriced.add(batch)
            traces.update(batch.spans["trace_id"].unique().to_pylist())
        return traces

    @contextlib.contextmanager
    def _transaction(self) -> Generator[duckdb.DuckDBPyConnection]:
        writer = self._writer
        if self._all_at_once:
            yield writer
            return
        writer.execute("BEGIN TRANSACTION")
        try:
            yield writer
            writer.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(duckdb.Error):  # a failed commit has rolled back already
                writer.execute("ROLLBACK")
            self._note_afresh(everything=True)
            if isinstance(error, duckdb.Error):
                raise self._cannot_write(error) from error
            raise

    @contextlib.contextmanager
    def all_at_once(self) -> Generator[None]:
        """Commit all that the block writes as one, or nothing of it if it raises.

        Raises:
            StoreError: If it cannot be written.
        """
        with self._transaction():
            self._all_at_once = True
            try:
                yield
            finally:
                self._all_at_once = False

    @contextlib.contextmanager
    def together(self) -> Generator[None]:
        """Commit the sources that the block adds as one: for many small ones, a third of the time.

        Raises:
            StoreError: If it cannot be written.
        """
        with self.all_at_once():
            self._holding = True
            try:
                yield
                outdate(self._writer, self._insert_held(self._writer))
            finally:
                self._holding = False
                self._held = []

    def drop_sources(self, source_ids: Sequence[int]) -> int:
        """Take sources out, and settle what follows; return how many span rows are deleted."""
        with self._transaction() as writer:
            deleted = drop_sources(writer, source_ids, based=self.based)
            self._unsettled.everything = True
            self._settle(writer)
        return deleted

    def finish_source(self, source_id: int, state: str, bytes_done: int) -> None:
        """Write down that a source is `done` or `failed`."""
        values: dict[str, Any] = dict.fromkeys(
            ("ok", "repaired", "rejected", "blank", "tail", "metric_points"), 0
        )
        values |= {
            "step": self._next_step(),
            "source_id": source_id,
            "state": state,
            "bytes_done": bytes_done,
            "provisional": False,
        }
        self._write("ingest/progress", values)

    def add_problem(self, source_id: int, kind: str, message: str) -> None:
        """Write down what is wrong with a source as a whole."""
        self._write(
            "ingest/problem",
            {"source_id": source_id, "kind": kind, "message": storable(message)},
        )

    def settle(self) -> None:
        """Settle what follows from what is loaded: re-sent spans, usage roles, orphans."""
        with self._transaction() as writer:
            self._settle(writer)

    def _settle(self, writer: duckdb.DuckDBPyConnection) -> None:
        outdate(writer, settle(writer, self._unsettled))
        self._unsettled = Unsettled(everything=False)

    def price(self, book: PriceBook) -> bool:
        """Look up what the calls that are loaded cost; return whether anything changed."""
        with self._transaction() as writer:
            changed = price(writer, book, self._unpriced)
            if changed:
                outdate(writer, None)
        return changed

    def summarise(self) -> None:
        """Keep what every trace comes to, if that is worth it and not kept yet."""
        if is_due(self._writer):
            with self._transaction() as writer:
                summarise(writer)

    def count_spans(self) -> int:
        """Return how many span rows are committed."""
        return int(self._writer.execute(statement("ingest/count_spans")).fetchall()[0][0])

    def save_source(self, source_id: int, identity: Identity, resume: ResumePoint | None) -> None:
        """Write down what a source looks like now, and where it can be read on."""
        self._write(
            "ingest/source_state",
            {
                "step": self._next_step(),
                "source_id": source_id,
                "identity": msgspec.json.encode(identity.to_dict()).decode(),
                "byte_offset": resume.byte_offset if resume else None,
                "line": resume.line if resume else None,
                "inside_line": resume.inside_line if resume else None,
                "ordinal": resume.ordinal if resume else None,
            },
        )

    def publish(self, stem: Path, suffix: str, meta: dict[str, str]) -> None:
        """Copy what is loaded to `<stem>-<sum of its bytes><suffix>`, whole or not at all.

        The copy is complete when it appears: it is written beside its place and renamed. The sum
        is the CRC-32 in eight hex digits, by which damage is noticed.

        Raises:
            StoreError: If it cannot be written; what is loaded stays usable.
        """
        for key, value in meta.items():
            self._write("ingest/meta", {"key": key, "value": value})
        unfinished = stem.with_name(f"{stem.name}.{os.getpid()}.tmp")
        try:
            self._room.check()
            self._checkpoint()
            total = copy_with_sum(self._file, unfinished)
            unfinished.replace(stem.with_name(f"{stem.name}-{total:08x}{suffix}"))
        except (OSError, NoRoomError, duckdb.Error) as error:
            unfinished.unlink(missing_ok=True)
            raise StoreError(plain(error)) from error

    def _checkpoint(self) -> None:
        """Bring everything into the file; a reader in the middle of a query may be in the way."""
        for attempt in range(_CHECKPOINT_ATTEMPTS):
            try:
                self._writer.execute("CHECKPOINT store")
            except duckdb.Error:
                if attempt == _CHECKPOINT_ATTEMPTS - 1:
                    raise
                time.sleep(0.05 * (attempt + 1))
            else:
                return

    def _cannot_write(self, error: Exception) -> StoreError:
        return StoreError(
            f"cannot store what was read in {self._directory.parent}: {plain(error)}\n"
            "Set TMPDIR to a directory with more room."
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
