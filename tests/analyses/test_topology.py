"""Agents and what goes on between them: recorded systems as they were built, and a plain oracle."""

from collections import Counter

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from shared_data import shared
from store.loading import loaded_store
from store.made_spans import both, span
from tracetui_analyses.agent_graph import layers, pattern_of
from tracetui_analyses.topology import topology


def of(path):
    with loaded_store(shared(f"emitted/{path}.otlp.jsonl")) as store, store.reader() as reader:
        return topology(reader.agent_spans(), reader.joints())


def edges(found):
    return {
        (edge.source, edge.target, edge.kind): (edge.count, edge.failures) for edge in found.edges
    }


def shape(found):
    return [(system.pattern, system.centre) for system in found.systems]


# What the scenarios were written to do.
EXPECTED = {
    "multi-service/queue_links": (
        [("mixed", None)],
        {
            # m5 is tried three times and never taken up by an agent.
            ("dispatcher", "research-agent", "message"): (8, 3),
            ("dispatcher", "writer-agent", "message"): (2, 0),
            ("dispatcher", "planner", "call"): (1, 0),
            # One batch of seven results.
            ("research-agent", "aggregator", "message"): (5, 0),
            ("writer-agent", "aggregator", "message"): (2, 0),
        },
    ),
    "multi-service/queue_no_propagation": (
        [("supervisor", "dispatcher"), ("single", None)],
        {
            ("dispatcher", "research-agent", "message"): (6, 0),
            ("dispatcher", "writer-agent", "message"): (3, 2),
            ("dispatcher", "planner", "call"): (1, 0),
        },
    ),
    "multi-service/http": (
        [("supervisor", "orchestrator")],
        {
            ("orchestrator", "research-agent", "call"): (7, 0),
            ("orchestrator", "planner", "call"): (3, 0),
            ("orchestrator", "writer-agent", "call"): (3, 0),
        },
    ),
    # Each server calls on once its agent has answered: the agent stands beside the request.
    "multi-service/http_pingpong": (
        [("pair", None)],
        {
            ("research-agent", "writer-agent", "call"): (12, 0),
            ("writer-agent", "research-agent", "call"): (12, 0),
        },
    ),
    "openinference-openai-agents/pingpong": (
        [("pair", None)],
        {("Writer", "Reviewer", "handoff"): (12, 0), ("Reviewer", "Writer", "handoff"): (12, 1)},
    ),
    # The same calls, each run in a trace of its own, joined by links.
    "autogen-core-otel/swarm_pingpong": (
        [("pair", None)],
        {("writer", "reviewer", "handoff"): (15, 0), ("reviewer", "writer", "handoff"): (14, 0)},
    ),
    "google-adk/parallel": (
        [("supervisor", "par")],
        {("par", f"w{number}", "call"): (1, 0) for number in range(4)},
    ),
    # Says `transfer_to_agent` and not to whom: one agent follows the other.
    "google-adk/transfer": (
        [("pair", None)],
        {("root", "helper_agent", "handoff"): (1, 0)},
    ),
    "agent-framework/workflow": (
        [("pair", None)],
        {("writer", "reviewer", "message"): (1, 0)},
    ),
    "logfire-pydantic-ai/delegate": ([("pair", None)], {("parent", "child", "call"): (2, 0)}),
    "pydantic-ai/loop30": ([("single", None)], {}),
}


@pytest.mark.parametrize("path", EXPECTED)
def test_recorded_systems_are_found_as_they_were_built(path):
    found = of(path)
    assert (shape(found), edges(found)) == EXPECTED[path]


def test_runs_usage_and_waits_are_those_of_the_recording():
    found = of("multi-service/queue_links")
    nodes = {node.name: node for node in found.nodes}
    assert found.nodes[0].name == "dispatcher"
    assert {name: node.runs for name, node in nodes.items()} == {
        "dispatcher": 1,
        "planner": 1,
        "research-agent": 5,
        "writer-agent": 2,
        "aggregator": 1,
    }
    assert nodes["research-agent"].usage.model_calls == 10
    assert nodes["research-agent"].usage.tokens == 1_900
    assert nodes["dispatcher"].usage.tokens is None
    assert nodes["writer-agent"].latency.p95_nano is None, "two runs make no 95th percentile"
    by_pair = {(edge.source, edge.target): edge for edge in found.edges}
    sent = by_pair["dispatcher", "writer-agent"]
    assert sent.latency.p50_nano is not None
    assert 2_200_000_000 < sent.latency.p50_nano < 2_700_000_000, "they waited in the queue"
    assert sent.usage.tokens == 760
    # What the batch came to is counted with one of its messages, not with each.
    assert by_pair["research-agent", "aggregator"].usage.tokens == 176
    assert by_pair["writer-agent", "aggregator"].usage.tokens is None


