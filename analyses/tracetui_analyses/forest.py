"""Turns parent pointers into a forest in depth-first pre-order, without recursion.

Everything here is pointer doubling: after k rounds a node knows its ancestor 2^k steps up, so a
chain 100,000 deep costs 17 rounds where a walk by levels would cost 100,000. Each round is a few
passes of numpy over all nodes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Node numbers in pre-order, and each row's place in the tree."""

    order: Ints
    """Node at each row."""
    parent: NDArray[np.int32]
    """Row of the parent; -1 for a root."""
    depth: NDArray[np.int32]
    size: NDArray[np.int32]
    """Rows of the subtree, the row itself included."""


def cut_cycles(parent: Ints) -> tuple[Ints, Bools]:
    """Make a root of the first node of every cycle.

    Args:
        parent: Node number of each node's parent; -1 for a root.

    Returns:
        Parents without cycles, and which nodes lost their parent.
    """
    cut = np.zeros(parent.size, dtype=np.bool_)
    lost = np.flatnonzero(~_reaches_a_root(parent))
    if not lost.size:
        return parent, cut
    # Among the lost nodes every step up stays among them: number them from 0.
    number = np.full(parent.size, -1, dtype=np.int64)
    number[lost] = np.arange(lost.size)
    up = number[parent[lost]]
    first = np.arange(lost.size)
    for _ in range(int(lost.size).bit_length()):
        first = np.minimum(first, first[up])
        up = up[up]
    # Whoever is somebody's ancestor after that many steps stands on a cycle, not beside one.
    on_cycle = np.unique(up)
    heads = lost[on_cycle[first[on_cycle] == on_cycle]]
    cut[heads] = True
    return np.where(cut, -1, parent), cut


def _reaches_a_root(parent: Ints) -> Bools:
    """Return which nodes have a root above them, or are one."""
    up = _with_sentinel(parent)
    reached = np.count_nonzero(up == parent.size)
    while True:
        up = up[up]
        now = np.count_nonzero(up == parent.size)
        # A round without progress is the last: a deeper node would have had an ancestor just there.
        if now == reached:
            return (up == parent.size)[:-1]
        reached = now


def preorder(parent: Ints, rank: Ints) -> Forest:
    """Lay out the forest of `parent` in depth-first pre-order.

    Cost is O(n log depth) in numpy, plus two sorts.

    Args:
        parent: Node number of each node's parent; -1 for a root. No cycles.
        rank: Nodes in the order in which siblings (and roots) are to follow each other.
    """
    count = parent.size
    up = _with_sentinel(parent)
    size = np.ones(count + 1, dtype=np.int64)
    size[count] = 0
    depth = (up != count).astype(np.int64)
    while True:
        # The nodes within 2^k+1 steps below: those within 2^k, and theirs of the ones at 2^k.
        below = np.flatnonzero(up != count)
        if not below.size:
            break
        gained = np.bincount(up[below], weights=size[below], minlength=count + 1)
        size += gained.astype(np.int64)
        depth += depth[up]
        up = up[up]
    position = _positions(parent, rank, size)
    order = np.empty(count, dtype=np.int64)
    order[position] = np.arange(count)
    ordered_parent = parent[order]
    row_of = np.append(position, -1)
    return Forest(
        order=order,
        parent=row_of[ordered_parent].astype(np.int32),
        depth=depth[:-1][order].astype(np.int32),
        size=size[:-1][order].astype(np.int32),
    )


def _positions(parent: Ints, rank: Ints, size: Ints) -> Ints:
    """Return the pre-order row of each node: the sum of its steps on the way down."""
    count = parent.size
    siblings = rank[np.argsort(parent[rank], kind="stable")]
    before = np.cumsum(size[siblings]) - size[siblings]
    family = parent[siblings]
    opens = np.empty(count, dtype=np.bool_)
    opens[:1] = True
    opens[1:] = family[1:] != family[:-1]
    start = np.maximum.accumulate(np.where(opens, np.arange(count), 0))
    step = np.zeros(count + 1, dtype=np.int64)
    step[siblings] = before - before[start] + (family >= 0)
    up = _with_sentinel(parent)
    while np.any(up != count):
        step += step[up]
        up = up[up]
    return step[:-1]


def _with_sentinel(parent: Ints) -> Ints:
    """Return parents where a root points at one node more, which points at itself."""
    return np.append(np.where(parent < 0, parent.size, parent), parent.size)
