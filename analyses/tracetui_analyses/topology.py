"""Who calls whom: the agents of a load, what goes on between them, and what that is called.

A pure function over the spans of a load. Agents with the same name are one; agents that have to do
with each other are a system, whatever the traces.

Source: ANALYSES, Topology; percentiles METRICS §2.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from tracetui_analyses.agent_arrays import UNKNOWN, Spans, between, flags, spans_of
from tracetui_analyses.agent_graph import (
    AgentEdge,
    AgentNode,
    EdgeKind,
    Latency,
    System,
    Topology,
    Usage,
    layers,
    pattern_of,
    systems_of,
)
from tracetui_analyses.agent_runs import Runs, runs_of
from tracetui_analyses.agent_steps import CALL, Steps, steps_of
from tracetui_analyses.forest import Ints

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

FEWEST_FOR_P95 = 20
_SUMMED = ("is_model_call", "usage_unknown", "unpriced", "total_tokens", "cost_usd")
_KINDS: tuple[EdgeKind, ...] = ("call", "handoff", "message")


def topology(table: pa.Table, joints: pa.Table) -> Topology:
    """Return the agents of a load and the edges between them.

    Args:
        table: All spans, with the columns `rows.AGENT_COLUMNS`.
        joints: What belongs together beside the tree, with the columns `rows.JOINT_COLUMNS`.
    """
    spans = spans_of(table, joints)
    runs = runs_of(table, spans)
    if not runs.span.size:
        return Topology((), (), ())
    steps = steps_of(table, spans, runs)
    used = _Used(table, runs)
    edges = _edges(spans, runs, steps, used)
    return _ordered(_nodes(spans, runs, used), edges)


class _Used:
    """What each run used."""

    def __init__(self, table: pa.Table, runs: Runs) -> None:
        owner = runs.of_span
        owned = np.flatnonzero(owner >= 0)
        self._owner, self._runs = owner[owned], runs.span.size
        # Of the columns that are summed only: texts are slow to copy.
        part = table.select(_SUMMED).take(pa.array(owned, pa.int64()))
        self.calls = self._count(flags(part["is_model_call"]))
        self.silent = self._count(flags(part["usage_unknown"]))
        self.unpriced = self._count(flags(part["unpriced"]))
        self.tokens, self.counted = self._sum(part["total_tokens"])
        self.cost, self.priced = self._sum(part["cost_usd"])

    def _count(self, flags: NDArray[np.bool_]) -> Ints:
        return np.bincount(self._owner[flags], minlength=self._runs)

    def _sum(self, column: pa.ChunkedArray) -> tuple[NDArray[np.float64], Ints]:
        known = np.flatnonzero(column.is_valid().to_numpy())
        values = pc.fill_null(column, 0).to_numpy()[known]
        owner = self._owner[known]
        sums: Any = np.bincount(owner, weights=values, minlength=self._runs)
        return sums, np.bincount(owner, minlength=self._runs)

    def by(self, runs: Ints, group: Ints, groups: int) -> list[Usage]:
        """Add up runs by group."""

        def added(values: NDArray[Any]) -> list[Any]:
            return np.bincount(group, weights=values[runs], minlength=groups).tolist()

        rows = zip(
            added(self.calls),
            added(self.tokens),
            added(self.counted),
            added(self.silent),
            added(self.cost),
            added(self.priced),
            added(self.unpriced),
            strict=True,
        )
        return [
            Usage(
                model_calls=int(calls),
                tokens=int(tokens) if counted else None,
                unknown_usage_calls=int(silent),
                cost_usd=cost if priced else None,
                unpriced_calls=int(unpriced),
            )
            for calls, tokens, counted, silent, cost, priced, unpriced in rows
        ]


def _nodes(spans: Spans, runs: Runs, used: _Used) -> list[AgentNode]:
    number = len(runs.names)
    every = np.arange(runs.span.size)
    failed = spans.error[runs.span]
    length = between(spans.start[runs.span], spans.end[runs.span])
    latencies = _latencies(np.where(failed, UNKNOWN, length), runs.name, number)
    counts = np.bincount(runs.name, minlength=number).tolist()
    failures = np.bincount(runs.name[failed], minlength=number).tolist()
    pairs = np.unique(np.stack([runs.name, spans.trace[runs.span]], axis=1), axis=0)
    traces = np.bincount(pairs[:, 0], minlength=number).tolist()
    usages = used.by(every, runs.name, number)
    rows = zip(runs.names, counts, traces, failures, usages, latencies, strict=True)
    return [
        AgentNode(name, 0, count, of_traces, failing, usage, latency)
        for name, count, of_traces, failing, usage, latency in rows
        if count
    ]


def _edges(spans: Spans, runs: Runs, steps: Steps, used: _Used) -> list[AgentEdge]:
    number = len(runs.names)
    keys, group = np.unique(
        (steps.source * number + steps.target) * len(_KINDS) + steps.kind, return_inverse=True
    )
    ran = np.flatnonzero(steps.run >= 0)
    usages = used.by(steps.run[ran], group[ran], keys.size)
    run = runs.span[steps.run]
    lasted = between(spans.start[run], spans.end[run])
    is_call = (steps.kind == CALL) & (steps.run >= 0)
    times = np.where(is_call, lasted, steps.wait)
    latencies = _latencies(np.where(steps.failed & is_call, UNKNOWN, times), group, keys.size)
    counts = np.bincount(group, minlength=keys.size).tolist()
    failures = np.bincount(group[steps.failed], minlength=keys.size).tolist()
    found: list[AgentEdge] = []
    for at, key in enumerate(keys.tolist()):
        pair, kind = divmod(key, len(_KINDS))
        source, target = divmod(pair, number)
        found.append(
            AgentEdge(
                source=runs.names[source],
                target=runs.names[target],
                kind=_KINDS[kind],
                count=counts[at],
                failures=failures[at],
                usage=usages[at],
                latency=latencies[at],
            )
        )
    return found


def _latencies(values: Ints, group: Ints, groups: int) -> list[Latency]:
    """Return percentiles by group, interpolated; the 95th only of enough values."""
    known = np.flatnonzero(values != UNKNOWN)
    values, group = values[known], group[known]
    order = np.lexsort((values, group))
    values = values[order]
    counts = np.bincount(group, minlength=groups)
    first = np.cumsum(counts) - counts

    def at(share: float) -> list[int | None]:
        some = np.flatnonzero(counts)
        place = (counts[some] - 1) * share
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, counts[some] - 1)
        begin = values[first[some] + low]
        # Integers stay exact: only the part between two values is a floating point number.
        step = (values[first[some] + high] - begin) * (place - low)
        found: list[int | None] = [None] * groups
        values_there = (begin + step.round().astype(np.int64)).tolist()
        for number, value in zip(some.tolist(), values_there, strict=True):
            found[number] = value
        return found

    rows = zip(at(0.5), at(0.95), counts.tolist(), strict=True)
    return [
        Latency(half, most if count >= FEWEST_FOR_P95 else None, count)
        for half, most, count in rows
    ]


def _ordered(nodes: list[AgentNode], edges: list[AgentEdge]) -> Topology:
    """Put agents and edges into the order in which they are read."""
    names = [node.name for node in nodes]
    by_name = {node.name: node for node in nodes}
    groups = systems_of(names, edges)
    groups.sort(key=lambda group: (-len(group), -sum(by_name[name].runs for name in group)))
    system_of = {name: at for at, group in enumerate(groups) for name in group}
    pairs: list[list[tuple[str, str, int]]] = [[] for _ in groups]
    for edge in edges:
        pairs[system_of[edge.source]].append((edge.source, edge.target, edge.count))
    systems: list[System] = []
    ordered: list[AgentNode] = []
    for at, group in enumerate(groups):
        depth = layers(group, [(source, target) for source, target, _ in pairs[at]])
        group.sort(key=lambda name: (depth[name], -by_name[name].runs, name))
        systems.append(System(tuple(group), *pattern_of(group, pairs[at])))
        ordered += [_in_system(by_name[name], at) for name in group]
    place = {node.name: at for at, node in enumerate(ordered)}
    order = sorted(
        edges, key=lambda edge: (place[edge.source], place[edge.target], _KINDS.index(edge.kind))
    )
    return Topology(tuple(ordered), tuple(order), tuple(systems))


def _in_system(node: AgentNode, system: int) -> AgentNode:
    return AgentNode(
        node.name, system, node.runs, node.traces, node.failures, node.usage, node.latency
    )
