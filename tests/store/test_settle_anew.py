"""Settling what new rows bear on leaves what settling everything does, at every moment."""

import json
from contextlib import closing

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.made_spans import batch
from tracetui_loaders.schema import LINKS, LOGS, ROW_BITS, SPANS
from tracetui_store.reach import Unsettled
from tracetui_store.settle import settle
from tracetui_store.sql import SETTLED
from tracetui_store.store import Store

COUNTS = ("input", "output", "total")
some = lambda of: st.none() | of  # noqa: E731
traces = st.sampled_from(["t1", "t2", "t3", "t4"])
times = st.sampled_from([0, 5, 10, 20, 21, 40])


@st.composite
def span(draw):
    """Return a span that others are likely to repeat, to hold or to report the usage of."""
    made = draw(st.sampled_from([None, None, "log records"]))
    kinds = ["llm", "llm", "tool", "agent", "workflow"]
    kind = draw(st.sampled_from(kinds))
    used = {f"{name}_tokens": draw(some(st.sampled_from([5, 10, 20]))) for name in COUNTS}
    role = "none" if not any(used.values()) or kind == "tool" else "own"
    role = "rollup" if role == "own" and kind != "llm" else role
    prefix = "rollup_" if role == "rollup" else ""
    start = draw(some(times))
    return {
        "trace_id": draw(some(traces)),
        "span_id": draw(st.sampled_from("abcdef")),
        "parent_span_id": draw(some(st.sampled_from("abcdefz"))),
        "kind": kind,
        "derived_from": made,
        "start_time_unix_nano": start,
        "end_time_unix_nano": None if start is None else draw(some(times.map(start.__add__))),
        "response_id": draw(some(st.sampled_from(["r1", "r2", "r3"]))),
        "tool_call_id": draw(some(st.sampled_from(["c1", "c2"]))),
        "session_id": draw(some(st.sampled_from(["s1", "s2"]))),
        "scope_name": draw(st.sampled_from(["one", "two", "com.anthropic.sdk.x"])),
        "usage_role": role,
        **({prefix + name: count for name, count in used.items()} if role != "none" else {}),
        "cost_given_usd": draw(st.sampled_from([None, None, 1.5])),
        "linked": draw(some(traces)),
    }


costs = st.tuples(st.sampled_from(["r1", "r2", "r3"]), st.sampled_from([0.25, 0.5]))
batches = st.tuples(
    st.integers(0, 1), st.lists(span(), max_size=6), st.lists(costs, max_size=1), st.booleans()
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


def holds(store):
    """Return every settled row as it holds, every span as it is read, and the totals."""
    with store.reader() as reader:
        relations = {
            name: sorted(
                reader._cursor.sql(f"SELECT * EXCLUDE (settled) FROM {name}").fetchall(),
                key=repr,
            )
            for name in SETTLED
        }
        return relations, list(reader.spans()), reader.totals(), reader.traces().to_pylist()


def by_trace(spans):
    found = {}
    for one in spans:
        found.setdefault(one["trace_id"], []).append(one)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(batches, min_size=1, max_size=6))
def test_what_holds_is_what_settling_everything_finds_and_changes_are_told(drawn):
    drawn = numbered(drawn)
    with closing(Store.temporary()) as store, closing(Store.temporary()) as once:
        mark, before = None, {}
        for one, at_once in drawn:
            store.add_batch(one, settled=at_once)
            once.add_batch(one)
            if not at_once:
                continue
            found = holds(store)
            with store.reader() as reader:
                changes = reader.changes_since(mark)
            now = by_trace(found[1])
            changed = {t for t in now | before if t and now.get(t) != before.get(t)}
            assert changed <= set(changes.traces["trace_id"].to_pylist())
            mark, before = changes.mark, now
            settle(store._writer, Unsettled(everything=True))
            assert found == holds(store)
        store.settle()
        once.settle()
        assert holds(store) == holds(once)
