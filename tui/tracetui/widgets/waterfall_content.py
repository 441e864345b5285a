"""What the waterfall shows: a tree, what is left of it, and what becomes of both as it grows."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models.derived import Derived
from tracetui.view_models.fold import FoldState
from tracetui.view_models.narrowing import Narrowing
from tracetui.view_models.search import Matches
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_bars import Leaves
from tracetui.widgets.waterfall_view import WaterfallView

UNFOLDED_BELOW = 2_000
"""Spans of a trace that opens with everything unfolded."""
_FIRST_ROWS = 200
"""Rows that a folded trace opens with, at most, if two levels allow it."""


class WaterfallContent(WaterfallView, inherit_bindings=False):
    """A `WaterfallView` that takes up trees."""

    def show(
        self,
        tree: SpanTree,
        table: pa.Table,
        *,
        keep_cursor: bool = False,
        matching: NDArray[np.int64] | None = None,
        derived: Derived | None = None,
    ) -> None:
        """Show `tree`, whose `source_row` points into `table`.

        Args:
            tree: The rows.
            table: Where their text is.
            keep_cursor: Keep cursor, folds and window: it is the same trace, grown.
            matching: The row ids that a filter leaves; rows above them are dim, others hidden.
            derived: What is drawn beside the tree; None if it is yet to be found.
        """
        matches = None if matching is None else np.isin(tree.row_id, matching)
        narrowed = matches is not None and (
            self._filtered is None or not np.array_equal(matches, self._filtered)
        )
        before = self.cursor_row_id
        offset = self._cursor_line - self.scroll_offset.y
        fold, old = FoldState(tree.depth, tree.size), self._tree
        if keep_cursor and len(old):
            self._carry_over(tree, fold)
        else:
            offset = 0
            self._only_matches = False
            if len(tree) >= UNFOLDED_BELOW:
                fold.fold_to(fold.level_for(_FIRST_ROWS))
        row = tree.row_of(before) if keep_cursor and before is not None else None
        self._filtered = matches
        self._tree, self._table, self._fold = tree, table, fold
        self._leaves, self._derived = Leaves(tree), derived
        self._find()
        self._narrow()
        if matches is not None and narrowed and (row is None or not matches[row]):
            row = next(iter(np.flatnonzero(matches).tolist()), None)
            if row is not None:
                fold.reveal(row)
        self._axis = self._axis_for(old.origin - tree.origin, keep=keep_cursor and len(old) > 0)
        self._place = fold.place_of(row) if row is not None else 0
        self._rows_changed(offset)
        if self.cursor_row_id != before or not keep_cursor:
            self.post_message(self.CursorMoved(self.cursor_row_id))

    def show_derived(self, derived: Derived) -> None:
        """Take up what was found of the tree that is shown."""
        self._derived = derived
        self._rows_changed(self._cursor_line - self.scroll_offset.y)

    def _axis_for(self, shift: int, *, keep: bool) -> TimeAxis:
        """Return an axis of the tree; with `keep` it shows the times of now, `shift` later."""
        breaks = self._leaves.breaks if self._compressed else None
        axis = TimeAxis.whole(self._tree.last, breaks)
        if not keep or self._axis.is_whole:
            return axis
        start, stop = self._axis.window
        return axis.showing(start + shift, stop + shift)

    def _find(self) -> None:
        """Find the names that contain the needle, in rows that the filter leaves."""
        found = Matches.of(self._needle, self._table, self._tree.source_row).rows
        self._matches = Matches(found if self._filtered is None else found[self._filtered[found]])

    def _narrow(self) -> None:
        """Hide what filter, threshold and search do not leave."""
        found: NDArray[np.bool_] | None = None
        if self._only_matches and self._needle:
            found = np.zeros(len(self._tree), dtype=np.bool_)
            found[self._matches.rows] = True
        reached = None if self._threshold is None else self._threshold.reached(self._tree)
        self._narrowing = Narrowing.of(self._tree, self._filtered, reached, found)
        self._fold.keep(None if self._narrowing is None else self._narrowing.kept)

    def _carry_over(self, tree: SpanTree, fold: FoldState) -> None:
        """Fold in `fold` what is folded now, span by span."""
        if self._fold.folded.any():
            folded_ids = self._tree.row_id[self._fold.folded]
            fold.restore(np.isin(tree.row_id, folded_ids[folded_ids >= 0]) & (tree.size > 1))
