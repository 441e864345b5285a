"""Model calls and roll-ups as `usage` takes them: found in the store, placed in their trees."""

import duckdb
import numpy as np
import pyarrow as pa

from tracetui_store.sql import statement
from tracetui_store.usage import COUNTS, Correction, UsageSpan

_MOST_JUMPS = 64


def usage_spans(writer: duckdb.DuckDBPyConnection, tree: pa.Table) -> list[UsageSpan]:
    """Return the model calls and roll-ups being settled that may bear on each other.

    Args:
        writer: Where `settling` is.
        tree: The result of `settle/parents`.
    """
    usage = writer.sql(statement("settle/usage_spans")).to_arrow_table()
    if not usage.num_rows:
        return []
    parents, below_agent, in_tree = _nearest(tree, usage)
    kept = _related(usage, parents)
    usage = usage.take(kept)
    places = np.full(len(parents) + 1, -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    counts = zip(*(usage[name].to_pylist() for name in COUNTS), strict=True)
    columns = (
        usage["row_id"].to_pylist(),
        usage["span_id"].to_pylist(),
        places[parents[kept]].tolist(),
        usage["kind"].to_pylist(),
        usage["usage_role"].to_pylist(),
        counts,
        usage["response_id"].to_pylist(),
        usage["scope_name"].to_pylist(),
        usage["start_time_unix_nano"].to_pylist(),
        usage["end_time_unix_nano"].to_pylist(),
        below_agent[kept].tolist(),
        in_tree[kept].tolist(),
    )
    return [
        UsageSpan(
            row_id=row_id,
            span_id=span_id,
            parent=parent,
            is_call=role != "rollup",
            kind=kind,
            role=role,
            counts=list(numbers),
            response_id=response_id,
            scope_name=scope,
            start=start,
            end=end,
            below_agent=agent,
            in_tree=inside,
        )
        for (
            row_id, span_id, parent, kind, role, numbers, response_id, scope, start, end, agent,
            inside,
        ) in zip(*columns, strict=True)
    ]  # fmt: skip


def _related(usage: pa.Table, parents: np.ndarray) -> np.ndarray:
    """Return the places of the spans whose usage another span may bear on.

    Most model calls stand alone: no model call or roll-up above or below, a response id of their
    own. What they say by themselves is what they are.
    """
    related = usage["usage_role"].to_numpy() == "rollup"
    below = np.flatnonzero(parents >= 0)
    related[below] = True
    related[parents[below]] = True
    codes = usage["response_id"].combine_chunks().dictionary_encode().indices
    ids = codes.fill_null(-1).to_numpy()
    has_id = np.flatnonzero(ids >= 0)
    related[has_id] |= np.bincount(ids[has_id], minlength=1)[ids[has_id]] > 1
    return np.flatnonzero(related)


def _nearest(tree: pa.Table, usage: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, per usage span, its nearest ancestor among them, and two facts about its place.

    The facts: whether an agent stands between the two, and whether it has any loaded parent.

    Pointer jumping: each round doubles the distance looked over, so that a chain 100,000 deep
    takes 17 rounds; a cycle never arrives and is cut.
    """
    rows = tree["row_id"].to_numpy()
    parent_rows = tree["parent_row_id"].fill_null(pa.scalar(-1)).to_numpy()
    wanted = usage["row_id"].to_numpy()
    # A duplicated span id may give a row two parents: the first stands.
    rows, first = np.unique(rows, return_index=True)
    parent_rows = parent_rows[first]
    is_agent = tree["is_agent"].to_numpy(zero_copy_only=False)[first]
    ancestor = np.searchsorted(rows, parent_rows)
    ancestor[(parent_rows < 0)] = -1
    inside = np.zeros(len(rows) + 1, dtype=bool)
    places = np.searchsorted(rows, wanted)
    inside[places] = True
    agent_between = np.zeros(len(rows) + 1, dtype=bool)
    agents = np.append(is_agent, False)
    nearest = ancestor.copy()
    known = nearest >= 0
    # An agent that itself reports usage is in the list, and still counts as standing between.
    agent_between[:-1][known] = agents[nearest[known]]
    for _ in range(_MOST_JUMPS):
        moving = np.flatnonzero((nearest >= 0) & ~inside[nearest])
        if not len(moving):
            break
        over = nearest[moving]
        agent_between[moving] |= agent_between[over]
        nearest[moving] = nearest[over]
    else:
        nearest[(nearest >= 0) & ~inside[nearest]] = -1
    index_of = np.full(len(rows) + 1, -1, dtype=np.int64)
    index_of[places] = np.arange(len(wanted))
    found = nearest[places]
    result = np.where(found >= 0, index_of[found], -1)
    return result, agent_between[places], ancestor[places] >= 0


def corrections_table(corrections: dict[int, Correction]) -> pa.Table:
    """Return corrections as `found_usage_roles`, in the order of the row ids."""
    rows = sorted(corrections.items())
    columns: dict[str, pa.Array] = {
        "row_id": pa.array([row_id for row_id, _ in rows], pa.int64()),
        "usage_role": pa.array([item.role for _, item in rows], pa.string()),
        "duplicate_of": pa.array([item.duplicate_of for _, item in rows], pa.string()),
        "call_role": pa.array([item.call_role for _, item in rows], pa.string()),
        "usage_gap_tokens": pa.array([item.gap for _, item in rows], pa.int64()),
    }
    for place, name in enumerate(COUNTS):
        values = [item.counts[place] if item.counts else None for _, item in rows]
        columns[name] = pa.array(values, pa.int64())
    return pa.table(columns)
