"""`tracetui agents`: who calls whom, how often, at what cost, and how traces hang together."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tracetui_analyses.agent_graph import Topology
from tracetui_analyses.topology import topology
from tracetui_store.protocol import TraceReader

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import format as fmt
from tracetui.view_models.agent_cells import (
    EDGE_HEADS,
    NODE_HEADS,
    edge_cells,
    node_cells,
    system_words,
)

DEFAULT_LIMIT = 50
_SAID = (
    "Tokens and cost are an agent's own, those of agents it calls left out. Times of calls are "
    "how long runs take, of hand-offs and messages how long they wait."
)


def run(paths: Sequence[str], *, limit: int | None, as_json: bool, options: LoadOptions) -> None:
    """Print the agents of `paths`; JSON has all of them unless `limit` says otherwise."""
    with loaded(paths, options) as reader:
        found = agents_report(reader)
    if as_json:
        say_json(_json(found, limit))
        return
    if not found.nodes:
        say("no agents: no span says that an agent ran")
        return
    say_lines(_lines(found, DEFAULT_LIMIT if limit is None else limit or sys.maxsize))


def agents_report(reader: TraceReader) -> Topology:
    """Return the agents of everything that is loaded."""
    return topology(reader.agent_spans(), reader.joints())


def _json(found: Topology, limit: int | None) -> dict[str, Any]:
    most = limit or None
    return {
        "systems": [asdict(system) for system in found.systems[:most]],
        "agents": [asdict(node) for node in found.nodes[:most]],
        "edges": [asdict(edge) for edge in found.edges[:most]],
    }


def _lines(found: Topology, most: int) -> list[str]:
    lines = [system_words(system) for system in found.systems[:most]]
    lines += _more(len(found.systems), most, "systems")
    nodes = [node_cells(node) for node in found.nodes[:most]]
    lines += ["", *table_lines(NODE_HEADS, nodes, left=("agent",), width=40)]
    lines += _more(len(found.nodes), most, "agents")
    if found.edges:
        edges = [edge_cells(edge) for edge in found.edges[:most]]
        lines += ["", *table_lines(EDGE_HEADS, edges, left=("from", "to", "how"), width=32)]
        lines += _more(len(found.edges), most, "edges")
    return [*lines, "", _SAID]


def _more(count: int, shown: int, what: str) -> list[str]:
    if count <= shown:
        return []
    return [f"… {fmt.count(count - shown)} more {what}: --limit 0 shows all"]
