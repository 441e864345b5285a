"""The critical path of a trace: what the time from its start to its end was spent on.

Source: ANALYSES, "Critical path", after Jaeger's UI and Uber's CRISP (ATC '22). Children are
clipped to their parent, those outside it dropped. From a span's end one walks back: the child that
ends last at or before the cursor is on the path, the gap after it is the span's own, and the walk
goes on at the child's start. So every instant of the root is covered exactly once.

Walks of all spans run at once, by pointer doubling: neither a chain 100,000 deep nor a parent of
100,000 children is walked step by step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tracetui_loaders.schema import KINDS

from tracetui_analyses.span_tree import SpanTree

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MODEL_KINDS = frozenset({"llm", "embedding", "reranker"})
_HOLDERS = frozenset({"agent", "workflow", "prompt", "partial", "other"})
"""Kinds whose own time is a gap where something is below them: it is not known what they did."""
_CLASSES = ("model", "tool", "wait", "gap", "other")


@dataclass(frozen=True, slots=True)
class Shares:
    """How the time of the path divides, in nanoseconds; the sum is the time of the trace."""

    model: int
    tool: int
    """Tools, and what else ran below agents: retrieval, memory, requests."""
    wait: int
    """Between two turns of a session, where nobody but the user has the word."""
    gap: int
    """Agents and workflows themselves, or nothing at all: between their steps."""
    other: int
    """Spans of no known kind with nothing below."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.model + self.tool + self.wait + self.gap + self.other


@dataclass(frozen=True, slots=True, eq=False)
class CriticalPath:
    """The path through one tree, by its rows."""

    tree: SpanTree
    on_path: Bools
    """Which rows are on it."""
    own: Ints
    """Nanoseconds of the path that are each row's own; 0 off the path."""
    between_roots: int
    """Nanoseconds between the roots on the path, where no span is."""
    shares: Shares
    """What it was spent on."""

    @classmethod
    def of(cls, tree: SpanTree) -> "CriticalPath":
        """Find the path; of several roots, those one after the other that led to the end."""
        return _find(tree)


def _shares(tree: SpanTree, own: Ints, between_roots: int) -> Shares:
    """Add up each row's own part of the path by what it was spent on."""
    classes = _classes(tree)
    sums = [int(own[classes == number].sum()) for number in range(len(_CLASSES))]
    sums[_CLASSES.index("gap")] += between_roots
    return Shares(*sums)


def _classes(tree: SpanTree) -> NDArray[np.int8]:
    """Return the index into `_CLASSES` that each row's own time belongs to."""
    by_kind = np.array(
        [
            _CLASSES.index(
                "model" if kind in _MODEL_KINDS else "other" if kind in _HOLDERS else "tool"
            )
            for kind in KINDS
        ],
        dtype=np.int8,
    )
    found = by_kind[tree.kind]
    other, gap = _CLASSES.index("other"), _CLASSES.index("gap")
    found[(found == other) & (tree.size > 1)] = gap
    found[_sessions(tree)] = _CLASSES.index("wait")
    return found


def _sessions(tree: SpanTree) -> Bools:
    """Return the roots that are no agents and hold nothing but agents, at least two: turns."""
    agent = tree.kind == KINDS.index("agent")
    below = tree.parent >= 0
    held = np.bincount(tree.parent[below], minlength=len(tree))
    agents = np.bincount(tree.parent[below & agent], minlength=len(tree))
    holder = (tree.kind == KINDS.index("workflow")) | (tree.kind == KINDS.index("other"))
    return (tree.depth == 0) & holder & (held == agents) & (agents > 1)


def _find(tree: SpanTree) -> CriticalPath:
    count = len(tree)
    if not count:
        nothing = np.zeros(0, np.int64)
        return CriticalPath(tree, np.zeros(0, np.bool_), nothing, 0, Shares(0, 0, 0, 0, 0))
    # One span more, above the roots, that lasts as long as all of them.
    parent = np.where(tree.parent < 0, count, tree.parent).astype(np.int64)
    roots = tree.depth == 0
    end = np.maximum(tree.end, tree.start)
    start = np.append(tree.start, tree.start[roots].min())
    end = np.append(end, end[roots].max())
    first, stop = _clipped(start, end, np.append(parent, count))
    length = stop[:-1] - first[:-1]
    inside = (length > 0) | ((length == 0) & (start[:-1] == end[:-1]))

    chosen = _chosen(first[:-1], stop[:-1], parent, np.flatnonzero(inside))
    rejected = np.flatnonzero(~chosen)
    change = np.zeros(count + 1, dtype=np.int64)
    np.add.at(change, rejected, 1)
    np.subtract.at(change, rejected + tree.size[rejected], 1)
    on_path = np.cumsum(change[:-1]) == 0

    own = np.zeros(count + 1, dtype=np.int64)
    own[:-1] = np.where(on_path, length, 0)
    own[count] = stop[count] - first[count]
    on = np.flatnonzero(on_path)
    np.subtract.at(own, parent[on], length[on])
    between_roots = int(own[count])
    own = own[:-1]
    return CriticalPath(tree, on_path, own, between_roots, _shares(tree, own, between_roots))


def _clipped(start: Ints, end: Ints, parent: Ints) -> tuple[Ints, Ints]:
    """Return start and end within all ancestors; the end may come before the start.

    Args:
        start: Start of each span.
        end: End of each span.
        parent: Each span's parent; the last one, above all, is its own.
    """
    start, end, up = start.copy(), end.copy(), parent
    top = parent.size - 1
    while True:
        start = np.maximum(start, start[up])
        end = np.minimum(end, end[up])
        if (up == top).all():
            return start, end
        up = up[up]


def _chosen(first: Ints, stop: Ints, parent: Ints, rows: Ints) -> Bools:
    """Return which of `rows` the walk from their parent's end meets."""
    chosen = np.zeros(first.size, dtype=np.bool_)
    if not rows.size:
        return chosen
    # In the order of their ends, family by family: the walk goes backwards through it.
    rows = rows[np.lexsort((rows, first[rows], stop[rows], parent[rows]))]
    family, begins, finishes = parent[rows], first[rows], stop[rows]
    before = _last_that_ended(family, finishes, begins)
    before = np.minimum(before, np.arange(rows.size) - 1)
    opens = np.ones(rows.size, dtype=np.bool_)
    opens[1:] = family[1:] != family[:-1]
    family_start = np.maximum.accumulate(np.where(opens, np.arange(rows.size), 0))
    # One place more, which is its own successor: where walks end.
    step = np.append(np.where(before >= family_start, before, rows.size), rows.size)
    met = np.zeros(rows.size + 1, dtype=np.bool_)
    met[np.append(np.flatnonzero(opens)[1:], rows.size) - 1] = True
    while True:
        marked = np.flatnonzero(met[:-1])
        met[step[marked]] = True
        if (step[marked] == rows.size).all():
            break
        step = step[step]
    chosen[rows[met[:-1]]] = True
    return chosen


def _last_that_ended(family: Ints, finishes: Ints, begins: Ints) -> Ints:
    """Return, for each place, the last one of its family that has ended when it begins.

    Places are sorted by family and end. Where there is none, it is a place before the family's.
    """
    times, ranks = np.unique(np.concatenate((finishes, begins)), return_inverse=True)
    scale = np.int64(times.size + 1)
    _, dense = np.unique(family, return_inverse=True)
    key = dense.astype(np.int64) * scale
    ended = key + ranks[: finishes.size]
    return np.searchsorted(ended, key + ranks[finishes.size :], side="right") - 1
