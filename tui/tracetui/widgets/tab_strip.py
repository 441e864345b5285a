"""Tabs on one line: titles in, a choice out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget


class TabStrip(Widget):
    """Shows tab titles on one line, the active one marked; scrolls to keep it in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-strip--active", "tab-strip--tab"}
    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        background: $surface;
        & > .tab-strip--tab { color: $foreground 65%; }
        & > .tab-strip--active { color: $text-primary; background: $background; text-style: bold; }
    }
    """

    titles: reactive[Sequence[str]] = reactive((), init=False)
    """Our own words, safe to draw."""
    active: reactive[int] = reactive(0, init=False)

    @dataclass
    class Chosen(Message):
        """The user clicked a tab."""

        index: int

    def render_line(self, y: int) -> Strip:
        """Return the titles, moved left as far as the active one needs."""
        base = self.rich_style
        segments: list[Segment] = []
        for index, title in enumerate(self.titles):
            name = "tab-strip--active" if index == self.active else "tab-strip--tab"
            segments.append(Segment(f" {title} ", self.get_component_rich_style(name)))
        width, offset = self.size.width, self._offset()
        strip = Strip(segments).crop_extend(offset, offset + width, base)
        more = self.get_component_rich_style("tab-strip--tab")
        if offset:
            strip = Strip.join([Strip([Segment("\u2039", more)]), strip.crop(1)])
        if self._ends()[-1] > offset + width:
            strip = Strip.join([strip.crop(0, width - 1), Strip([Segment("\u203a", more)])])
        return strip

    def _ends(self) -> list[int]:
        """Return where each title ends, its margins included; at least one number."""
        ends, end = [], 0
        for title in self.titles:
            end += cell_len(title) + 2
            ends.append(end)
        return ends or [0]

    def _offset(self) -> int:
        ends = self._ends()
        end = ends[min(self.active, len(ends) - 1)]
        beyond = 0 if self.active >= len(ends) - 1 else 1
        return max(0, end + beyond - self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        x = event.x + self._offset()
        for index, end in enumerate(self._ends()):
            if x < end and index < len(self.titles):
                self.post_message(self.Chosen(index))
                return
