"""A document laid out in rows of a given width, found little by little so that nothing freezes."""

import time
from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from rich.cells import cell_len

from tracetui.view_models.highlight import highlight
from tracetui.view_models.row_starts import TAB, RowStarts, char_widths
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_columns import SIDE_BY_SIDE_FROM, ColumnsRows, Leaf, Point
from tracetui.view_models.text_document import (
    BLANK,
    Columns,
    Line,
    Lines,
    Path,
    Piece,
    Source,
    TextDocument,
)

UNWRAPPED_CELLS = 1_024
"""Where a line is broken although wrapping is off: it bounds the work of drawing a row."""
_LINES_AT_ONCE = 256

Sight: TypeAlias = tuple[int, int]
"""The first cell of a row that is on screen, and the one after the last."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a document that stays what it is when the width changes."""

    block: int
    offset: int
    """A character of a `Source`, a line of `Lines`."""


class TextLayout:
    """The rows of `document`; `advance` finds more of them, up to all.

    Blocks that `known` has laid out at the same width, be it in another document, are not laid
    out again: a long text of which a part was folded is there at once.
    """

    def __init__(
        self, document: TextDocument, width: int, *, wrap: bool, known: "TextLayout | None" = None
    ) -> None:
        self._width = max(8, width) if wrap else UNWRAPPED_CELLS
        self._known: dict[int, _Rows] = {}
        if known is not None and known._width == self._width:
            self._known = {id(rows.block): rows for rows in known._blocks if rows.done}
        self._pending = _laid_out_blocks(document, self._width, wrap=wrap)[::-1]
        self._paths: list[Path] = []
        self._blocks: list[_Rows] = []
        self._first_rows: list[int] = []
        self.row_count = 0
        """Rows found so far."""
        self.cells = 0
        """The widest row found so far."""
        self.done = not self._pending

    def advance(self, seconds: float) -> None:
        """Find rows for about `seconds`, at least a chunk of them."""
        stop = time.perf_counter() + seconds
        while not self.done:
            if not self._blocks or self._blocks[-1].done:
                path, block = self._pending.pop()
                self._paths.append(path)
                self._first_rows.append(self.row_count)
                self._blocks.append(self._known.get(id(block)) or _rows_of(block, self._width))
            rows = self._blocks[-1]
            if not rows.done:
                rows.advance()
            self.row_count = self._first_rows[-1] + rows.count
            self.cells = max(self.cells, rows.cells)
            self.done = rows.done and not self._pending
            if time.perf_counter() > stop:
                return

    def row(self, number: int, sight: Sight | None = None) -> list[Piece]:
        """Return a row in pieces that are safe to draw; empty past the end.

        Of a text, what is not in `sight` need not be highlighted.
        """
        if not 0 <= number < self.row_count:
            return []
        block = bisect_right(self._first_rows, number) - 1
        rows, inside = self._blocks[block], number - self._first_rows[block]
        return rows.row(inside, sight) if isinstance(rows, _SourceRows) else rows.row(inside)

    def anchor(self, number: int) -> Anchor:
        """Return the place that row `number` begins with."""
        if not self._blocks:
            return Anchor(0, 0)
        block = bisect_right(self._first_rows, max(0, number)) - 1
        return Anchor(block, self._blocks[block].offset(number - self._first_rows[block]))

    def find(self, anchor: Anchor) -> int | None:
        """Return the row that shows `anchor`; None if it is not found yet."""
        if anchor.block >= len(self._blocks):
            return None
        row = self._blocks[anchor.block].row_at(anchor.offset)
        return None if row is None else self._first_rows[anchor.block] + row

    def leaves(self, number: int) -> list[Leaf]:
        """Return what row `number` shows: one text or run of lines, or one of each column."""
        if not 0 <= number < self.row_count:
            return []
        block = bisect_right(self._first_rows, number) - 1
        rows, inside = self._blocks[block], number - self._first_rows[block]
        if isinstance(rows, ColumnsRows):
            return rows.leaves(self._paths[block], inside)
        return [Leaf(self._paths[block], rows.block, rows.offset(inside))]

    def row_of(self, path: Path, offset: int) -> int | None:
        """Return the row that shows a place of a text or of lines; None if it is not found yet."""
        for number, known in enumerate(self._paths):
            rows = self._blocks[number]
            row = None
            if isinstance(rows, ColumnsRows) and path[:1] == known:
                row = rows.row_of(path, offset)
            elif known == path:
                row = rows.row_at(offset)
            if row is not None:
                return self._first_rows[number] + row
        return None

    def columns_at(self, number: int, cell: int) -> tuple[int, int] | None:
        """Return the cells of the column at a point; None where there are no columns."""
        if not self._blocks:
            return None
        rows = self._blocks[bisect_right(self._first_rows, max(0, number)) - 1]
        return rows.bounds(cell) if isinstance(rows, ColumnsRows) else None

    def text_between(self, first: Point, last: Point) -> str:
        """Return the true text from one point up to another."""
        if not self._blocks or last <= first:
            return ""
        begin = bisect_right(self._first_rows, max(0, first[0])) - 1
        end = bisect_right(self._first_rows, max(0, last[0])) - 1
        parts: list[str] = []
        for number in range(begin, end + 1):
            top = self._first_rows[number]
            start = (first[0] - top, first[1]) if number == begin else None
            stop = (last[0] - top, last[1]) if number == end else None
            parts.append(self._blocks[number].text(start, stop))
        return "\n".join(parts)


