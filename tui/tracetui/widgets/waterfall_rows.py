"""Draws rows and header of the waterfall: values in, strips out."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from tracetui_analyses.span_tree import SpanTree
from tracetui_loaders.schema import KINDS

from tracetui.view_models import format as fmt
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK, glyph
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_bars import BarPainter
from tracetui.widgets.waterfall_palette import Palette

GUTTER = 2
_MARGIN = 1
"""Cells between the numbers and the scroll bar."""
_LONGEST_TEXT = 500
"""Characters of a name or message that are looked at; more never fits a row."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the parts of a row, in cells; 0 hides one."""

    tree: int
    bar: int
    duration: int
    tokens: int
    cost: int

    @classmethod
    def for_width(cls, width: int) -> "Columns":
        """Share out `width` cells: cost goes first, then tokens, duration and bar, never names."""
        width -= _MARGIN
        duration = 9 if width >= 44 else 0
        tokens = 9 if width >= 66 else 0
        cost = 10 if width >= 84 else 0
        rest = width - GUTTER - duration - tokens - cost
        if rest < 40:
            return cls(max(rest, 0), 0, duration, tokens, cost)
        tree = min(max(rest * 52 // 100, 26), 72)
        return cls(tree, rest - tree - 1, duration, tokens, cost)

    @property
    def bar_at(self) -> int:
        """The cell where the bar column begins."""
        return GUTTER + self.tree + 1

    def guides_for(self, depth: int) -> int:
        """Return how many levels of guides a row at `depth` shows, two cells each."""
        return min(depth, max((self.tree - 16) // 2, 1))


class RowPainter:
    """Draws the rows of one tree at one width and window of time."""

    def __init__(
        self,
        tree: SpanTree,
        table: pa.Table,
        columns: Columns,
        palette: Palette,
        *,
        bars: BarPainter | None = None,
        needle: str = "",
        matching: NDArray[np.bool_] | None = None,
    ) -> None:
        self._tree = tree
        self._columns = columns
        self._palette = palette
        self._bars = bars
        self._needle = needle.casefold()
        self._matching = matching
        self._text = {
            name: table.column(name)
            for name in ("name", "error_message", "status_message", "error_type", "model")
            if name in table.column_names
        }

    def draw(
        self, rows: NDArray[np.int32], folded: NDArray[np.bool_], cursor_row: int
    ) -> list[Strip]:
        """Return one strip for each of `rows`."""
        left, right = self._bars.parts(rows) if self._bars else ([0] * len(rows), [0] * len(rows))
        return [
            self._row(row, (begin, stop), folded=is_folded, cursor=row == cursor_row)
            for row, is_folded, begin, stop in zip(
                rows.tolist(), folded[rows].tolist(), left, right, strict=True
            )
        ]

    def _row(self, row: int, extent: tuple[int, int], *, folded: bool, cursor: bool) -> Strip:
        tree, style = self._tree, self._palette.style
        error = bool(tree.error[row])
        kind = KINDS[int(tree.kind[row])]
        dim = bool(tree.duplicate[row]) or int(tree.source_row[row]) < 0
        dim = dim or (self._matching is not None and not self._matching[row])
        mark, mark_colour = self._mark(row, folded=folded)
        segments = [Segment(f"{mark} ", style(mark_colour, cursor=cursor, bold=True))]
        segments += self._name_cell(row, kind, folded=folded, cursor=cursor, dim=dim)
        if self._bars:
            segments.append(Segment(" ", style("text", cursor=cursor)))
            colour = "error" if error else f"{kind}-faint" if dim else kind
            colours = [colour] if error or not folded else self._bars.inside(row)
            segments += self._bars.draw(self._palette, *extent, colours, cursor=cursor)
        segments += self._numbers(row, cursor=cursor, dim=dim)
        segments.append(Segment(" " * _MARGIN, style("text", cursor=cursor)))
        return Strip([segment for segment in segments if segment.text])

    def _mark(self, row: int, *, folded: bool) -> tuple[str, str]:
        """Return the mark in the gutter: an error here or folded away below, or still running."""
        if self._tree.error[row] or (folded and self._tree.error_roots[row]):
            return ERROR_MARK, "error"
        return (RUNNING_MARK, "dim") if self._tree.running[row] else (" ", "text")

    def _name_cell(
        self, row: int, kind: str, *, folded: bool, cursor: bool, dim: bool
    ) -> list[Segment]:
        tree, style = self._tree, self._palette.style
        guides = self._guides(row)
        has_children = tree.size[row] > 1
        marker = ("▸" if folded else "▾") if has_children else " "
        quiet = style("dim", cursor=cursor)
        segments = [
            Segment(guides, style("guide", cursor=cursor)),
            Segment(marker, quiet),
            Segment(glyph(kind), style(f"{kind}-faint" if dim else kind, cursor=cursor)),
            Segment(" ", quiet),
        ]
        room = self._columns.tree - len(guides) - 3
        hidden = f" +{fmt.count(int(tree.size[row]) - 1)}" if folded and has_children else ""
        name = self._name(row)
        shown = _cut(name, max(room - len(hidden), 1))
        colour = "error" if tree.error[row] else "dim" if dim else "text"
        bold = cursor and self._palette.bold_cursor
        segments += self._highlighted(shown, style(colour, cursor=cursor, bold=bold))
        room -= cell_len(shown) + len(hidden)
        segments.append(Segment(hidden, quiet))
        if room > 4:
            aside = _cut(self._aside(row, kind, name), room - 2)
            if aside:
                segments.append(Segment(f"  {aside}", quiet))
                room -= cell_len(aside) + 2
        segments.append(Segment(" " * max(room, 0), quiet))
        return segments

    def _guides(self, row: int) -> str:
        """Return `│ ` for each level that goes on below, nearest levels only if it is deep."""
        tree = self._tree
        depth = int(tree.depth[row])
        levels = self._columns.guides_for(depth)
        if not levels:
            return ""
        pieces: list[str] = []
        at = row
        for _ in range(levels):
            parent = int(tree.parent[at])
            is_last = at + tree.size[at] == parent + tree.size[parent]
            if at == row:
                pieces.append("╰╴" if is_last else "├╴")
            else:
                pieces.append("  " if is_last else "│ ")
            at = parent
        if levels < depth:
            pieces[-1] = "… " if levels > 1 else "…╴"
        return "".join(reversed(pieces))

    def _name(self, row: int) -> str:
        missing = self._tree.missing_id(row) if self._tree.source_row[row] < 0 else None
        if missing is not None:
            return f"missing parent {sanitise(missing[:_LONGEST_TEXT])}"
        return self._value("name", row) or "(no name)"

    def _aside(self, row: int, kind: str, name: str) -> str:
        """Return what else is worth a glance: why it failed, or which model answered."""
        if self._tree.cycle[row]:
            return "its parents form a cycle"
        if self._tree.error[row]:
            for column in ("error_message", "status_message", "error_type"):
                if text := self._value(column, row):
                    return text
        model = self._value("model", row) if kind == "llm" else ""
        return "" if model in name else model

    def _value(self, column: str, row: int) -> str:
        """Return the text of a column, safe to draw; empty where there is none."""
        source_row = int(self._tree.source_row[row])
        if column not in self._text or source_row < 0:
            return ""
        value = self._text[column][source_row].as_py()
        return sanitise(str(value)[:_LONGEST_TEXT]) if value else ""

    def _highlighted(self, text: str, style: Style) -> list[Segment]:
        """Return `text` with the first match of the search marked."""
        at = text.casefold().find(self._needle) if self._needle else -1
        if at < 0:
            return [Segment(text, style)]
        stop = at + len(self._needle)
        return [
            Segment(text[:at], style),
            Segment(text[at:stop], self._palette.match),
            Segment(text[stop:], style),
        ]

    def _numbers(self, row: int, *, cursor: bool, dim: bool) -> list[Segment]:
        columns, style = self._columns, self._palette.style
        totals = self._tree.totals
        own = bool(self._tree.own_usage[row])
        quiet = style("dim", cursor=cursor)
        plain = style("text", cursor=cursor)
        segments: list[Segment] = []
        if columns.duration:
            known = not (dim or self._tree.running[row] or self._tree.no_start[row])
            text = self._duration(row)
            segments.append(Segment(_right(text, columns.duration), plain if known else quiet))
        silent = int(totals.silent[row])
        if columns.tokens:
            text = fmt.UNKNOWN if silent else fmt.NOTHING
            if totals.reported[row]:
                text = fmt.tokens(int(totals.tokens[row]), lower_bound=silent > 0)
            segments.append(Segment(_right(text, columns.tokens), plain if own else quiet))
        if columns.cost:
            unpriced = silent + int(totals.unpriced[row])
            text = fmt.UNKNOWN if unpriced else fmt.NOTHING
            if totals.priced[row]:
                text = fmt.money(float(totals.cost_usd[row]), lower_bound=unpriced > 0)
            segments.append(Segment(_right(text, columns.cost), plain if own else quiet))
        return segments

    def _duration(self, row: int) -> str:
        tree = self._tree
        if tree.source_row[row] < 0:
            return fmt.NOTHING
        if tree.no_start[row]:
            return RUNNING_MARK if tree.running[row] else fmt.UNKNOWN
        nano = int(tree.end[row] - tree.start[row])
        if tree.running[row]:
            return f"{RUNNING_MARK}{fmt.duration(nano)}" if nano else RUNNING_MARK
        return fmt.duration(nano)


def ruler_line(
    columns: Columns, palette: Palette, axis: TimeAxis, origin: int | None
) -> tuple[Strip, list[int]]:
    """Return the line of column titles and ticks, and the cells of the ticks."""
    title, quiet = palette.style("title", bold=True), palette.style("dim")
    ticks = axis.ticks(columns.bar, origin=origin) if columns.bar else []
    ruler = ""
    for tick in ticks:
        fits = tick.cell + 1 + len(tick.label) <= columns.bar
        ruler += " " * (tick.cell - len(ruler)) + "│" + (tick.label if fits else "")
    segments = [Segment(_left("  span", GUTTER + columns.tree), title)]
    if columns.bar:
        segments.append(Segment(" " + _left(ruler, columns.bar), quiet))
    segments += [
        Segment(_right("duration", columns.duration), title),
        Segment(_right("tokens", columns.tokens), title),
        Segment(_right("cost", columns.cost), title),
    ]
    return Strip([segment for segment in segments if segment.text]), [t.cell for t in ticks]


def minimap_line(
    columns: Columns, palette: Palette, axis: TimeAxis, shape: str, left: str
) -> Strip:
    """Return the line with the whole trace in small, the window on it lit."""
    quiet = palette.style("dim")
    segments = [Segment(_left(f"  {left}", GUTTER + columns.tree), quiet)]
    if columns.bar:
        first = min(axis.start * columns.bar // axis.last, columns.bar - 1)
        stop = min(max(-(-axis.stop * columns.bar // axis.last), first + 1), columns.bar)
        dark, lit = palette.style("guide"), palette.style("minimap-window")
        if axis.is_whole:
            lit = palette.style("minimap")
        segments += [
            Segment(" ", quiet),
            Segment(shape[:first], dark),
            Segment(shape[first:stop], lit),
            Segment(shape[stop:], dark),
        ]
    room = columns.duration + columns.tokens + columns.cost
    whole = fmt.duration(axis.last)
    window = whole if axis.is_whole else f"{fmt.duration(axis.span)} of {whole}"
    segments.append(Segment(_right(window, room), quiet))
    return Strip([segment for segment in segments if segment.text])


def _cut(text: str, room: int) -> str:
    """Return `text` in at most `room` cells, with `…` where something is left out."""
    if cell_len(text) <= room:
        return text
    return set_cell_size(text, room - 1).rstrip() + "…" if room > 1 else "…"


def _left(text: str, width: int) -> str:
    return set_cell_size(text, width)


def _right(text: str, width: int) -> str:
    """Return `text` right-aligned in `width` cells, cut where it does not fit."""
    if not width:
        return ""
    return text.rjust(width) if len(text) <= width else _cut(text, width)
