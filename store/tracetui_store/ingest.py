"""Loads sources into a store: one thread, a commit per batch, readers never wait."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tracetui_loaders.base import Batch, Head, Loader, LoadError, ResumePoint, is_resumable
from tracetui_loaders.follow import Follower
from tracetui_loaders.registry import Choice, choose, loader_named
from tracetui_loaders.rotation import rotated_siblings
from tracetui_loaders.source import Source, SourceError, describe, expand_paths, expand_user
from tracetui_loaders.worker import batches

from tracetui_store.asked import TOGETHER_SECONDS, is_small, nothing_read, total_size
from tracetui_store.cache import SMALLEST_BYTES, Cache
from tracetui_store.duckdb_file import LOADER as DUCKDB
from tracetui_store.known import Known, KnownSources
from tracetui_store.pricing.book import PriceBook
from tracetui_store.rereading import NotReadAnewError, Rereading
from tracetui_store.saved import SavedSource
from tracetui_store.store import Store, StoreError

_QUICK_SECONDS = 1.0
_SETTLE_SHARE = 40
"""Settling may take one part in this many of the time since the last settling."""
_SUMMARISE_PAUSE = 9
"""Times as long as summing up traces took, before they are summed up again."""
_SHORTEST_SUMMARISE_PAUSE = 1.0


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
        saved: What the store already holds of these paths, from a cache.
        cache: Where to publish what is loaded, if it is worth it.
        loader: What reads every source, whatever it looks like; None chooses by content.
        book: What tokens cost; None for list prices alone.
    """

    def __init__(
        self,
        store: Store,
        paths: Sequence[str],
        on_progress: Callable[[Progress], None] = lambda _: None,
        *,
        saved: Sequence[SavedSource] = (),
        cache: Cache | None = None,
        loader: Loader | None = None,
        book: PriceBook | None = None,
    ) -> None:
        self._book = book or PriceBook()
        self._store = store
        self._paths = paths
        self._on_progress = on_progress
        self._cache = cache
        self._loader = loader
        self._cancelled = threading.Event()
        self._follower: Follower | None = None
        self._known = KnownSources(saved)
        self._rereading = Rereading()
        self._bytes_before = 0
        self._bytes_total: int | None = None
        self._spans = 0
        self._committed = 0
        self._settled_at = time.monotonic()
        self._settle_cost = 0.0
        self._unsettled = False
        self._summarised_until = 0.0
        """When traces may be summed up again, in monotonic seconds."""
        self._following = False
        self._replacing = False
        self._advice = ""
        """What to do about the first source that no loader knows."""

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
        self._bytes_total = total_size(paths)
        self._drop(self._known.locate(paths))
        failures = self._read_all(paths)
        if self._cancelled.is_set():
            return
        if self._unsettled:
            self._settle()
        self._store.price(self._book)
        self._summarise()
        self._check_all_committed()
        none_read = bool(failures) and len(failures) == len(paths)
        if not none_read and not self._cancelled.is_set() and self._known.can_be_saved():
            self._publish()
        self._report(describe(paths[-1]), 0, finished=True)
        if none_read:
            raise LoadError(nothing_read(failures, self._advice))

    def _read_all(self, paths: Sequence[str]) -> list[str]:
        """Read what is new in sources; return why some could not be."""
        failures: list[str | None] = []
        rest = list(reversed(paths))
        while rest and not self._cancelled.is_set():
            together, until = is_small(rest[-1]), time.monotonic() + TOGETHER_SECONDS
            with self._store.together() if together else nullcontext():
                more = True
                while more and not self._cancelled.is_set():
                    failures.append(self._read(rest.pop()))
                    more = together and bool(rest) and is_small(rest[-1])
                    more = more and time.monotonic() < until
        return [failure for failure in failures if failure is not None]

    def follow(self) -> None:
        """Read what is appended to the sources, and files that come, until cancelled.

        Whole lines only: a torn last line waits. A log that was truncated or replaced is read from
        its beginning as a further source; what it said before stays. What a file says that is
        always read as a whole goes when it says something else, at once and at a bounded rate.
        """
        self._following = True
        with Follower(self._paths) as follower:
            self._follower = follower
            for changed in follower:
                if self._cancelled.is_set():
                    return
                self._catch_up(self._rereading.in_order(changed))

    def _catch_up(self, paths: Sequence[str]) -> None:
        before = self._spans
        for path in paths:
            if path != "-" and not self._cancelled.is_set():
                self._read(path)
        if self._unsettled:
            self._settle()
        if self._store.price(self._book) or self._spans != before:
            self._report(describe(paths[-1]), 0, finished=True)
        # What came can be queried already.
        self._summarise()

    def _expanded(self) -> list[str]:
        try:
            return expand_paths(self._paths)
        except SourceError as error:
            raise LoadError(str(error)) from error

    def _read(self, path: str) -> str | None:
        """Read what is new in one source; return why it could not be, if it could not."""
        plan = self._known.plan(path, keep=self._following)
        if plan.known is not None and plan.known.renamed:
            plan.known.renamed = False
            self._store.add_problem(plan.known.source_id, "note", f"is called {path} now")
        if plan.replaces and self._following and self._must_wait(path):
            return None
        if plan.step == "skip":
            self._drop(plan.replaces)
            return None
        start = plan.known.resume if plan.known is not None and plan.step == "on" else None
        try:
            source = Source(path, start)
        except SourceError as error:
            if plan.known is None:
                self._fail_to_open(path, str(error))
            return str(error)
        try:
            if plan.known is None:
                return self._load_source(source)
            if plan.step == "whole":
                return self._load_instead(source, plan.known, plan.replaces)
            self._drop(plan.replaces)
            identity = plan.known.identity
            if identity is None or source.change(identity) == "replaced":
                # Another file has taken the name since: the next look reads that one.
                return None
            return self._load(plan.known, source, loader_named(plan.known.format or ""))
        finally:
            self._bytes_before += source.size or source.bytes_done
            source.close()

    def _must_wait(self, path: str) -> bool:
        """Whether reading a file anew would take too much of the time; it is asked for again."""
        seconds = self._rereading.wait_for(path)
        if seconds and self._follower is not None:
            self._follower.ask_again(path, seconds)
        return seconds > 0

    def _load_instead(self, source: Source, known: Known, replaces: Sequence[Known]) -> str | None:
        """Load a source from its beginning in place of what was read of it before.

        While it is followed nobody sees it half: until all of it is read, what it said before
        stands; and also if it cannot be read.
        """
        if not self._following:
            self._drop(replaces)
            return self._load_source(source)
        spans, failure = self._spans, None
        try:
            with self._rereading.reading(), self._store.all_at_once():
                self._replacing = True
                failure = self._load_source(source)
                if self._cancelled.is_set() or (failure is not None and known.failure is None):
                    raise NotReadAnewError(failure)
                self._drop(replaces)
                self._unsettled = False
        except NotReadAnewError as error:
            self._spans = spans
            identity = source.identity(0)
            if failure is not None and identity is not None:
                # Not tried again before it changes again.
                known.identity, known.resume = identity, None
                self._known.add(known)
                message = f"read again: {error}; what it said before stays"
                self._store.add_problem(known.source_id, "note", message)
        finally:
            self._replacing = False
        return failure

    def _drop(self, gone: Sequence[Known]) -> None:
        """Take what no longer holds out of the store."""
        if gone:
            self._spans -= self._store.drop_sources([known.source_id for known in gone])
            self._known.forget(gone)

    def _fail_to_open(self, path: str, message: str) -> None:
        source_id = self._known.new_id()
        self._store.add_source(source_id, path, None, message, None)
        self._fail(source_id, message, 0)
        self._known.add(Known(source_id, path, None, None, None, failure=message))

    def _load_source(self, source: Source) -> str | None:
        """Load a source from its beginning."""
        choice = self._choice(source)
        loader = choice.loader
        reason = choice.reason
        if source.truncated and not source.head:
            reason = f"{source.compression} data that is damaged or cut off at its beginning"
        elif source.compression is not None:
            reason = f"{source.compression}-compressed; {reason}"
        if (log := self._rotated_from(source.path)) is not None:
            reason = f"{reason}; rotated from {log}"
        known = Known(
            self._known.new_id(), source.path, loader.name if loader else None, None, None
        )
        self._store.add_source(known.source_id, source.path, known.format, reason, source.size)
        if loader is None:
            self._advice = self._advice or choice.advice
            known.failure = reason
            self._fail(known.source_id, reason, source.bytes_done)
            self._remember(source, known, None)
            return f"{describe(source.path)}: {reason}"
        return self._load(known, source, loader)

    def _choice(self, source: Source) -> Choice:
        if self._loader is not None:
            return Choice(self._loader, f"read as {self._loader.title}, as asked for")
        head = Head(source.head, source.head_complete)
        if DUCKDB.sniff(head):
            return Choice(DUCKDB, f"looks like {DUCKDB.title}")
        return choose(head)

    def _rotated_from(self, path: str) -> str | None:
        """Return the log, among what was asked for, that a source is an older part of."""
        for asked in self._paths:
            if path in rotated_siblings(expand_user(asked)):
                return Path(asked).name
        return None

    def _load(self, known: Known, source: Source, loader: Loader) -> str | None:
        source_id, resume = known.source_id, source.start
        # What grows by little at a time is decoded sooner than a process starts, and DuckDB has
        # threads of its own.
        apart = source.start is None and loader is not DUCKDB
        found = batches(loader, source, source_id) if apart else None
        try:
            for number, batch in enumerate(found or loader.load(source, source_id)):
                if self._cancelled.is_set():
                    return None
                self._add(batch)
                resume = batch.resume if is_resumable(loader) else None
                self._report(describe(source.path), batch.bytes_done)
                # Not before the first rows are on the screen: this imports the price list.
                if number and not self._unsettled and not self._replacing:
                    self._store.price(self._book)
        except (LoadError, SourceError) as error:
            known.failure = str(error)
            self._fail(source_id, known.failure, source.bytes_done)
            self._remember(source, known, None)
            return known.failure
        self._store.finish_source(source_id, "done", source.size or source.bytes_done)
        self._remember(source, known, resume)
        return None

    def _remember(self, source: Source, known: Known, resume: ResumePoint | None) -> None:
        """Keep what the source looked like when it was opened: what came since is growth."""
        offset = resume.byte_offset if resume else source.size or 0
        identity = source.identity(offset, known.identity)
        if identity is None:
            return
        known.identity, known.resume = identity, resume
        self._known.add(known)
        self._store.save_source(known.source_id, identity, resume)

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
        self._store.claim_room(batch)
        started = time.monotonic()
        due = started - self._settled_at >= self._settle_cost * _SETTLE_SHARE
        # What is appended is little: its totals come with it, as long as that is quick.
        due = due or (self._following and self._settle_cost < _QUICK_SECONDS)
        # What is read anew is settled once, when what it replaces is gone.
        due = due and not self._replacing
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

    def _summarise(self) -> None:
        """Keep what traces come to, for at most a tenth of the time."""
        started = time.monotonic()
        if started >= self._summarised_until:
            self._store.summarise()
            ended = time.monotonic()
            pause = max((ended - started) * _SUMMARISE_PAUSE, _SHORTEST_SUMMARISE_PAUSE)
            self._summarised_until = ended + pause

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
