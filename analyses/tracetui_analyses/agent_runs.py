"""The runs of agents in a load.

Source: RULES §2 (the outermost span of an agent is the run), §3.5 (a call belongs to its nearest
enclosing agent).
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from tracetui_analyses.agent_arrays import UNKNOWN, Spans, codes_of, flags
from tracetui_analyses.enclosing import nearest
from tracetui_analyses.forest import Bools, Ints

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

_COVERS = 0.9
_SAYS_AGENT = re.compile(r"^(?:invoke_agent|agent run:?|agent)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of agents, by their spans."""

    names: list[str]
    span: Ints
    name: Ints
    of_span: Ints
    """The run that each span of the load belongs to; -1 for none."""


def runs_of(table: pa.Table, spans: Spans) -> Runs:
    """Return the runs of agents; an agent that does all the work of its namesake is no run."""
    is_agent = flags(pc.equal(table["kind"], "agent")) & ~flags(table["creates"])
    names, of_span = agent_names(table, is_agent)
    above = nearest(spans.parent, is_agent)
    agents = np.flatnonzero(is_agent)
    # Of an agent, `nearest` of its parent is the one around it.
    around = np.full(agents.size, -1, dtype=np.int64)
    has_parent = spans.parent[agents] >= 0
    around[has_parent] = above[spans.parent[agents[has_parent]]]
    inner = _is_wrapped(spans, of_span, agents, around)
    is_run = is_agent.copy()
    is_run[agents[inner]] = False
    of_span_run = nearest(spans.parent, is_run)
    order = np.flatnonzero(is_run)
    number = np.full(spans.rows.size + 1, -1, dtype=np.int64)
    number[order] = np.arange(order.size)
    return Runs(names, order, of_span[order], number[of_span_run])


def agent_names(table: pa.Table, is_agent: Bools) -> tuple[list[str], Ints]:
    """Return the names of agents, and which one each span has; -1 for none."""
    said = pc.coalesce(table["agent_name"], table["name"])
    codes, values = codes_of(pc.if_else(pa.array(is_agent), said, pa.scalar(None, pa.string())))
    own = [_SAYS_AGENT.sub("", value).strip() or "?" for value in values]
    names = list(dict.fromkeys(own))
    place = {name: at for at, name in enumerate(names)}
    lookup = np.array([*(place[name] for name in own), -1], dtype=np.int64)
    unnamed = is_agent & (codes < 0)
    if unnamed.any():
        names = names if "?" in place else [*names, "?"]
    found = lookup[codes]
    found[unnamed] = names.index("?") if unnamed.any() else -1
    return names, found


def _is_wrapped(spans: Spans, name: Ints, agents: Ints, around: Ints) -> Bools:
    """Return which agents do all the work of the agent of the same name around them."""
    count = np.bincount(around[around >= 0], minlength=spans.rows.size + 1)
    same = (around >= 0) & (name[agents] == name[around]) & (count[around] == 1)
    known = (spans.end != UNKNOWN) & (spans.start != UNKNOWN)
    length = np.where(known, spans.end - spans.start, -1)
    return same & (length[agents] >= _COVERS * length[around]) & (length[around] >= 0)
