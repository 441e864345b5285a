"""Prints for people and for programs. Text from traces is made safe here, on its way out."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from tracetui.view_models.sanitise import sanitise


def say(text: str = "") -> None:
    """Print one line to standard output, with nothing in it that a terminal would obey."""
    sys.stdout.write(sanitise(text).rstrip() + "\n")


def say_lines(lines: Iterable[str]) -> None:
    """Print each of `lines` with `say`."""
    for line in lines:
        say(line)


def say_json(value: Any) -> None:
    """Print `value` as indented JSON."""
    sys.stdout.write(json_text(value, indent=2) + "\n")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return `value` as strictly valid JSON in ASCII: every control and bidi character escaped.

    Numbers that JSON has no word for become the strings of the protobuf JSON mapping.
    """
    try:
        return json.dumps(value, indent=indent, allow_nan=False, default=str)
    except ValueError:
        return json.dumps(_finite(value), indent=indent, allow_nan=False, default=str)


def _finite(value: Any) -> Any:
    """Return `value` with `NaN`, `Infinity` and `-Infinity` as strings."""
    match value:
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case _:
            return value


def fit(text: str, width: int) -> str:
    """Return `text`, made safe, in exactly `width` terminal cells; a cut ends in `…`."""
    # A name of ten megabytes is not worth measuring; zero-width marks get some room.
    long = len(text) > 8 * width
    text = sanitise(text[: 8 * width])
    if long or cell_len(text) > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"
    return set_cell_size(text, width)


def shorten(text: str | None, width: int) -> str:
    """Return `text`, made safe, in at most `width` terminal cells; a cut ends in `…`."""
    return fit(text or "", width).rstrip(" ")


def table_lines(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[str], width: int = 48
) -> list[str]:
    """Return a table with aligned columns, two spaces between them.

    Args:
        heads: Column heads.
        rows: Cells, as many per row as there are heads.
        left: The heads of the columns that are aligned to the left; others to the right.
        width: Cells above which a cell is cut.
    """
    cut = [[shorten(cell, width) for cell in row] for row in rows]
    widths = [
        max(cell_len(row[column]) for row in [list(heads), *cut]) for column in range(len(heads))
    ]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            set_cell_size(cell, size) if head in left else " " * (size - cell_len(cell)) + cell
            for cell, size, head in zip(cells, widths, heads, strict=True)
        ).rstrip()

    return [line(heads), *map(line, cut)]
