"""The rows of the list of traces: sorted, searched and counted by column, never row by row."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tracetui.view_models import format as fmt
from tracetui.view_models.trace_columns import Sort
from tracetui.view_models.trace_summary import FIELDS, TraceSummary

RowNumbers = npt.NDArray[np.int64]

_SECOND = 1_000_000_000
_BUCKETS: tuple[tuple[int, str], ...] = (
    (1, "second"),
    (5, "5 seconds"),
    (10, "10 seconds"),
    (30, "30 seconds"),
    (60, "minute"),
    (300, "5 minutes"),
    (600, "10 minutes"),
    (1_800, "30 minutes"),
    (3_600, "hour"),
    (21_600, "6 hours"),
    (86_400, "day"),
    (604_800, "week"),
    (2_592_000, "30 days"),
    (31_536_000, "year"),
)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many traces start in each bucket of time."""

    counts: tuple[int, ...]
    bucket: str
    """What a bucket is, in words: `minute`, `5 minutes`."""
    start_unix_nano: int
    end_unix_nano: int
    step_nano: int
    """The size of a bucket."""


class TraceRows:
    """An immutable, ordered list of traces over an Arrow table with `TRACE_COLUMNS`.

    A row number is a position in the order; only rows that are asked for become Python objects.
    """

    def __init__(self, table: pa.Table, sort: Sort | None = None) -> None:
        self._table = table.select(list(FIELDS)).combine_chunks()
        self.sort = sort or Sort()
        self.order = order_of(self._table, self.sort)

    def __len__(self) -> int:
        return len(self.order)

    def sorted_by(self, sort: Sort) -> "TraceRows":
        """Return the same traces in the order of `sort`."""
        return self if sort == self.sort else TraceRows(self._table, sort)

    def kept(self, keep: npt.NDArray[np.bool_]) -> "TraceRows":
        """Return the traces of which `keep` holds, by their place in the table, as ordered here.

        What is said of all traces, as the longest, stays what it was.
        """
        rows = copy(self)
        rows.order = self.order[keep[self.order]]
        return rows

    def started_within(self, start: int, stop: int) -> npt.NDArray[np.bool_]:
        """Return, by place in the table, whether a trace starts from `start` up to `stop`."""
        column: Any = self._table["start_time_unix_nano"]
        known = _to_numpy(column.is_valid())
        starts = _to_numpy(column.fill_null(0))
        return known & (starts >= start) & (starts < stop)

    def among(self, trace_ids: Collection[str]) -> npt.NDArray[np.bool_]:
        """Return, by place in the table, whether a trace is one of `trace_ids`."""
        column: Any = self._table["trace_id"]
        return _to_numpy(pc.is_in(column, value_set=pa.array(list(trace_ids), column.type)))

    def encoded(self, name: str) -> tuple[RowNumbers, list[str | None]]:
        """Return a text column as a number per row, in order, and the texts they stand for."""
        column: Any = self._table[name].combine_chunks()
        found = column.dictionary_encode(null_encoding="encode")
        return _to_numpy(found.indices)[self.order].astype(np.int64), found.dictionary.to_pylist()

    def numbers(self, name: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Return a column of numbers in order, 0 where unknown, and which of them are known."""
        column: Any = self._table[name]
        kind = pa.float64() if pa.types.is_floating(column.type) else pa.int64()
        values = _to_numpy(column.cast(kind).fill_null(0))
        return values[self.order], _to_numpy(column.is_valid())[self.order]

    def trace_ids(self, rows: RowNumbers) -> list[str]:
        """Return the ids of the traces in `rows`."""
        ids: Any = self._table["trace_id"].take(self.order[rows])
        return ids.to_pylist()

    def summaries(self, start: int, stop: int) -> list[TraceSummary]:
        """Return the rows from `start` up to `stop`."""
        return self.taken(np.arange(max(start, 0), min(stop, len(self))))

    def taken(self, rows: RowNumbers) -> list[TraceSummary]:
        """Return some rows, in the order they are asked for."""
        taken = self._table.take(self.order[rows])
        return [TraceSummary(**row) for row in taken.to_pylist()]

    def trace_id(self, row: int) -> str:
        """Return the id of the trace in `row`."""
        return str(self._table["trace_id"][int(self.order[row])].as_py())

    def row_of(self, trace_id: str | None) -> int | None:
        """Return the row of a trace; None if it is not here."""
        position: int = pc.index(self._table["trace_id"], trace_id).as_py() if trace_id else -1
        found = np.flatnonzero(self.order == position) if position >= 0 else np.empty(0)
        return int(found[0]) if found.size else None

    def summary_of(self, trace_id: str) -> TraceSummary | None:
        """Return one trace; None if it is not here."""
        row = self.row_of(trace_id)
        return None if row is None else self.summaries(row, row + 1)[0]

    def matching(self, text: str) -> RowNumbers:
        """Return the rows whose name contains `text`, whatever its case, in order."""
        if not text:
            return np.empty(0, np.int64)
        found: Any = pc.match_substring(self._table["name"], text, ignore_case=True)
        return np.flatnonzero(_to_numpy(found.fill_null(False))[self.order])

    def with_errors(self) -> RowNumbers:
        """Return the rows of traces that have an error, in order."""
        return np.flatnonzero(_to_numpy(self._table["error_count"])[self.order] > 0)

    def longest_nano(self) -> int:
        """Return the longest duration; 0 if none is known."""
        return int(pc.max(self._table["duration_nano"]).as_py() or 0)

    @cached_property
    def newest_unix_nano(self) -> int | None:
        """The last start; None if none is known."""
        newest: int | None = pc.max(self._table["start_time_unix_nano"]).as_py()
        return newest

    @cached_property
    def several_days(self) -> bool:
        """Whether the traces started on more than one day of the local calendar."""
        ends: Any = pc.min_max(self._table["start_time_unix_nano"]).as_py()
        first, last = (fmt.clock(ends[end], with_date=True)[:10] for end in ("min", "max"))
        return first != last

    def histogram(self, most: int) -> Histogram | None:
        """Count traces per bucket of start time, in at most `most` buckets.

        None if no start is known.
        """
        starts = _to_numpy(self._table["start_time_unix_nano"].drop_null()).astype(np.int64)
        if not len(starts):
            return None
        first, last = int(starts.min()), int(starts.max())
        size, words = next(
            (bucket for bucket in _BUCKETS if (last - first) // (bucket[0] * _SECOND) < most),
            _BUCKETS[-1],
        )
        # Only an absurd range (a clock at zero beside a real one) exceeds the last size.
        step = max(size * _SECOND, (last - first) // most + 1)
        counts = np.bincount((starts - first) // step)
        return Histogram(tuple(counts.tolist()), words, first, last, step)


def order_of(table: pa.Table, sort: Sort) -> RowNumbers:
    """Return the positions of `table` in order; unknown values come last in either direction.

    Equal values stand newest first.
    """
    newest = _arrange(table, np.arange(len(table)), Sort())
    return newest if sort == Sort() else _arrange(table, newest, sort)


def _arrange(table: pa.Table, positions: RowNumbers, sort: Sort) -> RowNumbers:
    """Sort `positions` stably by one column, nulls last."""
    column: Any = table[sort.column]
    unknown = _to_numpy(column.is_null())[positions]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        values = _ranks(column)
    else:
        values = _to_numpy(column.fill_null(0))
    known = positions[~unknown]
    keys = values[known]
    ranked = known[np.argsort(-keys if sort.descending else keys, kind="stable")]
    return np.concatenate([ranked, positions[unknown]])


def _ranks(column: Any) -> RowNumbers:
    """Return the place of each text among the different ones, whatever its case.

    Sorting the few different texts costs a fraction of sorting every row's.
    """
    encoded = column.fill_null("").combine_chunks().dictionary_encode()
    order = pc.array_sort_indices(pc.utf8_lower(encoded.dictionary))
    ranks = np.empty(len(order), np.int64)
    ranks[_to_numpy(order)] = np.arange(len(order))
    return ranks[_to_numpy(encoded.indices)]


def _to_numpy(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    if isinstance(values, pa.ChunkedArray):
        return values.to_numpy()
    return values.to_numpy(zero_copy_only=False)
