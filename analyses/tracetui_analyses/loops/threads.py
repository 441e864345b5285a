"""Groups the steps of a trace into threads: what one agent did, and how agents work together.

Source: reference LOOPS ("Steps": trace x conversation x agent) and RULES §3.5 (a step belongs to
its nearest enclosing agent).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracetui_analyses.loops.reading import Row
from tracetui_analyses.loops.steps import Step, Thread

_DEEPEST = 100_000


@dataclass(slots=True)
class TraceThreads:
    """One trace, as its agents see it and as a whole."""

    whole: Thread
    """Hand-offs and agents of the whole trace, and what was done between."""
    agents: list[Thread]
    """The steps of each agent."""


def threads_of(trace_id: str, rows: Sequence[Row], steps: Sequence[Step]) -> TraceThreads:
    """Group the steps of one trace.

    Args:
        trace_id: The trace.
        rows: All its spans, for who stands above whom.
        steps: Its steps, by start.
    """
    above = _Above(rows)
    ends = all(row["end_time_unix_nano"] is not None for row in rows)
    kept = [step for step in steps if not above.repeats_its_caller(step)]
    owners: dict[str, str] = {}
    for step in kept:
        owner = above.agent_of(step.span_id)
        step.parent = owner or above.parent.get(step.span_id)
        owners[step.span_id] = owner or ""
        step.agent = step.agent or above.agent_names.get(owner or "", "")
    _add_messages(kept, above)
    groups: dict[str, list[Step]] = defaultdict(list)
    for step in kept:
        owner = owners[step.span_id]
        groups[above.agent_names.get(owner, "") if owner else ""].append(step)
    threads: list[Thread] = []
    for name, members in groups.items():
        for number, part in enumerate(_one_at_a_time(members, owners)):
            key = f"{trace_id} {name}{f' {number + 1}' if number else ''}".rstrip()
            threads.append(Thread(key, _with_turns(part, owners, above), ends))
    return TraceThreads(Thread(trace_id, kept, ends), threads)


class _Above:
    """Who stands above whom in one trace."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.parent: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.tools: dict[str, str] = {}
        self.agent_names: dict[str, str] = {}
        self._agents: dict[str, str | None] = {}
        for row in rows:
            span_id = row["span_id"] or ""
            self.parent[span_id] = row["parent_span_id"] or ""
            self.kinds[span_id] = row["kind"] or ""
            if row["kind"] == "tool":
                self.tools[span_id] = row["tool_name"] or row["name"] or ""
            if row["kind"] == "agent":
                self.agent_names[span_id] = row["agent_name"] or row["name"] or ""

    def agent_of(self, span_id: str) -> str | None:
        """Return the nearest agent above a span; None if there is none, or parents go round."""
        path: list[str] = []
        at = self.parent.get(span_id, "")
        found: str | None = None
        while at and at in self.parent and len(path) < _DEEPEST:
            if at in self.agent_names:
                found = at
                break
            if at in self._agents:
                found = self._agents[at]
                break
            # A mark, for parents that lead back here.
            self._agents[at] = None
            path.append(at)
            at = self.parent[at]
        for each in path:
            self._agents[each] = found
        return found

    def repeats_its_caller(self, step: Step) -> bool:
        """Return whether a tool span stands right below one of the same tool: told twice."""
        above = self.parent.get(step.span_id, "")
        name = self.tools.get(step.span_id)
        return step.kind == "tool" and name is not None and self.tools.get(above) == name


def _add_messages(steps: Sequence[Step], above: _Above) -> None:
    """Give hand-offs without a message what their agent said just before."""
    said: dict[str, str] = {}
    for step in steps:
        parent = above.parent.get(step.span_id, "")
        if step.kind == "llm" and step.text is not None:
            said[parent] = step.text
        elif step.kind == "handoff" and step.arguments is None and parent in said:
            step.arguments = said[parent]


def _one_at_a_time(steps: list[Step], owners: dict[str, str]) -> list[list[Step]]:
    """Return the steps of agents of one name, apart where two of them ran at the same time."""
    by_owner: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_owner[owners[step.span_id]].append(step)
    if len(by_owner) < 2 or not _overlap(list(by_owner.values())):
        return [steps]
    return list(by_owner.values())


def _overlap(groups: list[list[Step]]) -> bool:
    """Return whether the steps of two groups interleave."""
    spans = sorted(
        (min(starts), max(starts))
        for group in groups
        if (starts := [step.start for step in group if step.start is not None])
    )
    return any(after[0] < before[1] for before, after in pairwise(spans))


def _with_turns(steps: list[Step], owners: dict[str, str], above: _Above) -> list[Step]:
    """Put a turn of the user where one outermost agent ends and the next begins."""
    turned: list[Step] = []
    for before, step in pairwise([None, *steps]):
        if step is None:
            continue
        owner = owners[step.span_id]
        if before is not None and owner != owners[before.span_id]:
            outermost = not above.agent_of(owner) and not above.agent_of(owners[before.span_id])
            if outermost:
                turned.append(Step(span_id="", kind="user", name="turn"))
        turned.append(step)
    return turned
