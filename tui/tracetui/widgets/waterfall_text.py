"""Text of spans, made safe and fitted to cells."""

import pyarrow as pa
from rich.cells import cell_len, set_cell_size
from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models.sanitise import sanitise

LONGEST_TEXT = 500
"""Characters of a name or message that are looked at; more never fits a row."""
_COLUMNS = (
    "name",
    "error_message",
    "status_message",
    "error_type",
    "model",
    "agent_name",
    "service_name",
    "usage_role",
    "usage_gap_tokens",
    "input_tokens",
    "output_tokens",
    "link_count",
)


class SpanTexts:
    """Reads values of the table that a tree's rows point into."""

    def __init__(self, tree: SpanTree, table: pa.Table) -> None:
        self._tree = tree
        self._columns = {
            name: table.column(name) for name in _COLUMNS if name in table.column_names
        }

    def name(self, row: int) -> str:
        """Return the name of a span, or which parent is missing."""
        missing = self._tree.missing_id(row) if self._tree.source_row[row] < 0 else None
        if missing is not None:
            return f"missing parent {sanitise(missing[:LONGEST_TEXT])}"
        return self.text("name", row) or "(no name)"

    def text(self, column: str, row: int) -> str:
        """Return the text of a column, safe to draw; empty where there is none."""
        value = self._value(column, row)
        return sanitise(str(value)[:LONGEST_TEXT]) if value else ""

    def number(self, column: str, row: int) -> int | None:
        """Return the number of a column; None where there is none."""
        value = self._value(column, row)
        return value if isinstance(value, int) else None

    def _value(self, column: str, row: int) -> object:
        source_row = int(self._tree.source_row[row])
        if column not in self._columns or source_row < 0:
            return None
        return self._columns[column][source_row].as_py()


def cut(text: str, room: int) -> str:
    """Return `text` in at most `room` cells, with `…` where something is left out."""
    if cell_len(text) <= room:
        return text
    return set_cell_size(text, room - 1).rstrip() + "…" if room > 1 else "…"


def left(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, from the left."""
    return set_cell_size(text, max(width, 0))


def right(text: str, width: int) -> str:
    """Return `text` right-aligned in `width` cells, cut where it does not fit."""
    if not width:
        return ""
    cells = cell_len(text)
    return " " * (width - cells) + text if cells <= width else left(cut(text, width), width)
