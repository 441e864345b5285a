"""The lines below the list of agents: what one has to do with the others, and the matrix."""

from collections import defaultdict
from collections.abc import Sequence

from rich.cells import cell_len
from tracetui_analyses.agent_graph import AgentEdge, Topology

from tracetui.view_models import format as fmt
from tracetui.view_models.agent_cells import (
    ARROWS,
    KIND_WORDS,
    cost_cell,
    failures_cell,
    latency_cells,
    tokens_cell,
)
from tracetui.view_models.agent_drawing import Piece, drawing
from tracetui.view_models.kinds import ERROR_MARK
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import clip

_WIDTHS = (10, 5, 6, 6, 8, 6)
_HEADS = ("how", "count", "failed", "tokens", "cost", "p50")
_LEAST_NAME, _LONGEST_NAME = 14, 42
_MATRIX_NAME, _MATRIX_CELL = 17, 7
"""Cells of the names at the left, and the fewest of a count."""
_BESIDE = 4
"""Cells between graph and matrix."""


def adjacency(topology: Topology, name: str, width: int, most: int) -> list[list[Piece]]:
    """Return what comes from an agent and what comes to it, a line each, at most `most` lines."""
    room = max(width - sum(_WIDTHS) - len(_WIDTHS) * 2 - 4, _LEAST_NAME)
    room = min(room, _LONGEST_NAME)
    heads = [f"{head:>{cells}}" for head, cells in zip(_HEADS, _WIDTHS, strict=True)]
    heads[0] = f"{_HEADS[0]:<{_WIDTHS[0]}}"
    title = clip(f"◆ {sanitise(name[:200])}", room + 2)
    blank = " " * (room + 4 - cell_len(title))
    lines = [[Piece(title, "accent", bold=True), Piece("  ".join([blank, *heads]), "dim")]]
    out = [edge for edge in topology.edges if edge.source == name]
    back = [edge for edge in topology.edges if edge.target == name and edge.source != name]
    told = [_edge("to", edge, edge.target, room) for edge in out]
    told += [_edge("from", edge, edge.source, room) for edge in back]
    if not told:
        told = [[Piece("  nothing goes to it or comes from it", "dim")]]
    if len(told) > most - 1:
        hidden = len(told) - most + 2
        told = [*told[: most - 2], [Piece(f"  … {hidden} more: tracetui agents", "dim")]]
    return lines + told


def _edge(way: str, edge: AgentEdge, other: str, room: int) -> list[Piece]:
    name = clip(sanitise(other[:200]), room - 5)
    how = f"{ARROWS[edge.kind]} {KIND_WORDS[edge.kind]}"
    p50 = latency_cells(edge.latency)[0]
    failed = failures_cell(edge.failures)
    failed = f"{ERROR_MARK}{failed}" if edge.failures else failed
    before = f"  {way:<4} {name}" + " " * (room - 3 - cell_len(name))
    first = f"{before}  {how:<{_WIDTHS[0]}}  {fmt.short_count(edge.count):>{_WIDTHS[1]}}  "
    rest = (tokens_cell(edge.usage), cost_cell(edge.usage), p50)
    cells = [f"{text:>{cells}}" for text, cells in zip(rest, _WIDTHS[3:], strict=True)]
    return [
        Piece(first),
        Piece(f"{failed:>{_WIDTHS[2]}}", "error" if edge.failures else "dim"),
        Piece("  " + "  ".join(cells)),
    ]


def matrix(
    agents: Sequence[str], edges: Sequence[AgentEdge], width: int, height: int
) -> list[list[Piece]] | None:
    """Return how often each agent goes to each; None if it does not fit."""
    if len(agents) < 2 or len(agents) + 1 > height:
        return None
    longest = max(cell_len(sanitise(name[:200])) for name in agents)
    cell = min((width - _MATRIX_NAME) // len(agents), max(longest + 2, _MATRIX_CELL))
    if cell < _MATRIX_CELL:
        return None
    counts: dict[tuple[str, str], int] = defaultdict(int)
    failed: dict[tuple[str, str], int] = defaultdict(int)
    for edge in edges:
        counts[edge.source, edge.target] += edge.count
        failed[edge.source, edge.target] += edge.failures
    short = [clip(sanitise(name[:200]), cell - 2) for name in agents]
    heads = "".join(" " * (cell - cell_len(name)) + name for name in short)
    lines = [[Piece(f"{'from ↓ to →':<{_MATRIX_NAME}}{heads}", "dim")]]
    for source in agents:
        name = clip(sanitise(source[:200]), _MATRIX_NAME - 1)
        row = [Piece(name + " " * (_MATRIX_NAME - cell_len(name)))]
        for target in agents:
            count = counts.get((source, target), 0)
            text = fmt.short_count(count) if count else fmt.NOTHING
            tone = "error" if failed.get((source, target)) else "primary" if count else "guide"
            row.append(Piece(f"{text:>{cell}}", tone))
        lines.append(row)
    return lines


def figure(topology: Topology, name: str, width: int, height: int) -> list[list[Piece]]:
    """Return what stands below the list: edges of an agent, the graph of its system, the matrix.

    Graph and matrix stand one below the other, side by side, or only the first of them that fits.
    """
    system = next((one for one in topology.systems if name in one.agents), None)
    if system is None:
        return []
    told = adjacency(topology, name, width, max(height // 2, 4))
    left = height - len(told) - 1
    edges = [edge for edge in topology.edges if edge.source in system.agents]
    graph = drawing(system.agents, edges, width, left, name)
    table = matrix(system.agents, edges, width, left)
    if graph is None:
        if table is None and len(system.agents) > 1:
            words = f"{len(system.agents)} agents: more than can be drawn here"
            table = [[Piece(words, "dim")]] if left > 0 else []
        return [*told, [], *(table or [])]
    wide = max(sum(cell_len(piece.text) for piece in line) for line in graph) + _BESIDE
    below = matrix(system.agents, edges, width, left - len(graph) - 1)
    if below is not None:
        return [*told, [], *graph, [], *below]
    beside = matrix(system.agents, edges, width - wide, left)
    if beside is not None:
        return [*told, [], *_side_by_side(graph, beside, wide)]
    return [*told, [], *graph]


def _side_by_side(
    left: Sequence[list[Piece]], right: Sequence[list[Piece]], wide: int
) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for at in range(max(len(left), len(right))):
        row = left[at] if at < len(left) else []
        taken = sum(cell_len(piece.text) for piece in row)
        rows.append([*row, Piece(" " * (wide - taken)), *(right[at] if at < len(right) else [])])
    return rows
