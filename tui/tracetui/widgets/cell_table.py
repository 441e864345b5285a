"""Rows of a few cells under titles: what a view lists, each row with the key of what it is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tracetui.commands import TABLE, bindings
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip
from tracetui.widgets.row_list import OpenableRows

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tracetui.view_models.cell_rows import CellColumn, CellRow
    from tracetui.widgets.colours import Palette

_GAP = 2
_LONGEST_CELL = 400
"""Characters of a cell that are looked at: no terminal is wider."""


class CellTable(OpenableRows, inherit_bindings=False):
    """Shows rows; `show` replaces them. It posts `Opened`, `Moved` and `Back`.

    Columns of a fixed width come first to their room; the others share the rest in their order,
    and those for which too little is left are not drawn.
    """

    BINDINGS = bindings(TABLE)

    @dataclass
    class Opened(Message):
        """The user wants to go where the row leads."""

        key: Hashable

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

    @dataclass
    class Back(Message):
        """The user wants to step back."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._columns: Sequence[CellColumn] = ()
        self._rows: Sequence[CellRow] = ()

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def key(self) -> Hashable:
        """What the row under the cursor is of; None if there is no row."""
        return self._rows[self.cursor].key if self._rows else None

    def show(self, columns: Sequence[CellColumn], rows: Sequence[CellRow]) -> None:
        """Show other rows; the cursor stays on its key."""
        before = self.key
        self._columns, self._rows = columns, rows
        places = {row.key: at for at, row in enumerate(rows)}
        self.rows_changed(places.get(before, 0))

    def cursor_moved(self) -> None:
        """Say that the cursor moved."""
        self.post_message(self.Moved())

    def action_open(self) -> None:
        """Go where the row under the cursor leads."""
        if self._rows:
            self.post_message(self.Opened(self.key))

    def action_back(self) -> None:
        """Step back."""
        self.post_message(self.Back())

    def _widths(self, width: int) -> list[int]:
        """Return the cells of each column, 0 for one that is not drawn."""
        room = width - 1
        widths: dict[int, int] = {}
        for at, column in enumerate(self._columns):
            if column.width:
                widths[at] = column.width if room >= column.width else 0
                room -= widths[at] + (_GAP if widths[at] else 0)
        for at, column in enumerate(self._columns):
            if not column.width:
                given = min(room, column.most)
                widths[at] = given if given >= column.least else 0
                room -= widths[at] + (_GAP if widths[at] else 0)
        return [widths[at] for at in range(len(self._columns))]

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the titles."""
        style = palette.style("dim", bold=True)
        texts = self._laid_out([column.head for column in self._columns], width)
        return Strip([Segment(f" {''.join(texts)}", style)]).adjust_cell_length(
            width, palette.style("plain")
        )

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the rows from `start` up to `stop`."""
        return [
            self._draw(row, palette, width, current=at == self.cursor)
            for at, row in enumerate(self._rows[start:stop], start=start)
        ]

    def _draw(self, row: CellRow, palette: Palette, width: int, *, current: bool) -> Strip:
        ground = self.cursor_ground if current else ""
        plain = palette.style("plain", ground)
        texts = self._laid_out([sanitise(cell[:_LONGEST_CELL]) for cell in row.cells], width)
        segments = [Segment(" ", plain)]
        for column, text in zip(self._columns, texts, strict=True):
            tone = row.tones.get(column.head, column.tone)
            segments.append(Segment(text, palette.style(tone, ground)))
        return Strip(segments).adjust_cell_length(width, plain)

    def _laid_out(self, words: Sequence[str], width: int) -> list[str]:
        laid_out: list[str] = []
        for column, word, room in zip(self._columns, words, self._widths(width), strict=True):
            shown = clip(word, room) if room else ""
            blank = " " * (room - cell_len(shown))
            gap = " " * _GAP if room else ""
            laid_out.append((blank + shown if column.right else shown + blank) + gap)
        return laid_out
