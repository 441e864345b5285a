"""The exact stage: tandem repeats of period 1 to 32 in a row of tokens, by numpy.

Source: reference LOOPS (`repeat`, `cycle`). A tandem repeat of period p is a stretch where every
token equals the one p places before. Each period costs one comparison of the whole row: a million
tokens take a fraction of a second, whatever they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of tokens that repeats itself."""

    start: int
    stop: int
    period: int

    @property
    def repetitions(self) -> int:
        """Whole iterations."""
        return (self.stop - self.start) // self.period


def tandem_runs(
    tokens: Sequence[int] | NDArray[np.int64],
    repetitions: int = 3,
    longest_period: int = 32,
    threads: NDArray[Any] | None = None,
) -> list[Run]:
    """Return the maximal stretches that repeat with their smallest period, by start.

    Args:
        tokens: One per action, in order.
        repetitions: Whole iterations that a run must have.
        longest_period: Periods beyond are not looked at.
        threads: The thread of each token, if there are many one after the other; runs stay within.
    """
    row = np.asarray(tokens, dtype=np.int64)
    found: list[Run] = []
    # Where some shorter period holds already: its multiples say nothing new.
    taken = np.zeros(row.size, dtype=np.bool_)
    for period in range(1, min(longest_period, row.size // repetitions) + 1):
        same = row[period:] == row[:-period]
        if threads is not None:
            same &= threads[period:] == threads[:-period]
        for first, last in _stretches(same, (repetitions - 1) * period):
            start, stop = first, last + period
            if taken[start:stop].all():
                continue
            taken[start:stop] = True
            found.append(Run(start, stop, period))
    return sorted(found, key=lambda run: (run.start, run.period))


def _stretches(flags: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Return where at least `least` flags in a row are set: first, and after the last."""
    edges = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    if flags.size and flags[0]:
        edges = np.append(0, edges)
    if edges.size % 2:
        edges = np.append(edges, flags.size)
    first, last = edges[::2], edges[1::2]
    long = (last - first) >= least
    return list(zip(first[long].tolist(), last[long].tolist(), strict=True))
