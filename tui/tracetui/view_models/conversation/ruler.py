"""The ruler of turns: how full the context was at each, and where its history was cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracetui.view_models import format as fmt
from tracetui.view_models.conversation.outline import SpanRef
from tracetui.view_models.conversation.turns import Turn

_LEVELS = "▁▂▃▄▅▆▇█"
_WIDEST = 3
"""Cells that a turn takes at most."""
COMPACTED, REWRITTEN, CURRENT = "↓", "~", "^"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a turn, a part of its width, or several turns where room is short."""

    level: str
    full: float | None
    """Share of the scale; None where no turn of the cell says its tokens."""
    mark: str
    """What is below it."""
    turns: range
    """Numbers of the turns it stands for."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """The cells, and in words what is at the current turn."""

    cells: tuple[Cell, ...]
    words: str
    scale: int | None
    """Tokens of a full cell."""


def ruler(
    calls: Sequence[SpanRef], turns: Sequence[Turn], current: int, width: int, window: int | None
) -> Ruler:
    """Return the ruler of a chat.

    Args:
        calls: Its model calls.
        turns: Those that are read: they know what became of the history.
        current: Number of the turn under the cursor, from 1.
        width: Cells there are.
        window: Tokens of the model's context window; None if it is not known.
    """
    tokens = [call.input_tokens for call in calls]
    largest = max((count for count in tokens if count is not None), default=None)
    scale = window if window and (largest is None or largest <= window) else largest
    count = len(calls)
    if not count or width <= 0:
        return Ruler((), "", scale)
    if count <= width:
        each = min(_WIDEST, width // count)
        groups = [range(number, number + 1) for number in range(1, count + 1)]
    else:
        each = 1
        edges = [number * count // width for number in range(width + 1)]
        groups = [range(a + 1, b + 1) for a, b in pairwise(edges)]
    cells: list[Cell] = []
    for group in groups:
        known = [used for number in group if (used := tokens[number - 1]) is not None]
        full = max(known) / scale if known and scale else None
        cells += _drawn(full, _mark(group, turns, current), group, each)
    return Ruler(tuple(cells), _words(tokens, current, scale, window), scale)


def _mark(group: range, turns: Sequence[Turn], current: int) -> str:
    """Return what is below the turns of `group`."""
    if current in group:
        return CURRENT
    changes = {turns[number - 1].input.change for number in group if number <= len(turns)}
    if "compacted" in changes:
        return COMPACTED
    return REWRITTEN if changes & {"rewritten", "anew"} else " "


def _drawn(full: float | None, mark: str, group: range, each: int) -> list[Cell]:
    level = "?" if full is None else _LEVELS[min(int(full * len(_LEVELS)), len(_LEVELS) - 1)]
    # A blank between turns tells them apart where there is room.
    drawn = [Cell(level, full, mark, group)] * max(each - 1, 1)
    return drawn if each == 1 else [*drawn, Cell(" ", None, " ", group)]


def _words(
    tokens: Sequence[int | None], current: int, scale: int | None, window: int | None
) -> str:
    if not 1 <= current <= len(tokens):
        return ""
    count = tokens[current - 1]
    if scale is None:
        return "context ?"
    of = f"{fmt.short_count(scale)} {'window' if scale == window else 'largest'}"
    if count is None:
        return f"context ? of {of}"
    share = f"{count / scale:.0%}" if scale else fmt.UNKNOWN
    return f"context {fmt.short_count(count)} of {of}  {share}"
