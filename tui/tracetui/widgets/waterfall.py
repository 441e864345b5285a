"""The waterfall of a trace: tree, bars over time, and numbers, in one virtualised widget."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.binding import BindingType
from textual.message import Message

from tracetui.commands import WATERFALL, bindings
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_moves import WaterfallMoves
from tracetui.widgets.waterfall_rows import GUTTER, Columns
from tracetui.widgets.waterfall_view import HEADER


class Waterfall(WaterfallMoves, inherit_bindings=False):
    """Shows the spans of one trace as a tree beside their bars.

    Give it a trace with `show`; it posts `CursorMoved`, `Opened` and `Note`.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(WATERFALL)

    @dataclass
    class Opened(Message):
        """The user asked for the details of a span."""

        row_id: int

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

    def action_open(self) -> None:
        """Ask for the details of the span under the cursor."""
        if self.cursor_row_id is not None:
            self.post_message(self.Opened(self.cursor_row_id))

    def action_next_error(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) error that no error below it caused."""
        errors = np.flatnonzero(self._left(self._tree.error_root))
        row = self.cursor_row or 0
        further = errors[errors > row] if direction > 0 else errors[errors < row]
        if further.size:
            self.go_to_row(int(further[0 if direction > 0 else -1]))
        elif not errors.size:
            self.note("no errors in this trace" if self._filtered is None else "no errors left")
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
        """Return `rows` as far as the filter leaves them."""
        return rows if self._filtered is None else rows & self._filtered

    def action_zoom(self) -> None:
        """Show the time of the span under the cursor."""
        row = self.cursor_row
        if row is not None:
            self._set_axis(self._axis.around(int(self._tree.start[row]), int(self._tree.end[row])))

    def action_zoom_reset(self) -> None:
        """Show the time of the whole trace."""
        self._set_axis(TimeAxis.whole(self._axis.last))

    def action_pan(self, direction: int) -> None:
        """Move the window by a quarter, later (1) or earlier (-1)."""
        if self._axis.is_whole:
            self.note("the whole trace is in view; zoom in first")
        self._set_axis(self._axis.panned(direction / 4))

    def action_zoom_rows(self) -> None:
        """Show the time of the rows on screen; rows that hold others on screen do not count."""
        first = self.scroll_offset.y
        rows = self._fold.visible[first : first + self.rows_on_screen]
        if not rows.size:
            return
        tree = self._tree
        ends_here = rows[(tree.size[rows] == 1) | self._fold.folded[rows]]
        chosen = ends_here if ends_here.size else rows
        self._set_axis(
            self._axis.around(int(tree.start[chosen].min()), int(tree.end[chosen].max()))
        )

    def action_toggle_absolute(self) -> None:
        """Label the ruler with the time of day, or with the time since the start."""
        self._absolute = not self._absolute
        self._redraw()

    def on_click(self, event: events.Click) -> None:
        """Select, fold at a marker, open on a double click, or move the window on the minimap."""
        place = self.scroll_offset.y + event.y - HEADER
        columns = Columns.for_width(self.scrollable_content_region.width)
        if event.y < HEADER:
            self._center_on(event.x - columns.bar_at, columns.bar)
        elif place < self._fold.visible.size:
            self.go_to_place(place)
            row = int(self._fold.visible[place])
            marker = GUTTER + 2 * columns.guides_for(int(self._tree.depth[row]))
            if event.x == marker:
                self.action_toggle_fold()
            elif event.chain == 2:
                self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out while ctrl is held, pan while shift is."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in while ctrl is held, pan while shift is."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        if not (event.ctrl or event.shift):
            return
        event.prevent_default()
        event.stop()
        columns = Columns.for_width(self.scrollable_content_region.width)
        if event.shift:
            self._set_axis(self._axis.panned(direction / 8))
        elif columns.bar:
            at = min(max((event.x - columns.bar_at) / columns.bar, 0), 1)
            self._set_axis(self._axis.zoomed(1.25 if direction > 0 else 0.8, at))

    def _center_on(self, cell: int, cells: int) -> None:
        """Move the window so that its middle is at a cell of the minimap."""
        if 0 <= cell < cells and not self._axis.is_whole:
            middle = TimeAxis.whole(self._axis.last).time_at(cell + 0.5, cells)
            half = self._axis.span // 2
            self._set_axis(self._axis.moved_to(middle - half, middle - half + self._axis.span))

    def _set_axis(self, axis: TimeAxis) -> None:
        self._axis = axis
        self._redraw()
