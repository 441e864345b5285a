r"""Cuts a source into JSON values, with the line and byte offset of each.

Three containers look alike by name and are told apart by content (FORMATS §0): JSON lines, one
JSON document, and pretty-printed values one after the other. Lines end at `\n` alone: U+2028
and its kin occur inside strings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tracetui_loaders.source import Source

if TYPE_CHECKING:
    from tracetui_loaders.base import ResumePoint

Container = Literal["lines", "document"]

BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n\x00"
BETWEEN = BLANK + b","
"""What may stand between two values of a line."""
_LINES_LOOKED_AT = 20
# A line that closes a value begun in the first column: pretty-printers indent all inner lines.
# The newline before is part of it, so that the search is one for newlines, and not for the first
# column at every byte: a tenth of the time. No value ends in the first line of several.
_VALUE_END = re.compile(rb"\n[}\]][ \t]*\r?(?=\n|\Z)")
_VALUE_START = re.compile(rb"^[{\[]", re.MULTILINE)
# Between two newlines; the newline before is part of it, so that the search is one for newlines.
_BLANK_LINE = re.compile(rb"\n[ \t\r\x00]*+(?=\n)")
# Possessive, so that a string of megabytes leaves no trail to back up on.
STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
OPENERS = (b"{", b"[")
CLOSERS = (b"}", b"]")


class End(NamedTuple):
    """A place between records."""

    byte_offset: int
    newlines: int
    """Newlines before it."""
    inside_line: bool = False


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
    end: End | None = None
    """Where the next record begins; None if this one is understood only with those around it."""


def is_truncated(error: Exception) -> bool:
    """Whether msgspec says that the value goes on where the data ends."""
    return "truncated" in str(error)


def is_open(data: bytes) -> bool:
    """Whether a string, object or array is still open at the end, however broken the rest is."""
    depth = 0
    for match in STRUCTURE.finditer(data):
        token = match[0]
        if token == b'"':
            return True
        if token in OPENERS:
            depth += 1
        elif token in CLOSERS:
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


def _state_of(data: bytes) -> tuple[bool, bool]:
    """Return whether `data` is no JSON value, and whether it is the beginning of one.

    What strings hold is not looked at, which takes a fifth of the time of decoding: a value that
    only its text makes unreadable is one value all the same.
    """
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return True, is_truncated(error)
    return False, False


def container_of(head: bytes, *, complete: bool = False) -> Container:
    """Tell JSON lines from values that span lines, by the first lines.

    Args:
        head: The first bytes.
        complete: Whether that is all there is. A single line that is still open then counts as
            the beginning of a document: lines may only be taken for lines if they stay that when
            the file grows.
    """
    lines = [
        line for line in head.removeprefix(BOM).split(b"\n")[:_LINES_LOOKED_AT] if line.strip()
    ]
    if not lines or (len(lines) == 1 and not complete):
        return "lines"
    first = lines[0].strip()
    # A whole value is known a hundred times as fast as a broken one is understood.
    if first[:1] not in OPENERS or not _state_of(first)[0] or not is_open(first):
        return "lines"
    if len(lines) == 1:
        return "document"
    # A torn first line among whole ones is still a file of lines.
    second = lines[1]
    if second[:1] == b"{" and len(second) > 2 and decodes(second.strip()) is None:
        return "lines"
    return "document"


def records(source: Source) -> Iterator[Record]:
    """Yield the JSON values of `source` in order."""
    # Whatever is read on from the middle was lines before.
    resumed = source.start is not None and source.start.byte_offset > 0
    if resumed or container_of(source.head, complete=source.head_complete) == "lines":
        yield from _lines(source)
    else:
        yield from _documents(source)


def _lines(source: Source) -> Iterator[Record]:
    cutter = _LineCutter(source.start)
    for block in source.line_blocks():
        yield from cutter.block(block, source.bytes_done)
    yield from cutter.end(source.bytes_done)


class _LineCutter:
    """Makes records of lines, and knows the line number and byte offset of each.

    Args:
        start: Where the lines begin in a file that has been read before.
    """

    def __init__(self, start: "ResumePoint | None") -> None:
        self._newlines = start.line if start else 0
        self._offset = start.byte_offset if start else 0
        self._inside_line = start is not None and start.inside_line
        self._blank = 0
        self._held = _Held()
        self._last = b""
        """What stands after the last newline."""

    def block(self, block: bytes, done: int) -> Iterator[Record]:
        """Yield the records of whole lines; the last block may end without a newline."""
        pieces = block.split(b"\n")
        self._last = pieces.pop()
        number, offset, held = self._newlines, self._offset, self._held
        for piece in pieces:
            number += 1
            begin, offset = offset, offset + len(piece) + 1
            if self._inside_line:
                self._inside_line = False
                yield _rest_of_line(piece, begin, End(offset, number), done)
                continue
            if begin == 0 and piece.startswith(BOM):
                piece, begin = piece[len(BOM) :], len(BOM)  # noqa: PLW2901 - it is not data
            if held.lines:
                if not piece.startswith(b'{"'):
                    held.add(piece)
                    if piece.rstrip() in CLOSERS:
                        yield held.take(done, End(offset, number))
                    continue
                yield held.take(done, End(begin, number - 1))
            data = piece.rstrip(BLANK)
            if not data:
                self._blank += 1
            elif data in OPENERS:
                held.begin(piece, number, begin, self._blank)
                self._blank = 0
            else:
                end = End(offset, number)
                yield Record(data, number, begin, 1, self._blank, True, done, end)
                self._blank = 0
        self._newlines, self._offset = number, offset

    def end(self, done: int) -> Iterator[Record]:
        """Yield what is left; what has no newline comes last, and alone."""
        last, held = self._last, self._held
        here = End(self._offset, self._newlines)
        after = End(self._offset + len(last), self._newlines, inside_line=bool(last))
        if self._inside_line:
            if last:
                yield _rest_of_line(last, self._offset, after, done, complete=False)
            return
        if held.lines and last.startswith(b'{"'):
            yield held.take(done, here)
        if held.lines:
            if held.blank_before:
                yield held.take_blank(done)
            if last:
                held.add(last)
            yield held.take(done, after, complete=False)
            return
        if self._blank:
            yield Record(b"", self._newlines, self._offset, 0, self._blank, True, done, here)
        if last:
            bom = self._offset == 0 and last.startswith(BOM)
            data = last.removeprefix(BOM if bom else b"").rstrip(BLANK)
            lines, blank = (1, 0) if data else (0, 1)
            begin = self._offset + (len(BOM) if bom else 0)
            yield Record(data, self._newlines + 1, begin, lines, blank, False, done, after)


def _rest_of_line(
    piece: bytes, begin: int, end: End, done: int, *, complete: bool = True
) -> Record:
    """Return what came to a line that was counted before it had a newline; it may be nothing."""
    data = piece.lstrip(BETWEEN)
    line = end.newlines if complete else end.newlines + 1
    begin += len(piece) - len(data)
    return Record(data.rstrip(BLANK), line, begin, 0, 0, complete, done, end)


class _Held:
    """An indented value among JSON lines, collected line by line."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.blank_before = 0
        self._number = self._offset = 0

    def begin(self, piece: bytes, number: int, offset: int, blank: int) -> None:
        """Begin with a line that only opens a value."""
        self.lines = [piece]
        self._number, self._offset, self.blank_before = number, offset, blank

    def add(self, piece: bytes) -> None:
        """Add a further line."""
        self.lines.append(piece)

    def take_blank(self, done: int) -> Record:
        """Return the blank lines before the value."""
        blank, self.blank_before = self.blank_before, 0
        end = End(self._offset, self._number - 1)
        return Record(b"", self._number - 1, self._offset, 0, blank, bytes_done=done, end=end)

    def take(self, done: int, end: End, *, complete: bool = True) -> Record:
        """Return what was collected, and begin anew."""
        lines, self.lines = self.lines, []
        inside = sum(1 for line in lines if not line.strip(BLANK))
        return Record(
            b"\n".join(lines).rstrip(BLANK),
            self._number,
            self._offset,
            len(lines) - inside,
            self.blank_before + inside,
            complete,
            done,
            end,
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
            broken, begun = _state_of(piece.removeprefix(BOM).strip(BLANK))
            if begun:
                too_short = 2 * len(piece)
                continue
            too_short = 0
            torn = _torn_before(piece) if broken else 0
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
    return start if start and decodes(piece[start:].strip(BLANK)) is None else 0


def _rest(buffer: bytes, cuts: "_Cuts") -> Iterator[Record]:
    """Yield what no closing line ended: a last value, or a broken one and whole ones behind it."""
    if not buffer.strip(BLANK):
        if buffer:
            yield cuts.record(buffer)
        return
    if decodes(buffer.removeprefix(BOM).strip(BLANK)) is not None:
        # A value torn in the middle of the file must not swallow those after it.
        starts = [match.start() for match in _VALUE_START.finditer(buffer)][1:]
        for start in starts:
            rest = buffer[start:]
            if _VALUE_END.search(rest) or decodes(rest.strip(BLANK)) is None:
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
        error = decodes(piece.strip(BLANK))
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
        stripped = piece.removeprefix(BOM).lstrip(BLANK)
        skipped = len(piece) - len(stripped)
        newlines = piece.count(b"\n")
        filled, blank = self._lines_of(piece, newlines)
        found = Record(
            data=stripped.rstrip(BLANK),
            line=self.line + piece.count(b"\n", 0, skipped),
            byte_offset=self.offset + skipped,
            lines=filled,
            blank_lines=blank,
            complete=complete,
            bytes_done=self.done,
        )
        self.line += newlines
        self.offset += len(piece)
        self.inside_line = not piece.endswith(b"\n")
        return found

    def _lines_of(self, piece: bytes, newlines: int) -> tuple[int, int]:
        """Return how many lines of `piece` are filled, and how many blank."""
        if not newlines:
            lines = [] if self.inside_line else [piece]
        else:
            lines = [] if self.inside_line else [piece[: piece.index(b"\n")]]
            last = piece[piece.rindex(b"\n") + 1 :]
            lines += [last] if last else []
        # The first and the last line are looked at by themselves: there may be half of them.
        inner = max(0, newlines - 1)
        blank = sum(1 for _ in _BLANK_LINE.finditer(piece)) if inner else 0
        filled = sum(1 for line in lines if line.strip(BLANK))
        return inner - blank + filled, blank + len(lines) - filled
