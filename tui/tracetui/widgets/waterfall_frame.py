"""What every line of one state of the waterfall is drawn with."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from textual.strip import Strip
from textual.widget import Widget
from tracetui_analyses.span_tree import SpanTree
from tracetui_loaders.schema import KINDS

from tracetui.view_models import format as fmt
from tracetui.view_models.derived import Derived
from tracetui.view_models.fold import FoldState
from tracetui.view_models.kinds import glyph
from tracetui.view_models.lanes import LaneRows
from tracetui.view_models.ruler import BREAK, ticks
from tracetui.view_models.span_columns import Columns
from tracetui.view_models.time_axis import TimeAxis
from tracetui.view_models.totals_line import plural
from tracetui.widgets.waterfall_bars import BarPainter, Leaves
from tracetui.widgets.waterfall_header import cursor_line, minimap_line, ruler_line, window_words
from tracetui.widgets.waterfall_icicle import IciclePainter
from tracetui.widgets.waterfall_numbers import NumberCells
from tracetui.widgets.waterfall_palette import Palette
from tracetui.widgets.waterfall_rows import Look, RowPainter
from tracetui.widgets.waterfall_text import SpanTexts


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scene:
    """A state of the view."""

    tree: SpanTree
    table: pa.Table
    leaves: Leaves
    fold: FoldState
    axis: TimeAxis
    lanes: LaneRows | None
    """The lanes of the icicle; None where the tree is drawn."""
    derived: Derived | None
    columns: Collection[str]
    needle: str
    wanted: NDArray[np.bool_] | None
    absolute: bool
    shows_path: bool
    cursor_row: int | None

    @property
    def look(self) -> Look:
        """How rows are to look."""
        path = self.derived.path.on_path if self.derived and self.shows_path else None
        return Look(self.fold.folded, self.needle, self.wanted, path)

    @property
    def words(self) -> str:
        """How much of the trace the rows show, and how much idle time is left out."""
        shown, spans = self.fold.visible.size, len(self.tree)
        text = f"{fmt.count(shown)} of {plural(spans, 'row')}"
        if shown == spans:
            text = plural(spans, "row")
        if (breaks := self.axis.breaks) is not None:
            text += f"  {BREAK} {fmt.duration(breaks.hidden)} idle"
        return text


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Header and painters of one scene at one width."""

    header: tuple[Strip, ...]
    palette: Palette
    _rows: RowPainter | None
    _icicle: IciclePainter | None

    @classmethod
    def of(cls, widget: Widget, scene: Scene, width: int) -> "Frame":
        """Lay out a scene in `width` cells, in the colours of `widget`."""
        palette = Palette.of(widget, focused=widget.has_focus)
        is_icicle = scene.lanes is not None
        columns = (
            Columns.of_bars_alone(width) if is_icicle else Columns.for_width(width, scene.columns)
        )
        axis, tree = scene.axis, scene.tree
        origin = tree.origin if scene.absolute else None
        marks = ticks(axis, columns.bar, origin=origin)
        texts = SpanTexts(tree, scene.table)
        numbers = NumberCells(tree, texts, columns.numbers, scene.derived)
        shape = scene.leaves.density(axis, columns.bar)
        header = [
            minimap_line(columns, palette, axis, shape, "" if is_icicle else scene.words),
            ruler_line(columns, palette, marks),
        ]
        if scene.lanes is not None:
            header.insert(0, _cursor_line(scene, palette, numbers, texts, width))
            painter = IciclePainter(
                tree, texts, columns, palette, scene.look, lanes=scene.lanes, axis=axis
            )
            return cls(_fitted(header, palette, width), palette, None, painter)
        bars = BarPainter(scene.leaves, axis, columns.bar, marks) if columns.bar else None
        rows = RowPainter(tree, texts, columns, palette, scene.look, numbers=numbers, bars=bars)
        return cls(_fitted(header, palette, width), palette, rows, None)

    def rows(self, rows: NDArray[np.int32], cursor_row: int) -> list[Strip]:
        """Draw rows of the tree."""
        return [] if self._rows is None else self._rows.draw(rows, cursor_row)

    def lane(self, place: int, cursor_row: int) -> Strip:
        """Draw a lane of the icicle."""
        return Strip([]) if self._icicle is None else self._icicle.draw(place, cursor_row)


def _fitted(header: list[Strip], palette: Palette, width: int) -> tuple[Strip, ...]:
    return tuple(line.adjust_cell_length(width, palette.style("text")) for line in header)


def _cursor_line(
    scene: Scene, palette: Palette, numbers: NumberCells, texts: SpanTexts, width: int
) -> Strip:
    """Return the icicle's line about the span under the cursor."""
    row, end = scene.cursor_row, f"{scene.words}  {window_words(scene.axis)}"
    if row is None:
        return cursor_line(palette, [], end, width)
    kind = KINDS[int(scene.tree.kind[row])]
    facts = (
        (numbers.duration(row), ""),
        (numbers.tokens(row), " tokens"),
        (numbers.cost(row), ""),
    )
    said = "  ".join(text + unit for text, unit in facts if text != fmt.NOTHING)
    colour = "error" if scene.tree.error[row] else "text"
    parts = [(glyph(kind), kind), (texts.name(row), colour), (said, "dim")]
    return cursor_line(palette, parts, end, width)
