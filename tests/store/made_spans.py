"""Spans made by hypothesis, in the embedded store and in the one in memory."""

from contextlib import contextmanager

import msgspec
import pyarrow as pa
from hypothesis import strategies as st
from store.memory_store import MemoryStore
from tracetui_loaders.base import Batch
from tracetui_loaders.schema import (
    EVENTS,
    LINKS,
    LOGS,
    METRICS,
    PROBLEMS,
    RESOURCES,
    ROW_BITS,
    SPANS,
)
from tracetui_store import predicates as p
from tracetui_store.columns import SPANS as SPAN_COLUMNS
from tracetui_store.columns import TRACES as TRACE_COLUMNS
from tracetui_store.store import Store
from tracetui_store.summaries import outdate, summarise

# Dotted and dotless i are left out: Python's re takes them for i, RE2 does not.
LETTERS = "abBnNuU01éÉßKſ日💥%_*?\\\"'/.[($^{ \n\x00\x1b"  # noqa: RUF001 - the long s is an s, whatever the case
texts = st.text(LETTERS, max_size=6)
words = st.sampled_from(["chat", "Chat", "CHAT", "tool", "", "b%", "B_", "\\n", "日本"]) | texts
some = lambda of: st.none() | of  # noqa: E731
times = st.integers(1, 40) | st.sampled_from([2**53 + 1, 2**62, 2**63 - 1])
tokens = some(st.integers(0, 30))


@st.composite
def span(draw):
    kind = draw(st.sampled_from(["llm", "tool", "agent", "other"]))
    used = {f"{name}_tokens": draw(tokens) for name in ("input", "output", "total")}
    return {
        "trace_id": draw(st.sampled_from(["t1", "t2", "T3"])),
        "span_id": draw(st.sampled_from("abcdefgh")),
        "parent_span_id": draw(some(st.sampled_from("abcdefghz"))),
        "name": draw(words),
        "kind": kind,
        "start_time_unix_nano": draw(some(times)),
        "end_time_unix_nano": draw(some(times)),
        "error": draw(st.booleans()),
        "status_message": draw(some(texts)),
        "service_name": draw(some(words)),
        "agent_name": draw(some(words)),
        "session_id": draw(some(words)),
        "request_model": draw(some(words)),
        "tool_name": draw(some(words)),
        "finish_reasons": draw(some(st.lists(st.sampled_from(["stop", "length"]), max_size=2))),
        "usage_role": "own" if kind == "llm" and any(used.values()) else "none",
        **(used if kind == "llm" else {}),
        "cost_given_usd": draw(some(st.sampled_from([0.0, 0.25, 1.5]))),
        "ttft_ms": draw(some(st.floats(0, 10))),
        "attributes": draw(st.dictionaries(words, texts | st.integers(), max_size=2)),
        "events": draw(st.lists(st.tuples(texts, texts), max_size=1)),
    }


log = st.fixed_dictionaries(
    {
        "trace_id": st.sampled_from(["t1", "t2"]),
        "span_id": some(st.sampled_from("abz")),
        "event_name": some(texts),
        "body": texts,
    }
)
spans = st.lists(span(), max_size=12)
logs = st.lists(log, max_size=2)


def batch(made, made_logs, source_id=0):
    """Return what a loader would make of the spans and log records, and their texts by row."""
    first = source_id << ROW_BITS
    rows, events, records = [], [], []
    for number, one in enumerate(made):
        row_id = first + number
        own = dict(one)
        sent = own.pop("events")
        own |= {"row_id": row_id, "source_id": source_id, "attributes": text(own["attributes"])}
        rows.append(own)
        events += [
            {"row_id": row_id, "position": at, "name": name, "attributes": text({"k": said})}
            for at, (name, said) in enumerate(sent)
        ]
    for number, one in enumerate(made_logs, start=len(made)):
        row_id = first + number
        records.append(one | {"row_id": row_id, "source_id": source_id, "body": text(one["body"])})
    return Batch(
        source_id=source_id,
        spans=pa.RecordBatch.from_pylist(rows, SPANS),
        events=pa.RecordBatch.from_pylist(events, EVENTS),
        links=pa.RecordBatch.from_pylist([], LINKS),
        logs=pa.RecordBatch.from_pylist(records, LOGS),
        metrics=pa.RecordBatch.from_pylist([], METRICS),
        resources=pa.RecordBatch.from_pylist([], RESOURCES),
        problems=pa.RecordBatch.from_pylist([], PROBLEMS),
    )


