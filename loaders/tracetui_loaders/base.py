"""What a loader is: it scores a source's head, yields batches, and never raises on a line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, Protocol

import pyarrow as pa

from tracetui_loaders.json_keys import first_value_keys, first_values
from tracetui_loaders.source import Source


class LoadError(Exception):
    """A source that cannot be loaded at all; its text says what was seen and what to try next."""


@dataclass(frozen=True)
class Head:
    """The first bytes of a source, decompressed: all that detection may look at."""

    data: bytes
    complete: bool
    """Whether `data` is the whole source."""

    @cached_property
    def keys(self) -> Iterable[frozenset[str]]:
        """The outermost keys of the first JSON objects, also of one that the head cuts off.

        They are read as far as somebody looks: the first object often says enough, and the head
        is a megabyte.
        """
        return _ReadOnce(map(frozenset, first_value_keys(self.data)))

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """The first whole JSON values, decoded: of the first lines, or the one document.

        What does not decode is left out; a document that the head cuts off gives none.
        """
        return tuple(first_values(self.data, complete=self.complete))


class _ReadOnce(Iterable[frozenset[str]]):
    """Items that can be gone through again, each computed when it is first come to."""

    def __init__(self, items: Iterator[frozenset[str]]) -> None:
        self._items = items
        self._read: list[frozenset[str]] = []

    def __iter__(self) -> Iterator[frozenset[str]]:
        for place in count():
            if place == len(self._read):
                item = next(self._items, None)
                if item is None:
                    return
                self._read.append(item)
            yield self._read[place]


@dataclass(slots=True)
class LineCounts:
    """What became of the physical lines; each line is exactly one of these."""

    ok: int = 0
    repaired: int = 0
    rejected: int = 0
    blank: int = 0
    tail: int = 0

    def add(self, other: "LineCounts") -> None:
        """Add `other` to these counts."""
        self.ok += other.ok
        self.repaired += other.repaired
        self.rejected += other.rejected
        self.blank += other.blank
        self.tail += other.tail


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a load may go on when its source has grown."""

    byte_offset: int
    """Of the first byte that is not accounted for: where a record or a torn line begins."""
    line: int
    """Newlines before it; what stands there is on line `line + 1`."""
    inside_line: bool
    """Whether it stands in a line that was counted: the last line had no newline yet."""
    ordinal: int
    """Row ids that were given."""


@dataclass(slots=True)
class Batch:
    """A piece of a source, normalised: what one commit of the store writes."""

    source_id: int
    spans: pa.RecordBatch
    events: pa.RecordBatch
    links: pa.RecordBatch
    logs: pa.RecordBatch
    resources: pa.RecordBatch
    problems: pa.RecordBatch
    metrics: pa.RecordBatch
    lines: LineCounts = field(default_factory=LineCounts)
    """Lines that this batch accounts for."""
    bytes_done: int = 0
    """Bytes of the source file (as stored, so compressed) consumed when this batch was made."""
    resume: ResumePoint | None = None
    """Where to go on after this batch; None if the format needs the whole file anew."""
    provisional: bool = False
    """Whether this counts a last line without newline that `resume` does not go past.

    It holds line counts and problems only, and is the last batch of its load. The next load from
    `resume` counts the line again: until then this batch stands, then it goes as a whole.
    """


class Loader(Protocol):
    """A format; built-in and third parties' are found through entry points `tracetui.loaders`."""

    name: str
    """The format's name in reports: that of its module in `formats`, or of its entry point."""
    title: str
    """A few words for people."""
    # A loader that honours `source.start` also has `resumable = True`; see `is_resumable`.

    def sniff(self, head: Head) -> float:
        """Return how surely `head` begins this format, from 0 (no) to 1 (certain)."""
        ...

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the source in batches, in file order.

        A line that cannot be read becomes a problem in a batch, never an exception.

        Raises:
            LoadError: If the source as a whole turns out not to be readable.
        """
        ...


def is_resumable(loader: Loader) -> bool:
    """Whether `loader` may be given a source that starts at a `ResumePoint`.

    A loader says so with a class attribute `resumable = True`; one that has never heard of it
    is given whole files only.
    """
    return bool(getattr(loader, "resumable", False))
