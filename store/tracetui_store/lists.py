# ruff: noqa: S608 - names come from fixed tables, values are parameters: tests hold it to that
"""The questions that filter, sort, page and count, put together from predicates and statements.

Statements of `sql/selected/` read a relation `chosen`, which is put before them here.
"""

from collections.abc import Sequence

import pyarrow as pa

from tracetui_store.columns import DIMENSIONS
from tracetui_store.predicate_sql import (
    column_sql,
    compile_predicate,
    compile_selection,
    order_sql,
)
from tracetui_store.predicates import (
    EVERYTHING,
    Predicate,
    PredicateError,
    Selection,
    Sort,
)
from tracetui_store.rows import FACET_COLUMNS, TRACE_COLUMNS, Totals
from tracetui_store.sql import statement
from tracetui_store.statements import Statements
from tracetui_store.summaries import EVERY_TRACE, kept_traces


def totals(reader: Statements, selection: Selection) -> Totals:
    """Return sums over the selected spans."""
    kept = kept_traces(reader)
    if kept is not None and selection.spans == EVERYTHING:
        wanted = compile_predicate(selection.traces, "traces", "t")
        text = f"WITH chosen AS (SELECT * FROM {kept} t WHERE {wanted.sql})"
        table = reader.composed_table(f"{text} FROM ({_selected('trace_totals')})", wanted.values)
        return Totals(**table.to_pylist()[0])
    chosen = compile_selection(selection, traces=kept or EVERY_TRACE)
    text = f"WITH chosen AS ({chosen.sql}) FROM ({_selected('totals')})"
    return Totals(**reader.composed_table(text, chosen.values).to_pylist()[0])


def traces(
    reader: Statements, where: Predicate, sort: Sort, *, limit: int | None, offset: int
) -> pa.Table:
    """Return a page of the list of traces."""
    wanted = compile_predicate(where, "traces", "t")
    columns = ", ".join(column_sql("traces", name, "t") for name in TRACE_COLUMNS)
    text = (
        f"SELECT {columns} FROM {kept_traces(reader) or EVERY_TRACE} t WHERE {wanted.sql} "
        f"ORDER BY {order_sql('traces', sort, 't')} LIMIT $limit OFFSET $offset"
    )
    return reader.composed_table(text, wanted.values | {"limit": limit, "offset": offset})


def trace_count(reader: Statements, where: Predicate) -> int:
    """Return how many traces there are."""
    wanted = compile_predicate(where, "traces", "t")
    relation = kept_traces(reader) or EVERY_TRACE
    text = f"SELECT count(*) AS traces FROM {relation} t WHERE {wanted.sql}"
    return int(reader.composed_table(text, wanted.values)["traces"][0].as_py())


def span_list(
    reader: Statements,
    selection: Selection,
    columns: Sequence[str],
    sort: Sort,
    *,
    limit: int | None,
    offset: int,
) -> pa.Table:
    """Return a page of the selected spans with some of their columns."""
    chosen = compile_selection(selection, _traces(reader, selection), {*columns, sort.column})
    wanted = ", ".join(f'{column_sql("spans", name, "c")} AS "{name}"' for name in columns)
    text = (
        f"SELECT {wanted} FROM ({chosen.sql}) c "
        f"ORDER BY {order_sql('spans', sort, 'c')} LIMIT $limit OFFSET $offset"
    )
    return reader.composed_table(text, chosen.values | {"limit": limit, "offset": offset})


def series(reader: Statements, bucket_nano: int, selection: Selection, by: str | None) -> pa.Table:
    """Add up the selected spans per bucket of time, and per value of a dimension."""
    if bucket_nano < 1:
        raise PredicateError("a bucket of time has at least one nanosecond")
    chosen = compile_selection(selection, _traces(reader, selection))
    value = "NULL::VARCHAR" if by is None else _dimension(by, "c")
    text = (
        f"WITH chosen AS (SELECT c.*, {value} AS value FROM ({chosen.sql}) c) "
        f"FROM ({_selected('series')}) ORDER BY start_unix_nano, value NULLS LAST"
    )
    return reader.composed_table(text, chosen.values | {"bucket_nano": bucket_nano})


def facets(
    reader: Statements, dimensions: Sequence[str], selection: Selection, limit: int | None
) -> pa.Table:
    """Count the values of each of `dimensions` among the selected spans."""
    chosen = compile_selection(selection, _traces(reader, selection), dimensions)
    parts = [
        f"SELECT {place} AS place, '{name}' AS dimension, * FROM ("
        f"WITH chosen AS (SELECT c.trace_id, {_dimension(name, 'c')} AS value FROM selected c) "
        f"{_selected('facet')})"
        for place, name in enumerate(dimensions)
    ]
    if not parts:
        raise PredicateError("name a dimension")
    text = (
        f"WITH selected AS MATERIALIZED ({chosen.sql}) "
        f"SELECT {', '.join(FACET_COLUMNS)} FROM ({' UNION ALL '.join(parts)}) "
        "ORDER BY place, traces DESC, spans DESC, value NULLS LAST"
    )
    return reader.composed_table(text, chosen.values | {"limit": limit})


def _traces(reader: Statements, selection: Selection) -> str:
    """Return the relation that a selection's traces are looked up in."""
    asked = selection.traces != EVERYTHING
    return (kept_traces(reader) if asked else None) or EVERY_TRACE


def _selected(name: str) -> str:
    """Return a statement about the relation `chosen`, to stand in parentheses."""
    return statement(f"selected/{name}").strip().removesuffix(";")


def _dimension(name: str, alias: str) -> str:
    if name not in DIMENSIONS:
        raise PredicateError(f"there is no dimension {name!r}")
    return column_sql("spans", name, alias)
