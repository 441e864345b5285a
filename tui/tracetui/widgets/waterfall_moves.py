"""How the cursor moves over the waterfall's tree and folds it."""

from collections.abc import Callable

import numpy as np

from tracetui.widgets.waterfall_content import WaterfallContent


class WaterfallMoves(WaterfallContent, inherit_bindings=False):
    """A `WaterfallContent` with the actions of moving and folding."""

    def action_cursor(self, rows: int) -> None:
        """Move the cursor by `rows`."""
        self.go_to_place(self._place + rows)

    def action_top(self) -> None:
        """Go to the first row."""
        self.go_to_place(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.go_to_place(self._fold.visible.size - 1)

    def action_page(self, pages: float) -> None:
        """Move cursor and screen by `pages`, so that the cursor keeps its place on the screen."""
        step = int(self.rows_on_screen * pages)
        self.scroll_to(y=self.scroll_offset.y + step, animate=False)
        self.go_to_place(self._place + step)

    def action_collapse_or_parent(self) -> None:
        """Fold the row, or go to its parent if there is nothing to fold."""
        row = self.cursor_row
        if row is None:
            return
        if self._fold.can_fold(row) and not self._fold.folded[row]:
            self._set_folded(row, folded=True)
        elif self._tree.parent[row] >= 0:
            self.go_to_row(int(self._tree.parent[row]))

    def action_expand_or_child(self) -> None:
        """Unfold the row, or go to its first child if it is."""
        row = self.cursor_row
        if row is None or not self._fold.can_fold(row):
            return
        if self._fold.folded[row]:
            self._set_folded(row, folded=False)
        else:
            self.go_to_place(self._place + 1)

    def action_toggle_fold(self) -> None:
        """Fold or unfold the row."""
        row = self.cursor_row
        if row is not None:
            self._set_folded(row, folded=not self._fold.folded[row])

    def action_level(self, levels: int) -> None:
        """Show the whole tree one level deeper (1) or shallower (-1)."""
        self._refold(lambda: self._fold.fold_to(self._fold.level + levels))

    def action_toggle_subtree(self) -> None:
        """Unfold everything below the row, or fold it if nothing is folded there."""
        row = self.cursor_row
        if row is None:
            return
        if self._fold.folded[row : row + self._tree.size[row]].any():
            self._refold(lambda: self._fold.unfold_subtree(row))
        else:
            self._refold(lambda: self._fold.fold_below(row))

    def action_toggle_all(self) -> None:
        """Unfold everything, or fold it to the roots if nothing is folded."""
        level = self._fold.deepest if self._fold.folded.any() else 0
        self._refold(lambda: self._fold.fold_to(level))

    def action_sibling(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) child of the same parent."""
        row = self.cursor_row
        if row is None:
            return
        tree = self._tree
        parent = int(tree.parent[row])
        if direction > 0:
            first = row + int(tree.size[row])
            stop = len(tree) if parent < 0 else parent + int(tree.size[parent])
        else:
            first, stop = parent + 1, row
        # Everything between lies in a sibling's subtree.
        siblings = self._fold.kept(np.flatnonzero(tree.parent[first:stop] == parent) + first)
        if siblings.size:
            self.go_to_row(int(siblings[0 if direction > 0 else -1]))
        else:
            self.note("no sibling after this" if direction > 0 else "no sibling before this")

    def _set_folded(self, row: int, *, folded: bool) -> None:
        self._refold(lambda: self._fold.set_folded(row, folded))

    def _refold(self, change: Callable[[], None]) -> None:
        """Change folds; the cursor stays on its span or goes to the nearest row that holds it."""
        row = self.cursor_row
        if row is None and not len(self._tree):
            return
        before, offset = self.cursor_row_id, self._cursor_line - self.scroll_offset.y
        change()
        self._place = 0 if row is None else self._fold.place_of(row)
        self._rows_changed(offset)
        if self.cursor_row_id != before:
            self.post_message(self.CursorMoved(self.cursor_row_id))
