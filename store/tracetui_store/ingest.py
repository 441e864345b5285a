"""Loads sources into a store: one thread, a commit per batch, readers never wait."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracetui_loaders.base import Batch, Head, Loader, LoadError, ResumePoint, is_resumable
from tracetui_loaders.follow import Follower
from tracetui_loaders.identity import Identity, change
from tracetui_loaders.registry import choose, loader_named
from tracetui_loaders.source import Source, SourceError, describe, expand_paths
from tracetui_loaders.worker import batches

from tracetui_store.cache import SMALLEST_BYTES, Cache
from tracetui_store.store import SavedSource, Store, StoreError

_QUICK_SECONDS = 1.0
_SETTLE_SHARE = 40
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


@dataclass(slots=True)
class _Known:
    """A source that has been read, as far as it went."""

    source_id: int
    format: str | None
    identity: Identity
    resume: ResumePoint | None


class Ingest:
    """One load of some paths into a store; `run` in a worker thread, `cancel` from anywhere.

    Args:
        store: Where the spans go.
        paths: Files, directories, globs and `-`.
        on_progress: Called in the loading thread after every commit; must be quick.
        saved: What the store already holds of these paths, from a cache.
        cache: Where to publish what is loaded, if it is worth it.
    """

    def __init__(
        self,
        store: Store,
        paths: Sequence[str],
        on_progress: Callable[[Progress], None] = lambda _: None,
        *,
        saved: Sequence[SavedSource] = (),
        cache: Cache | None = None,
    ) -> None:
        self._store = store
        self._paths = paths
        self._on_progress = on_progress
        self._cache = cache
        self._cancelled = threading.Event()
        self._follower: Follower | None = None
        self._known = {
            item.path: _Known(item.source_id, item.format, item.identity, item.resume)
            for item in saved
        }
        self._next_source_id = 1 + max((item.source_id for item in saved), default=-1)
        self._bytes_before = 0
        self._bytes_total: int | None = None
        self._spans = 0
        self._committed = 0
        self._settled_at = time.monotonic()
        self._settle_cost = 0.0
        self._unsettled = False
        self._following = False

    def cancel(self) -> None:
        """Stop after the batch at hand; what is committed stays."""
        self._cancelled.set()
        self.stop_following()

    def stop_following(self) -> None:
        """End `follow` after what it is at; what is loaded stays, and it may be called again."""
        follower = self._follower
        if follower is not None:
            follower.stop()

    def run(self) -> None:
        """Load everything.

        Raises:
            LoadError: If a path names nothing, or nothing in any source could be read; its text
                says what was seen and what to try next.
        """
        paths = self._expanded()
        self._bytes_total = _total_size(paths)
        failures: list[str] = []
        for path in paths:
            if self._cancelled.is_set():
                return
            failure = self._read(path)
            if failure is not None:
                failures.append(failure)
        if self._unsettled:
            self._settle()
        self._check_all_committed()
        if not failures and not self._cancelled.is_set():
            self._publish()
        self._report(describe(paths[-1]), 0, finished=True)
        if failures and len(failures) == len(paths):
            raise LoadError(_nothing_read(failures))

    def follow(self) -> None:
        """Read what is appended to the sources, and files that come, until cancelled.

        Whole lines only: a torn last line waits. A file that was truncated or replaced is read
        from its beginning as a further source; what it said before stays.
        """
        self._following = True
        with Follower(self._paths) as follower:
            self._follower = follower
            for changed in follower:
                if self._cancelled.is_set():
                    return
                self._catch_up(sorted(changed))

    def _catch_up(self, paths: Sequence[str]) -> None:
        before = self._spans
        for path in paths:
            if path != "-" and not self._cancelled.is_set():
                self._read(path)
        if self._unsettled:
            self._settle()
        if self._spans != before:
            self._report(describe(paths[-1]), 0, finished=True)

    def _expanded(self) -> list[str]:
        try:
            return expand_paths(self._paths)
        except SourceError as error:
            raise LoadError(str(error)) from error

    def _read(self, path: str) -> str | None:
        """Read what is new in one source; return why it could not be, if it could not."""
        known = self._known.get(path) or self._renamed(path)
        what = "replaced" if known is None else change(known.identity, path)
        if what in ("same", "gone"):
            return None
        start = known.resume if known is not None and what == "grown" else None
        try:
            source = Source(path, start)
        except SourceError as error:
            if known is None:
                self._fail_to_open(path, str(error))
            return str(error)
        try:
            if known is None or start is None:
                return self._load_source(source)
            if source.change(known.identity) == "replaced":
                # Another file has taken the name since: the next look reads that one.
                return None
            return self._load(known.source_id, source, loader_named(known.format or ""))
        finally:
            self._bytes_before += source.size or source.bytes_done
            source.close()

    def _renamed(self, path: str) -> _Known | None:
        """Return the known source that now has this name: a log that was rotated."""
        try:
            status = Path(path).stat()
        except OSError:
            return None
        for known in self._known.values():
            identity = known.identity
            same_file = (identity.device, identity.inode) == (status.st_dev, status.st_ino)
            if same_file and change(identity, path) in ("same", "grown"):
                self._known[path] = known
                return known
        return None

    def _fail_to_open(self, path: str, message: str) -> None:
        source_id = self._new_source_id()
        self._store.add_source(source_id, path, None, message, None)
        self._fail(source_id, message, 0)

    def _new_source_id(self) -> int:
        self._next_source_id += 1
        return self._next_source_id - 1

    def _load_source(self, source: Source) -> str | None:
        """Load a source from its beginning."""
        choice = choose(Head(source.head, source.head_complete))
        loader = choice.loader
        reason = choice.reason
        if source.truncated and not source.head:
            reason = f"{source.compression} data that is damaged or cut off at its beginning"
        elif source.compression is not None:
            reason = f"{source.compression}-compressed; {reason}"
        source_id = self._new_source_id()
        self._store.add_source(
            source_id, source.path, loader.name if loader else None, reason, source.size
        )
        if loader is None:
            self._fail(source_id, reason, source.bytes_done)
            self._remember(source, source_id, None, None)
            return f"{describe(source.path)}: {reason}"
        return self._load(source_id, source, loader)

    def _load(self, source_id: int, source: Source, loader: Loader) -> str | None:
        resume = source.start
        # What grows by little at a time is decoded sooner than a process starts.
        found = batches(loader, source, source_id) if source.start is None else None
        try:
            for batch in found or loader.load(source, source_id):
                if self._cancelled.is_set():
                    return None
                self._add(batch)
                resume = batch.resume if is_resumable(loader) else None
                self._report(describe(source.path), batch.bytes_done)
        except (LoadError, SourceError) as error:
            self._fail(source_id, str(error), source.bytes_done)
            return str(error)
        self._store.finish_source(source_id, "done", source.size or source.bytes_done)
        self._remember(source, source_id, loader.name, resume)
        return None

    def _remember(
        self, source: Source, source_id: int, chosen: str | None, resume: ResumePoint | None
    ) -> None:
        """Keep what the source looked like when it was opened: what came since is growth."""
        identity = source.identity(resume.byte_offset if resume else source.size or 0)
        if identity is None:
            return
        self._known[source.path] = _Known(source_id, chosen, identity, resume)
        self._store.save_source(source_id, identity, resume)

    def _publish(self) -> None:
        """Make a cache of a large load; that it cannot be written is said and stops nothing."""
        total = self._bytes_total or 0
        if self._cache is None or self._store.based or total < SMALLEST_BYTES:
            return
        try:
            self._cache.publish(self._store, self._paths, self._spans)
        except StoreError as error:
            self._store.add_problem(0, "note", f"not cached: {error}")

    def _fail(self, source_id: int, message: str, bytes_done: int) -> None:
        self._store.add_problem(source_id, "failed", message)
        self._store.finish_source(source_id, "failed", bytes_done)

    def _add(self, batch: Batch) -> None:
        """Commit a batch; settle with it now and then: totals stay right and loading fast."""
        started = time.monotonic()
        due = started - self._settled_at >= self._settle_cost * _SETTLE_SHARE
        # What is appended is little: its totals come with it, as long as that is quick.
        due = due or (self._following and self._settle_cost < _QUICK_SECONDS)
        self._store.add_batch(batch, settled=due)
        self._spans += batch.spans.num_rows
        self._unsettled = not due
        if due:
            self._settled_at = time.monotonic()
            self._settle_cost = self._settled_at - started

    def _settle(self) -> None:
        started = time.monotonic()
        self._store.settle()
        self._unsettled = False
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
