"""The ruler over the waterfall: ticks at round times, and marks where idle time is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from tracetui.view_models import format as fmt
from tracetui.view_models.time_axis import TimeAxis

BREAK = "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"
"""Stands in ruler, grid and bars where idle time is left out."""
_SEEN_FROM = 0.3
"""Cells that a break takes at least to be drawn through the bars as well."""
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
    mark: str = "│"


def ticks(axis: TimeAxis, width: int, *, origin: int | None = None) -> list[Tick]:
    """Return the ruler's ticks for `width` cells, breaks among them.

    Args:
        axis: The window.
        width: Cells of the axis.
        origin: Unix nanoseconds of time 0 for clock labels; None for time since the start.
    """
    if width < 2:
        return []
    shift = 0 if origin is None else origin + _utc_offset(origin)
    stretches = list(_stretches(axis))
    marks = _break_ticks(axis, width)
    room = 8
    for step in _LADDER:
        if step * width < room * axis.span:
            continue
        times = [time for stretch in stretches for time in _multiples(stretch, step, shift)]
        labels = [
            duration_label(time, step) if origin is None else clock_label(time + shift, step)
            for time in times
        ]
        needed = max(map(len, labels), default=0) + 2
        if step * width >= needed * axis.span:
            places = axis.shown(np.array(times, dtype=np.int64)).tolist()
            cells = [int((place - axis.start) * width / axis.span) for place in places]
            found = [
                Tick(cell, label) for cell, label in zip(cells, labels, strict=True) if cell < width
            ]
            return found if axis.breaks is None else _beside(found, marks)
        room = needed
    return marks


def _stretches(axis: TimeAxis) -> Iterator[tuple[int, int]]:
    """Yield the times in the window from break to break."""
    start, stop = axis.window
    if axis.breaks is not None:
        first, after = (
            np.searchsorted(axis.breaks.stop, start),
            np.searchsorted(axis.breaks.start, stop),
        )
        for begin, end in zip(
            axis.breaks.start[first:after].tolist(),
            axis.breaks.stop[first:after].tolist(),
            strict=True,
        ):
            yield start, begin
            start = end
    yield start, stop


def _multiples(stretch: tuple[int, int], step: int, shift: int) -> range:
    start, stop = stretch
    return range(-(-(start + shift) // step) * step - shift, stop + 1, step)


def _break_ticks(axis: TimeAxis, width: int) -> list[Tick]:
    """Return a mark for each cell with a break, with how long it is if it is the only one."""
    if axis.breaks is None:
        return []
    middle = axis.shown((axis.breaks.start + axis.breaks.stop) // 2)
    cells = np.floor((middle - axis.start) * width / axis.span)
    inside = (cells >= 0) & (cells < width)
    lengths = (axis.breaks.stop - axis.breaks.start)[inside]
    cells, first, counts = np.unique(
        cells[inside].astype(int), return_index=True, return_counts=True
    )
    found: list[Tick] = []
    for at, cell in enumerate(cells.tolist()):
        label = fmt.duration(int(lengths[first[at]])) if counts[at] == 1 else ""
        following = int(cells[at + 1]) if at + 1 < cells.size else width
        found.append(Tick(cell, label if cell + len(label) + 1 < following else "", BREAK))
    return found


def _beside(found: list[Tick], marks: list[Tick]) -> list[Tick]:
    """Return the marks of breaks and those ticks that have room between them."""
    taken = [(mark.cell, mark.cell + len(mark.label) + 1) for mark in marks]
    last = -1
    chosen = list(marks)
    for tick in found:
        stop = tick.cell + len(tick.label) + 1
        if tick.cell > last and all(tick.cell > end or stop < begin for begin, end in taken):
            chosen.append(tick)
            last = stop
    return sorted(chosen, key=lambda tick: tick.cell)


def break_cells(axis: TimeAxis, width: int) -> list[int]:
    """Return the cells in which bars are drawn broken."""
    if axis.breaks is None or axis.breaks.length * width < _SEEN_FROM * axis.span:
        return []
    return [tick.cell for tick in _break_ticks(axis, width)]


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
