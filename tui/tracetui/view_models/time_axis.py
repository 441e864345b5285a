"""The time axis of the waterfall: a window on a trace, mapped to terminal cells.

Times are nanoseconds since the trace's first. A cell has eight parts, as block characters do.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

EIGHTHS = 8
_SECOND = 1_000_000_000
_LADDER = (
    *(base * 10**power for power in range(9) for base in (1, 2, 5)),
    *(_SECOND * s for s in (1, 2, 5, 10, 15, 30)),
    *(60 * _SECOND * m for m in (1, 2, 5, 10, 15, 30)),
    *(3_600 * _SECOND * h for h in (1, 2, 3, 6, 12)),
    *(86_400 * _SECOND * d for d in (1, 2, 7, 14, 30, 90, 365)),
)
"""Distances between ticks that people read easily."""
_UNITS = (("d", 86_400 * _SECOND), ("h", 3_600 * _SECOND), ("m", 60 * _SECOND))
_SMALL = ((1_000_000, "ms"), (1_000, "µs"), (1, "ns"))


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled cell of the ruler."""

    cell: int
    label: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A window from `start` to `stop` on a trace that lasts from 0 to `last`."""

    last: int
    start: int
    stop: int

    @classmethod
    def whole(cls, last: int) -> "TimeAxis":
        """Return the axis that shows a trace of `last` nanoseconds."""
        return cls(max(last, 1), 0, max(last, 1))

    @property
    def is_whole(self) -> bool:
        """Whether the window shows the whole trace."""
        return self.start <= 0 and self.stop >= self.last

    @property
    def span(self) -> int:
        """Length of the window in nanoseconds, at least 1."""
        return max(self.stop - self.start, 1)

    def moved_to(self, start: int, stop: int) -> "TimeAxis":
        """Return the axis with another window, kept inside the trace."""
        span = min(max(stop - start, 1), self.last)
        start = min(max(start, 0), self.last - span)
        return replace(self, start=start, stop=start + span)

    def around(self, start: int, stop: int) -> "TimeAxis":
        """Return the axis that shows `start` to `stop` with a little room on both sides."""
        room = max((stop - start) // 40, 1)
        return self.moved_to(start - room, stop + room)

    def panned(self, share: float) -> "TimeAxis":
        """Return the axis moved by a share of its window, later if positive."""
        step = int(self.span * share)
        return self.moved_to(self.start + step, self.stop + step)

    def zoomed(self, factor: float, at: float = 0.5) -> "TimeAxis":
        """Return the axis with `factor` times the window, standing still at share `at`."""
        span = max(int(self.span * factor), 1)
        start = self.start + int((self.span - span) * at)
        return self.moved_to(start, start + span)

    def parts(self, times: NDArray[np.int64], width: int) -> NDArray[np.int64]:
        """Return times as eighths of a cell from the left edge; outside the window < 0 or > all."""
        scale = width * EIGHTHS / self.span
        return np.floor((times - self.start) * scale + 1e-6).astype(np.int64)

    def time_at(self, cell: float, width: int) -> int:
        """Return the time at a cell."""
        return self.start + int(self.span * cell / max(width, 1))

    def ticks(self, width: int, *, origin: int | None = None) -> list[Tick]:
        """Return the ruler's ticks for `width` cells.

        Args:
            width: Cells of the axis.
            origin: Unix nanoseconds of time 0 for clock labels; None for time since the start.
        """
        if width < 2:
            return []
        shift = 0 if origin is None else origin + _utc_offset(origin)
        room = 8
        for step in _LADDER:
            if step * width < room * self.span:
                continue
            first = -(-(self.start + shift) // step) * step - shift
            times = range(first, self.stop + 1, step)
            labels = [
                duration_label(time, step) if origin is None else clock_label(time + shift, step)
                for time in times
            ]
            needed = max(map(len, labels), default=0) + 2
            if step * width >= needed * self.span:
                cells = [int((time - self.start) * width / self.span) for time in times]
                return [
                    Tick(cell, label)
                    for cell, label in zip(cells, labels, strict=True)
                    if cell < width
                ]
            room = needed
        return []


def density(axis: TimeAxis, start: NDArray[np.int64], end: NDArray[np.int64], cells: int) -> str:
    """Return a line of `▁` to `█`: how many spans are under way in each cell of the whole trace."""
    if cells <= 0:
        return ""
    whole = TimeAxis.whole(axis.last)
    first = np.clip(whole.parts(start, cells) // EIGHTHS, 0, cells - 1)
    final = np.clip(whole.parts(end, cells) // EIGHTHS, first, cells - 1)
    change = np.bincount(first, minlength=cells + 1) - np.bincount(final + 1, minlength=cells + 1)
    busy = np.cumsum(change[:cells])
    if not busy.any():
        return " " * cells
    # A square root keeps single spans visible beside a crowd.
    height = np.ceil(np.sqrt(busy / busy.max()) * EIGHTHS).astype(int)
    return "".join(" ▁▂▃▄▅▆▇█"[level] for level in height.tolist())


def duration_label(nano: int, step: int) -> str:
    """Return a time since the start, no finer than `step` needs, e.g. `1m30s`, `250ms`."""
    if nano == 0:
        return "0"
    if abs(nano) < _SECOND and step < _SECOND:
        size, unit = next(pair for pair in _SMALL if abs(nano) >= pair[0])
        return f"{_decimals(nano, size, step)}{unit}"
    text = ""
    rest = nano
    for unit, size in _UNITS:
        if rest >= size:
            text += f"{rest // size}{unit}"
            rest %= size
    if rest or not text:
        text += f"{_decimals(rest, _SECOND, step)}s"
    return text


def _decimals(nano: int, size: int, step: int) -> str:
    """Return `nano / size` with as many decimals as multiples of `step` have."""
    places = 0
    while places < 9 and step * 10**places % size:
        places += 1
    return f"{nano // size}" if not places else f"{nano / size:.{places}f}"


def clock_label(local_nano: int, step: int) -> str:
    """Return a local time of day, no finer than `step` needs, e.g. `12:41:07.250`."""
    seconds, rest = divmod(local_nano, _SECOND)
    moment = datetime.fromtimestamp(seconds, UTC)
    if step >= _UNITS[0][1]:
        return f"{moment:%b %d}"
    if step >= _UNITS[2][1]:
        return f"{moment:%H:%M}"
    places = 0
    while places < 9 and step * 10**places % _SECOND:
        places += 1
    return f"{moment:%H:%M:%S}" + (f".{rest:09d}"[: places + 1] if places else "")


def _utc_offset(unix_nano: int) -> int:
    """Return the local zone's distance from UTC at a time, in nanoseconds."""
    try:
        moment = datetime.fromtimestamp(unix_nano // _SECOND, UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return 0
    offset = moment.utcoffset()
    return int(offset.total_seconds()) * _SECOND if offset else 0
