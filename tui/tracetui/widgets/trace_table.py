"""The list of traces: columns by width, sorted, grouped, searched, marked; the cursor stays put."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.strip import Strip

from tracetui.commands import LIST, bindings
from tracetui.view_models.trace_columns import (
    BY_KEY,
    DEFAULT_KEYS,
    GUTTER,
    Layout,
    Sort,
    lay_out,
)
from tracetui.view_models.trace_summary import TraceSummary
from tracetui.widgets.trace_line_list import TraceLineList
from tracetui.widgets.trace_row import draw_group, draw_header, draw_row

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual import events

    from tracetui.widgets.colours import Palette


class TraceTable(TraceLineList, inherit_bindings=False):
    """Shows traces, one per line, and above each group of them a header.

    Besides what `TraceLineList` says it posts `ColumnsWanted`, `SortWanted`, `SortMenuWanted`.
    """

    BINDINGS = bindings(LIST)

    @dataclass
    class ColumnsWanted(Message):
        """The user wants to choose columns; `keys` are those on now."""

        keys: frozenset[str]

    @dataclass
    class SortWanted(Message):
        """The rows are wanted in the order `sort`, which takes a moment where there are many."""

        sort: Sort

    @dataclass
    class SortMenuWanted(Message):
        """The user wants to choose the column to sort by."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sort = Sort()
        self._keys: frozenset[str] = DEFAULT_KEYS
        self._column_page = 0
        self._column_layout: Layout | None = None
        self._needle = ""

    @property
    def sort(self) -> Sort:
        """The order the user asked for; the rows follow when they are sorted."""
        return self._sort

    def search(self, text: str, *, start: int | None = None) -> int:
        """Mark names that contain `text`, go to the first from `start` on; return their number."""
        self._needle = text
        self.redraw()
        found = self._lines_of(None if self.rows is None else self.rows.matching(text))
        if found:
            at = bisect_left(found, self.cursor if start is None else start)
            self.move_to(found[at % len(found)])
        return 0 if self.rows is None else len(self.rows.matching(text))

    def next_match(self, direction: int) -> bool:
        """Go to the next or previous match, round the end; False if nothing matches."""
        rows = self.rows
        found = self._lines_of(None if rows is None else rows.matching(self._needle))
        return self._jump(found, direction)

    def choose_columns(self, keys: Collection[str]) -> None:
        """Show the columns of `keys`."""
        self._keys = frozenset(keys)
        self._column_page = 0
        self.redraw()

    def action_sort(self) -> None:
        """Sort by the next column that is on screen; at first numbers fall and texts rise."""
        sortable = [p.column for p in self._columns().placed if p.column.sort_by]
        at = [column.sort_by for column in sortable]
        now = at.index(self.sort.column) if self.sort.column in at else -1
        self._sort_by(sortable[(now + 1) % len(sortable)].key)

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._set_sort(Sort(self.sort.column, not self.sort.descending))

    def action_sort_menu(self) -> None:
        """Ask for the menu of columns to sort by."""
        self.post_message(self.SortMenuWanted())

    def action_columns(self) -> None:
        """Ask for the column chooser."""
        self.post_message(self.ColumnsWanted(self._keys))

    def action_scroll_columns(self, pages: int) -> None:
        """Go to the next or previous page of columns; a group's header folds or unfolds first."""
        if (group := self.group) is not None and group.folded == (pages > 0):
            self.action_fold()
            return
        layout = self._columns()
        self._column_page = min(max(layout.page + pages, 0), layout.pages - 1)
        if self._column_page != layout.page:
            self.redraw()

    def sort_by(self, key: str) -> None:
        """Ask for the order of a column: falling numbers, rising texts; reversed if it is so."""
        if BY_KEY[key].sort_by == self.sort.column:
            self.action_reverse()
        else:
            self._sort_by(key)

    def _sort_by(self, key: str) -> None:
        column = BY_KEY[key]
        self._set_sort(Sort(column.sort_by, column.right or column.key in ("started", "flags")))

    def _set_sort(self, sort: Sort) -> None:
        """Ask for another order; the cursor goes with its trace."""
        if self.rows is not None:
            self._moved = True
            self._sort = sort
            self.post_message(self.SortWanted(sort))

    def _columns(self) -> Layout:
        if self._column_layout is None:
            width = self.scrollable_content_region.width
            self._column_layout = lay_out(
                width,
                self._keys,
                self._column_page,
                dated=self.rows is not None and self.rows.several_days,
            )
        return self._column_layout

    def redraw(self) -> None:
        """Draw everything anew, the columns laid out for the width there is."""
        self._column_layout = None
        super().redraw()

    def on_click(self, event: events.Click) -> None:
        """Sort by the header that was clicked; go to a row, open it on a second click.

        In the gutter, a click marks a trace; on a group's header it folds.
        """
        if event.y == 0:
            self._header_clicked(event.x)
            return
        row = event.y - 1 + round(self.scroll_y)
        if row >= self.row_count:
            return
        self.move_to(row)
        if self.group is not None:
            self.action_fold()
        elif event.x < GUTTER:
            self.action_mark()
        elif event.chain == 2:
            self.action_open()

    def _header_clicked(self, x: int) -> None:
        layout = self._columns()
        column = layout.at(x)
        if column is not None and column.sort_by:
            self.sort_by(column.key)
        elif column is None and layout.pages > 1 and x > layout.placed[-1].x:
            self._column_page = (layout.page + 1) % layout.pages
            self.redraw()

    def on_mouse_scroll_right(self) -> None:
        """Go to the next page of columns."""
        self.action_scroll_columns(1)

    def on_mouse_scroll_left(self) -> None:
        """Go to the previous page of columns."""
        self.action_scroll_columns(-1)

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the titles."""
        return draw_header(self._columns(), self.sort, palette, width)

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the traces from `start` up to `stop`."""
        needle = re.compile(re.escape(self._needle), re.IGNORECASE) if self._needle else None
        layout, strips = self._columns(), list[Strip]()
        lines = self._lines
        drawn = [] if lines is None else lines.drawn(start, stop)
        grouped = lines is not None and lines.groups is not None
        for row, shown in enumerate(drawn, start=start):
            ground = self.cursor_ground if row == self.cursor else ""
            if not isinstance(shown, TraceSummary):
                strips.append(draw_group(shown, layout, palette, width, ground=ground))
                continue
            strips.append(
                draw_row(
                    shown,
                    layout,
                    palette,
                    width,
                    ground=ground,
                    needle=needle,
                    longest=self._longest,
                    marked=shown.trace_id in self.marks,
                    indent=2 if grouped else 0,
                )
            )
        return strips
