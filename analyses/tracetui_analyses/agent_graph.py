"""What an agent graph is made of, and what its shape is called.

Source: ANALYSES, Topology.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

EdgeKind: TypeAlias = Literal["call", "handoff", "message"]
Pattern: TypeAlias = Literal["single", "pair", "pipeline", "supervisor", "mesh", "mixed"]

TOUCHED_BY_SUPERVISOR = 0.9
DENSE_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Usage:
    """What runs used: of their own calls, those of agents below left out."""

    model_calls: int = 0
    tokens: int | None = None
    """None: no call reports any."""
    unknown_usage_calls: int = 0
    """More than 0 makes `tokens` a lower bound."""
    cost_usd: float | None = None
    unpriced_calls: int = 0
    """More than 0 makes `cost_usd` a lower bound."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of what did not fail, in nanoseconds; None where there are too few (METRICS §2)."""

    p50_nano: int | None = None
    p95_nano: int | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class AgentNode:
    """An agent, over all its runs."""

    name: str
    system: int
    """The place of its system in `Topology.systems`."""
    runs: int
    traces: int
    failures: int
    """Runs that ended in error."""
    usage: Usage
    latency: Latency
    """How long runs take."""


@dataclass(frozen=True, slots=True)
class AgentEdge:
    """One agent calls, hands over to or sends to another, however often."""

    source: str
    target: str
    kind: EdgeKind
    count: int
    failures: int
    usage: Usage
    """What the runs used that came of it."""
    latency: Latency
    """Of a call how long the run takes; of the others how long it waits to begin."""


@dataclass(frozen=True, slots=True)
class System:
    """Agents that have to do with each other."""

    agents: Sequence[str]
    pattern: Pattern
    centre: str | None = None
    """The supervisor."""


@dataclass(frozen=True, slots=True)
class Topology:
    """Agents and what goes on between them."""

    nodes: Sequence[AgentNode]
    """The busiest system's first, within it those that begin before those they call."""
    edges: Sequence[AgentEdge]
    systems: Sequence[System]


def pattern_of(
    agents: Sequence[str], edges: Sequence[tuple[str, str, int]]
) -> tuple[Pattern, str | None]:
    """Return what the shape of one system is called, and who its supervisor is.

    Args:
        agents: Its agents.
        edges: From, to and how often; an agent that calls itself says nothing of the shape.
    """
    weights: dict[tuple[str, str], int] = defaultdict(int)
    for source, target, count in edges:
        if source != target:
            weights[source, target] += count
    if len(agents) < 2 or not weights:
        return "single", None
    if len(agents) == 2:
        return "pair", None
    sources = [source for source, _ in weights]
    targets = [target for _, target in weights]
    once = len(set(sources)) == len(sources) and len(set(targets)) == len(targets)
    # As many edges as agents close a ring; of three agents that too has no reverse edge.
    if once and len(weights) < len(agents):
        return "pipeline", None
    touched: dict[str, int] = defaultdict(int)
    for (source, target), count in weights.items():
        touched[source] += count
        touched[target] += count
    centre = min(touched, key=lambda name: (-touched[name], agents.index(name)))
    if touched[centre] >= TOUCHED_BY_SUPERVISOR * sum(weights.values()):
        return "supervisor", centre
    if len(weights) / (len(agents) * (len(agents) - 1)) >= DENSE_FROM:
        return "mesh", None
    return "mixed", None


def systems_of(agents: Sequence[str], edges: Sequence[AgentEdge]) -> list[list[str]]:
    """Return the agents that have to do with each other, in the order in which they come."""
    leader = {name: name for name in agents}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for edge in edges:
        leader[find(edge.target)] = find(edge.source)
    found: dict[str, list[str]] = defaultdict(list)
    for name in agents:
        found[find(name)].append(name)
    return list(found.values())


def layers(agents: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return how many steps each agent is from where its system begins.

    Steps go with the edges from agents that nobody calls; where everybody is called, from the
    first. What calls back does not push its caller down.
    """
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        after[source].append(target)
    called = {target for source, target in pairs if source != target}
    depth: dict[str, int] = {}
    for starts in ([name for name in agents if name not in called], *([name] for name in agents)):
        waiting = [name for name in starts if name not in depth]
        depth.update(dict.fromkeys(waiting, 0))
        for name in waiting:
            for target in after[name]:
                if target not in depth:
                    depth[target] = depth[name] + 1
                    waiting.append(target)
    return depth
