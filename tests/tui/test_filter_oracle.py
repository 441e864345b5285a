"""Filters on hypothesis-made traces: what DuckDB finds, and what a plain function of Python does.

Each filter is made as a text and, beside it, a function over spans that knows nothing of
predicates: both must choose the same spans, and the same traces.
"""

import fnmatch
import re
from datetime import UTC, datetime

from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from store.made_spans import both, span_predicates, spans, trace_predicates
from tracetui.filter.language import read
from tracetui.filter.printing import printed
from tracetui.filter.quantities import Clock
from tracetui_store.predicates import Selection

CLOCK = Clock(datetime(2025, 3, 2, tzinfo=UTC))
some_examples = examples(8)


class World:
    """The spans, and how they hang together."""

    def __init__(self, memory):
        self.spans = memory.all
        self.memory = memory

    def parent(self, span):
        return self.memory.parents(span)

    def ancestors(self, span):
        return self.memory.far(span, self.memory.parents)

    def trace(self, span):
        return [other for other in self.spans if other["trace_id"] == span["trace_id"]]


def told(value, test):
    return value is not None and test(value)


def duration(span):
    start, end = span["start_time_unix_nano"], span["end_time_unix_nano"]
    return None if start is None or end is None else max(end - start, 0)


def outcome(span):
    if span["error"]:
        return "error"
    return "running" if span["end_time_unix_nano"] is None else "ok"


def like(pattern):
    expression = re.compile(fnmatch.translate(pattern), re.IGNORECASE)
    return lambda value: expression.match(value) is not None


KINDS = ["llm", "tool", "agent", "other"]
leaves = st.one_of(
    st.sampled_from(KINDS).map(lambda k: (f"kind:{k}", lambda w, s: s["kind"] == k)),
    st.sampled_from(KINDS).map(lambda k: (k, lambda w, s: s["kind"] == k)),
    st.lists(st.sampled_from(KINDS), min_size=2, max_size=3).map(
        lambda ks: (f"kind:{','.join(ks)}", lambda w, s: s["kind"] in ks)
    ),
    st.sampled_from(["error", "running", "ok"]).map(
        lambda o: (f"status:{o}", lambda w, s: outcome(s) == o)
    ),
    st.sampled_from(["ch*", "*A*", "c?at", "CHAT", "t*l"]).map(
        lambda g: (f"name:{g}", lambda w, s: told(s["name"], like(g)))
    ),
    st.sampled_from(["chat", "CHAT", "b%"]).map(
        lambda n: (f'tool="{n}"', lambda w, s: s["tool_name"] == n)
    ),
    st.sampled_from(["h", "A"]).map(
        lambda n: (
            f"agent~{n}",
            lambda w, s: told(s["agent_name"], lambda v: n.lower() in v.lower()),
        )
    ),
    st.tuples(st.sampled_from([">", ">=", "<", "<=", "=", "!="]), st.integers(0, 40)).map(
        lambda c: (
            f"duration{c[0]}{c[1]}ns",
            lambda w, s: told(duration(s), lambda v: compared(v, *c)),
        )
    ),
    st.tuples(st.sampled_from([">", "<="]), st.sampled_from([0.0, 0.25, 1.0])).map(
        lambda c: (
            f"cost {c[0]} ${c[1]}",
            lambda w, s: told(s["cost_usd"], lambda v: compared(v, *c)),
        )
    ),
    st.tuples(st.integers(0, 20), st.integers(0, 30)).map(
        lambda r: (
            f"input:{r[0]}..{r[1]}",
            lambda w, s: told(s["input_tokens"], lambda v: r[0] <= v <= r[1]),
        )
    ),
    st.integers(0, 40).map(
        lambda n: (
            f"started>=@{n}",
            lambda w, s: told(s["start_time_unix_nano"], lambda v: v >= n),
        )
    ),
    st.sampled_from(
        [("agent", "agent_name"), ("cost", "cost_usd"), ("ended", "end_time_unix_nano")]
    ).flatmap(
        lambda f: st.sampled_from(
            [
                (f"missing:{f[0]}", lambda w, s: s[f[1]] is None),
                (f"has:{f[0]}", lambda w, s: s[f[1]] is not None),
            ]
        )
    ),
    st.sampled_from(["h", "NO", "日"]).map(
        lambda t: (
            f'"{t}"',
            lambda w, s: any(t.lower() in (said or "").lower() for _, said in s["texts"]),
        )
    ),
)


