"""Loads sources into a store: one thread, a commit per batch, readers never wait."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracetui_loaders.base import Head, LoadError
from tracetui_loaders.registry import choose
from tracetui_loaders.source import Source, SourceError, describe, expand_paths
from tracetui_loaders.worker import batches

from tracetui_store.store import Store

_SETTLE_SHARE = 10
"""Settling may take one part in this many of the time since the last settling."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is."""

    bytes_done: int
    bytes_total: int | None
    """None while a stream of unknown length is read."""
    spans: int
    finished: bool
    current: str
    """The source being read, for people."""
    committed: int
    """Increases whenever new rows can be queried."""


class Ingest:
    """One load of some paths into a store; `run` in a worker thread, `cancel` from anywhere.

    Args:
        store: Where the spans go.
        paths: Files, directories, globs and `-`.
        on_progress: Called in the loading thread after every commit; must be quick.
    """

    def __init__(
        self,
        store: Store,
        paths: Sequence[str],
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._paths = paths
        self._on_progress = on_progress
        self._cancelled = threading.Event()
        self._bytes_before = 0
        self._bytes_total: int | None = None
        self._spans = 0
        self._committed = 0
        self._settled_at = time.monotonic()
        self._settle_cost = 0.0

    def cancel(self) -> None:
        """Stop after the batch at hand; what is committed stays."""
        self._cancelled.set()

    def run(self) -> None:
        """Load everything.

        Raises:
            LoadError: If a path names nothing, or nothing in any source could be read; its text
                says what was seen and what to try next.
        """
        try:
            paths = expand_paths(self._paths)
        except SourceError as error:
            raise LoadError(str(error)) from error
        self._bytes_total = _total_size(paths)
        failures: list[str] = []
        for source_id, path in enumerate(paths):
            if self._cancelled.is_set():
                return
            failure = self._load_one(source_id, path)
            if failure is not None:
                failures.append(failure)
        self._settle()
        self._check_all_committed()
        self._report(describe(paths[-1]), 0, finished=True)
        if failures and len(failures) == len(paths):
            raise LoadError(_nothing_read(failures))

    def _load_one(self, source_id: int, path: str) -> str | None:
        """Load one source; return why it could not be, if it could not."""
        try:
            source = Source(path)
        except SourceError as error:
            self._store.add_source(source_id, path, None, str(error), None)
            self._fail(source_id, str(error), 0)
            return str(error)
        try:
            return self._load_source(source_id, source)
        finally:
            self._bytes_before += source.size or source.bytes_done
            source.close()

    def _load_source(self, source_id: int, source: Source) -> str | None:
        choice = choose(Head(source.head, source.head_complete))
        loader = choice.loader
        reason = choice.reason
        if source.compression is not None:
            reason = f"{source.compression}-compressed; {reason}"
        self._store.add_source(
            source_id, source.path, loader.name if loader else None, reason, source.size
        )
        if loader is None:
            message = f"{describe(source.path)}: {reason}"
            self._fail(source_id, reason, source.bytes_done)
            return message
        try:
            for batch in batches(loader, source, source_id):
                if self._cancelled.is_set():
                    return None
                self._store.add_batch(batch)
                self._spans += batch.spans.num_rows
                self._settle_in_time()
                self._report(describe(source.path), batch.bytes_done)
        except (LoadError, SourceError) as error:
            self._fail(source_id, str(error), source.bytes_done)
            return str(error)
        self._store.finish_source(source_id, "done", source.bytes_done)
        return None

    def _fail(self, source_id: int, message: str, bytes_done: int) -> None:
        self._store.add_problem(source_id, "failed", message)
        self._store.finish_source(source_id, "failed", bytes_done)

    def _settle_in_time(self) -> None:
        """Settle now and then, so that totals are right while loading and loading stays fast."""
        if time.monotonic() - self._settled_at >= self._settle_cost * _SETTLE_SHARE:
            self._settle()

    def _settle(self) -> None:
        started = time.monotonic()
        self._store.settle()
        self._settled_at = time.monotonic()
        self._settle_cost = self._settled_at - started

    def _check_all_committed(self) -> None:
        """Fail loudly if a row was decoded and is not in the store (INGEST §2)."""
        committed = self._store.count_spans()
        if committed != self._spans and not self._cancelled.is_set():
            raise LoadError(
                f"{self._spans:,} spans were read but {committed:,} are in the store: "
                "this is a fault of tracetui, please report it"
            )

    def _report(self, current: str, bytes_done: int, *, finished: bool = False) -> None:
        self._committed += 1
        self._on_progress(
            Progress(
                bytes_done=self._bytes_before + bytes_done,
                bytes_total=self._bytes_total,
                spans=self._spans,
                finished=finished,
                current=current,
                committed=self._committed,
            )
        )


def _total_size(paths: Sequence[str]) -> int | None:
    total = 0
    for path in paths:
        try:
            if path == "-" or not Path(path).is_file():
                return None
            total += Path(path).stat().st_size
        except OSError:
            continue
    return total


def _nothing_read(failures: Sequence[str]) -> str:
    shown = list(failures[:5])
    if len(failures) > len(shown):
        shown.append(f"… and {len(failures) - len(shown)} more files")
    return "\n".join([*shown, "Run 'tracetui formats' to see what can be read."])
