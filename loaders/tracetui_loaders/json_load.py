"""Loads what is a row of JSON values, so that a format only says what one value holds.

A plain file of lines can be read on where it ended when it has grown. A last line without newline
is taken as soon as it is a whole value that the format knows. Anything else there may become
something else by what is still to come: it is counted, in a batch of its own, and read again.
"""

from collections.abc import Callable, Iterator

from tracetui_loaders.base import Batch, ResumePoint
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.json_records import BLANK, End, Record, decodes, records
from tracetui_loaders.json_split import flatten
from tracetui_loaders.source import Source

AddValue = Callable[[Record, BatchBuilder], bool]
"""Adds what a record holds and counts its lines; returns whether the format knows the value.

A value that it does not know adds no row.
"""


def load_values(source: Source, source_id: int, add_value: AddValue) -> Iterator[Batch]:
    """Yield the batches of `source`, in file order.

    Args:
        source: JSON lines, one document or values one after the other.
        source_id: The source's number in the load.
        add_value: Adds one value.
    """
    builder = BatchBuilder(source_id, source.start)
    resumable = source.resumable
    end = _begin(source)
    for record in records(source):
        if not record.complete and record.end is not None and resumable:
            yield from _last_line(record, end, builder, add_value)
            return
        builder.lines.blank += record.blank_lines
        if record.data:
            add_value(record, builder)
        end = record.end if resumable else None
        yield from builder.full(record.bytes_done, _resume(end, builder))
    if source.truncated:
        builder.problem("tail", "the compressed stream ends before its end mark", None, None)
    yield builder.flush(source.bytes_done, _resume(end, builder))


def _begin(source: Source) -> End | None:
    if not source.resumable:
        return None
    start = source.start or ResumePoint(0, 0, inside_line=False, ordinal=0)
    return End(start.byte_offset, start.line, start.inside_line)


def _resume(end: End | None, builder: BatchBuilder) -> ResumePoint | None:
    if end is None:
        return None
    return ResumePoint(end.byte_offset, end.newlines, end.inside_line, builder.ordinal)


def _last_line(
    record: Record, begin: End | None, builder: BatchBuilder, add_value: AddValue
) -> Iterator[Batch]:
    """Yield what stands, and apart from it what the rest of the line may still change."""
    whole = not record.data or decodes(record.data) is None
    parts = [record] if whole else list(flatten(record))
    # Tried first: a value that is not known stands only if one that is known follows it.
    trial = BatchBuilder(builder.source_id)
    known = 0
    for number, part in enumerate(parts if record.data else (), 1):
        if add_value(part, trial):
            known = number
    for part in parts[:known]:
        add_value(part, builder)
    end, blank = begin, 0
    if known:
        end, blank = _after(parts[known - 1], record)
        if known == len(parts):
            end, blank = record.end, record.blank_lines
    builder.lines.blank += blank
    resume = _resume(end, builder)
    yield builder.flush(record.bytes_done, resume)
    for part in parts[known:] if record.data else ():
        add_value(part, builder)
    builder.lines.blank += record.blank_lines - blank
    if known < len(parts):
        yield builder.flush(record.bytes_done, resume, provisional=True)


def _after(part: Record, record: Record) -> tuple[End, int]:
    """Return where `part` ends, and the blank lines of `record` before that."""
    end = part.byte_offset + len(part.data)
    before = record.data[: end - record.byte_offset].split(b"\n")
    blank = sum(1 for line in before if not line.strip(BLANK))
    return End(end, record.line - 1 + len(before) - 1, inside_line=True), blank
