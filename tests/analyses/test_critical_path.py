"""Critical path and self time against plain walks, instant by instant."""

from typing import Any

import numpy as np
import pyarrow as pa
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tracetui_analyses.critical_path import CriticalPath
from tracetui_analyses.self_time import self_time
from tracetui_analyses.span_tree import SpanTree


def tree_of(rows: list[dict[str, Any]]) -> SpanTree:
    return SpanTree.from_table(
        pa.table(
            {
                "span_id": pa.array([str(i) for i in range(len(rows))]),
                "parent_span_id": pa.array([row["parent"] for row in rows], pa.string()),
                "kind": pa.array([row.get("kind") for row in rows], pa.string()),
                "start_time_unix_nano": pa.array([row["start"] for row in rows], pa.int64()),
                "end_time_unix_nano": pa.array([row["end"] for row in rows], pa.int64()),
            }
        )
    )


@st.composite
def traces(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 12))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        start = draw(st.none() | st.integers(0, 12))
        end = draw(st.none() | st.integers(0, 12))
        rows.append({"parent": None if parent is None else str(parent), "start": start, "end": end})
    return rows


def walked(tree: SpanTree) -> tuple[set[int], list[int], int]:
    """Walk back from the end, span by span; return the rows met, and whose each instant is."""
    roots = np.flatnonzero(tree.depth == 0).tolist()
    ends = np.maximum(tree.end, tree.start).tolist()
    starts = tree.start.tolist()
    first, last = min(starts[r] for r in roots), max(ends[r] for r in roots)
    owner = dict.fromkeys(range(first, last), -1)
    met: set[int] = set()
    todo: list[tuple[int, int, int]] = [(-1, first, last)]
    while todo:
        row, begin, stop = todo.pop()
        for instant in range(begin, stop):
            owner[instant] = row
        children = [int(r) for r in np.flatnonzero(tree.parent == row)]
        left = []
        for child in children:
            low, high = max(starts[child], begin), min(ends[child], stop)
            if high > low or (high == low and starts[child] == ends[child]):
                left.append((high, low, child))
        cursor = stop
        while ready := [one for one in left if one[0] <= cursor]:
            chosen = max(ready)
            left.remove(chosen)
            met.add(chosen[2])
            todo.append((chosen[2], chosen[1], chosen[0]))
            cursor = chosen[1]
    own = [0] * len(tree)
    for row in owner.values():
        if row >= 0:
            own[row] += 1
    return met, own, sum(1 for row in owner.values() if row < 0)


@examples(80)
@given(traces())
def test_the_path_is_that_of_a_walk_back_from_the_end(rows: list[dict[str, Any]]):
    tree = tree_of(rows)
    path = CriticalPath.of(tree)
    met, own, between = walked(tree)

    assert set(np.flatnonzero(path.on_path).tolist()) == met
    assert path.own.tolist() == own
    assert path.between_roots == between
    roots = tree.depth == 0
    whole = np.maximum(tree.end, tree.start)[roots].max() - tree.start[roots].min()
    assert path.shares.total == whole


@examples(80)
@given(traces())
def test_self_time_is_what_no_child_covers(rows: list[dict[str, Any]]):
    tree = tree_of(rows)
    found = self_time(tree.start, tree.end, tree.parent)

    for row in range(len(tree)):
        instants = set(range(int(tree.start[row]), int(tree.end[row])))
        for child in np.flatnonzero(tree.parent == row).tolist():
            instants -= set(range(int(tree.start[child]), int(tree.end[child])))
        assert found[row] == len(instants)


def test_a_chain_a_hundred_thousand_deep_and_as_many_calls_in_a_row_have_a_path():
    count = 100_000
    ids = np.arange(count).astype(str)
    deep = SpanTree.from_table(
        pa.table(
            {
                "span_id": ids,
                "parent_span_id": pa.array([None, *ids[:-1].tolist()]),
                "start_time_unix_nano": np.arange(count),
                "end_time_unix_nano": np.full(count, 2 * count),
            }
        )
    )
    path = CriticalPath.of(deep)
    assert path.on_path.all()
    assert path.own[:-1].tolist() == [1] * (count - 1)
    assert path.own[-1] == count + 1
    assert self_time(deep.start, deep.end, deep.parent)[-1] == count + 1

    wide = SpanTree.from_table(
        pa.table(
            {
                "span_id": ids,
                "parent_span_id": pa.array([None, *["0"] * (count - 1)]),
                "start_time_unix_nano": 3 * np.arange(count) * (np.arange(count) > 0),
                "end_time_unix_nano": np.append([3 * count], 3 * np.arange(1, count) + 2),
            }
        )
    )
    path = CriticalPath.of(wide)
    assert path.on_path.all()
    assert path.own[0] == count + 2
    assert self_time(wide.start, wide.end, wide.parent)[0] == count + 2


def test_the_path_says_what_the_time_was_spent_on():
    tree = tree_of(
        [
            {"parent": None, "kind": "workflow", "start": 0, "end": 100},
            {"parent": "0", "kind": "agent", "start": 0, "end": 40},
            {"parent": "1", "kind": "llm", "start": 0, "end": 20},
            {"parent": "1", "kind": "tool", "start": 22, "end": 40},
            {"parent": "1", "kind": "tool", "start": 22, "end": 30},
            {"parent": "0", "kind": "agent", "start": 90, "end": 100},
            {"parent": "5", "kind": "other", "start": 90, "end": 100},
        ]
    )
    path = CriticalPath.of(tree)
    shares = path.shares

    assert (shares.model, shares.tool, shares.wait) == (20, 18, 50)
    assert (shares.gap, shares.other) == (2, 10)
    assert path.on_path.tolist() == [True, True, True, True, False, True, True]
