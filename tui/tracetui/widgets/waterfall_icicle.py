"""Draws the icicle: the same spans by depth and time, several on a line."""

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from tracetui_analyses.span_tree import SpanTree
from tracetui_loaders.schema import KINDS

from tracetui.view_models.kinds import glyph
from tracetui.view_models.lanes import LaneRows
from tracetui.view_models.ruler import BREAK, break_cells
from tracetui.view_models.span_columns import Columns
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_palette import Palette
from tracetui.widgets.waterfall_rows import Look
from tracetui.widgets.waterfall_text import SpanTexts, cut, left

_DENSE = 0.6
"""Share of a cell that small spans must fill to be drawn in full colour."""

_NAMED_FROM = 6
"""Cells from which a span says its name, not only its kind."""


class IciclePainter:
    """Draws lanes of one tree for one window of time and one width."""

    def __init__(
        self,
        tree: SpanTree,
        texts: SpanTexts,
        columns: Columns,
        palette: Palette,
        look: Look,
        *,
        lanes: LaneRows,
        axis: TimeAxis,
    ) -> None:
        self._tree = tree
        self._texts = texts
        self._columns = columns
        self._palette = palette
        self._look = look
        self._lanes = lanes
        self._axis = axis
        self._breaks = break_cells(axis, columns.bar)

    def draw(self, place: int, cursor_row: int) -> Strip:
        """Return the line of a lane on display.

        Spans of at least a cell are drawn one by one, which are at most as many as there are
        cells; of smaller ones each cell shows the last, faint where they leave room.
        """
        width = self._columns.bar
        rows, begin, stop = self._in_window(place)
        owner = np.full(width, -1, dtype=np.int64)
        dense = np.zeros(width, dtype=np.bool_)
        is_wide = stop - begin >= 1
        tiny = ~is_wide
        cells = np.clip(begin[tiny].astype(np.int64), 0, width - 1)
        owner[cells] = rows[tiny]
        filled = np.bincount(cells, weights=(stop - begin)[tiny], minlength=width)
        dense[:] = filled >= _DENSE
        wide = np.flatnonzero(is_wide)
        runs: set[int] = set()
        edges = np.rint(np.clip(np.stack((begin[wide], stop[wide])), 0, width)).astype(np.int64)
        for at, first, last in zip(wide.tolist(), *edges.tolist(), strict=True):
            owner[first : max(last, first + 1)] = rows[at]
            runs.add(first)
        if cursor_row >= 0 and (at := np.flatnonzero(rows == cursor_row)).size:
            # The cursor is seen however small its span.
            first = int(np.clip(begin[at[0]], 0, width - 1))
            if owner[first] != cursor_row:
                owner[first] = cursor_row
        segments = [Segment("  ", self._palette.style("text"))]
        segments += self._segments(owner, dense, runs, cursor_row)
        segments.append(Segment(" ", self._palette.style("text")))
        return Strip([segment for segment in segments if segment.text])

    def _in_window(
        self, place: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the rows of a lane that are in the window, and their edges in cells."""
        lanes, axis = self._lanes, self._axis
        inside = lanes.lane_slice(place)
        start, end, rows = lanes.start[inside], lanes.end[inside], lanes.rows[inside]
        if not axis.is_whole:
            earliest, latest = axis.window
            seen = (end >= earliest) & (start <= latest)
            start, end, rows = start[seen], end[seen], rows[seen]
        scale = self._columns.bar / axis.span
        begin = (axis.shown(start) - axis.start) * scale
        stop = (axis.shown(np.maximum(end, start)) - axis.start) * scale
        return rows, begin, stop

    def _segments(
        self,
        owner: NDArray[np.int64],
        dense: NDArray[np.bool_],
        runs: set[int],
        cursor_row: int,
    ) -> list[Segment]:
        palette, segments, at = self._palette, list[Segment](), 0
        owners, is_dense = owner.tolist(), dense.tolist()
        while at < len(owners):
            row = owners[at]
            stop = at + 1
            while stop < len(owners) and owners[stop] == row and stop not in runs:
                stop += 1
            cursor = row == cursor_row and row >= 0
            if row < 0:
                segments.append(Segment(" " * (stop - at), palette.style("text")))
            elif at in runs or stop - at > 1:
                words = self._with_breaks(self._label(row, stop - at), at)
                segments.append(Segment(words, self._style(row, cursor=cursor, faint=False)))
            else:
                style = self._style(row, cursor=cursor, faint=not is_dense[at])
                segments.append(Segment("█" if palette.solid_blocks else " ", style))
            at = stop
        return segments

    def _with_breaks(self, label: str, at: int) -> str:
        """Return the label of a span that begins at a cell, its blanks broken by idle time."""
        cells = [cell - at for cell in self._breaks if at <= cell < at + len(label)]
        if not cells or cell_len(label) != len(label):
            return label
        found = list(label)
        for cell in cells:
            if found[cell] in " █":
                found[cell] = BREAK
        return "".join(found)

    def _label(self, row: int, cells: int) -> str:
        """Return what is written into a span of so many cells."""
        blank = "█" if self._palette.solid_blocks else " "
        if cells < 2:
            return blank
        kind = KINDS[int(self._tree.kind[row])]
        words = glyph(kind)
        if cells >= _NAMED_FROM:
            folded = "▸" if self._look.folded[row] and self._tree.size[row] > 1 else ""
            words = cut(f"{folded}{words} {self._texts.name(row)}", cells - 2)
        rest = cells - 1 - cell_len(words)
        return left(f"▏{words}", cells - rest) + blank * rest

    def _style(self, row: int, *, cursor: bool, faint: bool) -> Style:
        """Return how a span is drawn: in the colour of its kind, or of errors, faint if dim."""
        tree, palette = self._tree, self._palette
        kind = KINDS[int(tree.kind[row])]
        faint = faint or bool(tree.duplicate[row]) or self._look.dims(row)
        colour = "error" if tree.error[row] else kind
        if cursor:
            return palette.picked("text" if palette.bold_cursor else "dim")
        if faint:
            return palette.faint(colour)
        return palette.style(colour, swapped=not palette.solid_blocks)
