"""The time axis of the waterfall: a window on a trace, mapped to terminal cells.

Times are nanoseconds since the trace's first. A cell has eight parts, as block characters do.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracetui.view_models.time_breaks import Breaks

EIGHTHS = 8


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A window from `start` to `stop` on a trace that is shown from 0 to `last`.

    With breaks these are times as they are shown; whatever is given or returned as a time of the
    trace is real.
    """

    last: int
    start: int
    stop: int
    breaks: Breaks | None = None

    @classmethod
    def whole(cls, last: int, breaks: Breaks | None = None) -> "TimeAxis":
        """Return the axis that shows a trace of `last` nanoseconds."""
        shown = max(last if breaks is None else breaks.shown_last, 1)
        return cls(shown, 0, shown, breaks)

    @property
    def is_whole(self) -> bool:
        """Whether the window shows the whole trace."""
        return self.start <= 0 and self.stop >= self.last

    @property
    def span(self) -> int:
        """Length of the window as it is shown, in nanoseconds, at least 1."""
        return max(self.stop - self.start, 1)

    @property
    def window(self) -> tuple[int, int]:
        """The times at the edges of the window; an edge in a break is at the break's near end."""
        start, stop = self._real(self.start), self._real(self.stop)
        if self.breaks is None:
            return start, stop
        first, after = self.breaks.stop_after(start), self.breaks.start_before(stop)
        return (first, after) if first < after else (start, stop)

    @property
    def duration(self) -> int:
        """How long the trace is."""
        return self._real(self.last)

    def _real(self, shown: float) -> int:
        return int(shown if self.breaks is None else self.breaks.real(np.array([shown]))[0])

    def shown(self, times: NDArray[np.int64]) -> NDArray[Any]:
        """Return times as the axis shows them: shorter by the breaks before them."""
        return times if self.breaks is None else self.breaks.shown(times)

    def with_breaks(self, breaks: Breaks | None, last: int) -> "TimeAxis":
        """Return the axis of a trace of `last` with other breaks and the same window."""
        axis = TimeAxis.whole(last, breaks)
        return axis if self.is_whole else axis.showing(*self.window)

    def showing(self, start: int, stop: int) -> "TimeAxis":
        """Return the axis that shows the times from `start` to `stop`."""
        edges = self.shown(np.array([start, stop])).tolist()
        return self.moved_to(int(edges[0]), int(edges[1]))

    def moved_to(self, start: int, stop: int) -> "TimeAxis":
        """Return the axis with another window, kept inside the trace; times are as shown."""
        span = min(max(stop - start, 1), self.last)
        start = min(max(start, 0), self.last - span)
        return replace(self, start=start, stop=start + span)

    def around(self, start: int, stop: int) -> "TimeAxis":
        """Return the axis that shows `start` to `stop` with a little room on both sides."""
        edges = self.shown(np.array([start, stop])).tolist()
        room = max(int(edges[1] - edges[0]) // 40, 1)
        return self.moved_to(int(edges[0]) - room, int(edges[1]) + room)

    def panned(self, share: float) -> "TimeAxis":
        """Return the axis moved by a share of its window, later if positive."""
        step = int(self.span * share)
        return self.moved_to(self.start + step, self.stop + step)

    def centred(self, time: int) -> "TimeAxis":
        """Return the axis moved so that `time` is in the middle."""
        start = int(self.shown(np.array([time]))[0]) - self.span // 2
        return self.moved_to(start, start + self.span)

    def zoomed(self, factor: float, at: float = 0.5) -> "TimeAxis":
        """Return the axis with `factor` times the window, standing still at share `at`."""
        span = max(int(self.span * factor), 1)
        start = self.start + int((self.span - span) * at)
        return self.moved_to(start, start + span)

    def parts(self, times: NDArray[np.int64], width: int) -> NDArray[np.int64]:
        """Return times as eighths of a cell from the left edge; outside the window < 0 or > all."""
        scale = width * EIGHTHS / self.span
        return np.floor((self.shown(times) - self.start) * scale + 1e-6).astype(np.int64)

    def time_at(self, cell: float, width: int) -> int:
        """Return the time at a cell."""
        return self._real(self.start + int(self.span * cell / max(width, 1)))


def density(axis: TimeAxis, start: NDArray[np.int64], end: NDArray[np.int64], cells: int) -> str:
    """Return a line of `▁` to `█`: how many spans are under way in each cell of the whole trace."""
    if cells <= 0:
        return ""
    whole = replace(axis, start=0, stop=axis.last)
    first = np.clip(whole.parts(start, cells) // EIGHTHS, 0, cells - 1)
    final = np.clip(whole.parts(end, cells) // EIGHTHS, first, cells - 1)
    change = np.bincount(first, minlength=cells + 1) - np.bincount(final + 1, minlength=cells + 1)
    busy = np.cumsum(change[:cells])
    if not busy.any():
        return " " * cells
    # A square root keeps single spans visible beside a crowd.
    height = np.ceil(np.sqrt(busy / busy.max()) * EIGHTHS).astype(int)
    return "".join(" ▁▂▃▄▅▆▇█"[level] for level in height.tolist())
