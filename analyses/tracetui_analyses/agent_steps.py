"""What goes on between the runs of agents: calls, hand-offs and messages.

Evidence, the strongest first: hand-offs that are said, agents around an agent, links and messages
between traces, and the order of agents beside each other.

Source: RULES §6 (hand-offs), §7 (links and messages).
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from tracetui_analyses.agent_arrays import (
    UNKNOWN,
    Spans,
    between,
    codes_of,
    flags,
    last_in_group,
    next_in_group,
)
from tracetui_analyses.agent_runs import Runs
from tracetui_analyses.enclosing import nearest
from tracetui_analyses.forest import Bools, Ints

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

_HOPS = 8
"""Messages from one agent to the next, as where a manager passes them on."""
_HANDS_OVER = re.compile(r"(?:transfer|hand_?off|handover)_(?:back_)?to_(\w+)", re.IGNORECASE)
_NO_WORD = re.compile(r"[^a-z0-9]+")
CALL, HANDOFF, MESSAGE = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What went on between agents: one row per call, hand-off or message."""

    source: Ints
    """The name of the agent, by its place in `Runs.names`."""
    target: Ints
    kind: Ints
    run: Ints
    """The run that came of it; -1 if none did."""
    wait: Ints
    """Nanoseconds until that began; `UNKNOWN` for a call, or where it is not known."""
    failed: Bools


def steps_of(table: pa.Table, spans: Spans, runs: Runs) -> Steps:
    """Return what went on between the agents of a load."""
    entered = np.full(runs.span.size, -1, dtype=np.int64)
    """How each run began; -1 as long as nobody knows."""
    handoffs = _handoffs(table, spans, runs, entered)
    callers = source, kind, wait = _callers(spans, runs, entered)
    _beside(spans, runs, entered, callers)
    called = np.flatnonzero(source >= 0)
    lost = _lost_messages(spans, runs)
    calls = Steps(
        source=source[called],
        target=runs.name[called],
        kind=kind[called],
        run=called,
        wait=wait[called],
        failed=spans.error[runs.span[called]],
    )
    more = _more_messages(spans, runs, kind)
    parts = (handoffs, calls, lost, more)
    return Steps(
        *(
            np.concatenate([getattr(part, field) for part in parts])
            for field in ("source", "target", "kind", "run", "wait", "failed")
        )
    )


def _handoffs(table: pa.Table, spans: Spans, runs: Runs, entered: Ints) -> Steps:
    """Return the hand-offs that are said, and note which runs came of them."""
    is_handoff = flags(pc.equal(table["kind"], "handoff"))
    codes, values = codes_of(pc.coalesce(table["tool_name"], table["name"]))
    told = [_HANDS_OVER.search(value) for value in values]
    is_tool = flags(pc.equal(table["kind"], "tool"))
    hands = np.array([*(match is not None for match in told), False])[codes]
    to_codes, to_values = codes_of(table["handoff_to"])
    is_handoff |= is_tool & (hands | (to_codes >= 0))
    at = np.flatnonzero(is_handoff)
    place = {_slug(name): number for number, name in enumerate(runs.names)}

    def numbers(of: list[str | None]) -> Ints:
        return np.array([*(place.get(_slug(text or ""), -1) for text in of), -1], dtype=np.int64)

    target = numbers(list(to_values))[to_codes[at]]
    by_tool = numbers([match[1] if match else None for match in told])[codes[at]]
    target = np.where(target >= 0, target, by_tool)
    from_codes, from_values = codes_of(table["handoff_from"])
    giver = runs.of_span[at]
    around = np.where(giver >= 0, runs.name[giver], -1) if runs.name.size else giver
    source = numbers(list(from_values))[from_codes[at]]
    source = np.where(source >= 0, source, around)
    kept = (source >= 0) & (target >= 0)
    at, source, target = at[kept], source[kept], target[kept]
    kept = _told_once(spans, at, source, target)
    at, source, target = at[kept], source[kept], target[kept]
    run = _next_run(spans, runs, at, target)
    # Of several hand-offs to one run the last one began it.
    first = np.zeros(at.size, dtype=np.bool_)
    order = np.lexsort((spans.rows[at], spans.start[at]))[::-1]
    first[order[np.unique(run[order], return_index=True)[1]]] = True
    run = np.where(first, run, -1)
    entered[run[run >= 0]] = HANDOFF
    wait = between(spans.start[at], np.where(run >= 0, spans.start[runs.span[run]], UNKNOWN))
    failed = spans.error[at] | ((run >= 0) & spans.error[runs.span[run]])
    return Steps(source, target, np.full(at.size, HANDOFF), run, wait, failed)


