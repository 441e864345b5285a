"""How agents and what goes on between them read: on the screen and in `tracetui agents`."""

from collections.abc import Sequence

from tracetui_analyses.agent_graph import AgentEdge, AgentNode, Latency, System, Topology, Usage

from tracetui.view_models import format as fmt
from tracetui.view_models.totals_line import plural

ARROWS = {"call": "→", "handoff": "⇄", "message": "»"}
"""The glyphs of hand-offs and messages are those of their spans."""
KIND_WORDS = {"call": "call", "handoff": "hand-off", "message": "message"}
_PATTERN_WORDS = {"single": "one agent", "pair": "pair", "supervisor": "supervisor"}


def tokens_cell(usage: Usage) -> str:
    """Return tokens: `·` where no model is called, `?` where none are reported."""
    if usage.tokens is None:
        return fmt.UNKNOWN if usage.unknown_usage_calls else fmt.NOTHING
    return fmt.tokens(usage.tokens, lower_bound=usage.unknown_usage_calls > 0)


def cost_cell(usage: Usage) -> str:
    """Return the cost: `·` where nothing costs, `?` where no call has a price."""
    if usage.cost_usd is None:
        return fmt.UNKNOWN if usage.unpriced_calls else fmt.NOTHING
    return fmt.money(usage.cost_usd, lower_bound=usage.unpriced_calls > 0)


def latency_cells(latency: Latency) -> tuple[str, str]:
    """Return the median and the 95th percentile; `·` where there are too few."""
    if not latency.count:
        return fmt.NOTHING, fmt.NOTHING
    most = fmt.NOTHING if latency.p95_nano is None else fmt.duration(latency.p95_nano)
    return fmt.duration(latency.p50_nano), most


def failures_cell(count: int) -> str:
    """Return how many failed, `·` for none."""
    return fmt.short_count(count) if count else fmt.NOTHING


NODE_HEADS = ("agent", "runs", "failed", "calls", "tokens", "cost", "p50", "p95")


def node_cells(node: AgentNode) -> list[str]:
    """Return an agent under `NODE_HEADS`."""
    return [
        node.name,
        fmt.short_count(node.runs),
        failures_cell(node.failures),
        fmt.short_count(node.usage.model_calls) if node.usage.model_calls else fmt.NOTHING,
        tokens_cell(node.usage),
        cost_cell(node.usage),
        *latency_cells(node.latency),
    ]


EDGE_HEADS = ("from", "to", "how", "count", "failed", "tokens", "cost", "p50", "p95")


def edge_cells(edge: AgentEdge) -> list[str]:
    """Return an edge under `EDGE_HEADS`."""
    return [
        edge.source,
        edge.target,
        KIND_WORDS[edge.kind],
        fmt.short_count(edge.count),
        failures_cell(edge.failures),
        tokens_cell(edge.usage),
        cost_cell(edge.usage),
        *latency_cells(edge.latency),
    ]


def pattern_words(system: System) -> str:
    """Return the pattern, and who is in the middle of it."""
    word = _PATTERN_WORDS.get(system.pattern, system.pattern)
    return word if system.centre is None else f"{word}: {system.centre}"


def system_words(system: System) -> str:
    """Return a system as a line: its pattern and its agents."""
    if len(system.agents) == 1:
        return f"one agent: {system.agents[0]}"
    return f"{pattern_words(system)}, {plural(len(system.agents), 'agent')}"


def systems_words(topology: Topology) -> str:
    """Return what the load is: the pattern of its one system, or how many there are of each."""
    if len(topology.systems) == 1:
        return pattern_words(topology.systems[0])
    counts: dict[str, int] = {}
    for system in topology.systems:
        counts[system.pattern] = counts.get(system.pattern, 0) + 1
    return ", ".join(f"{count} {pattern}" for pattern, count in counts.items())


def edges_of(topology: Topology, name: str) -> tuple[Sequence[AgentEdge], Sequence[AgentEdge]]:
    """Return what comes from an agent, and what comes to it."""
    out = [edge for edge in topology.edges if edge.source == name]
    return out, [edge for edge in topology.edges if edge.target == name]
