"""What the agent under the cursor has to do with the others: edges, graph and matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tracetui.view_models.agent_lines import figure
from tracetui.widgets.colours import Palette

if TYPE_CHECKING:
    from textual import events
    from tracetui_analyses.agent_graph import Topology

    from tracetui.view_models.agent_drawing import Piece


class AgentFigure(Widget):
    """Draws lines for one agent of a topology; `show` replaces them."""

    DEFAULT_CSS = """
    AgentFigure { padding: 0 1; border-top: solid $guide; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._topology: Topology | None = None
        self._name = ""
        self._lines: list[list[Piece]] = []
        self._palette: Palette | None = None

    def show(self, topology: Topology, name: str | None) -> None:
        """Show what `name` has to do with the others."""
        self._topology, self._name = topology, name or ""
        self._lay_out()

    def on_resize(self, _event: events.Resize) -> None:
        """Draw what fits now."""
        self._lay_out()

    def _lay_out(self) -> None:
        size = self.content_size
        if self._topology is not None and size.width and size.height:
            self._lines = figure(self._topology, self._name, size.width, size.height)
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours: the theme changed."""
        super().notify_style_update()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        palette = self._palette = self._palette or Palette(self)
        width, plain = self.content_size.width, palette.style("plain")
        pieces = self._lines[y] if y < len(self._lines) else []
        segments = [Segment(p.text, palette.style(p.tone, bold=p.bold)) for p in pieces]
        return Strip(segments).adjust_cell_length(width, plain)