def _told_once(spans: Spans, at: Ints, source: Ints, target: Ints) -> Bools:
    """Leave out what a span around it says already, or one at the same time: two witnesses."""
    is_handoff = np.zeros(spans.rows.size, dtype=np.bool_)
    is_handoff[at] = True
    parent = spans.parent[at]
    above = np.where(parent >= 0, nearest(spans.parent, is_handoff)[parent], -1)
    key = np.full(spans.rows.size + 1, -1, dtype=np.int64)
    key[at] = source * (target.max(initial=0) + 1) + target
    return key[above] != key[at]


def _next_run(spans: Spans, runs: Runs, at: Ints, target: Ints) -> Ints:
    """Return the run of `target` that begins next in the trace, or in any trace joined to it."""
    found = np.full(at.size, -1, dtype=np.int64)
    for group in (spans.trace, _joined_traces(spans)):
        missing = np.flatnonzero(found < 0)
        wide = int(runs.name.max(initial=0)) + 1
        later = next_in_group(
            group[runs.span] * wide + runs.name,
            spans.start[runs.span],
            group[at[missing]] * wide + target[missing],
            spans.start[at[missing]],
        )
        found[missing] = later
    return found


def _joined_traces(spans: Spans) -> Ints:
    """Return the first trace, by number, that each span's trace is joined to by links."""
    came = np.flatnonzero(spans.came_of >= 0)
    first = np.arange(int(spans.trace.max(initial=-1)) + 1)
    one, other = spans.trace[came], spans.trace[spans.came_of[came]]
    while True:
        least = np.minimum(first[one], first[other])
        before = first.copy()
        np.minimum.at(first, first[one], least)
        np.minimum.at(first, first[other], least)
        first = first[first]
        if np.array_equal(first, before):
            return first[spans.trace]


