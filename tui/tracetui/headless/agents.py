"""`tracetui agents`: who calls whom, how often, at what cost, and how traces hang together."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tracetui_analyses.agent_graph import Topology
from tracetui_analyses.stitching import Stitching, stitching
from tracetui_analyses.topology import topology
from tracetui_store.protocol import TraceReader

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, shorten, table_lines
from tracetui.view_models import format as fmt
from tracetui.view_models.agent_cells import (
    EDGE_HEADS,
    NODE_HEADS,
    edge_cells,
    node_cells,
    system_words,
)
from tracetui.view_models.stitched import REASON_WORDS

DEFAULT_LIMIT = 50
_JOINTS_SHOWN = 20
_SAID = (
    "Tokens and cost are an agent's own, those of agents it calls left out. Times of calls are "
    "how long runs take, of hand-offs and messages how long they wait."
)


def run(paths: Sequence[str], *, limit: int | None, as_json: bool, options: LoadOptions) -> None:
    """Print the agents of `paths`; JSON has all of them unless `limit` says otherwise."""
    with loaded(paths, options) as reader:
        found, joined = agents_report(reader), stitched(reader)
    if as_json:
        say_json(_json(found, joined, limit))
        return
    most = DEFAULT_LIMIT if limit is None else limit or sys.maxsize
    if found.nodes:
        say_lines(_lines(found, most))
    else:
        say("no agents: no span says that an agent ran")
    say_lines(_joined(joined, most))


def agents_report(reader: TraceReader) -> Topology:
    """Return the agents of everything that is loaded."""
    return topology(reader.agent_spans(), reader.joints())


def stitched(reader: TraceReader) -> Stitching:
    """Return how the traces of everything that is loaded hang together."""
    return stitching(reader.joints(), reader.traces())


def _json(found: Topology, joined: Stitching, limit: int | None) -> dict[str, Any]:
    most = limit or None
    named = ("from_trace", "to_trace", "reason", "confidence", "count", "waited_nano")
    return {
        "systems": [asdict(system) for system in found.systems[:most]],
        "agents": [asdict(node) for node in found.nodes[:most]],
        "edges": [asdict(edge) for edge in found.edges[:most]],
        "joints": [{name: getattr(one, name) for name in named} for one in joined.joints[:most]],
        "groups": list(joined.groups[:most]),
        "conversations": [asdict(one) for one in joined.conversations[:most]],
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


def _joined(joined: Stitching, most: int) -> list[str]:
    """Say which traces belong together, and why it is thought so."""
    if not (joined.joints or joined.conversations):
        return []
    shown = min(most, _JOINTS_SHOWN) if most == DEFAULT_LIMIT else most
    together = (
        f"{len(group)} traces belong together, beginning with {group[0]}"
        for group in joined.groups[:shown]
    )
    lines = ["", *together]
    heads = ("from trace", "to trace", "reason", "sure", "pairs", "waited")
    rows = [
        [
            joint.from_trace[:12],
            joint.to_trace[:12],
            REASON_WORDS[joint.reason],
            f"{joint.confidence:.2f}",
            fmt.count(joint.count),
            fmt.duration(joint.waited_nano),
        ]
        for joint in joined.joints[:shown]
    ]
    if rows:
        lines += table_lines(heads, rows, left=("from trace", "to trace", "reason"))
        lines += _more(len(joined.joints), shown, "joints")
    for talk in joined.conversations[:shown]:
        name = shorten(talk.session_id, 40)
        lines.append(f"{len(talk.traces)} traces of session {name} ({talk.confidence:.2f})")
    return lines + _more(len(joined.conversations), shown, "sessions")


def _more(count: int, shown: int, what: str) -> list[str]:
    if count <= shown:
        return []
    return [f"… {fmt.count(count - shown)} more {what}: --limit 0 shows all"]
