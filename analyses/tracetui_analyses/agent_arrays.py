"""The spans of a load as arrays, for analyses that run over all of them with no Python per span."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from tracetui_analyses.forest import Bools, Ints, cut_cycles

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

UNKNOWN = -(2**62)
"""Stands for a time that nobody gives."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """The spans of a load as arrays. A number of a span is its place in the table."""

    rows: Ints
    parent: Ints
    trace: Ints
    service: Ints
    start: Ints
    end: Ints
    error: Bools
    came_of: Ints
    """The span whose message or link began this one; -1 for none."""
    more: tuple[Ints, Ints]
    """Other spans whose messages it took, as a batch does, and who took them."""


def spans_of(table: pa.Table, joints: pa.Table) -> Spans:
    """Return arrays of the columns that are looked at."""
    rows = ints(table["row_id"])
    sorter = np.argsort(rows, kind="stable")
    places = Places(rows, sorter)
    parent = cut_cycles(places.of(ints(table["parent_row_id"], -1)))[0]
    came_of = np.full(rows.size, -1, dtype=np.int64)
    pairs: list[tuple[Ints, Ints]] = []
    # The surest reason is written last and stands; of its joints the first.
    for reason in ("message", "link"):
        chosen = joints.filter(pc.equal(joints["reason"], reason))
        came = places.of(ints(chosen["to_row"]))
        of = places.of(ints(chosen["from_row"]))
        there = (came >= 0) & (of >= 0)
        came_of[came[there][::-1]] = of[there][::-1]
        pairs.append((of[there], came[there]))
    every = np.unique(np.concatenate([np.stack(pair, axis=1) for pair in pairs]), axis=0)
    others = every[came_of[every[:, 1]] != every[:, 0]]
    return Spans(
        rows=rows,
        parent=parent,
        trace=codes_of(table["trace_id"])[0],
        service=codes_of(table["service_name"])[0],
        start=ints(table["start_time_unix_nano"], UNKNOWN),
        end=ints(table["end_time_unix_nano"], UNKNOWN),
        error=flags(table["error"]),
        came_of=came_of,
        more=(others[:, 0], others[:, 1]),
    )


class Places:
    """Finds the places of row ids."""

    def __init__(self, rows: Ints, sorter: Ints) -> None:
        self._sorted, self._sorter = rows[sorter], sorter

    def of(self, wanted: Ints) -> Ints:
        """Return the place of each row id; -1 where it is not there."""
        if not self._sorted.size:
            return np.full(wanted.size, -1, dtype=np.int64)
        at = np.searchsorted(self._sorted, wanted)
        at[at == self._sorted.size] = 0
        return np.where(self._sorted[at] == wanted, self._sorter[at], -1)


def between(begin: Ints, end: Ints) -> Ints:
    """Return the nanoseconds between; never less than none, for clocks disagree."""
    known = (begin != UNKNOWN) & (end != UNKNOWN)
    return np.where(
        known, np.maximum(np.where(known, end, 0) - np.where(known, begin, 0), 0), UNKNOWN
    )


def next_in_group(groups: Ints, times: Ints, wanted: Ints, after: Ints) -> Ints:
    """Return, for each wanted group, the number of its first at or after a time; -1 for none."""
    return _search(groups, times, wanted, after, later=True)


def last_in_group(groups: Ints, times: Ints, wanted: Ints, until: Ints) -> Ints:
    """Return, for each wanted group, the number of its last at or before a time; -1 for none."""
    return _search(groups, times, wanted, until, later=False)


def _search(groups: Ints, times: Ints, wanted: Ints, at: Ints, *, later: bool) -> Ints:
    """Find a neighbour in time within a group: both are sorted together."""
    found = np.full(wanted.size, -1, dtype=np.int64)
    if not (groups.size and wanted.size):
        return found
    sign = -1 if later else 1
    time = sign * np.concatenate([times, at])
    group = np.concatenate([groups, wanted])
    asks = np.repeat([0, 1], [groups.size, wanted.size])
    order = np.lexsort((asks, time, group))
    place = np.where(asks[order] == 0, np.arange(order.size), -1)
    before = np.maximum.accumulate(place)
    questions = np.flatnonzero(asks[order])
    answer = order[before[questions]]
    same = (before[questions] >= 0) & (group[answer] == group[order[questions]])
    unknown = time[order[questions]] == sign * UNKNOWN
    found[order[questions] - groups.size] = np.where(same & ~unknown, answer, -1)
    return found


def flags(column: pa.ChunkedArray) -> Bools:
    """Return which values are true; unknown is not."""
    return pc.fill_null(pc.cast(column, pa.bool_()), False).to_numpy()


def ints(column: pa.ChunkedArray, otherwise: int = 0) -> Ints:
    """Return integers, with `otherwise` for null."""
    filled = pc.fill_null(pc.cast(column, pa.int64()), otherwise)
    return filled.to_numpy().astype(np.int64, copy=False)


def codes_of(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Return a number per value, -1 for null, and the values."""
    whole = pc.cast(column, pa.string())
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
    encoded = whole.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    values: list[Any] = encoded.dictionary.to_pylist()
    return codes, values
