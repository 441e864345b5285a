"""How the waterfall's cursor jumps: to spans, matches, errors, what was slow or dear."""

import numpy as np
from numpy.typing import NDArray

from tracetui.widgets.waterfall_narrowing import WaterfallNarrowing


class WaterfallJumps(WaterfallNarrowing, inherit_bindings=False):
    """A `WaterfallNarrowing` with search and jumps."""

    def move_to_row(self, row_id: int) -> bool:
        """Put the cursor on a span, unfolding what hides it; return whether it is there."""
        row = self._tree.row_of(row_id)
        if row is None or not self._fold.is_kept(row):
            return False
        self.go_to_row(row)
        return True

    def search(self, needle: str) -> int:
        """Mark names that contain `needle` and go to the first from the cursor on.

        Returns:
            How many names contain it; 0 for an empty needle, which ends the search.
        """
        self._needle = needle
        self._find()
        if self._only_matches:
            self._only_matches = bool(needle)
            self.renarrow()
        self._redraw()
        row = self._matches.step(self.cursor_row or 0, 1, stay=True)
        if row is not None:
            self.go_to_row(row)
        return len(self._matches)

    def next_match(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) match, round the ends."""
        row = self._matches.step(self.cursor_row or 0, direction)
        if row is not None:
            self.go_to_row(row)
        elif self._needle:
            self.note("no match")

    @property
    def match_status(self) -> str:
        """Where the cursor is among the matches, e.g. `3/12`."""
        if self._needle and not len(self._matches):
            return "no match"
        return self._matches.status

    def action_next_error(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) error that no error below it caused."""
        if not self._table.num_columns:
            return  # nothing is known of the trace yet
        errors = np.flatnonzero(self._left(self._tree.error_root))
        row = self.cursor_row or 0
        further = errors[errors > row] if direction > 0 else errors[errors < row]
        if further.size:
            self.go_to_row(int(further[0 if direction > 0 else -1]))
        elif not errors.size:
            self.note("no errors in this trace" if self._narrowing is None else "no errors left")
        else:
            self.note("no more errors below" if direction > 0 else "no more errors above")

    def action_costliest(self) -> None:
        """Go to the model call that costs most."""
        cost = np.where(self._left(~np.isnan(self._tree.own_cost)), self._tree.own_cost, np.nan)
        if np.isnan(cost).all():
            self.note("no model call has a known cost")
        else:
            self.go_to_row(int(np.nanargmax(cost)))

    def action_slowest(self) -> None:
        """Go to the span without children that took longest."""
        tree = self._tree
        done = np.flatnonzero(self._left((tree.size == 1) & ~tree.running & ~tree.no_start))
        if done.size:
            self.go_to_row(int(done[np.argmax(tree.end[done] - tree.start[done])]))
        else:
            self.note("no span has ended")

    def _left(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return `rows` as far as they are not hidden."""
        return rows if self._narrowing is None else rows & self._narrowing.wanted
