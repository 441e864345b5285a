"""Agents, one per line, with what they did and used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from tracetui.commands import AGENTS, bindings
from tracetui.view_models.agent_cells import NODE_HEADS, node_cells
from tracetui.view_models.kinds import ERROR_MARK, glyph
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip
from tracetui.widgets.row_list import OpenableRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracetui_analyses.agent_graph import AgentNode

    from tracetui.widgets.colours import Palette

_WIDTHS = (5, 6, 5, 6, 8, 6, 6)
"""Cells of the numbers; the name has the rest, and they stand beside it."""
_LONGEST_NAME = 40
_GAP = 2


class AgentTable(OpenableRows, inherit_bindings=False):
    """Shows agents; `show` replaces them. It posts `Opened`, `Moved` and `Back`."""

    BINDINGS = bindings(AGENTS)

    @dataclass
    class Opened(Message):
        """The user wants the traces of an agent."""

        name: str

    @dataclass
    class Moved(Message):
        """The cursor is on another agent."""

    @dataclass
    class Back(Message):
        """The user wants to step back."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._agents: Sequence[AgentNode] = ()

    @property
    def row_count(self) -> int:
        """How many agents there are."""
        return len(self._agents)

    @property
    def agent(self) -> str | None:
        """The agent under the cursor."""
        return self._agents[self.cursor].name if self._agents else None

    def show(self, nodes: Sequence[AgentNode]) -> None:
        """Show other agents; the cursor stays on its agent."""
        before = self.agent
        self._agents = nodes
        places = {node.name: at for at, node in enumerate(nodes)}
        self.rows_changed(places.get(before or "", 0))

    def cursor_moved(self) -> None:
        """Say that the cursor moved."""
        self.post_message(self.Moved())

    def action_open(self) -> None:
        """Open the traces of the agent under the cursor."""
        if self.agent is not None:
            self.post_message(self.Opened(self.agent))

    def action_back(self) -> None:
        """Step back."""
        self.post_message(self.Back())

    def _name_width(self, width: int) -> int:
        numbers = sum(_WIDTHS) + _GAP * len(_WIDTHS)
        return max(min(width - numbers - 4, _LONGEST_NAME), 8)

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the titles."""
        line = " " + f"{NODE_HEADS[0]:<{self._name_width(width) + 2}}" + self._numbers(NODE_HEADS)
        return Strip([Segment(line, palette.style("dim", bold=True))]).adjust_cell_length(
            width, palette.style("plain")
        )

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the agents from `start` up to `stop`."""
        return [
            self._draw(node, palette, width, current=row == self.cursor)
            for row, node in enumerate(self._agents[start:stop], start=start)
        ]

    def _draw(self, node: AgentNode, palette: Palette, width: int, *, current: bool) -> Strip:
        ground = self.cursor_ground if current else ""
        plain = palette.style("plain", ground)
        room = self._name_width(width)
        name = clip(sanitise(node.name[: 8 * room]), room)
        cells = node_cells(node)
        segments = [
            Segment(" ", plain),
            Segment(f"{glyph('agent')} ", palette.style("kind-agent", ground)),
            Segment(name + " " * (room - cell_len(name)), plain),
        ]
        if node.failures:
            cells[2] = f"{ERROR_MARK}{cells[2]}"
        for at, (cell, cells_wide) in enumerate(zip(cells[1:], _WIDTHS, strict=True), start=1):
            failed = at == 2 and node.failures
            text = " " * (_GAP + cells_wide - cell_len(cell)) + cell
            segments.append(Segment(text, palette.style("error", ground) if failed else plain))
        return Strip(segments).adjust_cell_length(width, plain)

    def _numbers(self, cells: Sequence[str]) -> str:
        return "".join(
            " " * (_GAP + wide - cell_len(cell)) + cell
            for cell, wide in zip(cells[1:], _WIDTHS, strict=True)
        )
