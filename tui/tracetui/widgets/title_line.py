"""One line of facts: what does not fit goes by rank, never by wrapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip
from tracetui.widgets.colours import Palette

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2


class Fact(NamedTuple):
    """A piece of the line."""

    text: str
    tone: str = "plain"
    rank: int = 0
    """The highest goes first when room is short; the last one left is cut."""
    bold: bool = False
    right: bool = False
    """Whether it stands at the right end."""


class TitleLine(Widget):
    """Shows facts on one line; `show` replaces them."""

    DEFAULT_CSS = """
    TitleLine { height: 1; background: $panel; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._facts: Sequence[Fact] = ()
        self._palette: Palette | None = None

    @property
    def plain_text(self) -> str:
        """Every fact, whether there is room for it or not."""
        return "  ".join(fact.text for fact in self._facts)

    def show(self, facts: Sequence[Fact]) -> None:
        """Show `facts`; drawn again only if they are others."""
        safe = [fact._replace(text=sanitise(fact.text)) for fact in facts if fact.text]
        if safe != self._facts:
            self._facts = safe
            self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours: the theme changed."""
        super().notify_style_update()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Draw the facts that fit."""
        width = self.size.width
        palette = self._palette = self._palette or Palette(self)
        facts = fitting(self._facts, width - 2)
        plain = palette.style("plain")
        segments = [Segment(" ", plain)]
        taken = sum(cell_len(fact.text) for fact in facts) + _GAP * (len(facts) - 1) + 2
        spare = max(width - taken, 0)
        for at, fact in enumerate(facts):
            if fact.right and spare:
                segments.append(Segment(" " * spare, plain))
                spare = 0
            segments.append(Segment(fact.text, palette.style(fact.tone, bold=fact.bold)))
            if at < len(facts) - 1:
                segments.append(Segment(" " * _GAP, plain))
        return Strip(segments).adjust_cell_length(width, plain)


def fitting(facts: Sequence[Fact], width: int) -> list[Fact]:
    """Return the facts that fit into `width` cells, the right ones last; one is always left."""
    chosen = sorted(facts, key=lambda fact: fact.right)
    while len(chosen) > 1 and _cells(chosen) > width:
        chosen.remove(max(reversed(chosen), key=lambda fact: fact.rank))
    if len(chosen) == 1:
        chosen = [chosen[0]._replace(text=clip(chosen[0].text, width))]
    return chosen


def _cells(facts: Sequence[Fact]) -> int:
    return sum(cell_len(fact.text) for fact in facts) + _GAP * (len(facts) - 1)
