"""What is not as it should be about a span: marked, never hidden."""

from typing import Protocol

from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models import format as fmt

SKEW_FROM = 1_000_000
"""Nanoseconds before its parent from which a span's clock is taken to be another: clocks of one
host differ by less, and many are written in milliseconds."""


class _Texts(Protocol):
    def text(self, column: str, row: int) -> str: ...
    def number(self, column: str, row: int) -> int | None: ...


class Oddities:
    """Says what is odd about the rows of one tree."""

    def __init__(self, tree: SpanTree, texts: _Texts) -> None:
        self._tree = tree
        self._texts = texts

    def is_skewed(self, row: int) -> bool:
        """Return whether the span ends before it begins, or begins before its parent."""
        tree = self._tree
        return tree.source_row[row] >= 0 and (
            tree.end[row] < tree.start[row] or self._early(row) >= SKEW_FROM
        )

    def _early(self, row: int) -> int:
        """Return how long before its parent the span began, in nanoseconds; 0 if it did not."""
        tree = self._tree
        parent = int(tree.parent[row])
        if parent < 0 or tree.no_start[row] or tree.no_start[parent]:
            return 0
        return max(int(tree.start[parent] - tree.start[row]), 0)

    def words(self, row: int) -> tuple[str, str] | None:
        """Return what to say beside the name, and its colour; None if nothing is odd."""
        tree = self._tree
        if tree.cycle[row]:
            return "its parents form a cycle", "warning"
        if tree.source_row[row] >= 0 and tree.end[row] < tree.start[row]:
            return "ends before it begins", "warning"
        if (early := self._early(row)) >= SKEW_FROM:
            return f"begins {fmt.duration(early)} before its parent: clock skew", "warning"
        if gap := self._texts.number("usage_gap_tokens", row):
            return f"{fmt.tokens(gap)} tokens that no call below accounts for", "warning"
        if tree.duplicate[row]:
            return "counted elsewhere", "dim"
        return None
