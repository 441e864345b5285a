"""The icicle's lanes: a span lies as deep as it stands in the tree, beside those of its time.

A depth has as many lanes as it needs, up to `MOST`; what still does not fit lies in its last one
over each other. Source: RENDERING §3, "lane = depth plus overflow lanes for concurrency".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]

MOST = 12
"""Lanes of one depth."""


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """The lane of every row of a tree."""

    lane: Rows
    order: Ints
    """All rows by lane, then start."""

    @classmethod
    def of(cls, depth: Rows, start: Ints, end: Ints) -> "Lanes":
        """Find a lane for each row."""
        lane = pack(depth, start, end)
        return cls(lane, np.lexsort((start, lane)))


def pack(depth: Rows, start: Ints, end: Ints) -> Rows:
    """Return the lane of each row, from the top; lanes of one depth are next to each other.

    Each lane takes the earliest span that is left, then the next that begins when it has ended.
    All depths take theirs at once, by pointer doubling: a lane costs two sorts and a few passes.
    """
    count = depth.size
    if not count:
        return np.zeros(0, dtype=np.int32)
    _, ranks = np.unique(np.concatenate((start, np.maximum(end, start))), return_inverse=True)
    scale = np.int64(2 * count + 1)
    begins = depth * scale + ranks[:count]
    finishes = depth * scale + ranks[count:]
    within = np.full(count, MOST - 1, dtype=np.int64)
    left = np.argsort(begins, kind="stable")
    for lane in range(MOST):
        taken = _first_fit(begins[left], finishes[left], depth[left])
        within[left[taken]] = lane
        left = left[~taken]
        if not left.size:
            break
    key = depth.astype(np.int64) * MOST + within
    return np.unique(key, return_inverse=True)[1].astype(np.int32)


def _first_fit(begins: Ints, finishes: Ints, depth: Rows) -> NDArray[np.bool_]:
    """Return which spans one lane of each depth takes; they are sorted by depth and start."""
    count = begins.size
    following = np.searchsorted(begins, finishes)
    following = np.maximum(following, np.arange(1, count + 1))
    opens = np.ones(count, dtype=np.bool_)
    opens[1:] = depth[1:] != depth[:-1]
    depth_stop = np.append(np.flatnonzero(opens)[1:], count)[np.cumsum(opens) - 1]
    step = np.append(np.where(following < depth_stop, following, count), count)
    taken = np.append(opens, False)
    while True:
        marked = np.flatnonzero(taken[:-1])
        goals = step[marked]
        if (goals == count).all():
            return taken[:-1]
        taken[goals] = True
        step = step[step]


@dataclass(frozen=True, slots=True, eq=False)
class LaneRows:
    """The rows on display, lane by lane; lanes without any are left out."""

    rows: Ints
    """By lane, then start."""
    start: Ints
    end: Ints
    first: Ints
    """Where each lane begins in `rows`, and the end of the last."""
    lanes: Rows
    """The lanes that are there, ascending."""

    @classmethod
    def of(cls, lanes: Lanes, visible: Rows, start: Ints, end: Ints) -> "LaneRows":
        """Arrange the rows `visible`."""
        shown = np.zeros(start.size, dtype=np.bool_)
        shown[visible] = True
        rows = lanes.order[shown[lanes.order]]
        by_lane = lanes.lane[rows]
        opens = np.ones(rows.size, dtype=np.bool_)
        opens[1:] = by_lane[1:] != by_lane[:-1]
        first = np.append(np.flatnonzero(opens), rows.size)
        return cls(rows, start[rows], end[rows], first, by_lane[opens])

    def __len__(self) -> int:
        return self.lanes.size

    def place_of(self, lane: int) -> int:
        """Return which of the lanes on display `lane` is."""
        return int(np.searchsorted(self.lanes, lane))

    def lane_slice(self, place: int) -> slice:
        """Return where the rows of a lane on display are."""
        return slice(int(self.first[place]), int(self.first[place + 1]))

    def row_at(self, place: int, start: int, stop: int) -> int | None:
        """Return the row of a lane that lies longest between two times; None if there is none."""
        inside = self.lane_slice(place)
        shared = np.minimum(self.end[inside], stop) - np.maximum(self.start[inside], start)
        if not shared.size or shared.max() < 0:
            return None
        return int(self.rows[inside][int(shared.argmax())])
