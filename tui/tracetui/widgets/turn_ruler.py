"""Two lines over a chat: how full the context was turn by turn, and where the cursor is."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tracetui.view_models.conversation.outline import SpanRef
from tracetui.view_models.conversation.ruler import COMPACTED, REWRITTEN, Ruler, ruler
from tracetui.view_models.conversation.turns import Turn
from tracetui.view_models.text_cells import clip
from tracetui.widgets.colours import Palette

_CROWDED = 0.8
"""Share of the context from which on a turn is drawn as a warning."""


class TurnRuler(Widget):
    """Shows the context of each turn; `show` gives it the turns. It posts `Chosen`."""

    DEFAULT_CSS = """
    TurnRuler { height: 2; background: $surface; }
    """

    @dataclass
    class Chosen(Message):
        """The user clicked a turn."""

        turn: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._calls: Sequence[SpanRef] = ()
        self._turns: Sequence[Turn] = ()
        self._current = 0
        self._window: int | None = None
        self._palette: Palette | None = None
        self._drawn: Ruler | None = None

    def show(
        self, calls: Sequence[SpanRef], turns: Sequence[Turn], current: int, window: int | None
    ) -> None:
        """Show the turns of a chat, the cursor on turn `current`."""
        self._calls, self._turns = calls, turns
        self._current, self._window = current, window
        self._drawn = None
        self.refresh()

    @property
    def words(self) -> str:
        """What is said of the current turn."""
        return self._ruler().words

    def _ruler(self) -> Ruler:
        if self._drawn is None:
            words = ruler(self._calls, (), self._current, 1, self._window).words
            self._drawn = ruler(
                self._calls,
                self._turns,
                self._current,
                self.size.width - cell_len(words) - 4,
                self._window,
            )
        return self._drawn

    def on_resize(self) -> None:
        """Count the cells anew."""
        self._drawn = None

    def notify_style_update(self) -> None:
        """Forget the colours: the theme changed."""
        super().notify_style_update()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Draw the levels, or the marks below them."""
        width = self.size.width
        palette = self._palette = self._palette or Palette(self)
        drawn = self._ruler()
        segments = [Segment(" ", palette.style("plain"))]
        for cell in drawn.cells:
            if y == 0:
                crowded = cell.full is not None and cell.full >= _CROWDED
                tone = "dim" if cell.full is None else "warning" if crowded else "kind-llm"
                segments.append(Segment(cell.level, palette.style(tone)))
            else:
                tone = "warning" if cell.mark in {COMPACTED, REWRITTEN} else "accent"
                segments.append(Segment(cell.mark, palette.style(tone, bold=True)))
        if y == 0:
            words = clip(drawn.words, width - len(drawn.cells) - 4)
            segments.append(Segment(f"  {words}", palette.style("plain")))
        else:
            segments.append(Segment(f"  {clip(self._legend(drawn), 40)}", palette.style("dim")))
        return Strip(segments).adjust_cell_length(width, palette.style("plain"))

    def _legend(self, drawn: Ruler) -> str:
        marks = {cell.mark for cell in drawn.cells}
        words = [(COMPACTED, "compacted"), (REWRITTEN, "rewritten or begun anew")]
        return "  ".join(f"{mark} {word}" for mark, word in words if mark in marks)

    def on_click(self, event: events.Click) -> None:
        """Go to the turn under the mouse."""
        cells = self._ruler().cells
        if 0 < event.x <= len(cells):
            self.post_message(self.Chosen(cells[event.x - 1].turns.start))
