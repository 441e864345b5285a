"""Finds the loops of whole traces in a store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracetui_store.protocol import TraceReader

from tracetui_analyses.loops.find import AGENT_RULES, TRACE_RULES, by_waste, find_loops, waste_key
from tracetui_analyses.loops.reading import Reading
from tracetui_analyses.loops.reported import reported
from tracetui_analyses.loops.steps import Finding, Step
from tracetui_analyses.loops.threads import threads_of
from tracetui_analyses.loops.thresholds import DEFAULTS, Thresholds

_OF_AGENTS = ("ping_pong", "recursion")


@dataclass(slots=True)
class TraceFinding:
    """A finding and where it is."""

    trace_id: str
    agent: str
    finding: Finding
    first: list[Step]
    """The steps of the first iteration."""
    last: list[Step]
    """Those of the last one, to be shown beside."""


class TraceLoops:
    """Finds the loops of traces.

    Args:
        thresholds: What counts.
        keeps: Whether what was read is remembered: growing traces then cost what is new.
    """

    def __init__(self, thresholds: Thresholds = DEFAULTS, *, keeps: bool = False) -> None:
        self._thresholds = thresholds
        self._reading = Reading(keeps)

    def find(
        self, reader: TraceReader, trace_ids: Sequence[str] | None = None
    ) -> Iterator[tuple[str, list[TraceFinding]]]:
        """Yield each trace with its findings, the most wasteful first.

        Args:
            reader: Where to look.
            trace_ids: Only these traces; None for all.
        """
        for trace_id, rows, steps in self._reading.traces(reader, trace_ids):
            threads = threads_of(trace_id, rows, steps)
            known = {step.span_id: step for step in steps}
            found = find_loops(threads.whole, self._thresholds, TRACE_RULES)
            for thread in threads.agents:
                found += find_loops(thread, self._thresholds, AGENT_RULES)
            found = _told_once(found, known)
            found += reported(trace_id, rows, steps)
            yield trace_id, [_placed(trace_id, finding, known) for finding in by_waste(found)]

    def find_all(self, reader: TraceReader) -> list[TraceFinding]:
        """Return the findings of all traces, loops first, the most wasteful first."""
        found = [each for _, of_trace in self.find(reader) for each in of_trace]
        return sorted(found, key=lambda each: waste_key(each.finding))


def _told_once(findings: list[Finding], known: dict[str, Step]) -> list[Finding]:
    """Leave out what only says of the agents as a whole what a loop says of their steps."""
    told = [
        _extent(found, known)
        for found in findings
        if found.verdict == "loop" or found.kind in _OF_AGENTS
    ]
    kept: list[Finding] = []
    for found in findings:
        steps = [known[span] for span in (*found.first, *found.rest) if span in known]
        outside = (
            found.verdict != "loop"
            and found.kind not in _OF_AGENTS
            and all(step.kind in ("agent", "handoff") for step in steps)
        )
        first, last = _extent(found, known)
        inside = any(begin < last and first < end for begin, end in told)
        if not (outside and inside):
            kept.append(found)
    return kept


def _extent(found: Finding, known: dict[str, Step]) -> tuple[int, int]:
    steps = [known[span] for span in (*found.first, *found.rest) if span in known]
    starts = [step.start for step in steps if step.start is not None]
    ends = [step.end for step in steps if step.end is not None]
    return min(starts, default=0), max(ends, default=0)


def _placed(trace_id: str, finding: Finding, known: dict[str, Step]) -> TraceFinding:
    first = [known[span] for span in finding.first if span in known]
    rest = [known[span] for span in finding.rest if span in known]
    agents = {step.agent for step in (*first, *rest) if step.agent}
    return TraceFinding(
        trace_id=trace_id,
        agent=" ⇄ ".join(sorted(agents)),
        finding=finding,
        first=first,
        last=rest[-len(first) :] if first else [],
    )
