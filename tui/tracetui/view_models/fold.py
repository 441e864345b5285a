"""Which rows of a tree are shown: folds over pre-order columns.

Folding one node cuts a slice out of the visible rows; folding many is a difference array. Both
take milliseconds on a million rows.
"""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]


def holding(wanted: NDArray[np.bool_], size: Rows) -> NDArray[np.bool_]:
    """Return which rows are wanted or stand above one that is."""
    before = np.concatenate(([0], np.cumsum(wanted)))
    rows = np.arange(size.size)
    return before[rows + size] > before[rows]


class FoldState:
    """Folded nodes of one tree, and the rows that are visible because of them.

    Rows that are not `kept` are never visible; with a row, all above it are kept.
    """

    def __init__(self, depth: Rows, size: Rows, kept: NDArray[np.bool_] | None = None) -> None:
        self._depth = depth
        self._size = size
        self._kept = kept
        self.folded = np.zeros(size.size, dtype=np.bool_)
        self.visible: Rows = self._shown_within(0, size.size)
        """Tree rows on display, ascending."""
        self.deepest = int(depth.max()) if depth.size else 0
        self.level = self.deepest
        """Rows deeper than this were hidden by the last fold of a whole level."""

    def keep(self, kept: NDArray[np.bool_] | None) -> None:
        """Show only rows that are `kept`; folds stay."""
        self._kept = kept
        self.restore(self.folded)

    def is_kept(self, row: int) -> bool:
        """Return whether unfolding can show the row: whether nothing else hides it."""
        return self._kept is None or bool(self._kept[row])

    def kept(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of `rows` that unfolding can show."""
        return rows if self._kept is None else rows[self._kept[rows]]

    def can_fold(self, row: int) -> bool:
        """Return whether the row has children."""
        return bool(self._size[row] > 1)

    def place_of(self, row: int) -> int:
        """Return the place among the visible rows of `row`, or of its nearest visible ancestor."""
        return max(int(np.searchsorted(self.visible, row, side="right")) - 1, 0)

    def set_folded(self, row: int, folded: bool) -> None:
        """Fold or unfold one visible node; what is folded inside it stays so."""
        if not self.can_fold(row) or self.folded[row] == folded:
            return
        self.folded[row] = folded
        self._refresh_subtree(row)

    def unfold_subtree(self, row: int) -> None:
        """Unfold a visible node and every node below it."""
        self.folded[row : row + self._size[row]] = False
        self._refresh_subtree(row)

    def fold_below(self, row: int) -> None:
        """Fold a visible node and every node below it."""
        subtree = slice(row, row + int(self._size[row]))
        self.folded[subtree] = self._size[subtree] > 1
        self._refresh_subtree(row)

    def fold_to(self, level: int) -> None:
        """Show the rows down to depth `level` and fold the rest."""
        self.level = min(max(level, 0), self.deepest)
        self.restore((self._depth >= self.level) & (self._size > 1))

    def restore(self, folded: NDArray[np.bool_]) -> None:
        """Fold exactly the rows marked in `folded`."""
        self.folded = folded
        self.visible = self._shown_within(0, folded.size)

    def reveal(self, row: int) -> bool:
        """Unfold the ancestors of `row`; return whether that changed anything."""
        above = np.flatnonzero(self.folded[:row])
        above = above[above + self._size[above] > row]
        if not above.size:
            return False
        self.folded[above] = False
        self._refresh_subtree(int(above[0]))
        return True

    def level_for(self, rows: int) -> int:
        """Return the deepest level that shows at most `rows` rows, and at least the second."""
        shown = np.cumsum(np.bincount(self._depth))
        return max(int(np.searchsorted(shown, rows, side="right")) - 1, min(1, self.deepest))

    def _refresh_subtree(self, row: int) -> None:
        first = int(np.searchsorted(self.visible, row))
        stop = row + int(self._size[row])
        after = int(np.searchsorted(self.visible, stop))
        inside = self._shown_within(row, stop)
        self.visible = np.concatenate((self.visible[:first], inside, self.visible[after:]))

    def _shown_within(self, start: int, stop: int) -> Rows:
        """Return the kept rows of a forest of whole subtrees that no fold among them hides."""
        change = np.zeros(stop - start + 1, dtype=np.int32)
        folded = np.flatnonzero(self.folded[start:stop])
        change[folded + 1] = 1
        np.subtract.at(change, folded + self._size[start:stop][folded], 1)
        shown = np.cumsum(change[:-1]) == 0
        if self._kept is not None:
            shown &= self._kept[start:stop]
        return (np.flatnonzero(shown) + start).astype(np.int32)
