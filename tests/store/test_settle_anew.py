"""Settling what new rows bear on leaves what settling everything does, at every moment."""

import json
from contextlib import closing

import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from store.made_spans import batch
from tracetui_loaders.schema import LINKS, LOGS, ROW_BITS, SPANS
from tracetui_store.reach import Unsettled
from tracetui_store.settle import settle
from tracetui_store.sql import SETTLED, TABLES
from tracetui_store.store import Store

COUNTS = ("input", "output", "total")
some = lambda of: st.none() | of  # noqa: E731
traces = st.sampled_from(["t1", "t2", "t3"])


@st.composite
def span(draw, trace):
    """Return a span that others are likely to repeat, to hold or to report the usage of."""
    made = draw(st.sampled_from([None, None, "log records"]))
    kind = draw(st.sampled_from(["llm", "llm", "llm", "tool", "agent", "workflow"]))
    used = {f"{name}_tokens": draw(st.sampled_from([None, 5, 5, 10])) for name in COUNTS}
    role = "none" if not any(used.values()) or kind == "tool" else "own"
    role = "rollup" if role == "own" and kind != "llm" else role
    prefix = "rollup_" if role == "rollup" else ""
    start = draw(st.sampled_from([None, 0, 0, 5, 5, 30]))
    return {
        "trace_id": trace,
        "span_id": draw(st.sampled_from("abcd")),
        "parent_span_id": draw(some(st.sampled_from("abcz"))),
        "kind": kind,
        "derived_from": made,
        "start_time_unix_nano": start,
        "end_time_unix_nano": draw(st.sampled_from([None, 10, 10, 20, 40])),
        "response_id": draw(st.sampled_from([None, "r1", "r1", "r2"])),
        "tool_call_id": draw(some(st.sampled_from(["c1", "c2"]))),
        "session_id": draw(some(st.sampled_from(["s1", "s2"]))),
        "scope_name": draw(st.sampled_from(["one", "com.anthropic.sdk.x"])),
        "usage_role": role,
        **({prefix + name: count for name, count in used.items()} if role != "none" else {}),
        "cost_given_usd": draw(st.sampled_from([None, None, 1.5])),
        "linked": draw(some(traces)),
    }


costs = st.tuples(st.sampled_from(["r1", "r2"]), st.sampled_from([0.25, 0.5]))


@st.composite
def batches(draw):
    """Return a source, spans of one trace, costs that log records say, and whether to settle."""
    spans = draw(st.lists(span(draw(some(traces))), max_size=4))
    return (
        draw(st.integers(0, 1)),
        spans,
        draw(st.lists(costs, max_size=1)),
        draw(st.sampled_from([True, True, False])),
    )


def made(source_id, first, spans, said):
    """Return a batch of a source that has `first` rows already."""
    rows, links, row_id = [], [], (source_id << ROW_BITS) + first
    for number, one in enumerate(spans, start=row_id):
        linked = one["linked"]
        own = {name: value for name, value in one.items() if name != "linked"}
        rows.append(own | {"row_id": number, "source_id": source_id, "error": False})
        links += [{"row_id": number, "position": 0, "trace_id": linked}] if linked else []
    records = [
        {
            "row_id": number,
            "source_id": source_id,
            "event_name": "api_request",
            "attributes": json.dumps({"request_id": request, "cost_usd": str(cost)}),
        }
        for number, (request, cost) in enumerate(said, start=row_id + len(spans))
    ]
    found = batch([], [], source_id)
    found.spans = pa.RecordBatch.from_pylist(rows, SPANS)
    found.links = pa.RecordBatch.from_pylist(links, LINKS)
    found.logs = pa.RecordBatch.from_pylist(records, LOGS)
    return found


def numbered(drawn):
    """Return the batches, their rows numbered, and whether each is settled at once."""
    sizes, found = [0, 0], []
    for source_id, spans, said, settled in drawn:
        found.append((made(source_id, sizes[source_id], spans, said), settled))
        sizes[source_id] += len(spans) + len(said)
    return found


def held(store):
    """Return every settled row as it holds."""
    cursor = store._writer
    return {
        name: set(cursor.execute(f"SELECT * EXCLUDE (settled) FROM {name}").fetchall())
        for name in SETTLED
    }


def totals(store):
    with store.reader() as reader:
        return reader.totals()