def _callers(spans: Spans, runs: Runs, entered: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the agent that each run was called by, how, and how long it waited."""
    source = np.full(runs.span.size, -1, dtype=np.int64)
    kind = np.full(runs.span.size, CALL, dtype=np.int64)
    wait = np.full(runs.span.size, UNKNOWN, dtype=np.int64)
    crosses = nearest(spans.parent, _service_changes(spans))
    linked = nearest(spans.parent, spans.came_of >= 0)
    waiting = np.flatnonzero(entered < 0)
    at = spans.parent[runs.span[waiting]]
    # A call from another service comes from the span that asked for it.
    border = np.where(at >= 0, crosses[runs.span[waiting]], -1)
    outside = np.where(border >= 0, spans.parent[border], -1)
    far = (outside >= 0) & (border != runs.span[waiting])
    at = np.where(far, outside, at)
    for hop in range(_HOPS):
        found = _actor(spans, runs, at, beside=far | (hop > 0), but=runs.span[waiting])
        done = found >= 0
        source[waiting[done]] = runs.name[found[done]]
        waiting, at, far = waiting[~done], at[~done], far[~done]
        # Nobody above: perhaps a message or link began what is above.
        start = np.where(at >= 0, at, runs.span[waiting]) if hop == 0 else at
        link = np.where(start >= 0, linked[start], -1)
        if hop == 0:
            own = spans.came_of[runs.span[waiting]] >= 0
            link = np.where(own, runs.span[waiting], link)
        going = link >= 0
        waiting, link = waiting[going], link[going]
        if not waiting.size:
            break
        at = spans.came_of[link]
        far = far[going]
        first = kind[waiting] == CALL
        kind[waiting] = MESSAGE
        sent = np.where(spans.end[at] != UNKNOWN, spans.end[at], spans.start[at])
        wait[waiting[first]] = between(sent, spans.start[link])[first]
    lonely = source < 0
    kind[lonely], wait[lonely] = CALL, UNKNOWN
    return source, kind, wait


def _service_changes(spans: Spans) -> Bools:
    """Return which spans run in another service than their parent."""
    above = np.where(spans.parent >= 0, spans.service[spans.parent], spans.service)
    return (above != spans.service) & (above >= 0) & (spans.service >= 0)


def _actor(spans: Spans, runs: Runs, at: Ints, *, beside: Bools, but: Ints) -> Ints:
    """Return the run that does what the span `at` does; -1 for none.

    That is the agent around it, if that is of its service. Else, with `beside`, the last run next
    to it that had begun: servers call on when their agent has answered.
    """
    there = at >= 0
    found = np.where(there, runs.of_span[at], -1) if runs.span.size else np.full(at.size, -1)
    same = (found >= 0) & (spans.service[at] == spans.service[runs.span[found]])
    asks = np.flatnonzero(there & ~same & beside)
    parent = spans.parent[at[asks]]
    before = last_in_group(
        spans.parent[runs.span], spans.start[runs.span], parent, spans.start[at[asks]]
    )
    before[(parent < 0) | (runs.span[before] == but[asks])] = -1
    found[asks] = np.where(before >= 0, before, found[asks])
    return found


def _beside(spans: Spans, runs: Runs, entered: Ints, callers: tuple[Ints, Ints, Ints]) -> None:
    """Take agents that follow each other under one span, with no agent around, as handing over."""
    source, kind, wait = callers
    free = np.flatnonzero((source < 0) & (spans.parent[runs.span] >= 0))
    parent, start = spans.parent[runs.span], spans.start[runs.span]
    order = np.flatnonzero(parent >= 0)
    order = order[np.lexsort((spans.rows[runs.span[order]], start[order], parent[order]))]
    before = np.full(runs.span.size, -1, dtype=np.int64)
    before[order[1:]] = np.where(parent[order[1:]] == parent[order[:-1]], order[:-1], -1)
    free = free[(entered[free] < 0) & (before[free] >= 0)]
    giver = before[free]
    ends = spans.end[runs.span[giver]]
    follows = (ends != UNKNOWN) & (ends <= start[free]) & (runs.name[giver] != runs.name[free])
    free, giver, ends = free[follows], giver[follows], ends[follows]
    source[free], kind[free] = runs.name[giver], HANDOFF
    wait[free] = between(ends, start[free])


def _lost_messages(spans: Spans, runs: Runs) -> Steps:
    """Return messages that failed before an agent began: to the only agent of the service."""
    has_run = np.zeros(spans.rows.size + 1, dtype=np.bool_)
    has_run[nearest(spans.parent, spans.came_of >= 0)[runs.span]] = True
    at = np.flatnonzero((spans.came_of >= 0) & spans.error & ~has_run[:-1] & (runs.of_span < 0))
    only = np.full(int(spans.service.max(initial=-1)) + 2, -1, dtype=np.int64)
    services = spans.service[runs.span]
    only[services] = runs.name
    several = np.unique(services[only[services] != runs.name])
    only[several] = -1
    only[-1] = -1
    target = only[spans.service[at]]
    sender = _actor(spans, runs, spans.came_of[at], beside=np.ones(at.size, dtype=np.bool_), but=at)
    kept = (target >= 0) & (sender >= 0)
    at, target, sender = at[kept], target[kept], sender[kept]
    of = spans.came_of[at]
    sent = np.where(spans.end[of] != UNKNOWN, spans.end[of], spans.start[of])
    return Steps(
        source=runs.name[sender],
        target=target,
        kind=np.full(at.size, MESSAGE),
        run=np.full(at.size, -1),
        wait=between(sent, spans.start[at]),
        failed=np.ones(at.size, dtype=np.bool_),
    )


def _more_messages(spans: Spans, runs: Runs, kind: Ints) -> Steps:
    """Return the other messages of a batch that began a run: nothing is counted twice for them."""
    of, taker = spans.more
    linked = nearest(spans.parent, spans.came_of >= 0)
    begun = np.full(spans.rows.size + 1, -1, dtype=np.int64)
    by_message = np.flatnonzero(kind == MESSAGE)[::-1]
    begun[linked[runs.span[by_message]]] = by_message
    run = begun[taker]
    sender = _actor(spans, runs, of, beside=np.ones(of.size, dtype=np.bool_), but=taker)
    kept = (run >= 0) & (sender >= 0)
    of, taker, run, sender = of[kept], taker[kept], run[kept], sender[kept]
    sent = np.where(spans.end[of] != UNKNOWN, spans.end[of], spans.start[of])
    return Steps(
        source=runs.name[sender],
        target=runs.name[run],
        kind=np.full(of.size, MESSAGE),
        run=np.full(of.size, -1),
        wait=between(sent, spans.start[taker]),
        failed=spans.error[runs.span[run]],
    )


def _slug(name: str) -> str:
    """Return a name as tools are named after it."""
    return _NO_WORD.sub("_", name.casefold()).strip("_")
