"""Rules for work that goes nowhere without a period: stagnation, and checks that stay the same.

Source: reference LOOPS (`stagnation`, `stalled_check`, `recurring_error`).
"""

import re
from collections import defaultdict

from tracetui_analyses.loops.scan import Candidate, Scan, confidence
from tracetui_analyses.loops.steps import Step

_FAILS = re.compile(r"\b(?:fail(?:ed|ure|ing|s)?|error|exception|broken)\b", re.IGNORECASE)


def stagnation(scan: Scan) -> list[Candidate]:
    """Find windows of actions with hardly a pair of action and result that is new."""
    limits = scan.thresholds
    size = limits.stagnation_window
    actions = scan.actions
    if len(actions) < size:
        return []
    seen: set[tuple[int, int | None]] = set()
    old: list[bool] = []
    for action in actions:
        pair = action.token, action.result
        old.append(pair in seen)
        seen.add(pair)
    fresh = [not known for known in old]
    found: list[Candidate] = []
    within = sum(fresh[:size])
    start: int | None = None
    for first in range(len(actions) - size + 1):
        if first:
            within += fresh[first + size - 1] - fresh[first - 1]
        stale = within <= limits.stagnation_new * size
        if stale and start is None:
            start = first
        if start is not None and (not stale or first == len(actions) - size):
            stop = first + size - (0 if stale else 1)
            found += _stagnant(scan, start, stop, old)
            start = None
    return found


def _stagnant(scan: Scan, start: int, stop: int, old: list[bool]) -> list[Candidate]:
    indices = list(range(start, stop))
    captured = [i for i in indices if scan.actions[i].result is not None]
    if not captured:
        return []
    enough = len(captured) >= scan.thresholds.equal_results * len(indices)
    iterations = [scan.positions([index]) for index in indices]
    share = sum(old[index] for index in indices) / len(indices)
    candidate = Candidate(
        "stagnation",
        "loop" if enough else "maybe",
        iterations,
        round(share * 0.9, 2),
        "" if enough else "results were not captured",
    )
    return [scan.judged(candidate)]


def stalled_checks(scan: Scan) -> list[Candidate]:
    """Find calls that fail the same way again and again with other work between: maybes."""
    limits = scan.thresholds
    same: dict[tuple[int, int], list[int]] = defaultdict(list)
    errors: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index, action in enumerate(scan.actions):
        step = action.step
        if action.result is not None and step.kind in ("tool", "retriever"):
            same[action.token, action.result].append(index)
            if step.error:
                errors[step.name, action.result].append(index)
    found: list[Candidate] = []
    reason = "other work lies between"
    for kind, groups in (
        ("stalled_check", list(same.values())),
        ("recurring_error", list(errors.values())),
    ):
        for indices in groups:
            first = scan.actions[indices[0]].step
            if len(indices) >= limits.varied_repetitions and _fails(first):
                iterations = scan.iterations(indices, 1)
                sure = confidence(len(indices), 0.5)
                found.append(Candidate(kind, "maybe", iterations, sure, reason))
    return found


def _fails(step: Step) -> bool:
    return step.error or (step.text is not None and bool(_FAILS.search(step.text[:2_000])))


def duplicates(scan: Scan) -> list[Candidate]:
    """Find identical calls at the same time."""
    found: list[Candidate] = []
    for action in scan.actions:
        groups: dict[int, list[int]] = defaultdict(list)
        if len(action.positions) > 1:
            for position in action.positions:
                groups[scan.steps[position].action].append(position)
        for positions in groups.values():
            if len(positions) > 1:
                iterations = [[position] for position in positions]
                found.append(
                    Candidate("duplicate_parallel", "info", iterations, 0.9, "at the same time")
                )
    return found
