"""A facet of the traces: a dimension with its values, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracetui.filter.facets import Dimension


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values of a dimension, and those chosen."""

    dimension: Dimension
    values: list[tuple[str, int]]
    """Each with the number of traces that have it."""
    different: int
    """How many values there are."""
