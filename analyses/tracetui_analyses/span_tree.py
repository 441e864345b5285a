"""One trace as columns in depth-first pre-order: what the waterfall, folds and roll-ups read.

Names and other text stay in the Arrow table; `source_row` says where. Nothing here runs Python
per span: 100,000 spans take tens of milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from tracetui_loaders.schema import KINDS

from tracetui_analyses.forest import Bools, Ints, cut_cycles, preorder

LAST = np.iinfo(np.int64).max
_OTHER = KINDS.index("other")
_OWN_ROLES = ("own", "own_fallback")


@dataclass(frozen=True, slots=True, eq=False)
class RollUp:
    """Sums over each row's subtree, the row itself included."""

    tokens: Ints
    cost_usd: NDArray[np.float64]
    calls: Ints
    """Model calls, duplicates left out."""
    reported: Ints
    """Rows whose own tokens are known. 0: `tokens` says nothing."""
    priced: Ints
    """Rows whose own cost is known. 0: `cost_usd` says nothing."""
    silent: Ints
    """Model calls that report no usage, and missing parents: sums above them are lower bounds."""
    unpriced: Ints
    """Rows with usage of their own and no cost: `cost_usd` is a lower bound."""


@dataclass(frozen=True, slots=True, eq=False)
class SpanTree:
    """The rows of one trace, each array in depth-first pre-order."""

    source_row: NDArray[np.int32]
    """Row of the Arrow table; -1 for a placeholder of a parent that is not there."""
    row_id: Ints
    """The span's `row_id`; -1 for a placeholder."""
    parent: NDArray[np.int32]
    """-1 for a root."""
    depth: NDArray[np.int32]
    size: NDArray[np.int32]
    """Rows of the subtree, the row itself included."""
    origin: int
    """Unix nanoseconds of time 0: the first known time of the trace."""
    start: Ints
    """Nanoseconds since `origin`; the parent's where `no_start`."""
    end: Ints
    """Nanoseconds since `origin`; the last known time of the trace where `running`."""
    last: int
    """The last known time of the trace, in nanoseconds since `origin`."""
    kind: NDArray[np.uint8]
    """Index into `schema.KINDS`."""
    orphan: Bools
    """The parent is named and not in the table: a child of a placeholder."""
    cycle: Bools
    """Its parents lead back to itself: made a root."""
    running: Bools
    """It has begun and not ended; what has no times at all may be long over."""
    no_start: Bools
    error: Bools
    error_root: Bools
    """An error without a direct child that is one too: where it came from."""
    error_roots: Ints
    """How many of them the subtree holds."""
    duplicate: Bools
    """Repeats the usage of another span (`usage_role` duplicate)."""
    own_usage: Bools
    """`usage_role` is own or own_fallback."""
    own_cost: NDArray[np.float64]
    """US dollars of the row alone; NaN where unknown or not its own."""
    totals: RollUp
    missing_rows: Ints
    """Rows of the placeholders, ascending."""
    missing_ids: "pa.Array[Any]"
    """The span ids they stand for."""

    @classmethod
    def from_table(cls, table: pa.Table) -> "SpanTree":
        """Build the tree of a table of `rows.SPAN_COLUMNS`, in any order; absent ones are null.

        The first row of a span id owns its children; rows that repeat it are rows all the same.
        """
        return _build(table)

    def __len__(self) -> int:
        return self.source_row.size

    def row_of(self, row_id: int) -> int | None:
        """Return the tree row of a span, or None."""
        if row_id < 0:
            return None
        found = np.flatnonzero(self.row_id == row_id)
        return int(found[0]) if found.size else None

    def missing_id(self, row: int) -> str | None:
        """Return the span id that the placeholder at `row` stands for."""
        at = int(np.searchsorted(self.missing_rows, row))
        if at < self.missing_rows.size and self.missing_rows[at] == row:
            return cast("str | None", self.missing_ids[at].as_py())
        return None


