"""Lines of traces and of groups of traces: the cursor keeps its place; folding and marking."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tracetui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracetui.view_models.arrangement import GroupBy
    from tracetui.view_models.trace_groups import TraceGroups
    from tracetui.view_models.trace_lines import GroupLine, TraceLines
    from tracetui.view_models.trace_rows import RowNumbers, TraceRows


class TraceLineList(RowList, inherit_bindings=False):
    """Holds traces and the headers of their groups; how they are drawn is said elsewhere.

    Give it rows with `show`; it posts `CursorMoved`, `Opened` and `Marked`.
    """

    @dataclass
    class Opened(Message):
        """The user picked a trace."""

        trace_id: str

    @dataclass
    class CursorMoved(Message):
        """The cursor came to stand on another line."""

        trace_id: str | None
        """None on the header of a group."""

    @dataclass
    class Marked(Message):
        """Other traces are marked."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: TraceLines | None = None
        self._folded: set[str | None] = set()
        """What the traces of folded groups share; it outlives the groups of now."""
        self.marks: frozenset[str] = frozenset()
        """The ids of marked traces, whether they are shown or not."""
        self._open_first = False
        self._moved = False
        self._longest = 0

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return 0 if self._lines is None else len(self._lines)

    @property
    def rows(self) -> TraceRows | None:
        """The traces that are shown; None until `show` was called."""
        return None if self._lines is None else self._lines.rows

    @property
    def trace_id(self) -> str | None:
        """The trace under the cursor; None in an empty list and on a group's header."""
        return None if self._lines is None else self._lines.trace_id(self.cursor)

    @property
    def group(self) -> GroupLine | None:
        """The header under the cursor; None where a trace stands."""
        return None if self._lines is None else self._lines.header(self.cursor)

    @property
    def group_column(self) -> tuple[GroupBy, str | None] | None:
        """The column that the traces of the group under the cursor share, and its value."""
        group, groups = self.group, None if self._lines is None else self._lines.groups
        if group is None or groups is None:
            return None
        return groups.by, groups.keys[group.group]

    def show(self, rows: TraceRows, groups: TraceGroups | None = None) -> None:
        """Replace the rows; the cursor stays on its trace and at its place on the screen.

        Until the user has moved it, the cursor stays on the first row instead: new traces come
        in on top, and the list must not scroll away from them by itself.
        """
        from tracetui.view_models.trace_lines import TraceLines  # noqa: PLC0415 - numpy

        self._longest = rows.longest_nano()
        self._show(TraceLines(rows, groups).folding(self._folded))
        if self._open_first:
            self.action_open()

    def _show(self, lines: TraceLines) -> None:
        before, place = self.trace_id, self.cursor - round(self.scroll_y)
        line: int | None = None
        if self._moved and before is not None:
            line = lines.line_of(before)
        elif self._moved and (shared := self.group_column) is not None:
            group = lines.group_of_key(shared[1])
            line = None if group is None else lines.header_line(group)
        self._lines = lines
        self.rows_changed(line or 0, top=None if line is None else line - place)
        if self.trace_id != before:
            self.post_message(self.CursorMoved(self.trace_id))

    def move_to(self, row: int) -> None:
        """Put the cursor on `row`, or on the nearest there is."""
        self._moved = True
        super().move_to(row)

    def cursor_moved(self) -> None:
        """Say where the cursor is."""
        self.post_message(self.CursorMoved(self.trace_id))

    def _lines_of(self, rows: RowNumbers | None) -> list[int]:
        if rows is None or self._lines is None:
            return []
        return self._lines.lines_of(rows).tolist()

    def action_open(self) -> None:
        """Open the trace under the cursor, fold a group.

        In a list that is still empty, the first trace that comes is opened.
        """
        if self.group is not None:
            self.action_fold()
            return
        self._open_first = self.trace_id is None
        if (trace_id := self.trace_id) is not None:
            self.post_message(self.Opened(trace_id))

    def action_fold(self) -> None:
        """Hide or show the traces of the group that the cursor is in."""
        lines = self._lines
        group = None if lines is None else lines.group(self.cursor)
        if lines is None or lines.groups is None or group is None:
            self.notify("There are no groups. Press B to group.", markup=False)
            return
        if self.group is None:
            self.move_to(lines.header_line(group))
        self._folded ^= {lines.groups.keys[group]}
        self._show(lines.folding(self._folded))

    def action_fold_all(self) -> None:
        """Fold every group; unfold all where all are folded."""
        lines = self._lines
        if lines is None or lines.groups is None:
            self.notify("There are no groups. Press B to group.", markup=False)
            return
        every = set(lines.groups.keys)
        group = lines.group(self.cursor)
        if self.group is None and group is not None:
            self.move_to(lines.header_line(group))
        self._moved = True
        self._folded = set() if every <= self._folded else every
        self._show(lines.folding(self._folded))

    def action_mark(self) -> None:
        """Mark the trace under the cursor, or all of a group; what is marked is so no more."""
        if self._lines is None:
            return
        group, trace_id = self.group, self.trace_id
        if group is not None:
            ids = frozenset(self._lines.members(group.group))
        elif trace_id is not None:
            ids = frozenset((trace_id,))
        else:
            return
        self.marks = self.marks - ids if ids <= self.marks else self.marks | ids
        self.redraw()
        self.post_message(self.Marked())

    def action_next_error(self, direction: int) -> None:
        """Go to the next or previous trace with an error."""
        found = self._lines_of(None if self.rows is None else self.rows.with_errors())
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

    def step(self, rows: int) -> str | None:
        """Go to the trace that many lines on; return it, None at the end of the list.

        Headers of groups are passed over, and the traces of folded ones with them.
        """
        start, lines = self.cursor, self._lines
        line = start + rows
        while lines is not None and 0 <= line < len(lines):
            if (trace_id := lines.trace_id(line)) is not None:
                self.move_to(line)
                return trace_id
            line += 1 if rows > 0 else -1
        return None
