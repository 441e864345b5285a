"""When the traces started, as one line of bars between two clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tracetui.view_models import format as fmt
from tracetui.view_models.text_cells import levels
from tracetui.widgets.colours import Palette

if TYPE_CHECKING:
    from tracetui.view_models.trace_rows import Histogram

MOST_BARS = 60
_DAY = 86_400 * 1_000_000_000


class HistogramLine(Widget):
    """Shows a histogram; None leaves the line blank."""

    DEFAULT_CSS = """
    HistogramLine { height: 1; }
    """

    histogram: reactive[Histogram | None] = reactive(None, init=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._palette: Palette | None = None

    @property
    def bars(self) -> int:
        """How many bars there is room for."""
        return max(min(self.size.width // 3, MOST_BARS), 8)

    def notify_style_update(self) -> None:
        """Forget the colours: the theme changed."""
        super().notify_style_update()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Draw bars, what a bar is, and the range of time at the right."""
        width = self.size.width
        palette = self._palette = self._palette or Palette(self)
        plain, dim = palette.style("plain"), palette.style("dim")
        found = self.histogram
        if found is None:
            return Strip.blank(width, plain)
        segments = [Segment(" ", plain), Segment(levels(found.counts), palette.style("primary"))]
        segments.append(Segment(f"  traces per {found.bucket}", dim))
        days = found.end_unix_nano - found.start_unix_nano >= _DAY
        first = fmt.clock(found.start_unix_nano, with_date=True)
        last = fmt.clock(found.end_unix_nano, with_date=days)
        span = f"{first} ── {last}" if found.end_unix_nano > found.start_unix_nano else first
        gap = width - sum(segment.cell_length for segment in segments) - len(span) - 1
        if gap > 1:
            segments += [Segment(" " * gap, plain), Segment(span, dim)]
        return Strip(segments).adjust_cell_length(width, plain)