def _build(table: pa.Table) -> SpanTree:
    count = table.num_rows
    parent, orphan, missing_ids = _parents(table)
    parent, cycle = cut_cycles(parent)
    nodes = parent.size
    is_placeholder = np.arange(nodes) >= count
    start, no_start = _times(table, "start_time_unix_nano")
    end, no_end = _times(table, "end_time_unix_nano")
    origin, last = _extent(start[~no_start], end[~no_end])
    start, end = start - origin, end - origin
    last -= origin
    end[no_end] = last
    start, no_start = _with_placeholders(start, no_start, parent, count, nodes)
    end = np.append(end, np.full(nodes - count, -LAST))
    np.maximum.at(end, parent[:count][orphan], end[:count][orphan])

    forest = preorder(parent, np.argsort(np.where(no_start, LAST, start), kind="stable"))
    order = forest.order

    def laid(values: NDArray[Any], filler: Any) -> NDArray[Any]:
        return np.append(values, np.full(nodes - count, filler, dtype=values.dtype))[order]

    no_start = no_start[order]
    start = _borrowed(start[order], no_start, forest.parent)
    no_end = laid(no_end, False)
    end = np.where(no_end, np.maximum(end[order], start), end[order])
    # A span without any time is in a source that tells none: nobody knows whether it runs.
    running = no_end & ~no_start
    end = np.where(no_end & no_start, start, end)
    usage = _usage(table, laid, forest.size)
    error = laid(_booleans(table, "error"), False)
    error_root = _not_caused(error, forest.parent)
    return SpanTree(
        source_row=np.where(is_placeholder[order], -1, order).astype(np.int32),
        row_id=laid(_row_ids(table), -1),
        parent=forest.parent,
        depth=forest.depth,
        size=forest.size,
        origin=origin,
        start=start,
        end=end,
        last=last,
        kind=usage.kind,
        orphan=laid(orphan, False),
        cycle=cycle[order],
        running=running,
        no_start=no_start,
        error=error,
        error_root=error_root,
        error_roots=_summed(error_root, forest.size),
        duplicate=usage.duplicate,
        own_usage=usage.own,
        own_cost=usage.own_cost,
        totals=usage.totals,
        missing_rows=np.flatnonzero(is_placeholder[order]),
        missing_ids=missing_ids.take(
            pa.array(order[is_placeholder[order]] - count, type=pa.int64())
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Usage:
    """What the rows use, and its sums."""

    kind: NDArray[np.uint8]
    own: Bools
    duplicate: Bools
    own_cost: NDArray[np.float64]
    totals: RollUp


def _usage(
    table: pa.Table, laid: Callable[[NDArray[Any], Any], NDArray[Any]], size: NDArray[np.int32]
) -> _Usage:
    """Read usage roles, tokens and costs, lay them out, and sum them over subtrees."""
    kind = laid(_codes(table, "kind", KINDS, _OTHER), _OTHER).astype(np.uint8)
    own = laid(_is_in(table, "usage_role", _OWN_ROLES), False)
    duplicate = laid(_is_in(table, "usage_role", ("duplicate",)), False)
    tokens, no_tokens = _numbers(table, "total_tokens", np.int64)
    cost, no_cost = _numbers(table, "cost_usd", np.float64)
    reported = laid(~no_tokens, False) & own
    priced = laid(~no_cost, False) & own
    is_call = laid(_booleans(table, "is_model_call"), False)
    # A parent that never came may have used tokens: what stands above it is a lower bound.
    silent = laid(_booleans(table, "usage_unknown"), True)
    own_cost = np.where(priced, laid(cost, 0.0), np.nan)

    def summed(values: NDArray[Any]) -> NDArray[Any]:
        return _summed(values, size)

    return _Usage(
        kind=kind,
        own=own,
        duplicate=duplicate,
        own_cost=own_cost,
        totals=RollUp(
            tokens=summed(np.where(reported, laid(tokens, 0), 0)),
            cost_usd=summed(np.where(priced, own_cost, 0.0)),
            calls=summed(is_call),
            reported=summed(reported),
            priced=summed(priced),
            silent=summed(silent),
            unpriced=summed(own & ~priced),
        ),
    )


def _summed(values: NDArray[Any], size: NDArray[np.int32]) -> NDArray[Any]:
    """Return the sum of `values` over each row's subtree."""
    sums = np.zeros(size.size + 1, dtype=np.result_type(values.dtype, np.int64))
    np.cumsum(values, out=sums[1:])
    return sums[np.arange(size.size) + size] - sums[:-1]


def _not_caused(error: Bools, parent: NDArray[np.int32]) -> Bools:
    """Return the errors without a direct child that is one too."""
    caused = np.zeros(error.size + 1, dtype=np.bool_)
    caused[parent[error]] = True
    return error & ~caused[:-1]


def _parents(table: pa.Table) -> "tuple[Ints, Bools, pa.Array[Any]]":
    """Resolve parent ids to node numbers.

    Returns:
        The parent of each span and, after them, of each placeholder (-1); which spans are orphans;
        the ids that the placeholders stand for, in order of first use.
    """
    count = table.num_rows
    span_id, parent_id = _strings(table, "span_id"), _strings(table, "parent_span_id")
    wanted = np.asarray(pc.not_equal(parent_id, pa.scalar("")).fill_null(False))
    found = pc.index_in(parent_id, value_set=span_id, skip_nulls=True)
    parent = np.where(wanted, np.asarray(found.fill_null(-1)), -1).astype(np.int64)
    orphan = wanted & (parent < 0)
    lost = parent_id.filter(pa.array(orphan)).dictionary_encode()
    parent[orphan] = np.asarray(lost.indices) + count
    parent = np.append(parent, np.full(len(lost.dictionary), -1))
    return parent, orphan, lost.dictionary


def _extent(start: Ints, end: Ints) -> tuple[int, int]:
    """Return the first and the last known time; 0, 0 if there is none."""
    known = [values for values in (start, end) if values.size]
    if not known:
        return 0, 0
    return min(int(v.min()) for v in known), max(int(v.max()) for v in known)


def _with_placeholders(
    start: Ints, no_start: Bools, parent: Ints, count: int, nodes: int
) -> tuple[Ints, Bools]:
    """Append the placeholders' starts: the first known start of their children."""
    start = np.append(start, np.full(nodes - count, LAST))
    known = np.flatnonzero((parent[:count] >= count) & ~no_start)
    np.minimum.at(start, parent[known], start[known])
    return start, np.append(no_start, start[count:] == LAST)


def _borrowed(start: Ints, no_start: Bools, parent: NDArray[np.int32]) -> Ints:
    """Give a row without a start that of its nearest ancestor with one, or time 0."""
    if not no_start.any():
        return start
    count = start.size
    at = np.arange(count + 1)
    up = np.append(np.where(parent < 0, count, parent), count)
    at[:-1] = np.where(no_start, up[:-1], at[:-1])
    while True:
        further = at[at]
        if np.array_equal(further, at):
            return np.append(start, 0)[at[:-1]]
        at = further


def _column(table: pa.Table, name: str, kind: pa.DataType) -> "pa.Array[Any]":
    """Return a column in one piece, all null if the table lacks it."""
    if name not in table.column_names:
        return pa.array([None] * table.num_rows, type=kind)
    pieces = table.column(name).cast(kind).combine_chunks()
    return pa.concat_arrays(pieces.chunks) if isinstance(pieces, pa.ChunkedArray) else pieces


def _strings(table: pa.Table, name: str) -> "pa.Array[Any]":
    return _column(table, name, pa.string())


def _numbers(table: pa.Table, name: str, dtype: type[Any]) -> tuple[NDArray[Any], Bools]:
    """Return a column's values, 0 where null, and where it is null."""
    column = _column(table, name, pa.from_numpy_dtype(np.dtype(dtype)))
    unknown = np.asarray(column.is_null())
    return np.asarray(column.fill_null(0)).astype(dtype), unknown


def _times(table: pa.Table, name: str) -> tuple[Ints, Bools]:
    return _numbers(table, name, np.int64)


def _row_ids(table: pa.Table) -> Ints:
    """Return `row_id`, or the place in the table if it has none."""
    if "row_id" not in table.column_names:
        return np.arange(table.num_rows)
    return _numbers(table, "row_id", np.int64)[0]


def _booleans(table: pa.Table, name: str) -> Bools:
    return np.asarray(_column(table, name, pa.bool_()).fill_null(False))


def _codes(table: pa.Table, name: str, values: tuple[str, ...], default: int) -> NDArray[Any]:
    """Return the index into `values` of each row's text."""
    codes = pc.index_in(_strings(table, name), value_set=pa.array(values))
    return np.asarray(codes.fill_null(default))


def _is_in(table: pa.Table, name: str, values: tuple[str, ...]) -> Bools:
    found = pc.is_in(_strings(table, name), value_set=pa.array(values))
    return np.asarray(found.fill_null(False))