def text(value):
    return msgspec.json.encode(value).decode()


def in_memory(reader, *batches):
    """Return a store in memory with the same spans; what is settled is taken from `reader`."""
    said, log_texts = {}, []
    for one in batches:
        for row in one.spans.to_pylist():
            said[row["row_id"]] = [
                ("name", row["name"]),
                ("status_message", row["status_message"]),
                ("attributes", row["attributes"]),
            ]
        for event in one.events.to_pylist():
            said[event["row_id"]] += [
                ("event_name", event["name"]),
                ("event", event["attributes"]),
            ]
        for record in one.logs.to_pylist():
            for field, content in (("log_name", record["event_name"]), ("log", record["body"])):
                log_texts.append(record | {"field": field, "text": content})
    found = [one | {"texts": said[one["row_id"]]} for one in reader.spans()]
    return MemoryStore(found, log_texts)


def _keep(store, how):
    """Let the store keep what traces come to: not, of all, or of some wrongly and known so."""
    if how == 0:
        return
    with store._transaction() as writer:
        summarise(writer)
        if how == 2:
            outdate(writer, ["t1", "T3"])
            writer.execute("UPDATE own.trace_rows SET span_count = 77 WHERE trace_id <> 't2'")


@contextmanager
def both(made, made_logs=()):
    """Yield a reader of the embedded store and one of the store in memory."""
    store = Store.temporary()
    try:
        store.add_source(0, "made", "made", "", None)
        loaded = batch(made, made_logs)
        store.add_batch(loaded)
        store.settle()
        _keep(store, len(made) % 3)
        with store.reader() as reader:
            yield reader, in_memory(reader, loaded).reader()
    finally:
        store.close()


needles = st.text(LETTERS, min_size=1, max_size=2)
comparisons = st.sampled_from(p.COMPARISONS)
numbers = st.integers(-1, 40) | st.sampled_from([2**53, 2**63, -(2**70), 10**400])
floats = st.floats(-1, 40) | st.sampled_from([2.5, float("inf"), -1e300, 2.0**53])


def leaves(columns):
    """Return predicates about one column."""
    of = {
        kind: st.sampled_from([c for c in columns if columns[c] == kind])
        for kind in ("text", "integer", "real", "flag")
    }
    return (
        st.builds(p.Compare, of["text"], comparisons, words)
        | st.builds(p.Compare, of["integer"], comparisons, numbers | floats)
        | st.builds(p.Compare, of["real"], comparisons, floats | st.integers(0, 3))
        | st.builds(p.Compare, of["flag"], st.sampled_from(["=", "!="]), st.booleans())
        | st.builds(p.Among, of["text"], st.lists(words, max_size=3).map(tuple))
        | st.builds(p.Among, of["integer"], st.lists(numbers, max_size=3).map(tuple))
        | st.builds(p.TextMatch, of["text"], texts, st.sampled_from(["contains", "glob"]))
        | st.builds(p.IsUnknown, st.sampled_from(sorted(columns)))
    )


def trees(of):
    """Return predicates over the leaves `of`."""
    parts = lambda inner: st.lists(inner, max_size=3).map(tuple)  # noqa: E731
    return st.recursive(
        of,
        lambda inner: (
            st.builds(p.And, parts(inner)) | st.builds(p.Or, parts(inner)) | st.builds(p.Not, inner)
        ),
        max_leaves=4,
    )


of_a_span = leaves(SPAN_COLUMNS)
related = st.builds(
    p.Related, st.sampled_from(["parent", "ancestor", "child", "descendant"]), of_a_span
)
span_predicates = trees(of_a_span | related | st.builds(p.Mentions, needles))
of_spans = (
    st.builds(p.AnySpan, span_predicates)
    | st.builds(p.AllSpans, span_predicates)
    | st.builds(p.CountSpans, span_predicates, comparisons, st.integers(-1, 4))
)
trace_predicates = trees(leaves(TRACE_COLUMNS) | of_spans)
selections = st.builds(p.Selection, trace_predicates, trees(span_predicates | of_spans))
