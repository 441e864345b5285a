"""Where the rows of a long text begin when it is wrapped, found a chunk at a time.

A row is broken after the last space in its second half, else where it is full. Widths are those
of the text once it is safe to draw: a C1 control takes four cells, a tab four, a wide character
two. Texts of one cell a character, which is nearly all of them, never look at a width.
"""

from bisect import bisect_right
from functools import cache

import numpy as np
import numpy.typing as npt
from rich.cells import get_character_cell_size

from tracetui.view_models.sanitise import sanitise

CHUNK_CHARS = 1 << 17
"""Characters of one cell measured at once: about two milliseconds."""
_MEASURED_CHUNK_CHARS = 1 << 15
"""Characters of different widths measured at once: about six milliseconds."""
TAB = "    "
"""What a tab becomes, here and in `sanitise_block`."""

Offsets = npt.NDArray[np.int64]


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Return the width of every character, and which are filled in: only those met."""
    return np.ones(0x110000, np.uint8), np.zeros(0x110000, np.bool_)


def char_width(char: str) -> int:
    """Return the cells that `char` takes when drawn; never too few."""
    if char == "\t":
        return len(TAB)
    if char == "\n":
        return 0
    if char == "\ufe0f":  # may make the character before it wide
        return 1
    return sum(map(get_character_cell_size, sanitise(char)))


def char_widths(text: str) -> npt.NDArray[np.uint8]:
    """Return the cells that each character of `text` takes."""
    widths, known = _tables()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    unknown = codes[~known[codes]]
    for code in set(unknown.tolist()):
        widths[code] = char_width(chr(code))
        known[code] = True
    return widths[codes]


class RowStarts:
    """The rows of one text at one width; `advance` finds more of them."""

    def __init__(self, text: str, width: int) -> None:
        self._text = text
        self._width = max(1, width)
        self._plain = text.isascii() and "\t" not in text
        self._begin = 0
        self._chunks: list[Offsets] = []
        self._first_rows: list[int] = []
        self.count = 0
        """Rows found so far."""
        self.done = False
        self.cells = 0
        """The widest row found so far; at most `width`, but for a hanging space."""

    def advance(self) -> None:
        """Find the rows of the next chunk."""
        begin, text = self._begin, self._text
        end = min(len(text), begin + (CHUNK_CHARS if self._plain else _MEASURED_CHUNK_CHARS))
        self.done = end == len(text)
        chunk = text[begin:end]
        if self._plain:
            starts, cells = _plain_rows(chunk, self._width)
        else:
            starts, cells = _measured_rows(chunk, self._width)
        self.cells = max(self.cells, cells)
        if not self.done:
            # The last row may go on in the next chunk, unless it fills this one alone.
            if len(starts) > 1:
                self._begin = begin + int(starts[-1])
                starts = starts[:-1]
            else:
                self._begin = end
        self._first_rows.append(self.count)
        self._chunks.append(starts + begin)
        self.count += len(starts)

    def start(self, row: int) -> int:
        """Return the offset of the first character of `row`."""
        if row >= self.count:
            return len(self._text) if self.done else self._begin
        chunk = bisect_right(self._first_rows, row) - 1
        return int(self._chunks[chunk][row - self._first_rows[chunk]])

    def span(self, row: int) -> tuple[int, int]:
        """Return the first and one past the last character of `row`, its line end left out."""
        start, end = self.start(row), self.start(row + 1)
        if end > start and self._text[end - 1] == "\n":
            end -= 1
            if end > start and self._text[end - 1] == "\r":
                end -= 1
        return start, end

    def row_at(self, offset: int) -> int | None:
        """Return the row that shows the character at `offset`; None if not yet found."""
        if not self.done and offset >= self._begin:
            return None
        for chunk in range(len(self._chunks) - 1, -1, -1):
            starts = self._chunks[chunk]
            if len(starts) and int(starts[0]) <= offset:
                return self._first_rows[chunk] + int(np.searchsorted(starts, offset, "right")) - 1
        return 0 if self.count else None


def _line_starts(newlines: Offsets) -> Offsets:
    return np.concatenate((np.zeros(1, np.int64), newlines + 1))


def _plain_rows(text: str, width: int) -> tuple[Offsets, int]:
    """Return the row starts of `text`, one cell a character, and the widest row."""
    newlines = np.flatnonzero(np.frombuffer(text.encode("ascii"), np.uint8) == 10)
    starts = _line_starts(newlines)
    ends = np.append(newlines, len(text))
    lengths = ends - starts
    long = np.flatnonzero(lengths > width)
    widest = int(lengths.max())
    if not len(long):
        return starts, widest
    half, breaks = width // 2, list[int]()
    for at, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        position = at
        while end - position > width:
            cut = text.rfind(" ", position + half, position + width + 1)
            position = cut + 1 if cut > position else position + width
            if position >= end:
                break
            breaks.append(position)
    return _merged(starts, breaks), min(widest, width)


def _measured_rows(text: str, width: int) -> tuple[Offsets, int]:
    """Return the row starts of `text`, whose characters differ in width, and the widest row."""
    cells = np.cumsum(char_widths(text), dtype=np.int64)
    newlines = np.flatnonzero(
        np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32) == 10
    )
    starts = _line_starts(newlines)
    ends = np.append(newlines, len(text))
    before = np.concatenate((np.zeros(1, np.int64), cells))
    lengths = before[ends] - before[starts]
    long = np.flatnonzero(lengths > width)
    widest = int(lengths.max())
    if not len(long):
        return starts, widest
    breaks: list[int] = []
    for at, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        position, total = at, int(before[end])
        while total - (base := int(before[position])) > width:
            # A row holds at least one character, however narrow the view.
            full = max(int(np.searchsorted(cells, base + width, "right")), position + 1)
            cut = text.rfind(" ", position + (full - position) // 2, full + 1)
            position = cut + 1 if cut > position else full
            if position >= end:
                break
            breaks.append(position)
    return _merged(starts, breaks), min(widest, width)


def _merged(starts: Offsets, breaks: list[int]) -> Offsets:
    merged = np.concatenate((starts, np.asarray(breaks, np.int64)))
    merged.sort()
    return merged
