"""Runs every rule over a thread and keeps the best finding for each stretch of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tracetui_analyses.loops import agents, speech, stagnation, tandem, varied
from tracetui_analyses.loops.scan import Candidate, Scan
from tracetui_analyses.loops.sentences import sentence
from tracetui_analyses.loops.steps import Finding, Thread
from tracetui_analyses.loops.thresholds import DEFAULTS, Thresholds
from tracetui_analyses.loops.waste import Waste, waste_after

Rule = Callable[[Scan], list[Candidate]]

TRACE_RULES: tuple[Rule, ...] = (agents.recursion, agents.ping_pong)
"""Rules for a trace as a whole."""
AGENT_RULES: tuple[Rule, ...] = (
    speech.compactions,
    tandem.repeats,
    varied.varied,
    tandem.noisy_cycles,
    stagnation.stagnation,
    speech.monologues,
    stagnation.duplicates,
    stagnation.stalled_checks,
    varied.repetitive,
)
"""Rules for what one agent does, the most exact first: a stretch is told once."""

_RANKS = {"loop": 0, "maybe": 1, "info": 2}
_MOSTLY = 0.5
"""Share of a candidate that a better one must have for it not to be told as well."""


def find_loops(
    thread: Thread,
    thresholds: Thresholds = DEFAULTS,
    rules: Sequence[Rule] = (*TRACE_RULES, *AGENT_RULES),
) -> list[Finding]:
    """Return what goes round in circles in one thread, in order of time.

    Cost is a few microseconds per step; texts are compared only where digests leave it open.

    Args:
        thread: Its steps by start.
        thresholds: What counts.
        rules: All, or those for a whole trace or for one agent.
    """
    scan = Scan(thread, thresholds)
    kept: list[Candidate] = []
    for rule in rules:
        for candidate in rule(scan):
            _keep(kept, candidate)
    kept.sort(key=lambda candidate: min(candidate.positions))
    return [_finding(scan, candidate) for candidate in kept]


def repeated_actions(thread: Thread, thresholds: Thresholds = DEFAULTS) -> list[list[int]]:
    """Return which actions of a thread do what the one before did, each with that one."""
    return varied.repeated_actions(Scan(thread, thresholds))


def find_all(threads: Iterable[Thread], thresholds: Thresholds = DEFAULTS) -> list[Finding]:
    """Return the findings of many threads, the most wasteful first."""
    found = [finding for thread in threads for finding in find_loops(thread, thresholds)]
    return by_waste(found)


def by_waste(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, loops before maybes, by wasted cost, then tokens, then time."""
    return sorted(findings, key=waste_key)


def waste_key(found: Finding) -> tuple[Any, ...]:
    """Return what findings sort by: see `by_waste`."""
    return (
        _RANKS.get(found.verdict, len(_RANKS)),
        -(found.wasted_cost_usd or 0.0),
        -(found.wasted_tokens or 0),
        -(found.wasted_nano or 0),
        found.thread,
        found.positions[:1],
    )


class GrowingThreads:
    """Findings of threads that grow: only what changed is looked at again.

    Args:
        thresholds: What counts.
    """

    def __init__(self, thresholds: Thresholds = DEFAULTS) -> None:
        self._thresholds = thresholds
        self._known: dict[str, tuple[tuple[int, str, int | None, bool], list[Finding]]] = {}

    def update(self, thread: Thread) -> list[Finding]:
        """Return the findings of `thread` as it is now."""
        last = thread.steps[-1] if thread.steps else None
        state = (
            len(thread.steps),
            last.span_id if last else "",
            last.end if last else None,
            thread.ends,
        )
        known = self._known.get(thread.key)
        if known is not None and known[0] == state:
            return known[1]
        found = find_loops(thread, self._thresholds)
        self._known[thread.key] = state, found
        return found


def _keep(kept: list[Candidate], candidate: Candidate) -> None:
    """Add a candidate unless a better one has most of it."""
    positions = set(candidate.positions)
    for at, other in enumerate(kept):
        shared = positions.intersection(other.positions)
        first, last = min(other.positions), max(other.positions)
        inside = sum(first <= position <= last for position in positions)
        if max(len(shared), inside) <= _MOSTLY * len(positions):
            continue
        if other.verdict == "maybe" and candidate.verdict == "loop":
            kept[at] = candidate
        return
    kept.append(candidate)


def _finding(scan: Scan, candidate: Candidate) -> Finding:
    steps = scan.steps
    first, *rest = candidate.iterations
    later = [position for iteration in rest for position in iteration]
    wasted: Waste = waste_after(steps, first, later)
    finding = Finding(
        kind=candidate.kind,
        verdict=candidate.verdict,
        thread=scan.thread.key,
        period=len(first),
        repetitions=len(candidate.iterations),
        names=_names(scan, first),
        first=[steps[position].span_id for position in first],
        rest=[steps[position].span_id for position in later],
        positions=candidate.positions,
        confidence=candidate.confidence,
        reason=candidate.reason,
        wasted_nano=wasted.nano,
        wasted_tokens=wasted.tokens,
        wasted_cost_usd=wasted.cost_usd,
    )
    finding.sentence = sentence(finding)
    return finding


def _names(scan: Scan, positions: Sequence[int]) -> list[str]:
    """Return what is called in an iteration; a hand-off from whom to whom."""
    return [
        f"{step.agent} → {step.name}" if step.kind == "handoff" and step.agent else step.name
        for step in (scan.steps[position] for position in positions)
    ]
