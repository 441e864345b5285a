"""Idle time left out of the time axis: stretches in which nothing is under way, shown short.

Work is what spans without children do; what holds them may wait for hours. A span that has not
ended is work only where it begins: nobody knows how long it went on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_SHARE = 20
"""A stretch longer than this part of all work is idle, or one longer than the mean of the work
between two stretches, whichever is shorter."""
_LENGTH = 50
"""A break is shown as long as this part of all work, at most."""
_ALL_LENGTHS = 4
"""All breaks together take this part of all work, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Breaks:
    """A mapping of times to the times that the axis shows, shorter by the breaks before them."""

    start: Ints
    """Where each break begins, ascending, in nanoseconds since the trace's first."""
    stop: Ints
    length: int
    """What is shown of each, in nanoseconds."""
    last: int
    """The end of the trace."""

    @classmethod
    def of(cls, start: Ints, end: Ints, last: int) -> "Breaks | None":
        """Find the idle time of a trace; None if there is none worth a break.

        Args:
            start: Start of each piece of work.
            end: Its end.
            last: The end of the trace.
        """
        idle_start, idle_stop = _idle(start, end, last)
        lengths = idle_stop - idle_start
        work = max(last - int(lengths.sum()), last // 1_000, 1)
        chosen = lengths > work // max(_SHARE, lengths.size)
        count = int(chosen.sum())
        if not count:
            return None
        length = max(min(work // _LENGTH, work // (_ALL_LENGTHS * count)), 1)
        return cls(idle_start[chosen], idle_stop[chosen], length, last)

    @property
    def hidden(self) -> int:
        """Nanoseconds of idle time that breaks stand for."""
        return int((self.stop - self.start).sum())

    @property
    def shown_last(self) -> int:
        """The end of the trace as it is shown."""
        return self.last - self.hidden + self.length * self.start.size

    def shown(self, times: NDArray[Any]) -> NDArray[np.float64]:
        """Return where times are shown."""
        return np.interp(times, *self._points())

    def real(self, times: NDArray[Any]) -> NDArray[np.float64]:
        """Return the times that are shown there."""
        real, shown = self._points()
        return np.interp(times, shown, real)

    def stop_after(self, time: int) -> int:
        """Return the end of the break that `time` lies in, else `time`."""
        at = int(np.searchsorted(self.stop, time, side="right"))
        return int(self.stop[at]) if at < self.stop.size and self.start[at] < time else time

    def start_before(self, time: int) -> int:
        """Return the beginning of the break that `time` lies in, else `time`."""
        at = int(np.searchsorted(self.start, time, side="left")) - 1
        return int(self.start[at]) if at >= 0 and time < self.stop[at] else time

    def _points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        ends = self.length * np.arange(1, self.start.size + 1)
        left_out = np.cumsum(self.stop - self.start)
        shown_stop = self.stop - left_out + ends
        real = np.empty(2 * self.start.size + 2)
        shown = np.empty_like(real)
        real[0], real[-1] = 0, self.last
        shown[0], shown[-1] = 0, self.shown_last
        real[1:-1:2], real[2:-1:2] = self.start, self.stop
        shown[1:-1:2], shown[2:-1:2] = shown_stop - self.length, shown_stop
        return real, shown


def _idle(start: Ints, end: Ints, last: int) -> tuple[Ints, Ints]:
    """Return every stretch between 0 and `last` without work."""
    order = np.argsort(start, kind="stable")
    begins = np.append(start[order], last)
    done = np.maximum.accumulate(np.concatenate(([0], np.maximum(end, start)[order])))
    idle = begins > done
    return done[idle], begins[idle]
