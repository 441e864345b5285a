"""Settles what follows from several rows: spans sent again, usage roles, orphans, extents, costs.

Run by the one writer. The rows of some traces, or of all, are settled anew; of what is found only
that is written which differs from what holds, as a new generation. So settling the traces that a
batch touches leaves what settling everything would (`reach` says which traces those are).
"""

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tracetui_store.compaction import compact
from tracetui_store.reach import Unsettled, choose_rows, forget_rows
from tracetui_store.sql import statement
from tracetui_store.usage import settle_usage
from tracetui_store.usage_rows import corrections_table, usage_spans


def settle(
    writer: duckdb.DuckDBPyConnection, unsettled: Unsettled | None = None
) -> frozenset[str | None] | None:
    """Settle anew, inside the writer's transaction.

    Cost is that of the rows settled, and a look at a few columns of all rows. Settling everything
    takes two passes over the spans in SQL, and one in Python over the model calls and roll-ups
    that may bear on each other.

    Args:
        writer: The store's writer.
        unsettled: What came since the last settling; None settles everything.

    Returns:
        The traces that were settled anew: what is said of any other holds; None for all.
    """
    traces = choose_rows(writer, unsettled)
    row = writer.execute(statement("settle/next_generation")).fetchall()[0]
    values = {"generation": int(row[0])}
    has_log_spans, has_holders, has_costs = writer.execute(statement("settle/facts")).fetchall()[0]
    _find_superseded(writer, has_log_spans=has_log_spans)
    outdated = _replace(writer, "superseded", values)
    tree = writer.sql(statement("settle/parents")).to_arrow_table()
    writer.register("found_usage_roles", corrections_table(settle_usage(usage_spans(writer, tree))))
    outdated += _replace(writer, "usage_roles", values)
    writer.register("found_orphans", _orphans(tree))
    outdated += _replace(writer, "orphans", values)
    if has_holders or traces is None:
        writer.execute(statement("settle/found_extents"))
        outdated += _replace(writer, "extents", values)
    if has_costs or traces is None:
        writer.execute(statement("settle/found_log_costs"))
        outdated += _replace(writer, "log_costs", values)
    writer.unregister("found_usage_roles")
    writer.unregister("found_orphans")
    forget_rows(writer)
    writer.execute(statement("settle/insert_generation"), values)
    compact(writer, values["generation"], outdated)
    return traces


def _find_superseded(writer: duckdb.DuckDBPyConnection, *, has_log_spans: bool) -> None:
    writer.execute(statement("settle/found_superseded"))
    if has_log_spans:
        writer.execute(statement("settle/superseded_by_spans"))
        for kind in ("agent", "workflow"):
            writer.execute(statement("settle/superseded_holders"), {"kind": kind})


def _orphans(tree: pa.Table) -> pa.Table:
    missing = pc.and_(tree["has_parent"], pc.is_null(tree["parent_row_id"]))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType, reportAttributeAccessIssue]
    return pa.table({"row_id": tree["row_id"].filter(missing)})


def _replace(writer: duckdb.DuckDBPyConnection, relation: str, values: dict[str, int]) -> int:
    """Write what was found of a relation where it differs; return how many rows are outdated."""
    rows = writer.execute(statement(f"settle/outdate_{relation}"), values).fetchall()
    writer.execute(statement(f"settle/insert_{relation}"), values)
    return int(rows[0][0])
