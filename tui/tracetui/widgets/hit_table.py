"""The hits of a search through all text, one per line, the match in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tracetui.commands import FIND, bindings
from tracetui.view_models.format import UNKNOWN
from tracetui.view_models.hits import Hit, around
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip
from tracetui.widgets.row_list import OpenableRows

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from tracetui.widgets.colours import Palette

_TITLES = ("trace", "span", "in", "text")
_GAP = 2
_NARROW, _WIDE = (16, 18, 10), (24, 30, 10)
"""Cells of the first three columns; the text has the rest."""
_WIDE_FROM = 110


class HitTable(OpenableRows, inherit_bindings=False):
    """Shows hits; `add` gives it more of them. It posts `Opened` and `Back`."""

    BINDINGS = bindings(FIND)

    @dataclass
    class Opened(Message):
        """The user wants to see a hit."""

        hit: Hit

    @dataclass
    class Back(Message):
        """The user wants to stop, or to step back."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._hits: list[Hit] = []
        self._traces: dict[str, str] = {}
        self._needle: re.Pattern[str] | None = None

    @property
    def row_count(self) -> int:
        """How many hits there are."""
        return len(self._hits)

    @property
    def hit(self) -> Hit | None:
        """The hit under the cursor."""
        return self._hits[self.cursor] if self._hits else None

    def begin(self, needle: re.Pattern[str]) -> None:
        """Forget the hits; `needle` is what the next ones have in them."""
        self._hits, self._traces, self._needle = [], {}, needle
        self.rows_changed(0, top=0)

    def add(self, hits: Sequence[Hit], traces: Mapping[str, str]) -> None:
        """Show more hits below the others; `traces` are names of their traces."""
        self._hits.extend(hits)
        self._traces.update(traces)
        self.rows_changed(self.cursor)

    def action_open(self) -> None:
        """Go to the hit under the cursor."""
        if self.hit is not None:
            self.post_message(self.Opened(self.hit))

    def action_back(self) -> None:
        """Stop the search, or step back."""
        self.post_message(self.Back())

    def _widths(self, width: int) -> tuple[int, int, int, int]:
        trace, span, field = _WIDE if width >= _WIDE_FROM else _NARROW
        return trace, span, field, max(width - 2 - trace - span - field - 3 * _GAP, 8)

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the titles."""
        cells = zip(_TITLES, self._widths(width), strict=True)
        line = " " + "".join(f"{title:<{room + _GAP}}" for title, room in cells)
        return Strip([Segment(line, palette.style("dim", bold=True))]).adjust_cell_length(
            width, palette.style("plain")
        )

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the hits from `start` up to `stop`."""
        return [
            self._draw(hit, palette, width, current=row == self.cursor)
            for row, hit in enumerate(self._hits[start:stop], start=start)
        ]

    def _draw(self, hit: Hit, palette: Palette, width: int, *, current: bool) -> Strip:
        ground = self.cursor_ground if current else ""
        trace, span, field, text = self._widths(width)
        named = self._traces.get(hit.trace_id or "") or hit.trace_id or UNKNOWN
        segments = [Segment(" ", palette.style("plain", ground))]
        for words, room, tone in (
            (named, trace, "dim"),
            (hit.name or UNKNOWN, span, "plain"),
            (hit.where, field, "dim"),
        ):
            cell = clip(sanitise(words), room)
            blank = " " * (room + _GAP - cell_len(cell))
            segments.append(Segment(cell + blank, palette.style(tone, ground)))
        shown = hit.snippet
        if self._needle is not None:
            shown = around(shown, self._needle, text)
        segments += self._marked(clip(sanitise(shown), text), palette, ground)
        return Strip(segments).adjust_cell_length(width, palette.style("plain", ground))

    def _marked(self, text: str, palette: Palette, ground: str) -> list[Segment]:
        """Return `text` with the first match set off."""
        found = self._needle.search(text) if self._needle is not None else None
        if found is None:
            return [Segment(text, palette.style("plain", ground))]
        return [
            Segment(text[: found.start()], palette.style("plain", ground)),
            Segment(found[0], palette.style("match-foreground", "match-background", bold=True)),
            Segment(text[found.end() :], palette.style("plain", ground)),
        ]
