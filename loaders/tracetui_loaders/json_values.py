"""Reads JSON values of a format that is not OTLP: tolerant decoding, and a fate for every line.

A format says what one decoded value holds; arrays are taken apart first. Decoding goes in two
steps, as in `formats.otlp_json`: the strict decoder, and for what it refuses the lenient one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from tracetui_loaders.batch import BatchBuilder, Context, RawSpan
from tracetui_loaders.json_load import AddValue
from tracetui_loaders.json_records import BLANK, Record, is_open
from tracetui_loaders.json_split import decode_leniently, split_values


@dataclass(slots=True)
class Place:
    """Where a value stands, and what becomes of it."""

    builder: BatchBuilder
    line: int
    offset: int
    added: int = 0
    """Rows that it gave."""
    rejected: int = 0
    """Parts of it that could not be read."""

    def add(self, span: RawSpan, context: Context) -> None:
        """Keep a span."""
        self.builder.add_span(span, context, self.line, self.offset)
        self.added += 1

    def reject(self, message: str) -> None:
        """Say what part of the value could not be read."""
        self.builder.problem("rejected", message, self.line, self.offset)
        self.rejected += 1

    def note(self, message: str) -> None:
        """Say something of the value that is no fault."""
        self.builder.problem("note", message, self.line, self.offset)


ReadValue = Callable[[Any, Place], bool]
"""Adds what a decoded value, never an array, holds; returns whether the format knows it.

A value that it does not know adds nothing. One that is known and adds nothing is no fault:
a file's header, an event of no interest.
"""


def reading(title: str, read: ReadValue, *, whole: bool = False) -> AddValue:
    """Return what adds a record's values with `read` and counts its lines.

    Args:
        title: The format's name for people: "not <title>: ...".
        read: Reads one value.
        whole: Whether `read` is given arrays as they are.
    """

    def add_value(record: Record, builder: BatchBuilder) -> bool:
        line, offset = record.line, record.byte_offset
        mended: str | None = None
        try:
            value = msgspec.json.decode(record.data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            parts = split_values(record)
            if len(parts) > 1 or parts[0].data != record.data:
                known = [add_value(part, builder) for part in parts]
                return any(known)
            if not record.complete and is_open(record.data):
                begun = None if whole else _begun_array(record)
                if begun is not None:
                    builder.problem("note", "the array is not closed yet", line, offset)
                    return add_value(begun, builder)
                builder.lines.tail += record.lines
                message = "incomplete last line, still being written?"
                builder.problem("tail", message, line, offset)
                return False
            mended = str(error)
            try:
                value = decode_leniently(record.data)
            except (ValueError, RecursionError) as failure:
                reason = "nested too deep" if isinstance(failure, RecursionError) else failure
                builder.lines.rejected += record.lines
                builder.problem("rejected", f"not JSON: {reason}", line, offset)
                return False
        place = Place(builder, line, offset)
        known = _read_all([value] if whole else items_of(value), place, title, read)
        _count(record, place, mended, known=known)
        return known

    return add_value


def _begun_array(record: Record) -> Record | None:
    """Return what an array that is still being written holds; None if it is nothing to read yet.

    Exporters that write arrays close them when the program ends. A document is read anew when it
    has grown, so what stands may be taken; a line is read on, and must not be taken in parts.
    """
    data = record.data.lstrip(b"[" + BLANK)
    skipped = len(record.data) - len(data)
    if not skipped or record.end is not None or data[:1] != b"{" or b"\n" not in record.data:
        return None
    line = record.line + record.data.count(b"\n", 0, skipped)
    return replace(record, data=data, line=line, byte_offset=record.byte_offset + skipped)


def _read_all(values: Any, place: Place, title: str, read: ReadValue) -> bool:
    strangers, known, first = 0, False, None
    for item in values:
        if read(item, place):
            known = True
        else:
            first = item if strangers == 0 else first
            strangers += 1
    if not known:
        place.reject(f"not {title}: {shape_of(first)}")
    elif strangers:
        place.reject(f"{strangers:,} of the values here are not {title}: {shape_of(first)}")
    return known


def _count(record: Record, place: Place, mended: str | None, *, known: bool) -> None:
    lines = place.builder.lines
    if not known or (place.rejected and not place.added):
        lines.rejected += record.lines
    elif mended is not None or place.rejected:
        lines.repaired += record.lines
        if mended is not None:
            message = f"read leniently: {mended}"
            place.builder.problem("repaired", message, record.line, record.byte_offset)
    else:
        lines.ok += record.lines


def items_of(value: Any) -> Iterator[Any]:
    """Yield `value`, or what an array and the arrays in it hold; an empty array holds nothing."""
    if not isinstance(value, list):
        yield value
        return
    # Not recursive: the decoder allows more depth than a stack of generators.
    waiting = [iter(value)]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            yield item
        else:
            waiting.pop()


_JSON_TYPES = {bool: "boolean", int: "number", float: "number", str: "string"}


def shape_of(value: Any) -> str:
    """Return what a value is, for a message that says that it is not what was expected."""
    if isinstance(value, dict):
        keys = ", ".join(str(key)[:60] for key in list(value)[:6])
        return f"an object with the keys {keys}" if keys else "an empty object"
    if isinstance(value, list):
        return f"an array of {len(value):,}"
    return "null" if value is None else f"a JSON {_JSON_TYPES.get(type(value), 'value')}"