def _laid_out_blocks(
    document: TextDocument, width: int, *, wrap: bool
) -> list[tuple[Path, Lines | Source | Columns]]:
    """Return the blocks as they are drawn: columns without room stand one below the other."""
    found: list[tuple[Path, Lines | Source | Columns]] = []
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Columns) or (wrap and width >= SIDE_BY_SIDE_FROM):
            found.append(((number,), block))
            continue
        for side, inner in enumerate((block.left, block.right)):
            if side:
                found.append(((number, -1), Lines((BLANK,))))
            found += [((number, side, *path), leaf) for path, leaf in inner.leaves()]
    return found


class _SourceRows:
    def __init__(self, source: Source, width: int) -> None:
        self.block = source
        self._source = source
        self._starts = RowStarts(source.text, width - source.indent)
        self._margin = [Piece(" " * source.indent)] if source.indent else []

    @property
    def count(self) -> int:
        return self._starts.count

    @property
    def done(self) -> bool:
        return self._starts.done

    @property
    def cells(self) -> int:
        return self._source.indent + self._starts.cells

    def advance(self) -> None:
        self._starts.advance()

    def row(self, number: int, sight: Sight | None = None) -> list[Piece]:
        start, end = self._starts.span(number)
        source = self._source
        first, last = start, end
        if sight is not None:
            # A character takes one cell or two, but for few: those are drawn plain at the edge.
            first = min(start + max(sight[0] - source.indent, 0) // 2, end)
            last = min(max(start + sight[1], first), end)
        pieces = highlight(source.text, first, last, source.language, source.role)
        if first > start:
            pieces.insert(0, Piece(source.text[start:first], source.role))
        if last < end:
            pieces.append(Piece(source.text[last:end], source.role))
        return self._margin + [safe(piece) for piece in pieces]

    def offset(self, number: int) -> int:
        return self._starts.start(number)

    def row_at(self, offset: int) -> int | None:
        return self._starts.row_at(offset)

    def text(self, first: Point | None, last: Point | None) -> str:
        text = self._source.text
        start = 0 if first is None else self._place(first)
        return text[start : len(text) if last is None else self._place(last)]

    def _place(self, point: Point) -> int:
        if point[0] >= self.count:
            return len(self._source.text)
        start, end = self._starts.span(point[0])
        cells = point[1] - self._source.indent
        return start + (_fitting(self._source.text[start:end], cells) if cells > 0 else 0)


class _LinesRows:
    def __init__(self, lines: Lines, width: int) -> None:
        self.block = lines
        self._lines = lines.lines
        self._width = width
        self._next = 0
        self._rows: list[tuple[int, int, int]] = []  # line, first and last character
        self.cells = 0

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def done(self) -> bool:
        return self._next >= len(self._lines)

    def advance(self) -> None:
        last = min(len(self._lines), self._next + _LINES_AT_ONCE)
        for number in range(self._next, last):
            line = self._lines[number]
            text = "".join(safe(piece).text for piece in line.pieces)
            cells = cell_len(text)
            self.cells = max(self.cells, min(cells, self._width))
            if cells <= self._width:
                self._rows.append((number, 0, len(text)))
            else:
                self._wrap(number, line, text)
        self._next = last

    def _wrap(self, number: int, line: Line, text: str) -> None:
        if line.cut:
            self._rows.append((number, 0, _fitting(text, self._width - 1)))
            return
        hang = _hang(line, self._width)
        starts = RowStarts(text, self._width)
        starts.advance()
        first_end = starts.start(1)
        self._rows.append((number, 0, first_end))
        rest = RowStarts(text[first_end:], self._width - hang)
        while not rest.done:
            rest.advance()
        for row in range(rest.count):
            start, end = rest.span(row)
            self._rows.append((number, first_end + start, first_end + end))

    def row(self, number: int) -> list[Piece]:
        line_number, start, end = self._rows[number]
        line = self._lines[line_number]
        pieces = [Piece(" " * _hang(line, self._width))] if start else []
        position = 0
        for piece in line.pieces:
            text = safe(piece).text
            cut = text[max(0, start - position) : max(0, end - position)]
            position += len(text)
            if cut:
                pieces.append(Piece(cut, piece.role))
        if line.cut and end < position:
            pieces.append(Piece("…", "dim"))
        return pieces

    def offset(self, number: int) -> int:
        return self._rows[number][0] if number < len(self._rows) else 0

    def row_at(self, offset: int) -> int | None:
        row = bisect_right(self._rows, (offset,))
        return row if row < len(self._rows) or self.done else None

    def text(self, first: Point | None, last: Point | None) -> str:
        start = (0, 0) if first is None else self._place(first)
        end = (len(self._lines), 0) if last is None else self._place(last)
        parts: list[str] = []
        for number in range(start[0], min(end[0] + 1, len(self._lines))):
            text = "".join(piece.text for piece in self._lines[number].pieces)
            stop = end[1] if number == end[0] else len(text)
            parts.append(text[start[1] if number == start[0] else 0 : stop])
        return "\n".join(parts)

    def _place(self, point: Point) -> Point:
        """Return the line and the character of its true text that stand at a point."""
        if point[0] >= len(self._rows):
            return len(self._lines), 0
        number, start, end = self._rows[point[0]]
        line = self._lines[number]
        true = "".join(piece.text for piece in line.pieces)
        drawn = "".join(safe(piece).text for piece in line.pieces)
        cells = point[1] - (_hang(line, self._width) if start else 0)
        at = start + (_fitting(drawn[start:end], cells) if cells > 0 else 0)
        if drawn == true:
            return number, at
        ends = np.cumsum([len(safe(Piece(char)).text) for char in true])
        return number, int(np.searchsorted(ends, at, "right"))


_Rows: TypeAlias = _LinesRows | _SourceRows | ColumnsRows


def _rows_of(block: Lines | Source | Columns, width: int) -> "_Rows":
    if isinstance(block, Columns):
        return ColumnsRows(block, width, partial(TextLayout, wrap=True))
    return _LinesRows(block, width) if isinstance(block, Lines) else _SourceRows(block, width)


def _hang(line: Line, width: int) -> int:
    """Return the indentation of continuation rows, leaving half of a narrow view for text."""
    return min(line.hang, width // 2)


def _fitting(text: str, width: int) -> int:
    """Return how many characters of `text` fit into `width` cells."""
    return int(np.searchsorted(np.cumsum(char_widths(text), dtype=np.int64), width, "right"))


def safe(piece: Piece) -> Piece:
    """Return `piece` safe to draw on one line."""
    text = sanitise(piece.text.replace("\t", TAB))
    return piece if text is piece.text else Piece(text, piece.role)
