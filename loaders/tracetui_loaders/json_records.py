r"""Cuts a source into JSON values, with the line and byte offset of each.

Three containers look alike by name and are told apart by content (FORMATS §0): JSON lines, one
JSON document, and pretty-printed values one after the other. Lines end at `\n` alone: U+2028
and its kin occur inside strings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from tracetui_loaders.source import Source

Container = Literal["lines", "document"]

BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n\x00"
_LINES_LOOKED_AT = 20
# A line that closes a value begun in the first column: pretty-printers indent all inner lines.
_VALUE_END = re.compile(rb"^[}\]][ \t]*\r?$", re.MULTILINE)
_VALUE_START = re.compile(rb"^[{\[]", re.MULTILINE)


@dataclass(slots=True)
class Record:
    """A JSON value, not yet decoded."""

    data: bytes
    line: int
    """1-based number of its first line."""
    byte_offset: int
    lines: int
    """Physical lines that it takes, blank ones left out."""
    blank_lines: int = 0
    """Blank lines before or inside it."""
    complete: bool = True
    """False for what stands after the last newline."""
    bytes_done: int = 0
    """Stored bytes of the source consumed when this record was read."""


def is_truncated(error: Exception) -> bool:
    """Whether msgspec says that the value goes on where the data ends."""
    return "truncated" in str(error)


def decodes(data: bytes) -> Exception | None:
    """Return None if `data` is one JSON value, else what is wrong with it."""
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
        msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        return error
    return None


def container_of(head: bytes) -> Container:
    """Tell JSON lines from values that span lines, by the first lines."""
    lines = [
        line for line in head.removeprefix(BOM).split(b"\n")[:_LINES_LOOKED_AT] if line.strip()
    ]
    if len(lines) < 2:
        return "lines"
    first = lines[0].strip()
    if first[:1] not in (b"{", b"["):
        return "lines"
    error = decodes(first)
    if error is None or not is_truncated(error):
        return "lines"
    # A torn first line among whole ones is still a file of lines.
    second = lines[1]
    if second[:1] == b"{" and len(second) > 2 and decodes(second.strip()) is None:
        return "lines"
    return "document"


def records(source: Source) -> Iterator[Record]:
    """Yield the JSON values of `source` in order."""
    if container_of(source.head) == "document":
        yield from _documents(source)
    else:
        yield from _lines(source)


def _lines(source: Source) -> Iterator[Record]:
    number, offset, blank = 0, 0, 0
    for block in source.line_blocks():
        done = source.bytes_done
        whole = block.endswith(b"\n")
        pieces = block.split(b"\n")
        if whole:
            pieces.pop()
        last = len(pieces) - 1
        for index, piece in enumerate(pieces):
            number += 1
            start, offset = offset, offset + len(piece) + 1
            if number == 1:
                piece = piece.removeprefix(BOM)  # noqa: PLW2901 - the mark is not data
            if not piece or not piece.strip(_BLANK):
                blank += 1
                continue
            complete = whole or index < last
            yield Record(piece, number, start, 1, blank, complete, done)
            blank = 0
    if blank:
        yield Record(b"", number, offset, 0, blank, complete=True, bytes_done=source.bytes_done)


def _documents(source: Source) -> Iterator[Record]:
    """Yield values that span lines: cut after a line that closes in the first column."""
    buffer, line, offset = b"", 1, 0
    searched = 0
    for block in source.line_blocks():
        buffer += block
        start = 0
        for match in _VALUE_END.finditer(buffer, searched):
            end = match.end()
            piece = buffer[start:end]
            error = decodes(piece.removeprefix(BOM).strip(_BLANK))
            if error is not None and is_truncated(error):
                continue
            record = _document(piece, line, offset, source.bytes_done)
            yield record
            start, line, offset = end, line + piece.count(b"\n"), offset + len(piece)
        buffer = buffer[start:]
        searched = max(0, len(buffer) - len(block)) if start == 0 else 0
    if buffer.strip(_BLANK):
        yield from _rest(buffer, line, offset, source.bytes_done)


def _rest(buffer: bytes, line: int, offset: int, done: int) -> Iterator[Record]:
    """Yield what no closing line ended: a last value, or a broken one and whole ones behind it."""
    error = decodes(buffer.removeprefix(BOM).strip(_BLANK))
    if error is not None:
        # A value torn in the middle of the file must not swallow those after it.
        starts = [match.start() for match in _VALUE_START.finditer(buffer)][1:]
        for start in starts:
            torn, rest = buffer[:start], buffer[start:]
            if decodes(rest.strip(_BLANK)) is None or _VALUE_END.search(rest):
                yield _document(torn, line, offset, done)
                yield from _whole_values(rest, line + torn.count(b"\n"), offset + len(torn), done)
                return
    record = _document(buffer, line, offset, done)
    record.complete = False
    yield record


def _whole_values(buffer: bytes, line: int, offset: int, done: int) -> Iterator[Record]:
    start = 0
    for match in _VALUE_END.finditer(buffer):
        piece = buffer[start : match.end()]
        error = decodes(piece.strip(_BLANK))
        if error is not None and is_truncated(error):
            continue
        yield _document(piece, line, offset, done)
        start, line, offset = match.end(), line + piece.count(b"\n"), offset + len(piece)
    if buffer[start:].strip(_BLANK):
        record = _document(buffer[start:], line, offset, done)
        record.complete = False
        yield record


def _document(piece: bytes, line: int, offset: int, done: int) -> Record:
    stripped = piece.removeprefix(BOM).lstrip(_BLANK)
    skipped = len(piece) - len(stripped)
    # The newline before the value ended the line of the value before it.
    leading = piece[:skipped].count(b"\n")
    stripped = stripped.rstrip(_BLANK)
    inner = stripped.split(b"\n")
    blank_inside = sum(1 for item in inner if not item.strip())
    blank_before = max(0, leading - (1 if offset else 0))
    return Record(
        data=stripped,
        line=line + leading,
        byte_offset=offset + skipped,
        lines=len(inner) - blank_inside,
        blank_lines=blank_inside + blank_before,
        bytes_done=done,
    )
