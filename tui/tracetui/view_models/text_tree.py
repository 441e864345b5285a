"""The span tree of one trace as lines of guides, for output without a screen."""

from collections.abc import Iterator
from dataclasses import dataclass

from tracetui_analyses.span_tree import SpanTree

GUIDE_LEVELS = 24
"""Levels of guides that are drawn; deeper ones are told as a number."""


@dataclass(frozen=True, slots=True)
class GuidedRow:
    """A row of the tree that is shown."""

    row: int
    """Row of the `SpanTree`."""
    guides: str
    """What stands left of the span's glyph."""
    folded: int
    """Rows below this one that the depth limit hides."""


def guided_rows(tree: SpanTree, max_depth: int | None = None) -> Iterator[GuidedRow]:
    """Yield the rows of `tree` in pre-order, each with its guides.

    Args:
        tree: The trace.
        max_depth: The deepest level to show, 1 being the roots; None shows all.
    """
    more_below: list[bool] = []  # per level, whether a later sibling is still to come
    row, count = 0, len(tree)
    while row < count:
        depth, size, parent = int(tree.depth[row]), int(tree.size[row]), int(tree.parent[row])
        parent_end = count if parent < 0 else parent + int(tree.size[parent])
        del more_below[depth:]
        more_below.append(row + size < parent_end)
        hides = max_depth is not None and depth + 1 >= max_depth
        yield GuidedRow(row, _guides(more_below, depth), size - 1 if hides else 0)
        row += size if hides else 1


def _guides(more_below: list[bool], depth: int) -> str:
    """Return the guides of a row at `depth`; a root has none."""
    if depth == 0:
        return ""
    first = max(1, depth - GUIDE_LEVELS)
    left_out = f"…{first - 1} " if first > 1 else ""
    lines = "".join("│  " if more else "   " for more in more_below[first:depth])
    return left_out + lines + ("├─ " if more_below[depth] else "└─ ")
