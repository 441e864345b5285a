"""One row per trace, kept: the list of traces and its totals read traces, not spans.

Summing up a million spans takes a few tenths of a second, reading what nine thousand traces came
to a few milliseconds. What is kept is written once a load is complete, and travels with its cache.
Whatever changes a trace afterwards makes its row stale in the same transaction: whoever asks then
sums up the stale traces alone, or everything where nothing holds. So answers are right at every
moment, and writing stays cheap. When many traces are stale, all are summed up anew.

Nothing is kept of small loads: adding them up takes less than planning to keep it.
"""

from collections.abc import Collection

import duckdb
import pyarrow as pa

from tracetui_store.sql import statement
from tracetui_store.statements import Statements

SMALLEST_SPANS = 20_000
_MOST_STALE = 1 / 16
"""Of the kept traces. More stale ones cost about as much as summing up all now and then."""

EVERY_TRACE = "traces"
"""The view that sums up all spans."""


def kept_traces(reader: Statements) -> str | None:
    """Return a relation with the columns of `trace_rows`; None if nothing is kept that holds.

    A writer that commits between this and the query does no harm: the relation then says what held
    before, or what holds now.
    """
    holds, stale = reader.rows("summaries/state")[0]
    if not holds:
        return None
    return f"({_some_anew()})" if stale else "kept_traces"


def _some_anew() -> str:
    stale = "stale_now n ON n.trace_id IS NOT DISTINCT FROM"
    anew = traces_of(f"FROM spans s SEMI JOIN {stale} s.trace_id")
    return f"FROM kept_traces k ANTI JOIN {stale} k.trace_id UNION ALL BY NAME ({anew})"


def traces_of(spans: str) -> str:
    """Return the query that sums up traces, given one for all of their spans."""
    summed = statement("selected/traces").strip().removesuffix(";")
    return f"WITH chosen AS ({spans}) FROM ({summed})"


def outdate(writer: duckdb.DuckDBPyConnection, traces: Collection[str | None] | None) -> None:
    """Say that what is kept of some traces does not hold any more; of all, if None.

    Part of the transaction that changes them. Cost is a millisecond.
    """
    if traces is None:
        writer.execute(statement("summaries/outdate_all"))
    elif traces:
        writer.register("touched", pa.table({"trace_id": pa.array(list(traces), pa.string())}))
        writer.execute(statement("summaries/outdate"))
        writer.unregister("touched")


def is_due(writer: duckdb.DuckDBPyConnection) -> bool:
    """Whether traces are to be summed up anew."""
    holds, stale = writer.execute(statement("summaries/state")).fetchall()[0]
    if holds and not stale:
        return False
    spans, kept = writer.execute(statement("summaries/sizes")).fetchall()[0]
    return spans >= SMALLEST_SPANS and not (holds and stale <= kept * _MOST_STALE)


def summarise(writer: duckdb.DuckDBPyConnection) -> None:
    """Sum up every trace and keep it, inside the writer's transaction."""
    writer.execute(statement("summaries/forget_rows"))
    writer.execute(statement("summaries/forget_stale"))
    writer.execute(statement("summaries/insert_rows"))
    writer.execute(statement("summaries/insert"))
