"""The rows of a query of the user's own, laid out in columns as wide as what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.sql_values import cell_texts, distinct, is_number, rows_as_json

if TYPE_CHECKING:
    import pyarrow as pa

GAP = 2
GUTTER = 1
_WIDEST = 48
"""Cells of a column that has others beside it."""
_MEASURED_ROWS = 200


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: its title, made safe, its cells, and whether it is aligned to the right."""

    index: int
    title: str
    width: int
    right: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A column with its place on the screen."""

    column: GridColumn
    x: int
    width: int


class ResultGrid:
    """A table of any columns, read a screen at a time."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._names = distinct(table.column_names)
        self.columns = tuple(self._measured(index) for index in range(table.num_columns))

    def __len__(self) -> int:
        return self._table.num_rows

    def _measured(self, index: int) -> GridColumn:
        column = self._table.column(index)
        title = sanitise(self._names[index])
        texts = cell_texts(column.slice(0, _MEASURED_ROWS))
        most = max((cell_len(sanitise(text)) for text in texts if text), default=1)
        width = min(max(most, cell_len(title), 1), _WIDEST)
        return GridColumn(index, title, width, is_number(column.type))

    def placed(self, first: int, width: int) -> list[Placed]:
        """Return the columns from `first` on that fit into `width` cells; the last may be cut."""
        found: list[Placed] = []
        x = GUTTER
        for column in self.columns[first:]:
            room = width - x
            if found and room < min(column.width, 6):
                break
            found.append(Placed(column, x, min(column.width, max(room, 1))))
            x += column.width + GAP
        if found and not found[-1].column.right:
            last = found[-1]
            found[-1] = Placed(last.column, last.x, max(width - last.x, 1))
        return found

    def texts(self, start: int, stop: int, columns: list[Placed]) -> list[list[str | None]]:
        """Return the cells of some rows and columns, made safe; None is unknown."""
        part = self._table.slice(start, stop - start)
        cells = [cell_texts(part.column(placed.column.index)) for placed in columns]
        return [
            [None if text is None else sanitise(text) for text in row]
            for row in zip(*cells, strict=True)
        ]

    def row(self, number: int) -> dict[str, Any]:
        """Return one row, as JSON has its values."""
        found = rows_as_json(self._table.slice(number, 1))
        return found[0] if found else {}