@pytest.fixture(scope="module")
def stores():
    with closing(Store.temporary()) as store, closing(Store.temporary()) as once:
        yield store, once


def emptied(store):
    """Return a store with nothing in it: emptying one is much quicker than making one."""
    for table in TABLES:
        store._writer.execute(f"DELETE FROM own.{table}")
    store._note_afresh(everything=True)
    return store


@examples(8)
@given(drawn=st.lists(batches(), min_size=2, max_size=6))
def test_what_holds_is_what_settling_everything_finds_and_changes_are_told(stores, drawn):
    trace_of = {}
    store, once = map(emptied, stores)
    mark, before = None, held(store)
    changed = set()
    for one, at_once in numbered(drawn):
        rows = one.spans.to_pylist()
        trace_of |= {row["row_id"]: row["trace_id"] for row in rows}
        changed |= {row["trace_id"] for row in rows}
        store.add_batch(one, settled=at_once)
        once.add_batch(one)
        if not at_once:
            continue
        found = held(store)
        with store.reader() as reader:
            changes = reader.changes_since(mark)
        changed |= {trace_of[row[0]] for name in SETTLED for row in before[name] ^ found[name]}
        assert changed - {None} <= set(changes.traces["trace_id"].to_pylist())
        mark, before, changed = changes.mark, found, set()
        settle(store._writer, Unsettled(everything=True))
        assert found == held(store)
    store.settle()
    once.settle()
    assert (held(store), totals(store)) == (held(once), totals(once))


def call(trace, span_id, **more):
    return {
        "trace_id": trace,
        "span_id": span_id,
        "kind": "llm",
        "response_id": "r1",
        "scope_name": "one",
        "start_time_unix_nano": 0,
        "end_time_unix_nano": 10,
        "usage_role": "own",
        "input_tokens": 5,
        "linked": None,
        **more,
    }


def test_a_call_that_comes_later_makes_its_twin_in_another_trace_a_duplicate(stores):
    store = emptied(stores[0])
    root = call("t2", "b", kind="agent", response_id=None, usage_role="none", input_tokens=None)
    twin = call("t2", "c", parent_span_id="b", scope_name="two")
    store.add_batch(made(0, 0, [call("t1", "a"), call("t3", "d", response_id="r2")], []))
    store.settle()
    assert (held(store)["usage_roles"], totals(store).input_tokens) == (set(), 10)
    store.add_batch(made(0, 2, [root, twin], []))
    assert settle(store._writer, store._unsettled) == {"t1", "t2"}
    ((row_id, role, duplicate_of, *_),) = held(store)["usage_roles"]
    assert (row_id, role, duplicate_of) == (0, "duplicate", "c")
    assert totals(store).input_tokens == 10


def test_a_cost_that_a_log_record_says_later_is_the_call_s(stores):
    store = emptied(stores[0])
    store.add_batch(made(0, 0, [call("t1", "a"), call("t3", "d", response_id="r2")], []))
    store.settle()
    store.add_batch(made(0, 2, [], [("r1", 0.25)]))
    assert settle(store._writer, store._unsettled) == {"t1"}
    assert held(store)["log_costs"] == {(0, 0.25)}


def test_what_was_taken_back_long_ago_is_deleted_and_an_old_mark_means_everything(
    stores, monkeypatch
):
    monkeypatch.setattr("tracetui_store.compaction._MOST_OUTDATED", 1)
    monkeypatch.setattr("tracetui_store.compaction._KEPT_GENERATIONS", 1)
    store = emptied(stores[0])
    child = call("t1", "a", parent_span_id="b")
    store.add_batch(made(0, 0, [child, call("t2", "z", response_id=None)], []), settled=True)
    with store.reader() as reader:
        old = reader.changes_since().mark
        store.add_batch(made(0, 2, [call("t1", "b", response_id=None)], []), settled=True)
        new = reader.changes_since(old)
        assert new.traces["trace_id"].to_pylist() == ["t1"]
        for first in range(3, 60):
            store.add_batch(made(0, first, [], []), settled=True)
        assert reader.count("outdated") == reader.count("settled_orphans") == 0
        assert reader.changes_since(old).traces["trace_id"].to_pylist() == ["t1", "t2"]
        assert reader.changes_since(reader.changes_since().mark).traces.num_rows == 0
