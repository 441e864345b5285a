"""Draws the rows of the waterfall: values in, strips out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from tracetui_analyses.span_tree import SpanTree
from tracetui_loaders.schema import KINDS

from tracetui.view_models import format as fmt
from tracetui.view_models.kinds import ERROR_MARK, PATH_MARK, RUNNING_MARK, SKEW_MARK, glyph
from tracetui.view_models.oddities import Oddities
from tracetui.view_models.span_columns import MARGIN, Columns
from tracetui.widgets.waterfall_bars import BarPainter
from tracetui.widgets.waterfall_numbers import NumberCells
from tracetui.widgets.waterfall_palette import Palette
from tracetui.widgets.waterfall_text import SpanTexts, cut


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How rows are to look, beside what they are."""

    folded: NDArray[np.bool_]
    needle: str = ""
    """What a search looks for, case-folded."""
    wanted: NDArray[np.bool_] | None = None
    """Rows that meet the filter; the others, above them, are dim."""
    path: NDArray[np.bool_] | None = None
    """Rows of the critical path, if it is shown; the others are dim."""

    def dims(self, row: int) -> bool:
        """Return whether a row is to stand back."""
        if self.wanted is not None and not self.wanted[row]:
            return True
        return self.path is not None and not self.path[row]


class RowPainter:
    """Draws the rows of one tree at one width and window of time."""

    def __init__(
        self,
        tree: SpanTree,
        texts: SpanTexts,
        columns: Columns,
        palette: Palette,
        look: Look,
        *,
        numbers: NumberCells,
        bars: BarPainter | None = None,
    ) -> None:
        self._tree = tree
        self._texts = texts
        self._columns = columns
        self._palette = palette
        self._look = look
        self._numbers = numbers
        self._bars = bars
        self._oddities = Oddities(tree, texts)

    def draw(self, rows: NDArray[np.int32], cursor_row: int) -> list[Strip]:
        """Return one strip for each of `rows`."""
        left, right = self._bars.parts(rows) if self._bars else ([0] * len(rows), [0] * len(rows))
        return [
            self._row(row, (begin, stop), cursor=row == cursor_row)
            for row, begin, stop in zip(rows.tolist(), left, right, strict=True)
        ]

    def _row(self, row: int, extent: tuple[int, int], *, cursor: bool) -> Strip:
        tree, style = self._tree, self._palette.style
        error = bool(tree.error[row])
        folded = bool(self._look.folded[row])
        kind = KINDS[int(tree.kind[row])]
        dim = bool(tree.duplicate[row]) or int(tree.source_row[row]) < 0 or self._look.dims(row)
        mark, mark_colour = self._mark(row, folded=folded)
        on_path = self._look.path is not None and bool(self._look.path[row])
        segments = [
            Segment(mark, style(mark_colour, cursor=cursor, bold=True)),
            Segment(PATH_MARK if on_path else " ", style("path", cursor=cursor)),
        ]
        segments += self._name_cell(row, kind, folded=folded, cursor=cursor, dim=dim)
        if self._bars:
            segments.append(Segment(" ", style("text", cursor=cursor)))
            colour = "error" if error else f"{kind}-faint" if dim else kind
            colours = [colour] if error or not folded else self._bars.inside(row)
            segments += self._bars.draw(self._palette, *extent, colours, cursor=cursor)
        segments += self._numbers.draw(self._palette, row, cursor=cursor, dim=dim)
        segments.append(Segment(" " * MARGIN, style("text", cursor=cursor)))
        return Strip([segment for segment in segments if segment.text])

    def _mark(self, row: int, *, folded: bool) -> tuple[str, str]:
        """Return the mark in the gutter: an error here or folded away below, or what is odd."""
        if self._tree.error[row] or (folded and self._tree.error_roots[row]):
            return ERROR_MARK, "error"
        if self._tree.running[row]:
            return RUNNING_MARK, "dim"
        return (SKEW_MARK, "warning") if self._oddities.is_skewed(row) else (" ", "text")

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
        name = self._texts.name(row)
        shown = cut(name, max(room - len(hidden), 1))
        colour = "error" if tree.error[row] else "dim" if dim else "text"
        bold = cursor and self._palette.bold_cursor
        segments += self._highlighted(shown, style(colour, cursor=cursor, bold=bold))
        room -= cell_len(shown) + len(hidden)
        segments.append(Segment(hidden, quiet))
        if room > 4:
            words, colour = self._aside(row, kind, name)
            aside = cut(words, room - 2)
            if aside:
                segments.append(Segment(f"  {aside}", style(colour, cursor=cursor)))
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

    def _aside(self, row: int, kind: str, name: str) -> tuple[str, str]:
        """Return what else is worth a glance, and its colour: why it failed, what is odd, ..."""
        if self._tree.error[row]:
            for column in ("error_message", "status_message", "error_type"):
                if text := self._texts.text(column, row):
                    return text, "dim"
        if words := self._oddities.words(row):
            return words
        shown = any(column.key == "model" for column in self._columns.numbers)
        model = self._texts.text("model", row) if kind == "llm" and not shown else ""
        return "" if model in name else model, "dim"

    def _highlighted(self, text: str, style: Style) -> list[Segment]:
        """Return `text` with the first match of the search marked."""
        needle = self._look.needle
        at = text.casefold().find(needle) if needle else -1
        if at < 0:
            return [Segment(text, style)]
        stop = at + len(needle)
        return [
            Segment(text[:at], style),
            Segment(text[at:stop], self._palette.match),
            Segment(text[stop:], style),
        ]
