"""Settles what follows from several rows: spans sent again, usage roles, orphans, extents, costs.

Run by the one writer. The rows of some traces, or of all, are settled anew; of what is found only
that is written which differs from what holds, as a new generation. So settling the traces that a
batch touches leaves what settling everything would (`reach` says which traces those are).
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tracetui_store.compaction import compact
from tracetui_store.reach import Unsettled, choose_rows, forget_rows
from tracetui_store.sql import statement
from tracetui_store.usage import settle_usage
from tracetui_store.usage_rows import corrections_table, usage_spans

_NO_ROWS = pa.table({"row_id": pa.array([], pa.int64())})


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is to be looked for, and how many rows at most hold of what settling finds."""

    has_repeated: bool
    has_log_spans: bool
    has_holders: bool
    has_costs: bool
    superseded: int
    usage_roles: int
    orphans: int
    extents: int
    log_costs: int


def settle(writer: duckdb.DuckDBPyConnection, unsettled: Unsettled) -> frozenset[str | None] | None:
    """Settle anew, inside the writer's transaction.

    Cost is that of the rows settled, and a look at a few columns of all rows. Settling everything
    takes two passes over the spans in SQL, and one in Python over the model calls and roll-ups
    that may bear on each other.

    Args:
        writer: The store's writer.
        unsettled: What came since the last settling.

    Returns:
        The traces that were settled anew: what is said of any other holds; None for all.
    """
    traces = choose_rows(writer, unsettled)
    values = {"generation": _number(writer, "settle/next_generation")}
    facts = _facts(writer, "settle/facts_of_everything" if traces is None else "settle/facts")
    superseded = _superseded(writer, facts)
    outdated = _replace(writer, "superseded", superseded, facts.superseded, values)
    writer.register("found_superseded", superseded)
    tree = writer.sql(statement("settle/parents")).to_arrow_table()
    roles = corrections_table(settle_usage(usage_spans(writer, tree)))
    outdated += _replace(writer, "usage_roles", roles, facts.usage_roles, values)
    outdated += _replace(writer, "orphans", _orphans(tree), facts.orphans, values)
    for relation, wanted, held in (
        ("extents", facts.has_holders, facts.extents),
        ("log_costs", facts.has_costs, facts.log_costs),
    ):
        found = _found(writer, f"settle/found_{relation}") if wanted else _NO_ROWS
        outdated += _replace(writer, relation, found, held, values)
    writer.unregister("found_superseded")
    forget_rows(writer)
    writer.execute(statement("settle/insert_generation"), values)
    compact(writer, values["generation"], outdated)
    return traces


def _number(writer: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(writer.execute(statement(name)).fetchall()[0][0])


def _found(writer: duckdb.DuckDBPyConnection, name: str, **values: str) -> pa.Table:
    return writer.sql(statement(name), params=values or None).to_arrow_table()


def _facts(writer: duckdb.DuckDBPyConnection, name: str) -> _Facts:
    return _Facts(*writer.execute(statement(name)).fetchall()[0])


def _superseded(writer: duckdb.DuckDBPyConnection, facts: _Facts) -> pa.Table:
    """Return the rows that do not count, as other rows say what they say."""
    found = _found(writer, "settle/found_superseded") if facts.has_repeated else _NO_ROWS
    if not facts.has_log_spans:
        return found
    for name, values in (
        ("settle/superseded_by_spans", {}),
        # Turns first: a session may hold nothing but turns that hold nothing.
        ("settle/superseded_holders", {"kind": "agent"}),
        ("settle/superseded_holders", {"kind": "workflow"}),
    ):
        writer.register("found_superseded", found)
        found = pa.concat_tables([found, _found(writer, name, **values)])
        writer.unregister("found_superseded")
    return found


def _orphans(tree: pa.Table) -> pa.Table:
    missing = pc.and_(tree["has_parent"], pc.is_null(tree["parent_row_id"]))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType, reportAttributeAccessIssue]
    return pa.table({"row_id": tree["row_id"].filter(missing)})


def _replace(
    writer: duckdb.DuckDBPyConnection,
    relation: str,
    found: pa.Table,
    held: int,
    values: dict[str, int],
) -> int:
    """Write what was found of a relation where it differs; return how many rows are outdated."""
    outdated = 0
    if not found.num_rows and not held:
        return outdated
    if not found.num_rows:
        found = _nothing(writer, relation)
    writer.register(f"found_{relation}", found)
    if held:
        rows = writer.execute(statement(f"settle/outdate_{relation}"), values).fetchall()
        outdated = int(rows[0][0])
    if found.num_rows:
        writer.execute(statement(f"settle/insert_{relation}"), values)
    writer.unregister(f"found_{relation}")
    return outdated


def _nothing(writer: duckdb.DuckDBPyConnection, relation: str) -> pa.Table:
    """Return no rows, with the columns of a relation."""
    return writer.table(relation).limit(0).to_arrow_table()
