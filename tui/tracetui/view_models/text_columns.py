"""Two texts side by side, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len

from tracetui.view_models.text_document import Columns, Lines, Path, Piece, Source, TextDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracetui.view_models.text_layout import TextLayout

SIDE_BY_SIDE_FROM = 100
"""Cells from which columns stand side by side."""
_GAP = Piece(" │ ", "dim")

Point: TypeAlias = tuple[int, int]
"""A row and a cell of it, as drawn."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text or lines of a document, and the place of it that a row begins with."""

    path: Path
    block: Source | Lines
    offset: int


class ColumnsRows:
    """The rows of columns; `layout` lays a document out in a width."""

    def __init__(
        self, columns: Columns, width: int, layout: Callable[[TextDocument, int], TextLayout]
    ) -> None:
        self.block = columns
        gap = cell_len(_GAP.text)
        self._left = (width - gap) // 2
        self._right = width - gap - self._left
        self._sides = (
            layout(columns.left, self._left),
            layout(columns.right, self._right),
        )
        self.cells = width

    @property
    def count(self) -> int:
        """Return how many rows are found."""
        return max(side.row_count for side in self._sides)

    @property
    def done(self) -> bool:
        """Return whether all rows are found."""
        return all(side.done for side in self._sides)

    def advance(self) -> None:
        """Find more rows."""
        for side in self._sides:
            side.advance(0)

    def row(self, number: int) -> list[Piece]:
        """Return a row of both columns."""
        left, right = (side.row(number) for side in self._sides)
        room = self._left - sum(cell_len(piece.text) for piece in left)
        return [*left, Piece(" " * max(room, 0)), _GAP, *right]

    def bounds(self, cell: int) -> tuple[int, int]:
        """Return the cells of the column that `cell` is in."""
        right = self.cells - self._right
        return (right, self.cells) if cell >= self._left else (0, self._left)

    def leaves(self, path: Path, number: int) -> list[Leaf]:
        """Return what a row shows of each column."""
        return [
            Leaf((*path, at, *leaf.path), leaf.block, leaf.offset)
            for at, side in enumerate(self._sides)
            for leaf in side.leaves(number)
        ]

    def row_of(self, path: Path, offset: int) -> int | None:
        """Return the row that shows a place of a column; None if it is not found yet."""
        return self._sides[path[1]].row_of(path[2:], offset)

    def offset(self, number: int) -> int:
        """Return the place that a row begins with."""
        return number

    def row_at(self, offset: int) -> int | None:
        """Return the row that shows a place; None if it is not found yet."""
        return offset if offset < self.count or self.done else None

    def text(self, first: Point | None, last: Point | None) -> str:
        """Return the text of the column that a selection began in; of both, if it began above."""
        whole = (self.count, 0)
        if first is None:
            return "\n".join(side.text_between((0, 0), last or whole) for side in self._sides)
        low = self.bounds(first[1])[0]
        stop = whole if last is None else (last[0], max(last[1] - low, 0))
        side = self._sides[1 if low else 0]
        return side.text_between((first[0], max(first[1] - low, 0)), stop)
