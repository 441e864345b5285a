"""How long each span did something itself: its duration without the time of its children.

Source: ANALYSES, "Self time": duration minus the union of the children's intervals, each clipped
to the parent.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def self_time(start: Ints, end: Ints, parent: NDArray[np.int32]) -> Ints:
    """Return the nanoseconds of each span that no child of it covers.

    Cost is two sorts, no Python per span. A span that ends before it starts counts as empty.

    Args:
        start: Start of each row.
        end: End of each row.
        parent: Row of each one's parent; -1 for a root.
    """
    own = np.maximum(end - start, 0)
    children = np.flatnonzero(parent >= 0)
    if not children.size:
        return own
    children = children[np.lexsort((start[children], parent[children]))]
    family = parent[children]
    first = np.maximum(start[children], start[family])
    stop = np.maximum(np.minimum(end[children], end[family]), first)
    covered_to = _latest_before(stop, family)
    opens = _opens(family)
    covered_to = np.where(opens, first, np.maximum(covered_to, first))
    gained = np.maximum(stop - covered_to, 0)
    heads = np.flatnonzero(opens)
    own[family[heads]] -= np.add.reduceat(gained, heads)
    return np.maximum(own, 0)


def _opens(family: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return where another parent's children begin."""
    opens = np.ones(family.size, dtype=np.bool_)
    opens[1:] = family[1:] != family[:-1]
    return opens


def _latest_before(stop: Ints, family: NDArray[np.int32]) -> Ints:
    """Return the latest `stop` among the earlier ones of the same family; nonsense at the first.

    One running maximum serves all families: a later family's keys are higher than any before.
    """
    order = np.argsort(stop, kind="stable")
    rank = np.empty(stop.size, dtype=np.int64)
    rank[order] = np.arange(stop.size)
    highest = np.maximum.accumulate(family.astype(np.int64) * stop.size + rank)
    latest = stop[order[highest % stop.size]]
    return np.concatenate((latest[:1], latest[:-1]))
