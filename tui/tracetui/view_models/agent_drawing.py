"""A small graph of agents in box characters: layers from left to right, counts on the edges.

After Sugiyama, Tagawa and Toda (1981), with one barycentre sweep for the order in a layer. A layer
is how few steps lead there; what does not go from one layer to the next, or back to the caller, is
told in words. Layers stand on odd and even rows in turn, so that a line that leaves an agent never
lies on one that goes to another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len
from tracetui_analyses.agent_graph import AgentEdge, layers

from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip

MOST_AGENTS = 12
_LONGEST_NAME = 20
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_GLYPHS = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"
"""By the directions that a line leaves a cell in, the sum of the four above."""


class Piece(NamedTuple):
    """Text in one colour."""

    text: str
    tone: str = "plain"
    bold: bool = False


@dataclass(slots=True)
class _Pair:
    """What goes on between two agents, however it is done."""

    there: int = 0
    back: int = 0
    failures: int = 0

    @property
    def label(self) -> str:
        return f"{self.there}⇄{self.back}" if self.back else str(self.there)


@dataclass(slots=True)
class _Canvas:
    """Lines as directions per cell, and texts over them."""

    lines: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    texts: dict[tuple[int, int], Piece] = field(default_factory=dict[tuple[int, int], Piece])

    def across(self, row: int, left: int, right: int) -> None:
        for x in range(left, right + 1):
            self.lines[row, x] |= (_LEFT if x > left else 0) | (_RIGHT if x < right else 0)

    def down(self, x: int, top: int, bottom: int) -> None:
        for row in range(top, bottom + 1):
            self.lines[row, x] |= (_UP if row > top else 0) | (_DOWN if row < bottom else 0)

    def drawn(self, height: int) -> list[list[Piece]]:
        """Return rows of pieces: texts where there are some, lines elsewhere."""
        by_row: dict[int, list[tuple[int, Piece]]] = defaultdict(list)
        for (row, x), piece in self.texts.items():
            by_row[row].append((x, piece))
        cells: dict[int, dict[int, str]] = defaultdict(dict)
        for (row, x), mask in self.lines.items():
            cells[row][x] = _GLYPHS[mask]
        return [_row(cells[row], sorted(by_row[row])) for row in range(height)]


def _row(lines: Mapping[int, str], texts: Sequence[tuple[int, Piece]]) -> list[Piece]:
    found: list[Piece] = []
    at = 0

    def fill(until: int) -> None:
        if until > at:
            found.append(Piece("".join(lines.get(x, " ") for x in range(at, until)), "dim"))

    for x, piece in texts:
        fill(x)
        found.append(piece)
        at = x + cell_len(piece.text)
    fill(max(lines, default=-1) + 1)
    return found


def drawing(
    agents: Sequence[str], edges: Sequence[AgentEdge], width: int, height: int, cursor: str = ""
) -> list[list[Piece]] | None:
    """Return the graph of one system as rows of pieces; None if it does not fit.

    Args:
        agents: Its agents.
        edges: What goes on between them, and only them; what an agent does with itself is left out.
        width: Cells there are.
        height: Rows there are.
        cursor: The agent to set off.
    """
    if not 2 <= len(agents) <= MOST_AGENTS:
        return None
    depth = layers(agents, [(edge.source, edge.target) for edge in edges])
    pairs, notes = _pairs(edges, depth)
    if not pairs:
        return None
    levels = _levels(agents, pairs, depth)
    rows = 2 * max(map(len, levels))
    if rows + len(notes) > height:
        return None
    canvas = _Canvas()
    used = _draw(canvas, levels, pairs, cursor)
    notes = [clip(note, width) for note in notes]
    if used > width:
        return None
    drawn = canvas.drawn(rows)
    while drawn and not drawn[-1]:
        drawn.pop()
    return drawn + [[Piece(note, "dim")] for note in notes]


_Pairs = dict[tuple[str, str], _Pair]


def _pairs(edges: Sequence[AgentEdge], depth: Mapping[str, int]) -> tuple[_Pairs, list[str]]:
    """Return edges from a layer to the next; the others in words."""
    among = [edge for edge in edges if edge.source != edge.target]
    pairs: _Pairs = defaultdict(_Pair)
    for edge in among:
        if depth[edge.target] == depth[edge.source] + 1:
            pair = pairs[edge.source, edge.target]
            pair.there += edge.count
            pair.failures += edge.failures
    aside: dict[tuple[str, str], int] = defaultdict(int)
    for edge in among:
        if depth[edge.target] != depth[edge.source] + 1:
            back = pairs.get((edge.target, edge.source))
            if back is None:
                aside[edge.source, edge.target] += edge.count
            else:
                back.back += edge.count
                back.failures += edge.failures
    notes = [f"and {_name(a)} → {_name(b)} {count}" for (a, b), count in aside.items()]
    return dict(pairs), notes


def _name(agent: str) -> str:
    return clip(sanitise(agent[:200]), _LONGEST_NAME)


def _levels(agents: Sequence[str], pairs: _Pairs, depth: Mapping[str, int]) -> list[list[str]]:
    """Return the agents of each layer, those side by side that are called by the same ones."""
    found: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for agent in agents:
        found[depth[agent]].append(agent)
    for level, after in pairwise(found):
        place = {agent: at for at, agent in enumerate(level)}
        callers: dict[str, list[int]] = defaultdict(list)
        for source, target in pairs:
            if source in place:
                callers[target].append(place[source])
        after.sort(key=lambda agent: sum(callers[agent]) / len(callers[agent]))
    return found


def _draw(canvas: _Canvas, levels: list[list[str]], pairs: _Pairs, cursor: str) -> int:
    """Draw all layers and the edges between them; return the cells used."""
    left = right = 0
    rows = {
        agent: 2 * at + number % 2
        for number, level in enumerate(levels)
        for at, agent in enumerate(level)
    }
    for number, level in enumerate(levels):
        ends: dict[str, int] = {}
        for agent in level:
            name = Piece(
                f"◆ {_name(agent)}", "accent" if agent == cursor else "plain", agent == cursor
            )
            canvas.texts[rows[agent], left] = name
            ends[agent] = left + cell_len(name.text)
        right = max(ends.values())
        if number + 1 < len(levels):
            left = _draw_gap(canvas, ends, pairs, rows, right)
    return right


def _draw_gap(
    canvas: _Canvas, ends: Mapping[str, int], pairs: _Pairs, rows: Mapping[str, int], left: int
) -> int:
    """Draw the edges that leave the agents of a layer; return where the next one begins."""
    labels = max(cell_len(pair.label) for pair in pairs.values()) + 3
    leaving = [agent for agent in ends if any(source == agent for source, _ in pairs)]
    right = left + labels * len(leaving) + 5
    for at, agent in enumerate(leaving):
        trunk = left + 2 + at * labels
        targets = [(target, pair) for (source, target), pair in pairs.items() if source == agent]
        canvas.across(rows[agent], ends[agent] + 1, trunk)
        reached = [rows[agent], *(rows[target] for target, _ in targets)]
        canvas.down(trunk, min(reached), max(reached))
        for target, pair in targets:
            canvas.across(rows[target], trunk, right - 2)
            canvas.texts[rows[target], right - 2] = Piece("▸", "dim")
            tone = "error" if pair.failures else "primary"
            canvas.texts[rows[target], trunk + 2] = Piece(pair.label, tone)
    return right
