"""The list of traces: columns by width, sorted and searched, a cursor that stays on its trace."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tracetui.commands import LIST, bindings
from tracetui.view_models.trace_columns import BY_KEY, DEFAULT_KEYS, Layout, Sort, lay_out
from tracetui.widgets.row_list import RowList
from tracetui.widgets.trace_row import draw_header, draw_row

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual import events
    from textual.strip import Strip

    from tracetui.view_models.trace_rows import TraceRows
    from tracetui.widgets.colours import Palette


class TraceTable(RowList, inherit_bindings=False):
    """Shows traces, one per line.

    Give it rows with `show`; it posts `CursorMoved`, `Opened`, `ColumnsWanted` and `SortWanted`.
    """

    BINDINGS = bindings(LIST)

    @dataclass
    class Opened(Message):
        """The user picked a trace."""

        trace_id: str

    @dataclass
    class CursorMoved(Message):
        """The cursor came to stand on another trace."""

        trace_id: str

    @dataclass
    class ColumnsWanted(Message):
        """The user wants to choose columns; `keys` are those on now."""

        keys: frozenset[str]

    @dataclass
    class SortWanted(Message):
        """The rows are wanted in the order `sort`, which takes a moment where there are many."""

        sort: Sort

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: TraceRows | None = None
        self._open_first = False
        self._sort = Sort()
        self._keys: frozenset[str] = DEFAULT_KEYS
        self._column_page = 0
        self._column_layout: Layout | None = None
        self._needle = ""
        self._moved = False
        self._longest = 0

    @property
    def row_count(self) -> int:
        """How many traces there are."""
        return 0 if self._rows is None else len(self._rows)

    @property
    def rows(self) -> TraceRows | None:
        """What is shown; None until `show` was called."""
        return self._rows

    @property
    def sort(self) -> Sort:
        """The order the user asked for; the rows follow when they are sorted."""
        return self._sort

    @property
    def trace_id(self) -> str | None:
        """The trace under the cursor; None in an empty list."""
        return self._rows.trace_id(self.cursor) if self._rows and self.row_count else None

    def show(self, rows: TraceRows) -> None:
        """Replace the rows; the cursor stays on its trace and at its place on the screen.

        Until the user has moved it, the cursor stays on the first row instead: new traces come
        in on top, and the list must not scroll away from them by itself.
        """
        before = self.trace_id
        place = self.cursor - round(self.scroll_y)
        row = rows.row_of(before) if self._moved else None
        self._rows = rows
        self._longest = rows.longest_nano()
        self.rows_changed(row or 0, top=None if row is None else row - place)
        if self.trace_id is not None and self.trace_id != before:
            self.post_message(self.CursorMoved(self.trace_id))
        if self._open_first:
            self.action_open()

    def move_to(self, row: int) -> None:
        """Put the cursor on `row`, or on the nearest there is."""
        self._moved = True
        super().move_to(row)

    def cursor_moved(self) -> None:
        """Say where the cursor is."""
        if (trace_id := self.trace_id) is not None:
            self.post_message(self.CursorMoved(trace_id))

    def search(self, text: str, *, start: int | None = None) -> int:
        """Mark names that contain `text`, go to the first from `start` on; return their number."""
        self._needle = text
        self.redraw()
        found = self._rows.matching(text).tolist() if self._rows is not None else []
        if found:
            at = bisect_left(found, self.cursor if start is None else start)
            self.move_to(found[at % len(found)])
        return len(found)

    def next_match(self, direction: int) -> bool:
        """Go to the next or previous match, round the end; False if nothing matches."""
        found = self._rows.matching(self._needle).tolist() if self._rows is not None else []
        return self._jump(found, direction)

    def choose_columns(self, keys: Collection[str]) -> None:
        """Show the columns of `keys`."""
        self._keys = frozenset(keys)
        self._column_page = 0
        self.redraw()

    def action_open(self) -> None:
        """Open the trace under the cursor; in a list that is still empty, the first that comes."""
        self._open_first = self.trace_id is None
        if (trace_id := self.trace_id) is not None:
            self.post_message(self.Opened(trace_id))

    def action_sort(self) -> None:
        """Sort by the next column that is on screen; at first numbers fall and texts rise."""
        sortable = [p.column for p in self._columns().placed if p.column.sort_by]
        at = [column.sort_by for column in sortable]
        now = at.index(self.sort.column) if self.sort.column in at else -1
        self._sort_by(sortable[(now + 1) % len(sortable)].key)

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._set_sort(Sort(self.sort.column, not self.sort.descending))

    def action_columns(self) -> None:
        """Ask for the column chooser."""
        self.post_message(self.ColumnsWanted(self._keys))

    def action_scroll_columns(self, pages: int) -> None:
        """Go to the next or previous page of columns."""
        layout = self._columns()
        self._column_page = min(max(layout.page + pages, 0), layout.pages - 1)
        if self._column_page != layout.page:
            self.redraw()

    def action_next_error(self, direction: int) -> None:
        """Go to the next or previous trace with an error."""
        found = self._rows.with_errors().tolist() if self._rows is not None else []
        if not self._jump(found, direction):
            self.notify("No trace here has an error.", markup=False)

    def _jump(self, targets: Sequence[int], direction: int) -> bool:
        """Go to the next of `targets` (rows in order), round the end; False if there are none."""
        if not targets:
            return False
        if direction > 0:
            at = bisect_right(targets, self.cursor)
        else:
            at = bisect_left(targets, self.cursor) - 1
        self.move_to(targets[at % len(targets)])
        return True

    def _sort_by(self, key: str) -> None:
        column = BY_KEY[key]
        self._set_sort(Sort(column.sort_by, column.right or column.key in ("started", "flags")))

    def _set_sort(self, sort: Sort) -> None:
        """Ask for another order; the cursor goes with its trace."""
        if self._rows is not None:
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
                dated=self._rows is not None and self._rows.several_days,
            )
        return self._column_layout

    def redraw(self) -> None:
        """Draw everything anew, the columns laid out for the width there is."""
        self._column_layout = None
        super().redraw()

    def on_click(self, event: events.Click) -> None:
        """Sort by the header that was clicked; go to a row, open it on a second click."""
        if event.y == 0:
            column = self._columns().at(event.x)
            if column is not None and column.sort_by == self.sort.column:
                self.action_reverse()
            elif column is not None and column.sort_by:
                self._sort_by(column.key)
            return
        row = event.y - 1 + round(self.scroll_y)
        if row < self.row_count:
            self.move_to(row)
            if event.chain == 2:
                self.action_open()

    def step(self, rows: int) -> str | None:
        """Move the cursor by `rows`; return the trace it came to, None at the end of the list."""
        before = self.trace_id
        self.action_cursor(rows)
        return self.trace_id if self.trace_id != before else None

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the titles."""
        return draw_header(self._columns(), self.sort, palette, width)

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the traces from `start` up to `stop`."""
        needle = re.compile(re.escape(self._needle), re.IGNORECASE) if self._needle else None
        return [
            draw_row(
                summary,
                self._columns(),
                palette,
                width,
                ground=self.cursor_ground if row == self.cursor else "",
                needle=needle,
                longest=self._longest,
            )
            for row, summary in enumerate(
                self._rows.summaries(start, stop) if self._rows is not None else (), start=start
            )
        ]