def test_tokens_of_agents_add_up_to_those_of_the_load():
    path = shared("emitted/openinference-openai-agents/agents_as_tools.otlp.jsonl")
    with loaded_store(path) as store, store.reader() as reader:
        found, totals = topology(reader.agent_spans(), reader.joints()), reader.totals()
    assert sum(node.usage.tokens or 0 for node in found.nodes) == (
        (totals.input_tokens or 0) + (totals.output_tokens or 0)
    )
    assert sum(node.usage.cost_usd or 0 for node in found.nodes) == pytest.approx(totals.cost_usd)


@pytest.mark.parametrize(
    ("pairs", "pattern"),
    [
        ("", ("single", None)),
        ("aa", ("single", None)),
        ("ab", ("pair", None)),
        ("ab ba", ("pair", None)),
        ("ab bc", ("pipeline", None)),
        ("ab bc cd", ("pipeline", None)),
        ("ab bc ca", ("mesh", None)),
        ("ab ac ad da", ("supervisor", "a")),
        ("ba ca da", ("supervisor", "a")),
        ("ab bc cd da ac", ("mixed", None)),
        ("ab ba ac ca bc cb", ("mesh", None)),
        ("ab bc cd de ef ad", ("mixed", None)),
    ],
)
def test_shapes_have_names(pairs, pattern):
    found = [(pair[0], pair[1], 1) for pair in pairs.split()]
    assert pattern_of(sorted(set(pairs.replace(" ", ""))), found) == pattern


def test_layers_follow_the_edges_and_what_calls_back_pushes_nobody_down():
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("x", "d")]
    assert layers("abcdx", pairs) == {"x": 0, "d": 1, "a": 0, "b": 1, "c": 2}
    assert layers("ab", [("a", "b"), ("b", "a")]) == {"a": 0, "b": 1}


# A plain second engine: nesting and order of agents, in one service and without messages.

made = st.lists(
    span().map(lambda one: one | {"service_name": None, "agent_name": one["agent_name"] or "A"}),
    max_size=12,
)


def plain(reader):
    """Return runs and steps by agent, one span at a time."""
    rows = {row["row_id"]: row for row in reader.agent_spans().to_pylist()}
    for row in rows.values():
        if row["kind"] == "agent":
            row["agent_name"] = row["agent_name"].strip() or "?"
    _cut(rows)

    def around(row, among):
        while (row := rows.get(row["parent_row_id"])) is not None:
            if row["row_id"] in among:
                return row
        return None

    agents = {key for key, row in rows.items() if row["kind"] == "agent"}
    runs = {key for key in agents if not _wrapped(rows[key], rows, agents, around)}
    counts = Counter(rows[key]["agent_name"] for key in runs)
    tokens = Counter()
    for row in rows.values():
        owner = row if row["row_id"] in runs else around(row, runs)
        if owner is not None:
            tokens[owner["agent_name"]] += row["total_tokens"] or 0
    steps = Counter()
    for key in runs:
        run, caller, kind = rows[key], around(rows[key], runs), "call"
        if caller is None:
            caller, kind = _before(run, [rows[other] for other in runs]), "handoff"
        if caller is not None:
            steps[caller["agent_name"], run["agent_name"], kind] += 1
    return counts, +tokens, steps


def _cut(rows):
    """Make the first of each circle of parents a root."""
    for key in sorted(rows):
        seen, at = set(), key
        while at is not None and at not in seen:
            seen.add(at)
            at = rows[at]["parent_row_id"]
        if at == key:
            rows[key]["parent_row_id"] = None


def _wrapped(row, rows, agents, around):
    outer = around(row, agents)
    if outer is None or outer["agent_name"] != row["agent_name"]:
        return False
    inner = [key for key in agents if around(rows[key], agents) is outer]

    def length(one):
        start, end = one["start_time_unix_nano"], one["end_time_unix_nano"]
        return -1 if start is None or end is None else end - start

    return len(inner) == 1 and length(outer) >= 0 and length(row) >= 0.9 * length(outer)


def _before(run, runs):
    """Return the run beside this one that began before it and ended before it begins."""
    if run["parent_row_id"] is None:
        return None
    beside = [row for row in runs if row["parent_row_id"] == run["parent_row_id"]]
    beside.sort(key=lambda row: (row["start_time_unix_nano"] or -1, row["row_id"]))
    at = beside.index(run)
    other = beside[at - 1] if at else None
    if other is None or other["end_time_unix_nano"] is None:
        return None
    follows = other["end_time_unix_nano"] <= (run["start_time_unix_nano"] or -1)
    return other if follows and other["agent_name"] != run["agent_name"] else None


@examples(25)
@given(made)
def test_agents_and_edges_are_those_of_a_plain_loop(spans):
    with both(spans) as (reader, memory):
        table = sorted(reader.agent_spans().to_pylist(), key=lambda row: row["row_id"])
        assert table == memory.agent_spans().to_pylist()
        found = topology(reader.agent_spans(), reader.joints())
        counts, tokens, steps = plain(memory)
    assert {node.name: node.runs for node in found.nodes} == counts
    assert {n.name: n.usage.tokens for n in found.nodes if n.usage.tokens} == tokens
    assert {key: count for key, (count, _) in edges(found).items()} == steps
    assert sum(len(system.agents) for system in found.systems) == len(found.nodes)