def compared(value, sign, wanted):
    order = (value > wanted) - (value < wanted)
    return (
        order in {">": [1], ">=": [0, 1], "<": [-1], "<=": [-1, 0], "=": [0], "!=": [-1, 1]}[sign]
    )


def together(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(
            lambda p: (f"({p[0][0]} {p[1][0]})", lambda w, s: p[0][1](w, s) and p[1][1](w, s))
        ),
        pairs.map(
            lambda p: (f"({p[0][0]} or {p[1][0]})", lambda w, s: p[0][1](w, s) or p[1][1](w, s))
        ),
        inner.map(lambda p: (f"-({p[0]})", lambda w, s: not p[1](w, s))),
        inner.map(lambda p: (f"(not {p[0]})", lambda w, s: not p[1](w, s))),
        pairs.map(
            lambda p: (
                f"({p[0][0]} >> {p[1][0]})",
                lambda w, s: p[1][1](w, s) and any(p[0][1](w, up) for up in w.ancestors(s)),
            )
        ),
        pairs.map(
            lambda p: (
                f"({p[0][0]} > {p[1][0]})",
                lambda w, s: p[1][1](w, s) and any(p[0][1](w, up) for up in w.parent(s)),
            )
        ),
    )


def of_trace(inner):
    return st.one_of(
        inner.map(lambda p: (f"any({p[0]})", lambda w, t: any(p[1](w, s) for s in t))),
        inner.map(lambda p: (f"all({p[0]})", lambda w, t: all(p[1](w, s) for s in t))),
        st.tuples(inner, st.sampled_from([">", ">=", "=", "<"]), st.integers(0, 3)).map(
            lambda p: (
                f"count({p[0][0]}){p[1]}{p[2]}",
                lambda w, t: compared(sum(p[0][1](w, s) for s in t), p[1], p[2]),
            )
        ),
    )


filters = st.recursive(leaves, together, max_leaves=4)
trace_filters = of_trace(filters)
several = st.lists(filters, min_size=2, max_size=5)


@some_examples
@given(spans, several)
def test_a_filter_finds_the_spans_that_a_plain_function_does(made, asked):
    with both(made) as (reader, memory):
        world = World(memory)
        for text, holds in asked:
            found = reader.span_list(Selection(spans=read(text, "spans", CLOCK)))
            wanted = [span["row_id"] for span in world.spans if holds(world, span)]
            assert sorted(found["row_id"].to_pylist()) == wanted, text


@some_examples
@given(spans, st.lists(trace_filters, min_size=2, max_size=5))
def test_a_filter_finds_the_traces_and_whole_traces_that_a_plain_function_does(made, asked):
    with both(made) as (reader, memory):
        world = World(memory)
        ids = sorted({span["trace_id"] for span in world.spans})
        for text, holds in asked:
            traces = {one: world.memory.in_trace(one) for one in ids}
            wanted = [one for one in ids if holds(world, traces[one])]
            found = reader.traces(read(text, "traces", CLOCK))
            assert sorted(found["trace_id"].to_pylist()) == wanted, text
            in_traces = reader.span_list(Selection(spans=read(text, "spans", CLOCK)))
            assert sorted(set(in_traces["trace_id"].to_pylist())) == wanted, text


@some_examples
@given(spans, several)
def test_of_a_trace_conditions_of_spans_hold_if_one_span_meets_them(made, asked):
    with both(made) as (reader, _):
        for text, _ in asked:
            whole = f"any({text})"
            apart = reader.trace_count(read(f"any({text} kind:llm)", "traces", CLOCK))
            assert apart <= reader.trace_count(read(f"{whole} kind:llm", "traces", CLOCK))


@some_examples
@given(spans, st.lists(span_predicates, min_size=2, max_size=4))
def test_what_is_printed_finds_the_same_spans(made, predicates):
    with both(made) as (_, memory):
        for predicate in predicates:
            again = read(printed(predicate, "spans"), "spans", CLOCK)
            wanted = memory.span_list(Selection(spans=predicate))["row_id"]
            assert memory.span_list(Selection(spans=again))["row_id"] == wanted


@some_examples
@given(spans, st.lists(trace_predicates, min_size=2, max_size=4))
def test_what_is_printed_finds_the_same_traces(made, predicates):
    with both(made) as (_, memory):
        for predicate in predicates:
            again = read(printed(predicate, "traces"), "traces", CLOCK)
            assert memory.trace_count(again) == memory.trace_count(predicate)
