"""The rows of a query of the user's own: columns as wide as they need, numbers to the right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tracetui.commands import RESULT, bindings
from tracetui.view_models.format import UNKNOWN
from tracetui.view_models.text_cells import clip
from tracetui.widgets.row_list import OpenableRows

if TYPE_CHECKING:
    from textual import events

    from tracetui.view_models.result_grid import Placed, ResultGrid
    from tracetui.widgets.colours import Palette


class ResultTable(OpenableRows, inherit_bindings=False):
    """Shows a result; `show` gives it one. It posts what the user wants of a row."""

    BINDINGS = bindings(RESULT)

    @dataclass
    class Opened(Message):
        """The user wants to see what a row is about."""

        row: dict[str, Any]

    @dataclass
    class Copied(Message):
        """The user wants a row, as JSON."""

        text: str

    @dataclass
    class ExportWanted(Message):
        """The user wants the result in a file."""

    @dataclass
    class Scrolled(Message):
        """Other columns are in sight."""

    @dataclass
    class Back(Message):
        """The user wants to step back."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._grid: ResultGrid | None = None
        self._first = 0
        """The column on the left."""

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return 0 if self._grid is None else len(self._grid)

    @property
    def grid(self) -> ResultGrid | None:
        """What is shown."""
        return self._grid

    def show(self, grid: ResultGrid | None) -> None:
        """Show a result from its beginning."""
        self._grid = grid
        self._first = 0
        self.rows_changed(0, top=0)

    def row(self, number: int) -> dict[str, Any]:
        """Return a row by name of its columns; empty if there is none."""
        return {} if self._grid is None else self._grid.row(number)

    def action_open(self) -> None:
        """Open what the row under the cursor is about."""
        if self.row_count:
            self.post_message(self.Opened(self.row(self.cursor)))

    def action_copy(self) -> None:
        """Copy the row under the cursor as JSON."""
        if self.row_count:
            self.post_message(self.Copied(json.dumps(self.row(self.cursor), ensure_ascii=False)))

    def action_export(self) -> None:
        """Write the result to a file."""
        self.post_message(self.ExportWanted())

    def action_back(self) -> None:
        """Step back."""
        self.post_message(self.Back())

    def action_scroll_columns(self, columns: int) -> None:
        """Show the columns further left or right."""
        if self._grid is None:
            return
        if columns > 0 and not self._hidden_right():
            return
        first = min(max(self._first + columns, 0), max(len(self._grid.columns) - 1, 0))
        if first != self._first:
            self._first = first
            self.redraw()
            self.post_message(self.Scrolled())

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor on screen; other columns may be in sight."""
        super().on_resize(event)
        self.post_message(self.Scrolled())

    def _placed(self) -> list[Placed]:
        width = self.scrollable_content_region.width
        return [] if self._grid is None else self._grid.placed(self._first, width)

    def _hidden_right(self) -> bool:
        """Return whether a column is cut or out of sight at the right."""
        placed = self._placed()
        if self._grid is None or not placed:
            return False
        last = placed[-1]
        whole = last.width >= last.column.width
        return not whole or self._first + len(placed) < len(self._grid.columns)

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the names of the columns."""
        dim = palette.style("dim", bold=True)
        line = ""
        for placed in self._placed():
            title = clip(placed.column.title, placed.width)
            pad = placed.width - cell_len(title) if placed.column.right else 0
            line += " " * (placed.x + pad - cell_len(line)) + title
        return Strip([Segment(line, dim)]).adjust_cell_length(width, palette.style("plain"))

    @property
    def columns_in_sight(self) -> str:
        """Which columns are in sight, e.g. `columns 1-5 of 7`; empty if all are."""
        placed = self._placed()
        if self._grid is None or not placed or not (self._first > 0 or self._hidden_right()):
            return ""
        last = self._first + len(placed)
        span = f"{self._first + 1}-{last}" if len(placed) > 1 else f"{last}"
        return f"columns {span} of {len(self._grid.columns)}"

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the rows from `start` up to `stop`."""
        placed = self._placed()
        if self._grid is None or not placed:
            return []
        rows = self._grid.texts(start, min(stop, len(self._grid)), placed)
        return [
            self._draw(cells, placed, palette, width, current=number == self.cursor)
            for number, cells in enumerate(rows, start=start)
        ]

    def _draw(
        self,
        cells: list[str | None],
        placed: list[Placed],
        palette: Palette,
        width: int,
        *,
        current: bool,
    ) -> Strip:
        ground = self.cursor_ground if current else ""
        plain, quiet = palette.style("plain", ground), palette.style("dim", ground)
        segments: list[Segment] = []
        taken = 0
        for cell, place in zip(cells, placed, strict=True):
            text = clip(UNKNOWN if cell is None else cell, place.width)
            pad = place.width - cell_len(text) if place.column.right else 0
            start = place.x + pad
            segments.append(Segment(" " * (start - taken), plain))
            segments.append(Segment(text, quiet if cell is None else plain))
            taken = start + cell_len(text)
        return Strip(segments).adjust_cell_length(width, plain)
