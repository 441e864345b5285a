"""Chooses the rows that a settling is about: all, or those that what came since bears on.

A row bears on its own trace. A model call also bears on calls of the same response id that share
its time, in any trace (RULES §3, D1); a span on those made of log records of its session (RULES
§8); a log record on the call whose cost it says.
"""

from collections.abc import Collection

import duckdb
import pyarrow as pa
from tracetui_loaders.base import Batch

from tracetui_store.sql import statement

_MOST_ROWS = 20_000
"""More new rows than this are settled together with everything."""
_MOST_TRACES = 5_000
_COSTING_EVENTS = ("claude_code.api_request", "api_request")


class Unsettled:
    """What came since the last settling.

    Args:
        everything: Whether nothing is settled yet.
    """

    def __init__(self, *, everything: bool) -> None:
        self.everything = everything
        self.traces: set[str | None] = set()
        self.has_costs = False
        """Whether log records came that say what calls cost."""
        self._rows = 0

    def add(self, batch: Batch) -> None:
        """Take note of a batch."""
        self._rows += batch.spans.num_rows
        self.everything = self.everything or self._rows > _MOST_ROWS
        if self.everything:
            return
        self.traces.update(batch.spans["trace_id"].unique().to_pylist())
        if batch.logs.num_rows and not self.has_costs:
            names = batch.logs["event_name"].unique().to_pylist()
            self.has_costs = any(name in _COSTING_EVENTS for name in names)


def choose_rows(
    writer: duckdb.DuckDBPyConnection, unsettled: Unsettled
) -> frozenset[str | None] | None:
    """Make the relation `settling`; return the traces that it is about, None for all.

    Rows that are only `consulted` are in it too: calls that share response ids with those that
    are settled, and their trees.
    """
    if unsettled.everything:
        return _everything(writer)
    traces = set(unsettled.traces)
    if unsettled.has_costs:
        traces |= _found(writer, "reach/costs")
    rows = _register(writer, [_rows_of(writer, traces, consulted=False)])
    if writer.execute(statement("reach/has_log_spans")).fetchall()[0][0]:
        more = _found(writer, "reach/log_spans")
        if more:
            rows = _register(writer, [rows, _rows_of(writer, more, consulted=False)])
            traces |= more
    for consulted in (False, True):
        if not writer.execute(statement("reach/has_same_response")).fetchall()[0][0]:
            break
        more = _found(writer, "reach/same_response")
        if not more:
            break
        if len(more) > _MOST_TRACES:
            return _everything(writer)
        rows = _register(writer, [rows, _rows_of(writer, more, consulted=consulted)])
        if not consulted:
            traces |= more
    return frozenset(traces)


def forget_rows(writer: duckdb.DuckDBPyConnection) -> None:
    """Take the relation `settling` away, whether it is a view or registered."""
    writer.execute(statement("reach/forget"))
    writer.unregister("settling")


def _everything(writer: duckdb.DuckDBPyConnection) -> None:
    forget_rows(writer)
    writer.execute(statement("reach/everything"))


def _found(writer: duckdb.DuckDBPyConnection, name: str) -> set[str | None]:
    return {row[0] for row in writer.execute(statement(name)).fetchall()}


def _rows_of(
    writer: duckdb.DuckDBPyConnection, traces: Collection[str | None], *, consulted: bool
) -> pa.Table:
    writer.register("wanted", pa.table({"trace_id": pa.array(list(traces), pa.string())}))
    values = {"consulted": consulted}
    rows = writer.sql(statement("reach/rows"), params=values).to_arrow_table()
    writer.unregister("wanted")
    if None not in traces:
        return rows
    others = writer.sql(statement("reach/rows_without_trace"), params=values).to_arrow_table()
    return pa.concat_tables([rows, others])


def _register(writer: duckdb.DuckDBPyConnection, parts: list[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(parts)
    forget_rows(writer)
    writer.register("settling", rows)
    return rows
