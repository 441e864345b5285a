"""Groups of traces: who belongs to which, and what each comes to. No Python per trace."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from tracetui.view_models.arrangement import GROUP_COLUMNS, GroupBy
from tracetui.view_models.trace_columns import Sort
from tracetui.view_models.trace_rows import RowNumbers, TraceRows
from tracetui.view_models.trace_summary import TraceSummary

_COUNTS = (
    *("span_count", "llm_count", "tool_count", "agent_count", "error_count", "running_count"),
    *("orphan_count", "unknown_usage_count", "unpriced_count"),
)
_AMOUNTS = ("total_tokens", "input_tokens", "output_tokens", "cost_usd")
SUMMED = frozenset((*_COUNTS, *_AMOUNTS))
_MINUTE = 60
_QUARTER = 15 * _MINUTE
_DAY = 86_400
_SECOND = 1_000_000_000
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class TraceGroups:
    """The rows of a list in groups, ordered like the list inside."""

    by: GroupBy
    keys: list[str | None]
    """What the traces of each group share; None where that is unknown."""
    members: RowNumbers
    """Row numbers of the list, group by group."""
    starts: RowNumbers
    """Where each group begins in `members`, and at last where the last one ends."""
    sums: dict[str, npt.NDArray[Any]]
    known: dict[str, npt.NDArray[np.bool_]]
    """Of the amounts: whether any trace of the group has one."""

    def __len__(self) -> int:
        return len(self.keys)

    def size(self, group: int) -> int:
        """Return how many traces a group has."""
        return int(self.starts[group + 1] - self.starts[group])

    def summary(self, group: int) -> TraceSummary:
        """Return what the traces of a group come to, named by what they share.

        `start_time_unix_nano` is that of the newest; a group has no duration of its own.
        """
        amounts = {name: self._amount(name, group) for name in _AMOUNTS}
        return TraceSummary(
            trace_id="",
            name=self.keys[group] or f"(no {self.by})",
            kind=None,
            agent_name=None,
            service_name=None,
            session_id=None,
            start_time_unix_nano=self._amount("start_time_unix_nano", group),
            end_time_unix_nano=None,
            duration_nano=None,
            lower_bound=bool(self.sums["lower_bound"][group]),
            **{name: int(self.sums[name][group]) for name in _COUNTS},
            **amounts,
        )

    def _amount(self, name: str, group: int) -> Any:
        return self.sums[name][group].item() if self.known[name][group] else None


def group_rows(rows: TraceRows, by: GroupBy) -> TraceGroups:
    """Put `rows` into groups.

    Groups are ordered by the column the list is sorted by: by its sum, unknown ones last, where
    it can be added up, else by their first trace.
    """
    codes, keys = _days(rows) if by == "day" else rows.encoded(GROUP_COLUMNS[by])
    present, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    members = np.argsort(codes, kind="stable")
    starts = np.append(np.searchsorted(codes[members], np.arange(len(present))), len(members))
    sums, known = _sums(rows, members, starts[:-1])
    order = _order(first, sums, known, rows.sort)
    sizes = np.diff(starts)[order]
    ends = np.cumsum(sizes)
    # Each group's members one after the other: where it begins now, less where it began.
    moved = np.repeat(starts[:-1][order] - (ends - sizes), sizes) + np.arange(len(members))
    return TraceGroups(
        by,
        [keys[int(present[group])] for group in order],
        members[moved],
        np.append(0, ends).astype(np.int64),
        {name: values[order] for name, values in sums.items()},
        {name: values[order] for name, values in known.items()},
    )


def _order(
    first: RowNumbers, sums: dict[str, npt.NDArray[Any]], known: dict[str, Any], sort: Sort
) -> RowNumbers:
    by_first = np.argsort(first, kind="stable")
    if sort.column not in SUMMED:
        return by_first
    keys = sums[sort.column][by_first]
    is_known = known.get(sort.column, np.ones(len(first), np.bool_))[by_first]
    ranked = np.argsort(-keys if sort.descending else keys, kind="stable")
    return by_first[np.concatenate([ranked[is_known[ranked]], np.flatnonzero(~is_known)])]


def _sums(
    rows: TraceRows, members: RowNumbers, starts: RowNumbers
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, npt.NDArray[np.bool_]]]:
    """Add up per group; `starts` are those of groups that have a member each."""
    sums: dict[str, npt.NDArray[Any]] = {}
    known: dict[str, npt.NDArray[np.bool_]] = {}
    for name in (*_COUNTS, *_AMOUNTS, "lower_bound"):
        values, is_known = rows.numbers(name)
        sums[name] = np.add.reduceat(values[members], starts) if len(starts) else values
        if name in _AMOUNTS:
            known[name] = _any(is_known[members], starts)
    values, is_known = rows.numbers("start_time_unix_nano")
    lowest = np.iinfo(np.int64).min
    newest = np.where(is_known, values, lowest)[members]
    sums["start_time_unix_nano"] = np.maximum.reduceat(newest, starts) if len(starts) else newest
    known["start_time_unix_nano"] = sums["start_time_unix_nano"] > lowest
    return sums, known


def _any(values: npt.NDArray[np.bool_], starts: RowNumbers) -> npt.NDArray[np.bool_]:
    return np.logical_or.reduceat(values, starts) if len(starts) else values


def _days(rows: TraceRows) -> tuple[RowNumbers, list[str | None]]:
    """Return each row's day of the local calendar as a number, and the days as texts."""
    starts, known = rows.numbers("start_time_unix_nano")
    seconds = starts // _SECOND
    # Zones differ from UTC by whole quarters of an hour, and change their difference at such.
    quarters, at = np.unique(seconds // _QUARTER, return_inverse=True)
    local = quarters * _QUARTER + _offsets(quarters)
    days, codes = np.unique(np.append(local // _DAY, 0), return_inverse=True)
    texts: list[str | None] = [_iso(int(day)) for day in days]
    return np.where(known, codes[:-1][at], len(texts)), [*texts, None]


def _offsets(quarters: RowNumbers) -> RowNumbers:
    """Return how far local time is ahead of UTC in each quarter of an hour, in seconds.

    A UTC day that begins and ends with one offset has it throughout.
    """
    days, at = np.unique(quarters // (_DAY // _QUARTER), return_inverse=True)
    offsets = np.array([_offset(int(day) * _DAY) for day in days], np.int64)[at]
    nights = np.array([_offset((int(day) + 1) * _DAY) for day in days], np.int64)[at]
    for place in np.flatnonzero(offsets != nights):
        offsets[place] = _offset(int(quarters[place]) * _QUARTER)
    return offsets


def _offset(seconds: int) -> int:
    try:
        offset = datetime.fromtimestamp(seconds, UTC).astimezone().utcoffset()
    except (OverflowError, ValueError, OSError):
        return 0
    return 0 if offset is None else int(offset.total_seconds())


def _iso(day: int) -> str:
    try:
        return date.fromordinal(day + _EPOCH).isoformat()
    except (OverflowError, ValueError):
        return f"day {day}"
