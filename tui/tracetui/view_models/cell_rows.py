"""Columns and rows of a table of cells."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CellColumn:
    """A column: its title, its room and how it looks."""

    head: str
    width: int = 0
    """Cells; 0: what other columns leave, from `least` to `most`."""
    least: int = 6
    most: int = 48
    right: bool = False
    """Whether its cells are flush right, as numbers are."""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row: what it is of, and what it says in each column, as the trace has it."""

    key: Hashable
    cells: Sequence[str]
    tones: Mapping[str, str] = field(default_factory=dict[str, str])
    """The looks of cells that differ from their columns', by title."""


def number(head: str, width: int) -> CellColumn:
    """Return a column of numbers."""
    return CellColumn(head, width, right=True)
