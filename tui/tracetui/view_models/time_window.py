"""A window of time over the histogram of traces: where it stands, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracetui_store.predicates import Predicate

    from tracetui.view_models.trace_rows import Histogram

_FIRST_SHARE = 4
"""A new window is this part of the histogram."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Traces that start from `start_unix_nano` up to, and not at, `stop_unix_nano`."""

    start_unix_nano: int
    stop_unix_nano: int


def predicate(window: TimeWindow) -> Predicate:
    """Return the window as a filter of traces."""
    from tracetui_store.predicates import And, Compare  # noqa: PLC0415 - after the first paint

    start, stop = window.start_unix_nano, window.stop_unix_nano
    column = "start_time_unix_nano"
    return And((Compare(column, ">=", start), Compare(column, "<", stop)))


def of_bars(first: int, last: int, histogram: Histogram) -> TimeWindow:
    """Return the window from one bar to another, both included and in either order."""
    end = len(histogram.counts) - 1
    low, high = (min(max(bar, 0), end) for bar in sorted((first, last)))
    start, step = histogram.start_unix_nano, histogram.step_nano
    return TimeWindow(start + low * step, start + (high + 1) * step)


def bars(window: TimeWindow, histogram: Histogram) -> range:
    """Return the bars that the window touches; those next to it if it lies outside."""
    count, step = len(histogram.counts), histogram.step_nano
    low = (window.start_unix_nano - histogram.start_unix_nano) // step
    high = -((histogram.start_unix_nano - window.stop_unix_nano) // step)
    low = min(max(low, 0), count - 1)
    return range(low, min(max(high, low + 1), count))


def moved(window: TimeWindow | None, histogram: Histogram, direction: int) -> TimeWindow:
    """Return the window before (-1) or after (1) this one; at first, one at the far end."""
    count = len(histogram.counts)
    if window is None:
        width = max(count // _FIRST_SHARE, 1)
        low = 0 if direction > 0 else count - width
    else:
        covered = bars(window, histogram)
        width = len(covered)
        low = min(max(covered.start + direction * width, 0), count - width)
    return of_bars(low, low + width - 1, histogram)


def narrowed(
    window: TimeWindow | None, histogram: Histogram, around_unix_nano: int | None
) -> TimeWindow:
    """Return a window half as wide, in this one, as much around a time as can be."""
    covered = range(len(histogram.counts)) if window is None else bars(window, histogram)
    width = max(len(covered) // 2, 1)
    middle = covered.start + len(covered) // 2
    if around_unix_nano is not None:
        at = (around_unix_nano - histogram.start_unix_nano) // histogram.step_nano
        middle = at if at in covered else middle
    low = min(max(middle - width // 2, covered.start), covered.stop - width)
    return of_bars(low, low + width - 1, histogram)
