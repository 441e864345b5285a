"""Loads formats whose values must be seen together: a run sent in two records, a trace's own data.

Each value of the source is given to a `Collector`, and its lines are accounted for; when the
source ends, the collector gives its spans. A file that has grown is read anew.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from tracetui_loaders.base import Batch
from tracetui_loaders.batch import BatchBuilder, RawSpan
from tracetui_loaders.json_records import records
from tracetui_loaders.json_values import Place, reading
from tracetui_loaders.source import Source

_PROGRESS_BYTES = 8 << 20
"""How much is read between two batches that only say how far reading has come."""


class At(NamedTuple):
    """Where something stands in the source."""

    line: int
    byte_offset: int


class Row(NamedTuple):
    """A span and what it belongs to."""

    span: RawSpan
    at: At
    resource: dict[str, Any] | None = None
    """The resource's attributes."""
    scope_name: str | None = None
    scope_version: str | None = None


class Collector(Protocol):
    """Takes the values of one source, then gives its spans."""

    def take(self, value: Any, place: Place) -> bool:
        """Keep what `value` holds; return whether it is of the format.

        What is kept counts as added to `place`, what cannot be used is rejected there.
        """
        ...

    def rows(self) -> Iterable[Row]:
        """Return the spans of everything that was taken."""
        ...

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return what a person should know of the whole; asked after `rows`."""
        ...


def at(place: Place) -> At:
    """Return where `place` is."""
    return At(place.line, place.offset)


def load_collected(
    source: Source, source_id: int, collector: Collector, title: str, *, whole: bool = False
) -> Iterator[Batch]:
    """Yield the batches of `source`: lines are counted first, then come the collector's spans.

    Args:
        source: JSON lines, one document or values one after the other.
        source_id: The source's number in the load.
        collector: Made for this load alone.
        title: The format's name for people: "not <title>: ...".
        whole: Whether the collector is given arrays as they are.
    """
    builder = BatchBuilder(source_id)
    add_value = reading(title, collector.take, whole=whole)
    # A large source is decoded in another process once this one has its first batch, which is to
    # be quick: see worker.batches.
    next_progress = 0 if (source.size or 0) >= _PROGRESS_BYTES else _PROGRESS_BYTES
    for record in records(source):
        if record.byte_offset >= next_progress:
            yield builder.flush(record.bytes_done)
            next_progress = record.byte_offset + _PROGRESS_BYTES
        builder.lines.blank += record.blank_lines
        if record.data:
            add_value(record, builder)
    if source.truncated:
        builder.problem("tail", "the compressed stream ends before its end mark", None, None)
    for row in collector.rows():
        context = builder.context(row.resource or {}, row.scope_name, row.scope_version)
        builder.add_span(row.span, context, row.at.line, row.at.byte_offset)
        yield from builder.full(source.bytes_done)
    for note, where in collector.notes():
        line, byte_offset = where or (None, None)
        builder.problem("note", note, line, byte_offset)
    yield builder.flush(source.bytes_done)
