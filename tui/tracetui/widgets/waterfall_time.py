"""How the waterfall's window of time moves, by keys and by mouse."""

from textual import events

from tracetui.view_models.span_columns import GUTTER, Columns
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_moves import WaterfallMoves


class WaterfallTime(WaterfallMoves, inherit_bindings=False):
    """A `WaterfallMoves` with the actions of its time axis, and the mouse."""

    def action_zoom(self) -> None:
        """Show the time of the span under the cursor."""
        row = self.cursor_row
        if row is not None:
            self._set_axis(self._axis.around(int(self._tree.start[row]), int(self._tree.end[row])))

    def action_zoom_reset(self) -> None:
        """Show the time of the whole trace."""
        self._set_axis(TimeAxis.whole(self._axis.duration, self._axis.breaks))

    def action_pan(self, direction: int) -> None:
        """Move the window by a quarter, later (1) or earlier (-1)."""
        if self._axis.is_whole:
            self.note("the whole trace is in view; zoom in first")
        self._set_axis(self._axis.panned(direction / 4))

    def action_zoom_rows(self) -> None:
        """Show the time of the rows on screen; rows that hold others on screen do not count."""
        first, rows = self.scroll_offset.y, self._fold.visible
        if self._lanes is None:
            rows = rows[first : first + self.rows_on_screen]
        else:
            lines = slice(first, first + self.rows_on_screen + 1)
            edges = self._lanes.first[lines]
            rows = self._lanes.rows[int(edges[0]) : int(edges[-1])]
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

    def action_toggle_idle(self) -> None:
        """Leave idle time out of the axis, or show it again; the window stays."""
        breaks = None if self._compressed else self._leaves.breaks
        if breaks is None and not self._compressed:
            self.note("no idle time worth leaving out")
            return
        self._compressed = breaks is not None
        self._set_axis(self._axis.with_breaks(breaks, self._tree.last))

    def _layout(self) -> Columns:
        width = self.scrollable_content_region.width
        if self._lanes is not None:
            return Columns.of_bars_alone(width)
        return Columns.for_width(width, self._columns)

    def on_click(self, event: events.Click) -> None:
        """Select, fold at a marker, open on a double click, or move the window on the minimap."""
        line = self.scroll_offset.y + event.y - self.header_lines
        columns = self._layout()
        if event.y < self.header_lines:
            self._center_on(event.x - columns.bar_at, columns.bar)
        elif line < self._lines:
            if self._lanes is not None:
                self._pick_in_lane(line, event.x - columns.bar_at, columns.bar)
            else:
                self.go_to_place(line)
                row = int(self._fold.visible[line])
                marker = GUTTER + 2 * columns.guides_for(int(self._tree.depth[row]))
                if event.x == marker:
                    self.action_toggle_fold()
                    return
            if event.chain == 2:
                self.action_open()

    def action_open(self) -> None:
        """Ask for the details of the span under the cursor."""

    def _pick_in_lane(self, line: int, cell: int, cells: int) -> None:
        """Put the cursor on the span of a lane that is drawn at a cell."""
        start, stop = self._axis.time_at(cell, cells), self._axis.time_at(cell + 1, cells)
        row = None if self._lanes is None else self._lanes.row_at(line, start, stop)
        if row is not None:
            self.go_to_place(self._fold.place_of(row))

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
        columns = self._layout()
        if event.shift:
            self._set_axis(self._axis.panned(direction / 8))
        elif columns.bar:
            at = min(max((event.x - columns.bar_at) / columns.bar, 0), 1)
            self._set_axis(self._axis.zoomed(1.25 if direction > 0 else 0.8, at))

    def _center_on(self, cell: int, cells: int) -> None:
        """Move the window so that its middle is at a cell of the minimap."""
        if 0 <= cell < cells and not self._axis.is_whole:
            whole = TimeAxis.whole(self._axis.duration, self._axis.breaks)
            self._set_axis(self._axis.centred(whole.time_at(cell + 0.5, cells)))

    def _set_axis(self, axis: TimeAxis) -> None:
        self._axis = axis
        self._redraw()
