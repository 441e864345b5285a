"""The waterfall's canvas: draws the visible rows of a tree and keeps the cursor on a span."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models.fold import FoldState
from tracetui.view_models.lanes import LaneRows
from tracetui.view_models.search import Matches
from tracetui.view_models.span_columns import DEFAULT_KEYS
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_bars import Leaves
from tracetui.widgets.waterfall_frame import Frame, Scene
from tracetui.widgets.waterfall_palette import COMPONENTS, CSS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from tracetui.view_models.derived import Derived
    from tracetui.view_models.narrowing import Narrowing, Threshold

_CACHED_STRIPS = 2_000
_EMPTY = "  No spans."


class WaterfallView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws a tree of spans, one line each, whatever its size.

    Only visible rows are read and drawn; strips are kept until something they show changes.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)
    DEFAULT_CSS = CSS

    @dataclass
    class CursorMoved(Message, namespace="waterfall"):
        """The cursor stands on another span; None on a placeholder, or if there is none."""

        row_id: int | None

    @dataclass
    class Note(Message, namespace="waterfall"):
        """Something to tell the user in passing, e.g. that there are no more errors."""

        text: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._table = pa.table({})
        self._tree = SpanTree.from_table(self._table)
        self._leaves = Leaves(self._tree)
        self._fold = FoldState(self._tree.depth, self._tree.size)
        self._axis = TimeAxis.whole(1)
        self._place = 0
        self._needle = ""
        self._matches = Matches.of("", self._table, self._tree.source_row)
        self._filtered: NDArray[np.bool_] | None = None
        """Which tree rows meet the filter; None without one."""
        self._threshold: Threshold | None = None
        self._only_matches = False
        self._narrowing: Narrowing | None = None
        """What filter, search and threshold leave; None if that is everything."""
        self._derived: Derived | None = None
        """None until it is found."""
        self._lanes: LaneRows | None = None
        """The visible rows as lanes; None while the tree is drawn."""
        self._icicle = False
        """Whether lanes are drawn as soon as they are found."""
        self._absolute = False
        self._compressed = False
        self._shows_path = False
        self._columns: Collection[str] = DEFAULT_KEYS
        self._frame: Frame | None = None
        self._strips: dict[tuple[int, int], Strip] = {}
        """By row or lane, and the row under the cursor if it is there."""

    @property
    def cursor_row(self) -> int | None:
        """The tree row under the cursor."""
        visible = self._fold.visible
        return int(visible[self._place]) if self._place < visible.size else None

    @property
    def cursor_row_id(self) -> int | None:
        """The `row_id` of the span under the cursor; None on a placeholder or without rows."""
        row = self.cursor_row
        row_id = -1 if row is None else int(self._tree.row_id[row])
        return row_id if row_id >= 0 else None

    @property
    def header_lines(self) -> int:
        """Lines above the rows: minimap and ruler, in the icicle the cursor's span too."""
        return 2 if self._lanes is None else 3

    @property
    def rows_on_screen(self) -> int:
        """How many rows fit below the header."""
        return max(self.scrollable_content_region.height - self.header_lines, 1)

    @property
    def _lines(self) -> int:
        """How many lines of rows or lanes there are."""
        return self._fold.visible.size if self._lanes is None else len(self._lanes)

    @property
    def _cursor_line(self) -> int:
        """The line of the cursor: its place, or its lane's."""
        row = self.cursor_row
        if self._lanes is None or self._derived is None or row is None:
            return self._place
        return self._lanes.place_of(int(self._derived.lanes.lane[row]))

    def go_to_row(self, row: int) -> None:
        """Put the cursor on a tree row, unfolding what hides it."""
        before, offset = self.cursor_row_id, self._cursor_line - self.scroll_offset.y
        if not self._fold.is_kept(row):
            self.note("that span is hidden: by the filter, & or H")
        elif self._fold.reveal(row):
            self._place = self._fold.place_of(row)
            self._rows_changed(offset)
            if self.cursor_row_id != before:
                self.post_message(self.CursorMoved(self.cursor_row_id))
        else:
            self.go_to_place(self._fold.place_of(row))

    def go_to_place(self, place: int) -> None:
        """Put the cursor on the visible row number `place`, or on the nearest there is."""
        place = min(max(place, 0), self._fold.visible.size - 1)
        if place < 0 or place == self._place:
            return
        before, self._place = self._cursor_line, place
        self._scroll_to_cursor()
        for changed in (before, self._cursor_line):
            self.refresh_line(changed + self.header_lines)
        if self._lanes is not None:
            self._follow_in_time()
        self.post_message(self.CursorMoved(self.cursor_row_id))

    def _follow_in_time(self) -> None:
        """Show the icicle's cursor: in the first line, and in the window of time."""
        row = self.cursor_row
        start, stop = self._axis.window
        if row is None:
            return
        if self._tree.end[row] < start or self._tree.start[row] > stop:
            self._axis = self._axis.centred(int(self._tree.start[row] + self._tree.end[row]) // 2)
            self._redraw()
        else:
            self._frame = None
            self.refresh_line(0)

    def note(self, text: str) -> None:
        """Tell the user something in passing."""
        self.post_message(self.Note(text))

    def _scroll_to_cursor(self) -> None:
        """Scroll just far enough that the cursor's line is on screen."""
        first, rows, line = self.scroll_offset.y, self.rows_on_screen, self._cursor_line
        if line < first:
            self.scroll_to(y=line, animate=False)
        elif line >= first + rows:
            self.scroll_to(y=line - rows + 1, animate=False)

    def _rows_changed(self, offset: int) -> None:
        """Take note that other rows are visible; keep the cursor `offset` lines below the top."""
        if self._icicle and self._derived is not None:
            lanes, tree = self._derived.lanes, self._tree
            self._lanes = LaneRows.of(lanes, self._fold.visible, tree.start, tree.end)
        else:
            self._lanes = None
        width = self.scrollable_content_region.width
        size = Size(width, self._lines + self.header_lines)
        if size != self.virtual_size:
            self.virtual_size = size
        self.scroll_to(y=max(self._cursor_line - max(offset, 0), 0), animate=False)
        self._scroll_to_cursor()
        self._redraw()

    def _redraw(self) -> None:
        """Forget what is drawn."""
        self._frame = None
        self._strips.clear()
        self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the columns out anew."""
        self._rows_changed(min(self._cursor_line - self.scroll_offset.y, self.rows_on_screen - 1))

    def on_focus(self) -> None:
        """Show the cursor as the one that keys move."""
        self._redraw()

    def on_blur(self) -> None:
        """Show the cursor as one that waits."""
        self._redraw()

    def notify_style_update(self) -> None:
        """Take up the colours of a new theme."""
        super().notify_style_update()
        self._frame = None
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the widget: header first, then rows from the scroll position."""
        width = self.scrollable_content_region.width
        frame = self._frame = self._frame or Frame.of(self, self.scene, width)
        if y < len(frame.header):
            return frame.header[y]
        line = self.scroll_offset.y + y - self.header_lines
        if line >= self._lines:
            # Before the first answer nobody knows whether there are any.
            known = self._table.num_columns > 0 and not self._lines
            text = _EMPTY if known and y == self.header_lines + 1 else ""
            return Strip([Segment(text.ljust(width), frame.palette.style("dim"))], width)
        cursor = -1 if self.cursor_row is None or line != self._cursor_line else self.cursor_row
        if self._lanes is not None:
            key = (int(self._lanes.lanes[line]), cursor)
            if key not in self._strips:
                self._strips[key] = frame.lane(line, cursor)
            return self._strips[key]
        key = (int(self._fold.visible[line]), cursor)
        if key not in self._strips:
            self._draw_screen(frame)
        return self._strips[key]

    def _draw_screen(self, frame: Frame) -> None:
        """Draw every row on screen that is not drawn yet, gathering each column once."""
        if len(self._strips) > _CACHED_STRIPS:
            self._strips.clear()
        first = self.scroll_offset.y
        cursor = -1 if self.cursor_row is None else self.cursor_row
        rows = self._fold.visible[first : first + self.rows_on_screen + 1]
        keys = [(row, cursor if row == cursor else -1) for row in rows.tolist()]
        missing = [key for key in keys if key not in self._strips]
        strips = frame.rows(np.array([row for row, _ in missing], dtype=np.int32), cursor)
        self._strips.update(zip(missing, strips, strict=True))

    @property
    def scene(self) -> Scene:
        """What is drawn now."""
        return Scene(
            tree=self._tree,
            table=self._table,
            leaves=self._leaves,
            fold=self._fold,
            axis=self._axis,
            lanes=self._lanes,
            derived=self._derived,
            columns=self._columns,
            needle=self._needle.casefold(),
            wanted=None if self._narrowing is None else self._narrowing.wanted,
            absolute=self._absolute,
            shows_path=self._shows_path,
            cursor_row=self.cursor_row,
        )
