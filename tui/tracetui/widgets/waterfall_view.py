"""The waterfall's canvas: draws the visible rows of a tree and keeps the cursor on a span."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models import format as fmt
from tracetui.view_models.fold import FoldState, holding
from tracetui.view_models.search import Matches
from tracetui.view_models.time_axis import TimeAxis, density
from tracetui.view_models.totals_line import plural
from tracetui.widgets.waterfall_bars import BarPainter, Leaves
from tracetui.widgets.waterfall_palette import COMPONENTS, Palette
from tracetui.widgets.waterfall_rows import Columns, RowPainter, minimap_line, ruler_line

HEADER = 2
"""Lines above the rows: minimap and ruler."""
UNFOLDED_BELOW = 2_000
"""Spans of a trace that opens with everything unfolded."""
_FIRST_ROWS = 200
"""Rows that a folded trace opens with, at most, if two levels allow it."""
_CACHED_STRIPS = 2_000
_EMPTY = "  No spans."


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every line of one state of the view is drawn with."""

    painter: RowPainter
    header: tuple[Strip, ...]
    palette: Palette


class WaterfallView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws a tree of spans, one line each, whatever its size.

    Only visible rows are read and drawn; strips are kept until something they show changes.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)
    DEFAULT_CSS = """
    WaterfallView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
        & > .waterfall--text { color: $foreground; }
        & > .waterfall--dim { color: $dim; }
        & > .waterfall--guide { color: $guide; }
        & > .waterfall--grid { color: $panel; }
        & > .waterfall--error { color: $error; }
        & > .waterfall--title { color: $secondary; }
        & > .waterfall--minimap { color: $secondary; }
        & > .waterfall--minimap-window { color: $primary; }
        & > .waterfall--cursor { background: $row-cursor; }
        & > .waterfall--cursor-blurred { background: $row-cursor-blurred; }
        & > .waterfall--match { background: $match-background; color: $match-foreground; }
        & > .waterfall--agent { color: $kind-agent; }
        & > .waterfall--workflow { color: $kind-workflow; }
        & > .waterfall--llm { color: $kind-llm; }
        & > .waterfall--embedding { color: $kind-embedding; }
        & > .waterfall--retriever { color: $kind-retriever; }
        & > .waterfall--reranker { color: $kind-reranker; }
        & > .waterfall--tool { color: $kind-tool; }
        & > .waterfall--memory { color: $kind-memory; }
        & > .waterfall--prompt { color: $kind-prompt; }
        & > .waterfall--guardrail { color: $kind-guardrail; }
        & > .waterfall--evaluator { color: $kind-evaluator; }
        & > .waterfall--handoff { color: $kind-handoff; }
        & > .waterfall--http { color: $kind-http; }
        & > .waterfall--db { color: $kind-db; }
        & > .waterfall--messaging { color: $kind-messaging; }
        & > .waterfall--rpc { color: $kind-rpc; }
        & > .waterfall--partial { color: $kind-partial; }
        & > .waterfall--other { color: $kind-other; }
    }
    """

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
        self._shape = ""
        self._fold = FoldState(self._tree.depth, self._tree.size)
        self._axis = TimeAxis.whole(1)
        self._place = 0
        self._needle = ""
        self._matches = Matches.of("", self._table, self._tree.source_row)
        self._absolute = False
        self._filtered: NDArray[np.bool_] | None = None
        """Which tree rows meet the filter; None without one."""
        self._frame: _Frame | None = None
        self._strips: dict[tuple[int, bool], Strip] = {}

    def show(
        self,
        tree: SpanTree,
        table: pa.Table,
        *,
        keep_cursor: bool = False,
        matching: NDArray[np.int64] | None = None,
    ) -> None:
        """Show `tree`, whose `source_row` points into `table`.

        Args:
            tree: The rows.
            table: Where their text is.
            keep_cursor: Keep cursor, folds and window: it is the same trace, grown.
            matching: The row ids that a filter leaves; rows above them are dim, others hidden.
        """
        matches = None if matching is None else np.isin(tree.row_id, matching)
        narrowed = matches is not None and (
            self._filtered is None or not np.array_equal(matches, self._filtered)
        )
        before = self.cursor_row_id
        offset = self._place - self.scroll_offset.y
        kept = None if matches is None else holding(matches, tree.size)
        fold, axis = FoldState(tree.depth, tree.size, kept), TimeAxis.whole(tree.last)
        if keep_cursor and len(self._tree):
            self._carry_over(tree, fold)
            if not self._axis.is_whole:
                shift = self._tree.origin - tree.origin
                axis = axis.moved_to(self._axis.start + shift, self._axis.stop + shift)
        else:
            offset = 0
            if len(tree) >= UNFOLDED_BELOW:
                fold.fold_to(fold.level_for(_FIRST_ROWS))
        row = tree.row_of(before) if keep_cursor and before is not None else None
        self._filtered = matches
        if matches is not None and narrowed and (row is None or not matches[row]):
            row = next(iter(np.flatnonzero(matches).tolist()), None)
            if row is not None:
                fold.reveal(row)
        self._tree, self._table, self._fold, self._axis = tree, table, fold, axis
        self._leaves, self._shape = Leaves(tree), ""
        self._find()
        self._place = fold.place_of(row) if row is not None else 0
        self._rows_changed(offset)
        if self.cursor_row_id != before or not keep_cursor:
            self.post_message(self.CursorMoved(self.cursor_row_id))

    def _find(self) -> None:
        """Find the names that contain the needle, in rows that the filter leaves."""
        found = Matches.of(self._needle, self._table, self._tree.source_row).rows
        self._matches = Matches(found if self._filtered is None else found[self._filtered[found]])

    def _carry_over(self, tree: SpanTree, fold: FoldState) -> None:
        """Fold in `fold` what is folded now, span by span."""
        if self._fold.folded.any():
            folded_ids = self._tree.row_id[self._fold.folded]
            fold.restore(np.isin(tree.row_id, folded_ids[folded_ids >= 0]) & (tree.size > 1))

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
    def rows_on_screen(self) -> int:
        """How many rows fit below the header."""
        return max(self.scrollable_content_region.height - HEADER, 1)

    def go_to_row(self, row: int) -> None:
        """Put the cursor on a tree row, unfolding what hides it."""
        before, offset = self.cursor_row_id, self._place - self.scroll_offset.y
        if not self._fold.is_kept(row):
            self.note("the filter hides that span")
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
        before, self._place = self._place, place
        self._scroll_to_cursor()
        for changed in (before, place):
            self.refresh_line(changed + HEADER)
        self.post_message(self.CursorMoved(self.cursor_row_id))

    def note(self, text: str) -> None:
        """Tell the user something in passing."""
        self.post_message(self.Note(text))

    def _scroll_to_cursor(self) -> None:
        """Scroll just far enough that the cursor's row is on screen."""
        first, rows = self.scroll_offset.y, self.rows_on_screen
        if self._place < first:
            self.scroll_to(y=self._place, animate=False)
        elif self._place >= first + rows:
            self.scroll_to(y=self._place - rows + 1, animate=False)

    def _rows_changed(self, offset: int) -> None:
        """Take note that other rows are visible; keep the cursor `offset` lines below the top."""
        size = Size(self.scrollable_content_region.width, self._fold.visible.size + HEADER)
        if size != self.virtual_size:
            self.virtual_size = size
        self.scroll_to(y=max(self._place - max(offset, 0), 0), animate=False)
        self._scroll_to_cursor()
        self._redraw()

    def _redraw(self) -> None:
        """Forget what is drawn."""
        self._frame = None
        self._strips.clear()
        self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the columns out anew."""
        self._rows_changed(min(self._place - self.scroll_offset.y, self.rows_on_screen - 1))

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
        frame = self._frame = self._frame or self._new_frame(width)
        if y < HEADER:
            return frame.header[y]
        place = self.scroll_offset.y + y - HEADER
        visible = self._fold.visible
        if place >= visible.size:
            text = _EMPTY if not visible.size and y == HEADER + 1 else ""
            return Strip([Segment(text.ljust(width), frame.palette.style("dim"))], width)
        key = (int(visible[place]), place == self._place)
        if key not in self._strips:
            self._draw_screen(frame)
        return self._strips[key]

    def _draw_screen(self, frame: _Frame) -> None:
        """Draw every row on screen that is not drawn yet, gathering each column once."""
        if len(self._strips) > _CACHED_STRIPS:
            self._strips.clear()
        first, cursor = self.scroll_offset.y, self.cursor_row
        rows = self._fold.visible[first : first + self.rows_on_screen + 1]
        drawn = [(row, row == cursor) in self._strips for row in rows.tolist()]
        missing = rows[~np.array(drawn, dtype=np.bool_)]
        strips = frame.painter.draw(missing, self._fold.folded, -1 if cursor is None else cursor)
        for row, strip in zip(missing.tolist(), strips, strict=True):
            self._strips[row, row == cursor] = strip

    def _new_frame(self, width: int) -> _Frame:
        columns = Columns.for_width(width)
        palette = Palette.of(self, focused=self.has_focus)
        tree, axis = self._tree, self._axis
        origin = tree.origin if self._absolute else None
        ruler, ticks = ruler_line(columns, palette, axis, origin)
        if len(self._shape) != columns.bar:
            self._shape = density(axis, tree.start, tree.end, columns.bar)
        bars = BarPainter(self._leaves, axis, columns.bar, ticks) if columns.bar else None
        painter = RowPainter(
            tree,
            self._table,
            columns,
            palette,
            bars=bars,
            needle=self._needle,
            matching=self._filtered,
        )
        minimap = minimap_line(columns, palette, axis, self._shape, self._summary())
        header = tuple(
            strip.adjust_cell_length(width, palette.style("text")) for strip in (minimap, ruler)
        )
        return _Frame(painter, header, palette)

    def _summary(self) -> str:
        """Say how much of the trace the rows show."""
        shown, spans = self._fold.visible.size, len(self._tree)
        if shown == spans:
            return plural(spans, "row")
        return f"{fmt.count(shown)} of {plural(spans, 'row')}"
