"""The tree of a trace against a plain, recursive-minded second implementation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tracetui_analyses.span_tree import SpanTree
from tracetui_loaders.schema import KINDS

TYPES = {
    "span_id": pa.string(),
    "parent_span_id": pa.string(),
    "kind": pa.string(),
    "start_time_unix_nano": pa.int64(),
    "end_time_unix_nano": pa.int64(),
    "error": pa.bool_(),
    "is_model_call": pa.bool_(),
    "usage_unknown": pa.bool_(),
    "usage_role": pa.string(),
    "total_tokens": pa.int64(),
    "cost_usd": pa.float64(),
}


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table(
        {name: pa.array([r.get(name) for r in rows], type=kind) for name, kind in TYPES.items()}
    )


@dataclass
class Node:
    index: int  # -1: a placeholder
    span: dict[str, Any]
    parent: "Node | None" = None
    missing: str | None = None
    cut: bool = False


def plain(rows: list[dict[str, Any]]) -> list[Node]:
    """Return the nodes in pre-order, by dictionaries and lists."""
    nodes = [Node(i, row) for i, row in enumerate(rows)]
    first: dict[str, Node] = {}
    for node in nodes:
        if node.span.get("span_id") is not None:
            first.setdefault(node.span["span_id"], node)
    placeholders: dict[str, Node] = {}
    for node in list(nodes):
        wanted = node.span.get("parent_span_id")
        if not wanted:
            continue
        if wanted in first:
            node.parent = first[wanted]
        else:
            if wanted not in placeholders:
                placeholders[wanted] = Node(-1, {}, missing=wanted)
                nodes.append(placeholders[wanted])
            node.parent = placeholders[wanted]
    for node in nodes:  # in file order: the first node of a cycle is the one that is cut
        seen, at = [node], node.parent
        while at is not None and at not in seen:
            seen.append(at)
            at = at.parent
        if at is node:
            node.parent, node.cut = None, True
    for missing in placeholders.values():
        starts = [
            n.span["start_time_unix_nano"]
            for n in nodes
            if n.parent is missing and n.span.get("start_time_unix_nano") is not None
        ]
        missing.span = {"start_time_unix_nano": min(starts)} if starts else {}

    def start_of(node: Node) -> float:
        start = node.span.get("start_time_unix_nano")
        return float("inf") if start is None else start

    children: dict[int, list[Node]] = {}
    for node in sorted(nodes, key=start_of):
        children.setdefault(id(node.parent), []).append(node)
    ordered: list[Node] = []
    stack = children.get(id(None), [])[::-1]
    while stack:
        node = stack.pop()
        ordered.append(node)
        stack.extend(children.get(id(node), [])[::-1])
    return ordered


def below(node: Node, ordered: list[Node]) -> list[Node]:
    found = []
    for other in ordered:
        at: Node | None = other
        while at is not None and at is not node:
            at = at.parent
        if at is node:
            found.append(other)
    return found


ids = st.sampled_from([None, "", *"abcdefgh"])
maybe_time = st.none() | st.integers(0, 20)
spans = st.fixed_dictionaries(
    {
        "span_id": st.none() | st.sampled_from("abcdefgh"),
        "parent_span_id": ids,
        "kind": st.none() | st.sampled_from(["llm", "tool", "agent", "embedding"]),
        "start_time_unix_nano": maybe_time,
        "end_time_unix_nano": maybe_time,
        "error": st.none() | st.booleans(),
        "usage_role": st.sampled_from([None, "own", "own_fallback", "rollup", "duplicate", "none"]),
        "is_model_call": st.none() | st.booleans(),
        "usage_unknown": st.none() | st.booleans(),
        "total_tokens": st.none() | st.integers(0, 9),
        "cost_usd": st.none() | st.sampled_from([0.0, 0.5, 2.0]),
    }
)


@examples(80)
@given(st.lists(spans, max_size=14))
def test_the_tree_and_its_sums_are_those_of_a_plain_walk(rows: list[dict[str, Any]]):
    tree = SpanTree.from_table(table_of(rows))
    ordered = plain(rows)

    assert tree.source_row.tolist() == [node.index for node in ordered]
    assert tree.parent.tolist() == [
        -1 if n.parent is None else next(i for i, o in enumerate(ordered) if o is n.parent)
        for n in ordered
    ]
    assert [tree.missing_id(row) for row in range(len(tree))] == [n.missing for n in ordered]
    assert tree.cycle.tolist() == [node.cut for node in ordered]
    assert tree.orphan.tolist() == [
        bool(n.parent and n.parent.missing is not None) for n in ordered
    ]
    for row, node in enumerate(ordered):
        subtree = below(node, ordered)
        own = [n for n in subtree if n.span.get("usage_role") in ("own", "own_fallback")]
        assert tree.size[row] == len(subtree)
        assert tree.depth[row] == (0 if node.parent is None else tree.depth[tree.parent[row]] + 1)
        assert tree.totals.tokens[row] == sum(n.span["total_tokens"] or 0 for n in own)
        assert tree.totals.reported[row] == sum(n.span["total_tokens"] is not None for n in own)
        assert tree.totals.cost_usd[row] == sum(n.span["cost_usd"] or 0 for n in own)
        assert tree.totals.unpriced[row] == sum(n.span["cost_usd"] is None for n in own)
        silent = [n for n in subtree if n.missing is not None or n.span["usage_unknown"]]
        assert tree.totals.silent[row] == len(silent)
        assert tree.totals.calls[row] == sum(bool(n.span.get("is_model_call")) for n in subtree)
        error_child = any(n.parent is node and n.span.get("error") for n in ordered)
        assert tree.error_root[row] == (bool(node.span.get("error")) and not error_child)
        assert tree.error_roots[row] == sum(
            bool(tree.error_root[i]) for i in range(row, row + len(subtree))
        )


def test_children_follow_by_start_then_by_place_in_the_file():
    tree = SpanTree.from_table(
        table_of(
            [
                {"span_id": "late", "parent_span_id": "root", "start_time_unix_nano": 9},
                {"span_id": "root", "start_time_unix_nano": 1},
                {"span_id": "unknown", "parent_span_id": "root"},
                {"span_id": "tie1", "parent_span_id": "root", "start_time_unix_nano": 5},
                {"span_id": "tie2", "parent_span_id": "root", "start_time_unix_nano": 5},
            ]
        )
    )

    assert tree.source_row.tolist() == [1, 3, 4, 0, 2]
    assert tree.no_start.tolist() == [False, False, False, False, True]
    assert tree.start.tolist() == [0, 4, 4, 8, 0]


def test_a_running_span_lasts_until_the_last_known_time_of_the_trace():
    tree = SpanTree.from_table(
        table_of(
            [
                {"span_id": "a", "start_time_unix_nano": 100},
                {"span_id": "b", "start_time_unix_nano": 110, "end_time_unix_nano": 150},
            ]
        )
    )

    assert tree.origin == 100
    assert tree.running.tolist() == [True, False]
    assert tree.end.tolist() == [50, 50]


def test_a_placeholder_spans_the_children_of_the_missing_parent():
    tree = SpanTree.from_table(
        table_of(
            [
                {
                    "span_id": name,
                    "parent_span_id": "gone",
                    "start_time_unix_nano": start,
                    "end_time_unix_nano": start + 5,
                }
                for name, start in (("a", 10), ("b", 30))
            ]
        )
    )

    assert tree.source_row.tolist() == [-1, 0, 1]
    assert tree.missing_id(0) == "gone"
    assert (tree.start[0], tree.end[0]) == (0, 25)
    assert KINDS[tree.kind[0]] == "other"
    assert not tree.running[0]


def test_absent_columns_are_unknown_and_never_an_error():
    tree = SpanTree.from_table(pa.table({"span_id": ["a"], "parent_span_id": ["a"]}))

    assert tree.cycle.tolist() == [True]
    assert tree.running.tolist() == [False]
    assert tree.totals.reported.tolist() == [0]


@pytest.mark.parametrize("depth", [10_000, 100_000])
def test_a_long_chain_is_built_without_recursion(depth: int):
    ids = [f"{i:x}" for i in range(depth)]
    table = pa.table(
        {
            "span_id": ids,
            "parent_span_id": pa.array([None, *ids[:-1]]),
            "start_time_unix_nano": np.arange(depth),
        }
    )

    tree = SpanTree.from_table(table)

    assert tree.depth[-1] == depth - 1
    assert tree.size[0] == depth


def test_a_table_without_rows_makes_an_empty_tree():
    assert len(SpanTree.from_table(table_of([]))) == 0
