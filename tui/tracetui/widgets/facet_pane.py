"""The facets of the traces: values to filter to, with how many traces each would leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tracetui.commands import FACETS, bindings
from tracetui.view_models import format as fmt
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip
from tracetui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

    from tracetui.view_models.facet import Facet
    from tracetui.widgets.colours import Palette

_COUNT_CELLS = 7
_NOTHING = "Nothing here has values to choose."


@dataclass(frozen=True, slots=True)
class _Row:
    """A line: a dimension's title, or one of its values."""

    column: str
    text: str
    value: str | None = None
    """None: a title."""
    count: int = 0
    chosen: bool = False


class FacetPane(RowList, inherit_bindings=False):
    """Shows facets, one value per line; it posts `Toggled`."""

    BINDINGS = bindings(FACETS)

    @dataclass
    class Toggled(Message):
        """A value is wanted, or no more."""

        column: str
        value: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._facets: Sequence[Facet] = ()
        self._chosen: Mapping[str, Sequence[str]] = {}
        self._rows: list[_Row] = []
        self._counting = True

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    def show(self, facets: Sequence[Facet], chosen: Mapping[str, Sequence[str]]) -> None:
        """Show `facets`; `chosen` are the values that are wanted, by column."""
        self._facets, self._chosen, self._counting = facets, chosen, False
        self._lay_out()

    def show_counting(self, chosen: Mapping[str, Sequence[str]]) -> None:
        """Show other values as wanted, before the counts are there."""
        self._chosen, self._counting = chosen, True
        self._lay_out()

    def _lay_out(self) -> None:
        at = self._rows[self.cursor] if self._rows else None
        rows: list[_Row] = []
        for facet in self._facets:
            column = facet.dimension.column
            if not facet.values:
                continue
            more = facet.different - len(facet.values)
            title = facet.dimension.title + (f"  {more:,} more, type f" if more > 0 else "")
            rows.append(_Row(column, title))
            chosen = self._chosen.get(column, ())
            rows += [_Row(column, v, v, count, v in chosen) for v, count in facet.values]
        self._rows = rows
        same = (
            row
            for row, one in enumerate(rows)
            if at is not None and (one.column, one.value) == (at.column, at.value)
        )
        self.rows_changed(min(max(next(same, self.cursor), 1), max(len(rows) - 1, 0)))

    def action_tick(self) -> None:
        """Filter to the value under the cursor, or not any more."""
        if self._rows and (row := self._rows[self.cursor]).value is not None:
            self.post_message(self.Toggled(row.column, row.value))

    def move_to(self, row: int) -> None:
        """Put the cursor on a value: a title is passed over."""
        row = min(max(row, 0), self.row_count - 1)
        if self._rows and self._rows[row].value is None:
            row += -1 if row < self.cursor and row > 0 else 1
        super().move_to(row)

    def keep_cursor_in_view(self) -> None:
        """Scroll as little as shows the cursor, and its title above the first value."""
        super().keep_cursor_in_view()
        if self.cursor == 1 and round(self.scroll_y) == 1:
            self.scroll_to(y=0, animate=False, immediate=True)

    def on_click(self, event: events.Click) -> None:
        """Filter to the value that was clicked."""
        row = event.y - 1 + round(self.scroll_y)
        if event.y > 0 and row < self.row_count and self._rows[row].value is not None:
            self.move_to(row)
            self.action_tick()

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw what the columns are."""
        title = " facets" if self._rows or self._counting else f" {_NOTHING}"
        right = "… " if self._counting else "traces "
        gap = width - cell_len(title) - cell_len(right)
        text = title + " " * gap + right if gap > 0 and self._rows else title
        return Strip([Segment(text, palette.style("dim", bold=True))]).adjust_cell_length(
            width, palette.style("dim")
        )

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the lines from `start` up to `stop`."""
        return [self._draw(at, palette, width) for at in range(start, min(stop, self.row_count))]

    def _draw(self, at: int, palette: Palette, width: int) -> Strip:
        row = self._rows[at]
        if row.value is None:
            title, _, more = row.text.partition("  ")
            segments = [Segment(f" {title}", palette.style("accent", bold=True))]
            segments.append(Segment(f"  {more}", palette.style("dim")))
            return Strip(segments).adjust_cell_length(width, palette.style("plain"))
        ground = self.cursor_ground if at == self.cursor else ""
        box = "[x] " if row.chosen else "[ ] "
        room = max(width - 2 - len(box) - _COUNT_CELLS - 1, 4)
        name = clip(sanitise(row.text) or '""', room)
        count = fmt.count_within(row.count, _COUNT_CELLS) if not self._counting else ""
        tone = "accent" if row.chosen else "plain"
        quiet = palette.style("dim", ground)
        return Strip(
            [
                Segment(f"  {box}", palette.style("accent" if row.chosen else "dim", ground)),
                Segment(name, palette.style(tone, ground, bold=row.chosen)),
                Segment(" " * (room - cell_len(name)), quiet),
                Segment(f"{count:>{_COUNT_CELLS}} ", quiet),
            ]
        ).adjust_cell_length(width, palette.style("plain", ground))
