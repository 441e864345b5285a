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
_BETWEEN = _BLANK + b","
_LINES_LOOKED_AT = 20
# A line that closes a value begun in the first column: pretty-printers indent all inner lines.
_VALUE_END = re.compile(rb"^[}\]][ \t]*\r?$", re.MULTILINE)
_VALUE_START = re.compile(rb"^[{\[]", re.MULTILINE)
# Possessive, so that a string of megabytes leaves no trail to back up on.
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_OPENERS = (b"{", b"[")
_CLOSERS = (b"}", b"]")


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


def is_open(data: bytes) -> bool:
    """Whether a string, object or array is still open at the end, however broken the rest is."""
    depth = 0
    for match in _STRUCTURE.finditer(data):
        token = match[0]
        if token == b'"':
            return True
        if token in _OPENERS:
            depth += 1
        elif token in _CLOSERS:
            depth -= 1
    return depth > 0


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
    if first[:1] not in _OPENERS or not is_open(first):
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
    held = _Held()
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
            if held.lines:
                if not piece.startswith(b'{"'):
                    held.add(piece)
                    if piece.rstrip() in _CLOSERS:
                        yield held.take(done)
                    continue
                yield held.take(done)
            if not piece or not piece.strip(_BLANK):
                blank += 1
                continue
            complete = whole or index < last
            if piece.rstrip() in _OPENERS:
                held.begin(piece, number, start, blank)
                blank = 0
                continue
            yield Record(piece, number, start, 1, blank, complete, done)
            blank = 0
    if held.lines:
        yield held.take(source.bytes_done, complete=False)
    if blank:
        yield Record(b"", number, offset, 0, blank, complete=True, bytes_done=source.bytes_done)


