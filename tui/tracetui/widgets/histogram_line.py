"""When the traces started, as one line of bars between two clocks, and a window over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tracetui.view_models import format as fmt
from tracetui.view_models.text_cells import levels
from tracetui.view_models.time_window import TimeWindow, bars, of_bars
from tracetui.widgets.colours import Palette

if TYPE_CHECKING:
    from textual import events

    from tracetui.view_models.trace_rows import Histogram

MOST_BARS = 60
_DAY = 86_400 * 1_000_000_000


class HistogramLine(Widget):
    """Shows a histogram; None leaves the line blank.

    With the mouse, a window is drawn over it: it posts `Brushed`.
    """

    DEFAULT_CSS = """
    HistogramLine { height: 1; }
    """

    histogram: reactive[Histogram | None] = reactive(None, init=False)
    window: reactive[TimeWindow | None] = reactive(None, init=False)
    """What the list is narrowed to."""

    @dataclass
    class Brushed(Message):
        """The user has drawn a window with the mouse."""

        window: TimeWindow

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._palette: Palette | None = None
        self._drawn_from: int | None = None
        """The bar where the mouse went down; None while it is up."""

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
        segments = [Segment(" ", plain), *self._bars(found, palette)]
        segments.append(Segment(f"  traces per {found.bucket}", dim))
        span, tone = _span(found), "dim"
        if self.window is not None:
            span, tone = f"▕{window_words(self.window)}▏", "accent"
        gap = width - sum(segment.cell_length for segment in segments) - len(span) - 1
        if gap <= 1 and self.window is not None:
            del segments[-1]  # the window says more than what a bar is
            gap = width - sum(segment.cell_length for segment in segments) - len(span) - 1
        if gap > 1:
            segments += [Segment(" " * gap, plain), Segment(span, palette.style(tone))]
        return Strip(segments).adjust_cell_length(width, plain)

    def _bars(self, found: Histogram, palette: Palette) -> list[Segment]:
        text = levels(found.counts)
        if self.window is None:
            return [Segment(text, palette.style("primary"))]
        lit = bars(self.window, found)
        quiet = palette.style("dim")
        return [
            Segment(text[: lit.start], quiet),
            Segment(text[lit.start : lit.stop], palette.style("accent", "row-cursor", bold=True)),
            Segment(text[lit.stop :], quiet),
        ]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a window at the bar below the mouse."""
        found = self.histogram
        if found is not None and 1 <= event.x <= len(found.counts):
            self._drawn_from = event.x - 1
            self.capture_mouse()
            self._brush(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the window up to the bar below the mouse."""
        self._brush(event.x)

    def on_mouse_up(self) -> None:
        """End the window."""
        self._drawn_from = None
        self.release_mouse()

    def _brush(self, x: int) -> None:
        found = self.histogram
        if found is None or self._drawn_from is None:
            return
        window = of_bars(self._drawn_from, x - 1, found)
        if window != self.window:
            self.post_message(self.Brushed(window))


def window_words(window: TimeWindow) -> str:
    """Return from when to when a window goes."""
    start, stop = window.start_unix_nano, window.stop_unix_nano
    first, last = fmt.clock(start, with_date=True), fmt.clock(stop, with_date=True)
    return f"{first} ── {last[11:] if last[:10] == first[:10] else last}"


def _span(found: Histogram) -> str:
    """Return from when to when all traces start."""
    days = found.end_unix_nano - found.start_unix_nano >= _DAY
    first = fmt.clock(found.start_unix_nano, with_date=True)
    last = fmt.clock(found.end_unix_nano, with_date=days)
    return f"{first} ── {last}" if found.end_unix_nano > found.start_unix_nano else first