class _Held:
    """An indented value among JSON lines, collected line by line."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self._number = self._offset = self._blank = 0

    def begin(self, piece: bytes, number: int, offset: int, blank: int) -> None:
        """Begin with a line that only opens a value."""
        self.lines = [piece]
        self._number, self._offset, self._blank = number, offset, blank

    def add(self, piece: bytes) -> None:
        """Add a further line."""
        self.lines.append(piece)

    def take(self, done: int, *, complete: bool = True) -> Record:
        """Return what was collected, and begin anew."""
        lines, self.lines = self.lines, []
        inside = sum(1 for line in lines if not line.strip(_BLANK))
        return Record(
            b"\n".join(lines).strip(_BLANK),
            self._number,
            self._offset,
            len(lines) - inside,
            self._blank + inside,
            complete,
            done,
        )


def _documents(source: Source) -> Iterator[Record]:
    """Yield values that span lines: cut after a line that closes in the first column."""
    buffer, cuts = b"", _Cuts()
    searched = 0
    # Without indentation inner lines look like ends: each failure doubles what the next must have,
    # so that looking stays linear. Values taken together so are told apart when they are read.
    too_short = 0
    for block in source.line_blocks():
        cuts.done = source.bytes_done
        buffer += block
        start = 0
        for match in _VALUE_END.finditer(buffer, searched):
            end = match.end()
            if end - start < too_short:
                continue
            piece = buffer[start:end]
            error = decodes(piece.removeprefix(BOM).strip(_BLANK))
            if error is not None and is_truncated(error):
                too_short = 2 * len(piece)
                continue
            too_short = 0
            torn = 0 if error is None else _torn_before(piece)
            if torn:
                yield cuts.record(piece[:torn])
            yield cuts.record(piece[torn:])
            start = end
        buffer = buffer[start:]
        searched = max(0, len(buffer) - len(block)) if start == 0 else 0
    yield from _rest(buffer, cuts)


def _torn_before(piece: bytes) -> int:
    """Return where the last value of `piece` begins, if all before it is one torn off; else 0."""
    start = 0
    for match in _VALUE_START.finditer(piece):
        start = match.start()
    return start if start and decodes(piece[start:].strip(_BLANK)) is None else 0


def _rest(buffer: bytes, cuts: "_Cuts") -> Iterator[Record]:
    """Yield what no closing line ended: a last value, or a broken one and whole ones behind it."""
    if not buffer.strip(_BLANK):
        if buffer:
            yield cuts.record(buffer)
        return
    if decodes(buffer.removeprefix(BOM).strip(_BLANK)) is not None:
        # A value torn in the middle of the file must not swallow those after it.
        starts = [match.start() for match in _VALUE_START.finditer(buffer)][1:]
        for start in starts:
            rest = buffer[start:]
            if _VALUE_END.search(rest) or decodes(rest.strip(_BLANK)) is None:
                yield cuts.record(buffer[:start])
                yield from _whole_values(rest, cuts)
                return
    yield cuts.record(buffer, complete=False)


def _whole_values(buffer: bytes, cuts: "_Cuts") -> Iterator[Record]:
    start, too_short = 0, 0
    for match in _VALUE_END.finditer(buffer):
        if match.end() - start < too_short:
            continue
        piece = buffer[start : match.end()]
        error = decodes(piece.strip(_BLANK))
        if error is not None and is_truncated(error):
            too_short = 2 * len(piece)
            continue
        too_short = 0
        yield cuts.record(piece)
        start = match.end()
    if start < len(buffer):
        yield cuts.record(buffer[start:], complete=False)


@dataclass(slots=True)
class _Cuts:
    """Makes records of pieces that follow one another, and knows where each stands."""

    line: int = 1
    offset: int = 0
    inside_line: bool = False
    """Whether the piece before ended inside a line, which was counted with it."""
    done: int = 0

    def record(self, piece: bytes, *, complete: bool = True) -> Record:
        """Return `piece` as a record, without the white space around it; it may be all blank."""
        stripped = piece.removeprefix(BOM).lstrip(_BLANK)
        skipped = len(piece) - len(stripped)
        lines = piece.split(b"\n")
        newlines = len(lines) - 1
        if self.inside_line:
            del lines[0]
        if piece.endswith(b"\n"):
            del lines[-1:]
        filled = sum(1 for item in lines if item.strip(_BLANK))
        found = Record(
            data=stripped.rstrip(_BLANK),
            line=self.line + piece.count(b"\n", 0, skipped),
            byte_offset=self.offset + skipped,
            lines=filled,
            blank_lines=len(lines) - filled,
            complete=complete,
            bytes_done=self.done,
        )
        self.line += newlines
        self.offset += len(piece)
        self.inside_line = not piece.endswith(b"\n")
        return found


def split_values(record: Record) -> list[Record]:
    """Return the objects and arrays that stand one after the other in `record`.

    One that is still open at the end comes last. If anything but commas and white space stands
    between them, the record is not a row of values and is returned alone.
    """
    data = record.data
    ends = _ends(data)
    if not ends or (len(ends) == 1 and not data[ends[0] :].strip(_BLANK)):
        return [record]
    parts: list[Record] = []
    start, counted, line = 0, 0, record.line
    for end in [*ends, len(data)]:
        piece = data[start:end]
        begun = piece.lstrip(_BETWEEN)
        if begun and begun[:1] not in _OPENERS:
            return [record]
        # A physical line belongs to the first value that ends on it.
        lines = 0
        if counted <= end:
            line_end = data.find(b"\n", end) if end < len(data) else -1
            line_end = len(data) if line_end < 0 else line_end
            lines = sum(1 for item in data[counted:line_end].split(b"\n") if item.strip(_BLANK))
            counted = line_end + 1
        skipped = len(piece) - len(begun)
        if begun:
            parts.append(
                Record(
                    data=begun,
                    line=line + piece.count(b"\n", 0, skipped),
                    byte_offset=record.byte_offset + start + skipped,
                    lines=lines,
                    complete=record.complete or bool(end < len(data)),
                    bytes_done=record.bytes_done,
                )
            )
        else:
            parts[-1].lines += lines
        line += piece.count(b"\n")
        start = end
    return parts


def _ends(data: bytes) -> list[int]:
    """Return where the outermost objects and arrays of `data` end."""
    depth = 0
    found: list[int] = []
    for match in _STRUCTURE.finditer(data):
        token = match[0]
        if token == b'"':
            break
        if token in _OPENERS:
            depth += 1
        elif token in _CLOSERS:
            depth -= 1
            if depth == 0:
                found.append(match.end())
            elif depth < 0:
                return []
    return found
